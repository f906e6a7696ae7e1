import numpy as np
import pytest

from model.measures.intervals import wilson
from model.measures.measure import SHARED_WIDTH_ERROR, HairMeasures
from model.measures.shedding import MeasureCounts, Shedding


def hair(
    um: float | None = 70.0, mm: float = 50.0, whole: bool = True, error: float = 0.0
) -> HairMeasures:
    return HairMeasures(um, None if um is None else 3.0, mm, whole, error)


def shedding(*hairs: HairMeasures) -> Shedding:
    found = Shedding.of(MeasureCounts.of(hairs))
    assert found is not None
    return found


def test_nothing_without_a_scale() -> None:
    assert Shedding.of(MeasureCounts.of([None, None])) is None


def test_median_thin_and_distribution() -> None:
    found = shedding(*map(hair, (20.0, 29.9, 60.0, 61.0, 62.0, 99.0, 200.0)), hair(None))
    assert (found.hairs, found.widths, found.median_um) == (8, 7, 61.0)
    assert found.median_low_um == pytest.approx(20 * (1 - 1.96 * SHARED_WIDTH_ERROR), abs=0.05)
    assert found.median_high_um == pytest.approx(200 * (1 + 1.96 * SHARED_WIDTH_ERROR), abs=0.05)
    assert found.by_10_um[2] == 2
    assert found.by_10_um[19] == 1
    assert found.thin is not None
    assert (found.thin.count, found.thin.of) == (2, 7)
    assert (found.thin.low, found.thin.high) == pytest.approx(wilson(2, 7), abs=1e-4)


def test_the_errors_that_hairs_share_widen_the_intervals() -> None:
    """Thirty hairs of 31 to 60 um, nine of them thin."""
    for of_scale in (0.0, 0.05):
        found = shedding(*(hair(float(um), error=of_scale) for um in range(31, 61)))
        reach = 1.96 * float(np.hypot(of_scale, SHARED_WIDTH_ERROR))
        fewest = sum(um * (1 + reach) < 40 for um in range(31, 61))
        most = sum(um * (1 - reach) < 40 for um in range(31, 61))
        assert fewest < 9 < most
        assert found.thin is not None
        assert found.thin.count == 9
        assert found.thin.low == pytest.approx(wilson(fewest, 30)[0], abs=1e-4)
        assert found.thin.high == pytest.approx(wilson(most, 30)[1], abs=1e-4)
        assert found.median_low_um == pytest.approx(40 * (1 - reach), abs=0.05)


def test_short_hairs_and_those_that_leave_the_photo() -> None:
    """A hair of which 31 mm are seen is long; what lies outside does not matter."""
    found = shedding(hair(mm=30.0), hair(mm=30.6), hair(mm=31.0, whole=False), hair(mm=60.0))
    assert found.short is not None
    assert (found.short.count, found.short.undecided, found.short.estimate) == (1, 0, 0.25)
    cut = shedding(hair(mm=20.0), hair(mm=20.0, whole=False), hair(), hair())
    assert cut.short is not None
    assert (cut.short.count, cut.short.undecided, cut.short.estimate) == (1, 1, None)
    assert cut.short.low == pytest.approx(wilson(1, 4)[0], abs=1e-4)
    assert cut.short.high == pytest.approx(wilson(2, 4)[1], abs=1e-4)


@pytest.mark.parametrize(("short", "of", "sign"), [(3, 30, True), (2, 30, False), (3, 29, False)])
def test_a_tenth_of_thirty_hairs_is_a_sign(short: int, of: int, sign: bool) -> None:
    hairs = [hair(mm=20.0)] * short + [hair()] * (of - short)
    assert shedding(*hairs).short_sign is sign


def test_counts_add_up_and_survive_the_json() -> None:
    hairs = [hair(45.0), hair(None, 12.0), hair(90.0, whole=False, error=0.01)]
    parts = [MeasureCounts.of([each]) for each in hairs]
    together = sum(parts, MeasureCounts())
    assert together == MeasureCounts.of(hairs)
    found = shedding(*hairs)
    assert Shedding.of_json(found.as_json()) == found
