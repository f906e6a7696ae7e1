import numpy as np
import pytest
from numpy.typing import NDArray

from data.strands.curves import Curve
from data.strands.line_map import LineMap, levels
from data.strands.linking import curve_ends, join_curves
from tests.helpers.line_maps import facing

EMPTY = np.zeros((200, 200), np.float32)


def on(centre: NDArray[np.float32], end: NDArray[np.float32] = EMPTY) -> LineMap:
    """A map of lines that run level and upright."""
    toward = np.maximum(facing(centre, 0), facing(centre, np.pi / 2))
    return LineMap(levels(toward), np.full_like(centre, 6.0), end, 2.0)


def curve(start: tuple[float, float], stop: tuple[float, float], width: float = 3.0) -> Curve:
    count = round(float(np.hypot(stop[0] - start[0], stop[1] - start[1])))
    xy = np.linspace(start, stop, count)
    return Curve(xy, np.full(count, 0.9, np.float32), np.full(count, width, np.float32))


def spans(curves: list[Curve]) -> list[float]:
    return sorted(float(np.linalg.norm(c.xy[-1] - c.xy[0])) for c in curves)


def test_a_short_gap_is_closed() -> None:
    joined = join_curves([curve((10, 50), (60, 50)), curve((64, 50), (120, 50))], on(EMPTY))
    assert spans(joined) == pytest.approx([110])


def test_a_long_empty_gap_stays_open_and_one_over_a_line_is_closed() -> None:
    pieces = [curve((10, 50), (60, 50)), curve((78, 50), (120, 50))]
    assert len(join_curves(pieces, on(EMPTY))) == 2
    under = EMPTY.copy()
    under[:, 58:80] = 0.9
    assert spans(join_curves(pieces, on(under))) == pytest.approx([110])


def test_lines_of_unlike_width_do_not_join() -> None:
    pieces = [curve((10, 50), (60, 50), 2.0), curve((63, 50), (120, 50), 6.0)]
    assert len(join_curves(pieces, on(EMPTY))) == 2


def test_at_a_crossing_lines_continue_straight() -> None:
    level = [curve((10, 100), (95, 100)), curve((105, 100), (190, 100))]
    upright = [curve((100, 20), (100, 95)), curve((100, 105), (100, 180))]
    crossing = EMPTY.copy()
    crossing[95:106, 95:106] = 0.9
    joined = join_curves([level[0], upright[1], level[1], upright[0]], on(crossing))
    assert spans(joined) == pytest.approx([160, 180])
    assert not any(one.ambiguous for one in joined)


def test_a_join_with_an_equally_good_rival_is_ambiguous() -> None:
    stem = curve((10, 100), (95, 100))
    fork = [curve((100, 101), (190, 116)), curve((100, 99), (190, 84))]
    joined = join_curves([stem, *fork], on(EMPTY))
    assert [one.ambiguous for one in joined if len(one.xy) > 120] == [True]
    assert len(joined) == 2


def test_two_hairs_that_end_are_not_joined() -> None:
    pieces = [curve((10, 50), (60, 50)), curve((64, 50), (120, 50))]
    end = EMPTY.copy()
    end[48:53, 58:67] = 0.8
    assert len(join_curves(pieces, on(EMPTY, end))) == 2


def test_lines_that_run_past_each_others_ends_are_one() -> None:
    pieces = [curve((10, 50), (70, 50)), curve((60, 51), (120, 51))]
    (one,) = join_curves(pieces, on(EMPTY))
    assert one.length == pytest.approx(110, abs=1)
    steps = np.diff(one.xy, axis=0)
    assert (steps[:, 0] > 0).all()


def test_two_lines_side_by_side_stay_two() -> None:
    assert len(join_curves([curve((10, 50), (80, 50)), curve((60, 60), (120, 60))], on(EMPTY))) == 2


def test_a_curl_continues_across_a_gap() -> None:
    turn = np.linspace(0, 1.5 * np.pi, 190)
    curl = 100 + 40 * np.column_stack([np.cos(turn), np.sin(turn)])
    full = np.full(190, 0.9, np.float32)
    pieces = [Curve(curl[some], full[some], 3 * full[some]) for some in (slice(90), slice(94, 190))]
    (one,) = join_curves(pieces, on(EMPTY))
    assert one.length == pytest.approx(40 * 1.5 * np.pi, rel=0.01)


def test_a_straight_continuation_wins_over_a_nearer_bend() -> None:
    level = [curve((10, 100), (95, 100)), curve((107, 100), (190, 100))]
    angle = np.deg2rad(40)
    branch = curve((97, 101), (97 + 80 * np.cos(angle), 101 + 80 * np.sin(angle)))
    under = EMPTY.copy()
    under[99:102, 90:112] = 0.9
    assert max(spans(join_curves([*level, branch], on(under)))) == pytest.approx(180)


def test_a_bend_is_joined_without_a_straight_continuation() -> None:
    angle = np.deg2rad(40)
    branch = curve((97, 101), (97 + 80 * np.cos(angle), 101 + 80 * np.sin(angle)))
    assert len(join_curves([curve((10, 100), (95, 100)), branch], on(EMPTY))) == 1


def arc(radius: float, turn: float) -> Curve:
    """From (radius, 0) clockwise as seen, a point a cell, three cells wide."""
    angle = np.linspace(0, turn, round(radius * turn))
    full = np.ones(len(angle), np.float32)
    return Curve(radius * np.column_stack([np.cos(angle), np.sin(angle)]), full, 3 * full)


def test_the_end_of_a_curl_points_along_its_tangent() -> None:
    both = curve_ends([arc(40, 2.0)], np.zeros((100, 100), np.float32))
    ahead = np.column_stack([[0.0, -np.sin(2.0)], [-1.0, np.cos(2.0)]])
    off = np.degrees(np.arccos((both.outward * ahead).sum(axis=1)))
    assert off.max() < 3  # a straight line through the same stretch is 14 degrees off
    assert both.length == pytest.approx([80, 80], rel=0.02)
    assert (both.width == 3).all()


def test_the_end_probability_comes_from_the_map() -> None:
    end = np.zeros((100, 100), np.float32)
    end[20, 62] = 0.7
    full = np.ones(50, np.float32)
    level = Curve(np.column_stack([np.linspace(11, 60, 50), np.full(50, 20.0)]), full, 3 * full)
    assert curve_ends([level], end).end == pytest.approx([0, 0.7])
