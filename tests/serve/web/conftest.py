"""What the tests of the page share: one browser for each module, and axe-core."""

from collections.abc import Iterator
from importlib.resources import files
from typing import Any

import pytest

from tests.helpers.serve.browser import launched


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with launched() as browser:
        yield browser


@pytest.fixture(scope="module")
def axe() -> str:
    pytest.importorskip("axe_playwright_python")
    return files("axe_playwright_python").joinpath("axe.min.js").read_text("utf-8")
