"""Finds a bank card (ISO/IEC 7810 ID-1) lying in the photo, by its four sides and round corners."""

from dataclasses import dataclass

import cv2
import numpy as np

from data.arrays import Array
from data.scale.edges import edges_across
from data.scale.grey import GreyPhoto
from data.scale.lines import long_lines, rectangles
from data.scale.scale import LENS_ERROR, Scale, ScaleSource, homography_error, map_points

WIDTH_MM, HEIGHT_MM, RADIUS_MM = 85.60, 53.98, 3.18
"""ISO/IEC 7810, ID-1."""
THICKNESS_MM = 0.76
MAX_RATIO_ERROR = 0.03
"""Of the sides' ratio, allowing for an unknown focal length. Business cards and playing cards are
further off, or have other corners."""
_FOCAL_LENGTHS = (0.6, 0.8, 1.0, 1.4)
"""Over the photo's longer side."""
_COARSE_RATIO_ERROR = 0.13
_MIN_SUPPORT = 0.72
"""Share of a side's length that must show its edge."""
_MIN_ROUND_CORNERS = 3
_ARC_OVER_SIDES, _ARC_OVER_POINT = (0.4, 1.6), 2.0
"""Levels across a round corner over those across the sides, and over those where the sides would
meet: one edge runs round the card. Found were 0.9 to 1.5 and 4.5 or more on drawn cards, 1.7 to 2.3
and 2.3 to 3.1 on a stripe of a playing card that has the ratio of a bank card."""
_MARGIN_PX = 3.0
"""A corner at the border may be one that the photo cuts off. Our assumption."""
_SIDE_POINTS = 60
_MAX_TRIES = 12
_CORNERS_MM = np.array([[0, 0], [WIDTH_MM, 0], [WIDTH_MM, HEIGHT_MM], [0, HEIGHT_MM]], float)


@dataclass(frozen=True)
class _Sides:
    """Four fitted corners (4, 2) px, and the typical distance of edge points from the sides, px."""

    corners: Array
    noise_px: float


def find_bank_card(grey: GreyPhoto) -> Scale | None:
    """The scale from the largest bank card that lies whole in the photo; None if there is none."""
    for copy in grey.small_copies:
        size = copy.shape[1], copy.shape[0]
        proposals = rectangles(long_lines(copy), size, WIDTH_MM / HEIGHT_MM, _COARSE_RATIO_ERROR)
        for corners in proposals[:_MAX_TRIES]:
            sides = _refined(grey, grey.small_to_photo(corners))
            if sides is not None and is_bank_card(grey, sides.corners):
                return _scale(grey, sides)
    return None


def _scale(grey: GreyPhoto, sides: _Sides) -> Scale:
    to_px = _to_px(sides.corners)
    error, growth = homography_error(to_px, _CORNERS_MM, max(0.5, sides.noise_px), grey.size)
    centre = map_points(to_px, _CORNERS_MM.mean(axis=0)[None])[0]
    scale = Scale(
        ScaleSource.BANK_CARD,
        np.asarray(np.linalg.inv(to_px), np.float64),
        (float(centre[0]), float(centre[1])),
    )
    raised = height_error(THICKNESS_MM, scale, grey.size)
    error = float(np.hypot(np.hypot(error, LENS_ERROR), raised))
    return Scale(ScaleSource.BANK_CARD, scale.to_mm, scale.centre, error, growth, (sides.corners,))


def _to_px(corners: Array) -> Array:
    """(3, 3) from millimetres on the card to pixels."""
    pair = _CORNERS_MM.astype(np.float32), corners.astype(np.float32)
    return np.asarray(cv2.getPerspectiveTransform(*pair), np.float64)


def height_error(height_mm: float, scale: Scale, size: tuple[int, int]) -> float:
    """Relative error because the reference's face lies ``height_mm`` nearer than the hairs.

    It looks larger by height over distance. The distance is unknown; for a phone's focal length it
    is about the width of what the photo shows.
    """
    field_mm = float(scale.mm_per_px(np.array([scale.centre]))[0]) * max(size)
    return float(height_mm / field_mm / np.sqrt(3))


def _refined(grey: GreyPhoto, corners: Array) -> _Sides | None:
    """The corners by edges at full resolution, in two rounds; None where a side shows no edge."""
    noise = 0.0
    for reach_mm in (1.5, 0.6):
        lines, noises = [], []
        for start, end in zip(corners, np.roll(corners, -1, axis=0), strict=True):
            px_per_mm = float(np.linalg.norm(end - start)) / WIDTH_MM
            side = _side(grey, start, end, max(3.0, reach_mm * px_per_mm))
            if side is None:
                return None
            lines.append(side[:2])
            noises.append(side[2])
        corners = np.array([_meet(lines[k - 1], lines[k]) for k in range(4)])
        noise = float(np.mean(noises))
    return _Sides(corners, noise)


