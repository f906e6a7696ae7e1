import numpy as np
import pytest

from data.render.scene import build_scene, trace, without_sparks
from tests.data.render.scenes import scene, straight_hair


def test_sparks_are_clipped_and_the_rest_is_kept() -> None:
    passes = np.full((4, 2, 2, 3), 0.4, np.float32)
    passes[2, 0, 0] = 100.0
    light = without_sparks(passes)
    assert light[1, 1, 0] == pytest.approx(0.4)
    assert light[0, 0, 0] < 0.6


def test_a_hair_is_drawn_where_the_truth_says() -> None:
    pytest.importorskip("mitsuba")
    hair = straight_hair("club", "cut", width_um=400.0)
    light = trace(build_scene(scene(hair)))[..., 1]
    assert light.shape == (120, 160)
    ground = np.median(light)
    assert light[59:61, 40:120].mean() < 0.35 * ground, "a black hair from 30 to 130 along y = 60"
    assert light[:, 140:].mean() > 0.8 * ground
    assert light[52:57, 60:120].mean() > 0.6 * ground


@pytest.mark.slow
def test_the_same_scene_gives_the_same_pixels() -> None:
    pytest.importorskip("mitsuba")
    built = build_scene(scene(straight_hair("anagen_sheath"), ground="towel"))
    one, other = trace(built), trace(built)
    assert np.isfinite(one).all()
    assert one.mean() > 0.01
    np.testing.assert_allclose(one, other, atol=0.5 / 255)
