import numpy as np
import pytest

from data.strands.curves import Curve
from data.strands.linking import curve_ends


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


def test_the_map_is_asked_whether_a_hair_ends_there() -> None:
    end = np.zeros((100, 100), np.float32)
    end[20, 62] = 0.7
    full = np.ones(50, np.float32)
    level = Curve(np.column_stack([np.linspace(11, 60, 50), np.full(50, 20.0)]), full, 3 * full)
    assert curve_ends([level], end).end == pytest.approx([0, 0.7])
