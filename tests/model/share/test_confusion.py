from dataclasses import replace

import pytest

from model.share.confusion import FAULTLESS, Confusion, ErrorRates, confusion_of

NARROW = Confusion((0.6, 0.0, 0.4), (0.0, 0.2, 0.8))
BY_BIN = {"all": FAULTLESS, "under4px": NARROW}


def test_a_row_that_does_not_sum_to_one_is_refused() -> None:
    with pytest.raises(ValueError, match="sum to 1"):
        Confusion((0.5, 0.1, 0.1), (0.0, 1.0, 0.0))


def test_hairs_of_several_widths_have_the_mean_of_their_matrices() -> None:
    mixed = confusion_of([3.0, 3.0, 3.0, 9.0], BY_BIN)
    # Three hairs of four are narrow: (3 * 0.6 + 1) / 4 and (3 * 0.2 + 1) / 4.
    assert mixed.telogen == pytest.approx((0.7, 0.0, 0.3))
    assert mixed.anagen == pytest.approx((0.0, 0.4, 0.6))


def test_no_hairs_have_the_matrix_of_all() -> None:
    assert confusion_of([], BY_BIN) == FAULTLESS
    assert confusion_of([30.0], BY_BIN) == FAULTLESS


def test_a_mean_is_worth_the_fewest_hairs_and_the_weakest_source_in_it() -> None:
    narrow = replace(NARROW, hairs=(40, 70))
    wide = replace(FAULTLESS, hairs=(50, 60), source=ErrorRates.REAL)
    by_bin = {"all": wide, "under4px": narrow}
    mixed = confusion_of([3.0, 9.0], by_bin)
    assert (mixed.hairs, mixed.source) == ((40, 60), ErrorRates.RENDERED)
    assert confusion_of([9.0, 9.0], by_bin) == wide


@pytest.mark.parametrize("hairs", [(1,), (-1, 3)])
def test_counts_of_hairs_that_cannot_be_are_refused(hairs: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="counts of hairs"):
        Confusion((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), hairs)
