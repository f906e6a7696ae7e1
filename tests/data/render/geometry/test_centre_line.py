from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.render.geometry.centre_line import centre_line
from data.render.spec import CurveSpec
from data.strands.curves import resample
from tests.helpers.render_scenes import straight_hair


def flat(xy: np.ndarray) -> np.ndarray:  # type: ignore[type-arg]
    return np.zeros(len(xy))


def test_a_straight_hair_lies_on_the_ground() -> None:
    line = centre_line(straight_hair(), flat)
    np.testing.assert_allclose(line[0], [-5, 0, 0.05])
    np.testing.assert_allclose(line[-1], [5, 0, 0.05], atol=1e-9)


def test_a_quarter_turn_ends_facing_up() -> None:
    line = centre_line(straight_hair(curve=CurveSpec(turn_deg=90)), flat)
    radius = 10 / (np.pi / 2)
    np.testing.assert_allclose(line[-1, :2], [-5 + radius, radius], atol=0.01)


def test_it_follows_the_ground() -> None:
    line = centre_line(straight_hair(), lambda xy: xy[:, 0] / 10)
    assert line[-1, 2] - line[0, 2] == pytest.approx(1.0)


@given(
    turn=st.floats(-400, 400),
    wave=st.floats(0, 60),
    wander=st.floats(0, 40),
    seed=st.integers(0, 99),
)
def test_bending_keeps_the_length(turn: float, wave: float, wander: float, seed: int) -> None:
    curve = CurveSpec(turn, wave, 2.0, wander, 0.0, seed)
    line = centre_line(replace(straight_hair(), curve=curve), flat)
    assert np.linalg.norm(np.diff(line, axis=0), axis=1).sum() == pytest.approx(10, rel=1e-6)


def test_resampling_keeps_both_ends() -> None:
    corner = np.array([[0.0, 0], [30, 0], [30, 40]])
    points = resample(corner, 10)
    np.testing.assert_allclose(points[[0, 3, -1]], [[0, 0], [30, 0], [30, 40]])
    assert len(points) == 8