def _side(
    grey: GreyPhoto, start: Array, end: Array, reach_px: float
) -> tuple[Array, Array, float] | None:
    """A point on the side, its direction, and the spread of edge points about it in pixels."""
    way = (end - start) / np.linalg.norm(end - start)
    normal = np.array([way[1], -way[0]])  # outward for corners clockwise as seen
    at = np.linspace(0.07, 0.93, _SIDE_POINTS)[:, None]
    places = start + at * (end - start)
    found = edges_across(grey, places, np.tile(normal, (len(places), 1)), reach_px).clear
    if len(found.places) < _MIN_SUPPORT * _SIDE_POINTS:
        return None
    line = cv2.fitLine(found.places.astype(np.float32), cv2.DIST_WELSCH, 0, 0.01, 0.001).ravel()
    direction, point = line[:2].astype(float), line[2:].astype(float)
    aside = np.abs((found.places - point) @ np.array([-direction[1], direction[0]]))
    near = aside < max(1.5, 0.25 * reach_px)
    if near.sum() < _MIN_SUPPORT * _SIDE_POINTS:
        return None
    return point, direction, float(np.median(aside[near]) * 1.48)


def _meet(one: tuple[Array, Array], other: tuple[Array, Array]) -> Array:
    along = np.linalg.solve(np.column_stack([one[1], -other[1]]), other[0] - one[0])
    return np.asarray(one[0] + along[0] * one[1])


def is_bank_card(grey: GreyPhoto, corners: Array) -> bool:
    """Whether it lies whole in the photo, with a bank card's ratio of sides and round corners."""
    inside = (corners >= _MARGIN_PX) & (corners <= np.array(grey.size) - 1 - _MARGIN_PX)
    return (
        bool(inside.all())
        and _ratio_error(corners, grey.size) <= MAX_RATIO_ERROR
        and _has_round_corners(grey, corners)
    )


def _ratio_error(corners: Array, size: tuple[int, int]) -> float:
    """How far the sides' ratio is from a bank card's, for the focal length that fits best.

    From the homography's columns h1, h2: K^-1 h1 and K^-1 h2 are equally long (Zhang, IEEE TPAMI
    22(11), 2000).
    """
    to_px = _to_px(corners)
    errors = []
    for focal in _FOCAL_LENGTHS:
        f = focal * max(size)
        to_ray = np.array([[1 / f, 0, -size[0] / 2 / f], [0, 1 / f, -size[1] / 2 / f], [0, 0, 1]])
        rays = to_ray @ to_px
        errors.append(abs(np.linalg.norm(rays[:, 0]) / np.linalg.norm(rays[:, 1]) - 1))
    return float(min(errors))


def _has_round_corners(grey: GreyPhoto, corners: Array) -> bool:
    """Whether edges run along arcs of RADIUS_MM and not on to the meeting points of the sides."""
    to_px = _to_px(corners)
    middle = np.array([WIDTH_MM, HEIGHT_MM]) / 2
    turns = np.radians(np.arange(20, 71, 2.5))
    arc = np.column_stack([1 - np.cos(turns), 1 - np.sin(turns)]) * RADIUS_MM
    outward = -np.column_stack([np.cos(turns), np.sin(turns)])
    along = np.linspace(0.0, 0.4 * RADIUS_MM, 8)
    straight = np.vstack([np.column_stack([along, 0 * along]), np.column_stack([0 * along, along])])
    across = np.repeat([[0.0, -1.0], [-1.0, 0.0]], len(along), axis=0)
    sides = np.vstack(
        [np.column_stack([along + 8, 0 * along]), np.column_stack([0 * along, along + 8])]
    )
    count = 0
    for corner in _CORNERS_MM:
        flip = np.sign(middle - corner)
        strengths = [
            _edge_levels(grey, to_px, corner + flip * places, flip * normals)
            for places, normals in ((arc, outward), (straight, across), (sides, across))
        ]
        at_arc, at_point, at_sides = (float(np.median(each)) for each in strengths)
        low, high = (part * at_sides for part in _ARC_OVER_SIDES)
        count += low < at_arc < high and at_arc > _ARC_OVER_POINT * at_point
    return count >= _MIN_ROUND_CORNERS


def _edge_levels(grey: GreyPhoto, to_px: Array, places_mm: Array, normals: Array) -> Array:
    """Difference of levels across an expected edge, 0.4 mm to both sides."""
    both = np.stack([places_mm - 0.4 * normals, places_mm + 0.4 * normals], axis=1)
    flat = map_points(to_px, both.reshape(-1, 2))
    levels = grey.colours_at(flat.reshape(-1, 2, 2))
    return np.asarray(np.abs(levels[:, 1] - levels[:, 0]).max(axis=1))
