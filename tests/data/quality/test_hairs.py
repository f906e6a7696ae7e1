"""Findings from the strands alone: width, tangles, framing, number."""

from dataclasses import replace

import numpy as np
import pytest

from data.quality.ends import check_framing, cut_off_share
from data.quality.finding import box_around
from data.quality.hairs import (
    check_hair_count,
    check_nearness,
    check_shaft_width,
    check_tangles,
    crowded_ends,
    crowded_share,
)
from data.strands.strand import End, EndState, Strand
from tests.helpers.quality_scenes import OUT, ROW, V, photo, strand

HIDDEN = EndState.HIDDEN


@pytest.mark.parametrize(("shaft_px", "nearer"), [(2, "4"), (3, "2.5"), (3.9, "2")])
def test_thin_shafts_report_how_much_nearer_to_go(shaft_px: float, nearer: str) -> None:
    finding = check_shaft_width([strand(y, shaft_px) for y in (100, 200, 300)])
    assert finding is not None
    assert f" {nearer} times" in finding.message


def test_the_median_shaft_counts() -> None:
    assert check_shaft_width([strand(100, 2), strand(200, 4.0), strand(300, 5)]) is None


@pytest.mark.parametrize(("shaft_px", "farther"), [(24, "2.5"), (40, "4")])
def test_wide_shafts_report_how_much_farther_to_go(shaft_px: float, farther: str) -> None:
    strands = [strand(y, shaft_px) for y in (100, 200, 300)]  # the photo is 400 px high
    finding = check_nearness(photo(strands), strands)
    assert finding is not None
    assert f" {farther} times" in finding.message


def test_shafts_of_a_twenty_fifth_of_the_photo_are_not_too_near() -> None:
    strands = [strand(y, 16) for y in (100, 200, 300)]
    assert check_nearness(photo(strands), strands) is None


def crossing(x: float, shaft_px: float = 8) -> Strand:
    """Straight down past ROW at ``x``, its own ends far from it."""
    path = np.array([[x, y] for y in range(20, 391, 10)], float)
    ends = (End(x, 20, -np.pi / 2, V), End(x, 390, np.pi / 2, V))
    return Strand(path, shaft_px, ends, -100.0)


def test_ends_that_another_hair_passes_are_crowded() -> None:
    near, there = (crowded_ends([*ROW, crossing(x)]) for x in (520, 530))
    assert near == ([one.ends[1] for one in ROW], 10)  # 20 px away: within three widths of 8 px
    assert there == ([], 10)


def test_a_hair_does_not_crowd_itself() -> None:
    loop = strand(80)
    back = replace(loop, path=np.vstack([loop.path, loop.path[::-1]]))
    assert crowded_ends([back]) == ([], 2)


def test_hidden_ends_and_ends_of_tangled_hairs_are_crowded() -> None:
    hidden, cut = strand(80, states=(HIDDEN, OUT)), strand(240, states=(V, OUT), tangled=True)
    assert crowded_ends([hidden, cut, strand(320)]) == ([hidden.ends[0], cut.ends[0]], 4)
    assert crowded_share([hidden, cut, strand(320)]) == 0.5


def test_tangles_are_boxed_where_they_are() -> None:
    cut = [strand(y, states=(OUT, V)) for y in (80, 160, 240, 320)]
    finding = check_tangles(photo([]), [*cut, crossing(520)])
    assert finding is not None
    assert "4 of 6 " in finding.message
    assert finding.box == (468, 48, 65, 305)  # (500, 80-320) with four shaft widths around


def test_tangles_all_over_have_no_box() -> None:
    finding = check_tangles(photo([]), [strand(y, tangled=True) for y in (80, 320)])
    assert finding is not None
    assert finding.box is None


def test_a_single_hair_is_not_tangled() -> None:
    assert check_tangles(photo([]), [strand(80, tangled=True)]) is None


def test_few_tangles_are_not_reported() -> None:
    assert check_tangles(photo([]), [*ROW, crossing(520)]) is None  # 4 of 10 ends
    assert check_tangles(photo([]), [strand(80, tangled=True), *ROW[1:]]) is None


def test_a_box_covers_at_most_half_of_the_photo() -> None:
    shot = photo([])  # 600 x 400
    assert box_around(shot, np.array([[0, 0], [298, 398]]), 1) == (0, 0, 300, 400)
    assert box_around(shot, np.array([[0, 0], [299, 398]]), 1) is None
    assert box_around(shot, np.array([[599.6, -3]]), 0) == (599, 0, 1, 1)


CUT = [strand(y, states=(V, OUT)) for y in (80, 120)]


def test_roots_out_are_boxed_where_hairs_leave_the_photo() -> None:
    finding = check_framing(photo([]), [*CUT, *ROW], [True, True, False, False, False, False])
    assert finding is not None
    assert "2 of 6 " in finding.message
    assert finding.box == (468, 48, 65, 105)  # (500, 80-120) with four shaft widths around


def test_only_hairs_without_a_root_in_view_that_leave_the_photo_count() -> None:
    assert cut_off_share([*CUT, *ROW[:2]], [True, False, True, False]) == 0.25
    assert check_framing(photo([]), [*CUT, *ROW], [True, False, True, True, True, True]) is None


@pytest.mark.parametrize(("count", "words"), [(1, "Only 1 hair "), (19, "Only 19 hairs ")])
def test_few_hairs_are_counted(count: int, words: str) -> None:
    finding = check_hair_count([strand(80)] * count)
    assert finding is not None
    assert finding.message.startswith(words)


def test_twenty_are_enough() -> None:
    assert check_hair_count([strand(80)] * 20) is None
