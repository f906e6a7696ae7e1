"""What ``import shedlight`` gives."""

import doctest
import importlib.metadata

import shedlight


def test_the_example_of_the_package_runs() -> None:
    assert doctest.testmod(shedlight).attempted >= 5
    assert doctest.testmod(shedlight).failed == 0


def test_every_public_name_is_there() -> None:
    assert all(hasattr(shedlight, name) for name in shedlight.__all__)
    assert shedlight.__version__ == importlib.metadata.version("shedlight")
