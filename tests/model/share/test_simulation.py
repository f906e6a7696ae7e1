"""Coverage and error of the telogen share; docs/how-it-works/share.md has the whole table."""

from math import comb

import numpy as np
import pytest

from model.share.confusion import Confusion
from model.share.posterior import share_interval, share_posterior
from model.version import SHIPPED, load_version
from tests.helpers.model.held_out_photos import LABELS, read_rows, thinned_to
from tests.helpers.model.share_simulation import (
    RIGHT,
    SHARES,
    UNSURE,
    countings,
    lang_reiczigel,
    matrix,
    posterior,
    wilson,
)

TEN_PERCENT_WRONG = matrix((0.9, 0.9), (0.0, 0.0))
ALL_SHARES = np.linspace(0.05, 0.99, 95).tolist()


def test_the_chances_of_all_countings_sum_to_one() -> None:
    found = countings(10, matrix((0.8, 0.99), (0.1, 0.3)))
    assert found.chances.sum(axis=1) == pytest.approx(np.ones(len(SHARES)), abs=1e-6)


def test_one_counting_has_the_chance_worked_out_by_hand() -> None:
    # At share 1/2 a hair is called telogen, anagen, unsure with 0.45, 0.35, 0.2.
    found = countings(3, matrix((1.0, 1.0), (0.1, 0.3)), [0.5])
    (place,) = np.flatnonzero((found.pairs == (1, 1)).all(axis=1))
    assert found.chances[0, place] == pytest.approx(6 * 0.45 * 0.35 * 0.2)


@pytest.mark.parametrize("hairs", [10, 20])
def test_the_interval_holds_the_share_as_often_as_stated(hairs: int) -> None:
    matrices = [matrix(right, unsure) for right in RIGHT for unsure in UNSURE]
    held = [_coverage(hairs, confusion) for confusion in matrices]
    assert np.min(held) >= 0.88
    assert 0.94 <= np.mean(held) <= 0.97


def test_plain_counting_holds_it_far_too_seldom() -> None:
    # At a share of 0.9 a label is telogen with 0.82. Wilson's interval of 15/20 ends at 0.888, of
    # 16/20 at 0.919 and that of 20/20 begins at 0.839: 0.9 is held from 16 on.
    found = countings(20, TEN_PERCENT_WRONG, [0.9])
    held = sum(comb(20, k) * 0.82**k * 0.18 ** (20 - k) for k in range(16, 21))
    covered = found.coverage(wilson(found, TEN_PERCENT_WRONG), [0.9])
    assert covered[0] == pytest.approx(held)
    assert held < 0.75


def test_lang_reiczigel_holds_it_in_the_middle() -> None:
    found = countings(20, TEN_PERCENT_WRONG, [0.9])
    covered = found.coverage(lang_reiczigel(found, TEN_PERCENT_WRONG), [0.9])
    assert 0.94 < covered[0] < 0.99


def test_the_estimate_errs_no_more_than_plain_counting() -> None:
    found = countings(20, TEN_PERCENT_WRONG, ALL_SHARES)
    ours = found.error(posterior(found, TEN_PERCENT_WRONG).median, ALL_SHARES)
    plain = found.error(wilson(found, TEN_PERCENT_WRONG).median, ALL_SHARES)
    assert ours.mean() <= plain.mean()


def test_the_estimate_is_unbiased() -> None:
    shares = [0.05, 0.5, 0.95]
    found = countings(20, TEN_PERCENT_WRONG, shares)
    low, middle, high = found.bias(posterior(found, TEN_PERCENT_WRONG).median, shares)
    assert middle == pytest.approx(0, abs=1e-3)
    assert low == pytest.approx(-high, abs=1e-3)
    assert high == pytest.approx(-0.064, abs=2e-3)


def test_the_held_out_photos_are_those_of_the_shipped_error_matrix() -> None:
    confusion = load_version(SHIPPED).manifest.confusion
    for tier, counted in confusion.items():
        assert counted.hairs is not None
        rows = ((counted.telogen, "telogen"), (counted.anagen, "anagen"))
        for (row, truth), hairs in zip(rows, counted.hairs, strict=True):
            labels = _label_counts(tier, truth)
            assert sum(labels) == hairs
            by_label = (labels[0], labels[1], labels[2] + labels[3])
            assert row == pytest.approx([(n + 1) / (hairs + 3) for n in by_label], abs=1e-5)


def test_on_held_out_photos_the_interval_holds_the_share_about_as_often() -> None:
    confusion = load_version(SHIPPED).manifest.confusion
    held = []
    for share in (0.25, 0.6, 0.9):
        for photo in thinned_to(share, confusion, rounds=1):
            interval = share_interval(share_posterior(photo.telogen, photo.anagen, photo.confusion))
            held.append(interval.low <= share <= interval.high)
    assert len(held) > 250
    assert 0.92 < np.mean(held) < 0.98


def _coverage(hairs: int, confusion: Confusion) -> list[float]:
    found = countings(hairs, confusion)
    return found.coverage(posterior(found, confusion), SHARES).tolist()


def _label_counts(tier: str, truth: str) -> list[int]:
    rows = [row for row in read_rows() if row.truth == truth and tier in (row.tier, "all")]
    return [sum(row.labels[label] for row in rows) for label in range(len(LABELS))]
