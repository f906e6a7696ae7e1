import numpy as np
import pytest

from data.render.camera import CameraSpec

ABOVE = CameraSpec(width_px=200, height_px=100, px_per_mm=10.0, fov_deg=90.0)


def test_projects_the_ground_by_its_scale() -> None:
    # 90 degrees wide: the focal length is half the width, 100 px, so the lens is 10 mm up.
    assert ABOVE.distance_mm == pytest.approx(10.0)
    xy = ABOVE.project(np.array([[0, 0, 0], [3, 2, 0], [-10, 5, 0]]))
    np.testing.assert_allclose(xy, [[100, 50], [130, 30], [0, 0]], atol=1e-9)


def test_a_point_half_way_up_is_twice_as_large() -> None:
    np.testing.assert_allclose(ABOVE.project(np.array([[1, 0, 5.0]])), [[120, 50]], atol=1e-9)
    assert ABOVE.scale_at(np.array([1, 0, 5.0])) == pytest.approx(20.0)


def test_tilt_brings_one_side_nearer() -> None:
    tilted = CameraSpec(200, 100, 10.0, fov_deg=90.0, tilt_deg=30.0, tilt_towards_deg=0.0)
    np.testing.assert_allclose(tilted.project(np.zeros((1, 3))), [[100, 50]], atol=1e-9)
    assert tilted.scale_at(np.zeros(3)) == pytest.approx(10.0)
    # The lens stands at (5, 0, 8.66); (2, 0, 0) is 10 - 2 sin 30 = 9 mm deep, 2 cos 30 aside.
    assert tilted.project(np.array([[2.0, 0, 0]]))[0, 0] == pytest.approx(100 + 100 * 1.7320508 / 9)


def test_roll_turns_the_picture() -> None:
    rolled = CameraSpec(200, 100, 10.0, roll_deg=90.0)
    np.testing.assert_allclose(rolled.project(np.array([[0, 3.0, 0]])), [[130, 50]], atol=1e-9)


@pytest.mark.parametrize(("x", "y", "inside"), [(0, 0, True), (199, 99, True), (200, 5, False)])
def test_what_lies_in_the_picture(x: float, y: float, inside: bool) -> None:
    assert ABOVE.holds(np.array([x, y])) is inside
