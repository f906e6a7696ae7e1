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
    assert unit_of_ticks(NUMBERS - 20, lengths(pattern)) == unit_mm


@pytest.mark.parametrize("pattern", ["inch16", "plain"])
def test_inches_and_ticks_of_one_length_give_none(pattern: str) -> None:
    assert unit_of_ticks(NUMBERS, lengths(pattern)) is None


def test_too_few_ticks_give_none() -> None:
    assert unit_of_ticks(NUMBERS[:12], lengths("mm")[:12]) is None


def test_the_first_of_two_rows_of_chance_lengths_gives_none() -> None:
    rng = np.random.default_rng(1)
    assert all(unit_of_ticks(NUMBERS, rng.uniform(2, 6, 40)) is None for _ in range(50))
