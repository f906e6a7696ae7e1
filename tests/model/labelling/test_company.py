import numpy as np
import pytest

from model.labelling.photo_rule import not_hair_posterior

EVEN = np.zeros(1)


def test_without_a_spread_every_strand_stands_alone() -> None:
    # Odds of 1 to 3 beforehand; what was read is twice as likely of no hair.
    found = not_hair_posterior(np.log([1 / 3, 1 / 3]), np.array([2.0, 0.0]), np.ones(2), 0.0)
    assert found == pytest.approx([2 / 5, 0])


def test_a_doubtful_strand_among_nothings_is_taken_for_one() -> None:
    doubtful, nothing, hair = (1.0, 1.0), (50.0, 1.0), (1.0, 50.0)

    def doubt_among(other: tuple[float, float]) -> float:
        rows = np.array([doubtful] + [other] * 12)
        return float(not_hair_posterior(np.zeros(13), rows[:, 0], rows[:, 1], 2.0)[0])

    assert doubt_among(doubtful) == pytest.approx(0.5)
    assert doubt_among(nothing) > 0.85
    assert doubt_among(hair) == pytest.approx(1 - doubt_among(nothing))


def test_one_strand_alone_is_read_as_before() -> None:
    # Nothing to compare with, and a shift to either side is as likely.
    assert not_hair_posterior(EVEN, np.ones(1), np.ones(1), 2.0) == pytest.approx([0.5])


def test_a_sure_reading_holds_out_against_the_rest() -> None:
    rows = np.array([(1e-4, 1.0)] + [(50.0, 1.0)] * 12)
    assert not_hair_posterior(np.zeros(13), rows[:, 0], rows[:, 1], 2.0)[0] < 0.05


def test_nothing_possible_is_no_division_by_zero() -> None:
    assert np.isfinite(not_hair_posterior(EVEN, np.zeros(1), np.zeros(1), 1.0)).all()
