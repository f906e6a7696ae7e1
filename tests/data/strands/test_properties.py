"""Properties of linking and of the ends: a rotated, mirrored or scaled map has the same strands.

Maps are drawn, not detected, so that only the tracing is tested. They are changed by a quarter or
half turn, a mirror image, or a zoom.
"""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.images.photo import Photo
from data.strands.find import find_strands
from data.strands.strand import Strand
from tests.helpers.line_maps import line_map
from tests.helpers.width_meters import NoShaft

SIDE = 320
SHAFT_PX = 6.0
Point = tuple[float, float]
Line = list[Point]
Change = Callable[[float, float], Point]

CHANGES: dict[str, tuple[Change, float]] = {
    "quarter turn": (lambda x, y: (SIDE - y, x), 1.0),
    "half turn": (lambda x, y: (SIDE - x, SIDE - y), 1.0),
    "mirrored": (lambda x, y: (SIDE - x, y), 1.0),
    "larger": (lambda x, y: (1.5 * x, 1.5 * y), 1.5),
}
"""The new place of a point, and the factor of sizes."""


@st.composite
def arcs(draw: st.DrawFn) -> Line:
    """A hair of one bend, well inside the map."""
    centre = np.array([SIDE / 2, SIDE / 2])
    angle = draw(st.floats(0, np.pi))
    half = draw(st.floats(50, 100)) * np.array([np.cos(angle), np.sin(angle)])
    bend = draw(st.floats(-20, 20)) * np.array([-np.sin(angle), np.cos(angle)])
    shift = np.array([draw(st.floats(-30, 30)), draw(st.floats(-30, 30))])
    along = np.linspace(-1, 1, 9)[:, None]
    points = centre + shift + along * half + (1 - along**2) * bend
    return [(float(x), float(y)) for x, y in points]


def changed(line: Line, change: Change) -> Line:
    return [change(x, y) for x, y in line]


def strands_of(lines: list[Line], scale: float = 1.0) -> list[Strand]:
    side = round(SIDE * scale)
    blank = Photo(np.full((side, side, 3), 200, np.uint8), "0" * 64)
    ends = [point for line in lines for point in (line[0], line[-1])]
    return find_strands(blank, line_map(lines, SHAFT_PX * scale, side, side, ends), NoShaft())


def ends_of(strands: list[Strand]) -> np.ndarray:
    return np.array([(end.x, end.y) for strand in strands for end in strand.ends])


@pytest.mark.parametrize("name", CHANGES)
@settings(max_examples=4, deadline=None)
@given(arcs())
def test_a_changed_map_has_the_changed_strand(name: str, line: Line) -> None:
    change, scale = CHANGES[name]
    (strand,) = strands_of([line])
    (other,) = strands_of([changed(line, change)], scale)
    assert other.length_px == pytest.approx(scale * strand.length_px, rel=0.03)
    assert other.shaft_px == pytest.approx(scale * strand.shaft_px, rel=0.01)
    expected = np.array([change(end.x, end.y) for end in strand.ends])
    gaps = np.linalg.norm(ends_of([other])[:, None] - expected, axis=2)
    assert gaps.min(axis=0).max() < SHAFT_PX * scale / 2


@pytest.mark.parametrize("name", CHANGES)
@settings(max_examples=4, deadline=None)
@given(st.floats(0, np.pi), st.floats(np.deg2rad(50), np.deg2rad(90)))
def test_a_changed_crossing_stays_two_strands(name: str, angle: float, between: float) -> None:
    lines = []
    for each in (angle, angle + between):
        half = 100 * np.array([np.cos(each), np.sin(each)])
        start, stop = SIDE / 2 - half, SIDE / 2 + half
        lines.append([(float(start[0]), float(start[1])), (float(stop[0]), float(stop[1]))])
    change, scale = CHANGES[name]
    strands = strands_of([changed(line, change) for line in lines], scale)
    assert len(strands) == 2
    assert [strand.length_px for strand in strands] == pytest.approx([200 * scale] * 2, rel=0.03)


@settings(max_examples=6, deadline=None)
@given(arcs())
def test_the_ends_lie_where_the_line_was_drawn_and_point_outward(line: Line) -> None:
    (strand,) = strands_of([line])
    drawn = np.array([line[0], line[-1]])
    gaps = np.linalg.norm(ends_of([strand])[:, None] - drawn, axis=2)
    assert gaps.min(axis=0).max() < SHAFT_PX
    middle = strand.path[len(strand.path) // 2]
    for end in strand.ends:
        outward = np.array([np.cos(end.direction), np.sin(end.direction)])
        assert (np.array([end.x, end.y]) - middle) @ outward > 0
