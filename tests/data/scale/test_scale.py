import numpy as np
import pytest

from data.scale.scale import Scale, ScaleSource, homography_error, uniform_scale


def test_a_typed_scale_is_the_same_everywhere() -> None:
    scale = uniform_scale(ScaleSource.TYPED, 0.02, error=0.01)
    at = np.array([[0.0, 0.0], [900.0, 40.0]])
    assert scale.mm_per_px(at) == pytest.approx([0.02, 0.02])
    assert scale.length_mm(np.array([[0.0, 0.0], [30.0, 40.0]])) == pytest.approx(1.0)
    assert scale.relative_error(at) == pytest.approx([0.01, 0.01])


def test_a_tilted_plane_is_shorter_in_one_direction() -> None:
    # Level pixels are 0.01 mm, upright ones 0.02 mm.
    scale = Scale(ScaleSource.CARD, np.diag([0.01, 0.02, 1.0]))
    at = np.zeros((2, 2))
    level_and_upright = np.array([[1.0, 0.0], [0.0, 1.0]])
    assert scale.mm_per_px_across(at, level_and_upright) == pytest.approx([0.02, 0.01])
    assert scale.mm_per_px(at[:1]) == pytest.approx([np.sqrt(0.0002)])


def test_perspective_makes_far_pixels_larger() -> None:
    # x / (1 - x / 1000): the derivative is 1 at x = 0 and 1 / 0.25 at x = 500; y has 1 / 0.5 there.
    scale = Scale(ScaleSource.CARD, np.array([[1, 0, 0], [0, 1, 0], [-0.001, 0, 1]]))
    near, far = scale.jacobians(np.array([[0.0, 0.0], [500.0, 0.0]]))
    assert near == pytest.approx(np.eye(2))
    assert far == pytest.approx(np.diag([4.0, 2.0]))


def test_the_error_grows_with_the_distance_from_the_reference() -> None:
    square = np.array([[0, 0], [10, 0], [10, 10], [0, 10]], float)
    to_px = np.array([[20.0, 0, 100], [0, 20.0, 100], [0, 0, 1]])
    error, growth = homography_error(to_px, square, 1.0, (2000, 1500))
    assert 0.002 < error < 0.02  # a corner of a square of 200 px is off by 1 px
    assert growth > 0
    assert homography_error(to_px, square, 2.0, (2000, 1500))[0] == pytest.approx(2 * error)
