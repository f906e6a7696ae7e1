"""Long straight lines of a grey picture, and the rectangles that they may bound."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

import cv2
import numpy as np

from data.arrays import Array, Mask, Pixels

MIN_SEGMENT_SHARE, MIN_LINE_SHARE = 0.035, 0.1
"""Lengths over the picture's longer side. Our assumptions."""
_MAX_LINES = 26
_SAME_ANGLE, _PARALLEL, _SQUARE = np.radians(2.5), np.radians(16), np.radians(25)
_SAME_DISTANCE_SHARE = 0.006
MIN_SIDE_SHARE = 0.12


@dataclass(frozen=True)
class Line:
    """A straight line through ``point`` along the unit vector ``way``, seen over ``length``."""

    point: Array
    way: Array
    length: float

    def crossing(self, other: "Line") -> Array:
        """Where both lines meet."""
        matrix = np.column_stack([self.way, -other.way])
        along = np.linalg.solve(matrix, other.point - self.point)
        return np.asarray(self.point + along[0] * self.way)


def long_lines(picture: Pixels) -> list[Line]:
    """The long lines of a grey picture, longest first."""
    side = max(picture.shape)
    found = cv2.createLineSegmentDetector(cv2.LSD_REFINE_STD).detect(picture)[0]
    if found is None:
        return []
    segments = found.reshape(-1, 4).astype(np.float64)
    steps = segments[:, 2:] - segments[:, :2]
    lengths = np.linalg.norm(steps, axis=1)
    long = lengths >= MIN_SEGMENT_SHARE * side
    segments, steps, lengths = segments[long], steps[long], lengths[long]
    angles = np.arctan2(steps[:, 1], steps[:, 0]) % np.pi
    middles = (segments[:, :2] + segments[:, 2:]) / 2
    free: Mask = np.ones(len(lengths), bool)
    lines: list[Line] = []
    for first in np.argsort(-lengths):
        if not free[first] or len(lines) == 3 * _MAX_LINES:
            continue
        way = np.array([np.cos(angles[first]), np.sin(angles[first])])
        turn = np.abs((angles - angles[first] + np.pi / 2) % np.pi - np.pi / 2)
        aside = np.abs((middles - middles[first]) @ np.array([-way[1], way[0]]))
        members = free & (turn < _SAME_ANGLE) & (aside < _SAME_DISTANCE_SHARE * side)
        free = free & ~members
        line = _line_through(segments[members].reshape(-1, 2), float(lengths[members].sum()))
        if line.length >= MIN_LINE_SHARE * side:
            lines.append(line)
    return sorted(lines, key=lambda line: -line.length)[:_MAX_LINES]


def _line_through(points: Array, length: float) -> Line:
    vx, vy, x, y = cv2.fitLine(points.astype(np.float32), cv2.DIST_L2, 0, 0.01, 0.01).ravel()
    return Line(np.array([x, y], float), np.array([vx, vy], float), length)


def rectangles(lines: list[Line], size: tuple[int, int], ratio: float, by: float) -> list[Array]:
    """Corners (4, 2) of quadrilaterals whose sides lie on lines, clockwise as seen.

    The first side is a longer one. Longer over shorter sides are within ``by`` of ``ratio``, as a
    part of it. Those inside a picture of ``size`` (width, height), largest first.
    """
    found = [
        corners
        for one, other in combinations(list(_parallel(lines, max(size))), 2)
        if (corners := _corners(one, other, size, ratio, by)) is not None
    ]
    return sorted(found, key=lambda corners: -cv2.contourArea(corners.astype(np.float32)))


def _parallel(lines: list[Line], side: int) -> Iterator[tuple[Line, Line]]:
    for one, other in combinations(lines, 2):
        if abs(one.way @ other.way) < np.cos(_PARALLEL):
            continue
        normal = np.array([-one.way[1], one.way[0]])
        if abs((other.point - one.point) @ normal) >= MIN_SIDE_SHARE * side:
            yield one, other


def _corners(
    one: tuple[Line, Line],
    other: tuple[Line, Line],
    size: tuple[int, int],
    ratio: float,
    by: float,
) -> Array | None:
    if abs(one[0].way @ other[0].way) > np.sin(_SQUARE):
        return None
    meetings = ((one[0], other[0]), (one[1], other[0]), (one[1], other[1]), (one[0], other[1]))
    corners = np.array([line.crossing(side) for line, side in meetings])
    if cv2.contourArea(corners.astype(np.float32), oriented=True) < 0:
        corners = corners[::-1]
    if (corners < -2).any() or (corners > np.array(size) + 1).any():
        return None
    sides = np.linalg.norm(np.roll(corners, -1, axis=0) - corners, axis=1)
    first, second = (sides[0] + sides[2]) / 2, (sides[1] + sides[3]) / 2
    if first < second:
        corners, first, second = np.roll(corners, -1, axis=0), second, first
    if second < MIN_SIDE_SHARE * max(size) or abs(first / second / ratio - 1) > by:
        return None
    return corners
