import numpy as np
import pytest

from data.scale.tick_pattern import unit_of_ticks
from training.studies.measures.sheets import tick_length

NUMBERS = np.arange(7, 47)


def lengths(pattern: str) -> np.ndarray:
    wobble = np.random.default_rng(0).normal(1, 0.03, len(NUMBERS))
    return np.array([tick_length(pattern, int(k)) for k in NUMBERS]) * wobble * 3


@pytest.mark.parametrize(("pattern", "unit_mm"), [("mm", 1.0), ("half_mm", 0.5)])
def test_the_longer_ticks_give_the_unit(pattern: str, unit_mm: float) -> None:
    short = lengths(pattern) / unit_mm  # 3 mm long
    assert unit_of_ticks(NUMBERS - 20, short) == unit_mm


def test_tenths_of_an_inch_give_none() -> None:
    """They repeat as millimetres do; but ticks of 3 mm lie 2.54 mm apart."""
    assert unit_of_ticks(NUMBERS, lengths("mm")) == 1.0
    assert unit_of_ticks(NUMBERS, lengths("mm") / 2.54) is None
    assert unit_of_ticks(NUMBERS, lengths("half_mm")) is None  # 3 distances: twentieths of an inch


@pytest.mark.parametrize("pattern", ["inch16", "plain"])
def test_inches_and_ticks_of_one_length_give_none(pattern: str) -> None:
    assert unit_of_ticks(NUMBERS, lengths(pattern)) is None


def test_too_few_ticks_give_none() -> None:
    assert unit_of_ticks(NUMBERS[:12], lengths("mm")[:12]) is None


def test_the_first_of_two_rows_of_chance_lengths_gives_none() -> None:
    rng = np.random.default_rng(1)
    assert all(unit_of_ticks(NUMBERS, rng.uniform(2, 6, 40)) is None for _ in range(50))
