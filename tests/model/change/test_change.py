from datetime import date, timedelta

import pytest

from model.change.change import Collection, Measure, Verdict, change_between, change_over_time

START = date(2026, 1, 1)


def collections(shares: list[float], hairs: int = 40, um: float = 70.0) -> list[Collection]:
    """One every thirty days; the number of hairs and the width hardly vary."""
    return [
        Collection(START + timedelta(30 * k), share, hairs + k % 2, um + 0.1 * (k % 2))
        for k, share in enumerate(shares)
    ]


def test_a_clear_fall_is_found_and_the_rest_is_steady() -> None:
    share, hairs, width = change_over_time(collections([0.9, 0.85, 0.8, 0.7, 0.66, 0.6, 0.5]))
    assert share.verdict is Verdict.FELL
    assert share.effect == pytest.approx(-0.4, abs=0.02)
    assert share.p is not None
    assert share.p <= 0.05
    assert (hairs.verdict, width.verdict) == (Verdict.STEADY, Verdict.STEADY)
    assert hairs.effect == pytest.approx(1.0, abs=0.02)  # a factor


def test_few_collections_are_too_little_to_tell() -> None:
    for count in range(5):
        some = collections([0.9, 0.8, 0.5, 0.2][:count])
        assert {each.verdict for each in change_over_time(some)} == {Verdict.UNKNOWN}


def test_noise_is_too_little_to_tell() -> None:
    (share, *_) = change_over_time(collections([0.9, 0.3, 0.8, 0.5, 0.2, 0.9]))
    assert share.verdict is Verdict.UNKNOWN


def test_before_and_after() -> None:
    before, after = (
        collections([0.5, 0.52, 0.48, 0.5, 0.51]),
        collections([0.8, 0.79, 0.83, 0.81, 0.8]),
    )
    share = change_between(before, after)[0]
    assert (share.measure, share.verdict, share.collections) == (Measure.SHARE, Verdict.ROSE, 10)
    assert share.effect == pytest.approx(0.304)


def test_a_collection_without_a_share_does_not_count() -> None:
    some = [*collections([0.5] * 5), Collection(date(2026, 9, 1), None, 0, None)]
    assert [each.collections for each in change_over_time(some)] == [5, 5, 5]
