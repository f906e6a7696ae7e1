from pathlib import Path

import numpy as np
import pytest

from data.render.ray_tracer import load
from data.render.scene import _fibre, build_scene, trace_scene, without_sparks
from tests.helpers.render_scenes import scene, straight_hair


def test_sparks_are_clipped_and_the_rest_is_kept() -> None:
    passes = np.full((4, 2, 2, 3), 0.4, np.float32)
    passes[2, 0, 0] = 100.0
    light = without_sparks(passes)
    assert light[1, 1, 0] == pytest.approx(0.4)
    assert light[0, 0, 0] < 0.6


def test_a_hair_is_drawn_where_the_truth_says() -> None:
    pytest.importorskip("mitsuba")
    hair = straight_hair("club", "cut", width_um=400.0)
    light = trace_scene(build_scene(scene(hair)))[..., 1]
    assert light.shape == (120, 160)
    ground = np.median(light)
    assert light[59:61, 40:120].mean() < 0.35 * ground, "a black hair from 30 to 130 along y = 60"
    assert light[:, 140:].mean() > 0.8 * ground
    assert light[52:57, 60:120].mean() > 0.6 * ground


@pytest.mark.slow
def test_the_same_scene_gives_the_same_pixels() -> None:
    pytest.importorskip("mitsuba")
    built = build_scene(scene(straight_hair("anagen_sheath"), ground="towel"))
    one, other = trace_scene(built), trace_scene(built)
    assert np.isfinite(one).all()
    assert one.mean() > 0.01
    np.testing.assert_allclose(one, other, atol=0.5 / 255)


def test_the_end_of_a_shaft_is_not_the_end_of_its_curves(tmp_path: Path) -> None:
    """Where they end Mitsuba 3.9.1 reads beyond its arrays; in a photo the process may die."""
    pytest.importorskip("mitsuba")
    mi = load()
    hair = straight_hair()
    fibre = build_scene(scene(hair)).hairs[0].fibres[0]
    curve = mi.load_dict(_fibre(hair, fibre, tmp_path / "curve.txt"))
    met = mi.PreliminaryIntersection3f()
    met.t, met.prim_uv, met.prim_index = 1.0, [1.0, 0.0], len(fibre.points) - 2
    ray = mi.Ray3f((fibre.points[-1] + [0, 0, 1 + fibre.radius[-1]]).tolist(), [0, 0, -1])
    at = curve.compute_surface_interaction(ray, met, mi.RayFlags.UV)
    assert 0.9 < np.array(at.uv).max() < 1
    np.testing.assert_allclose(np.array(at.n).ravel(), [0, 0, 1], atol=1e-3)
