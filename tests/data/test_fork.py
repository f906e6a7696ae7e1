from itertools import pairwise

import numpy as np

from data.curve import Curve
from data.fork import cut_at_forks

SHAPE = (200, 200)


def curve(*corners: tuple[float, float]) -> Curve:
    """Through some corners, a point a cell, three cells wide."""
    legs = [
        np.linspace(a, b, round(float(np.hypot(b[0] - a[0], b[1] - a[1]))), endpoint=False)
        for a, b in pairwise(corners)
    ]
    xy = np.vstack([*legs, [corners[-1]]])
    return Curve(xy, np.full(len(xy), 0.9, np.float32), np.full(len(xy), 3.0, np.float32))


def test_a_curve_that_left_a_crossing_by_another_hairs_arm_is_cut() -> None:
    bent = curve((20, 20), (100, 100), (180, 20))
    straight_on = curve((102, 102), (180, 180))
    parts = cut_at_forks([bent, straight_on], SHAPE)
    assert len(parts) == 3
    assert max(len(part.xy) for part in parts) < 0.6 * len(bent.xy)


def test_a_curve_that_another_one_only_touches_is_left_whole() -> None:
    level, upright = curve((20, 100), (180, 100)), curve((100, 103), (100, 180))
    assert cut_at_forks([level, upright], SHAPE) == [level, upright]


def test_a_curve_does_not_touch_itself_at_its_own_end() -> None:
    alone = curve((20, 20), (100, 100), (110, 20))
    other = curve((20, 180), (180, 180))
    assert cut_at_forks([alone, other], SHAPE) == [alone, other]
