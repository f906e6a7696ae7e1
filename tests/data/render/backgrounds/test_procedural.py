from pathlib import Path

import cv2
import numpy as np
import pytest

from data.render.backgrounds.markings import DRAWERS, decorate
from data.render.backgrounds.photographs import (
    held_out_grounds,
    is_held_out,
    photographed,
    usable_grounds,
)
from data.render.backgrounds.procedural import PAINTERS
from data.render.backgrounds.texture import Ground, Patch, noise, turned
from data.render.scene import ground_height, paint_ground
from data.render.spec import GroundSpec

PATCH = Patch(size_px=128, mm_per_px=0.05)


@pytest.mark.parametrize("kind", PAINTERS)
def test_every_ground_is_a_sound_texture(kind: str) -> None:
    ground = paint_ground(GroundSpec(kind, 4), PATCH, None)
    assert ground.albedo.shape == (128, 128, 3)
    assert ground.albedo.dtype == np.float32
    assert 0 <= ground.albedo.min() <= ground.albedo.max() <= 1
    assert ground.albedo.std() > 0, "never one flat colour"
    assert ground.bump_mm is None or np.isfinite(ground.bump_mm).all()


def test_white_is_brighter_than_black() -> None:
    white, black = (
        paint_ground(GroundSpec(k, 4), PATCH, None) for k in ("white_paper", "black_card")
    )
    assert white.albedo.mean() > 0.8 > 0.25 > black.albedo.mean()


@pytest.mark.parametrize("kind", DRAWERS)
def test_every_decoration_leaves_ink(kind: str) -> None:
    plain = Ground(np.full((256, 256, 3), 0.5, np.float32))
    marks = [
        decorate(plain, kind, Patch(256, 0.05), np.random.default_rng(seed)).albedo != 0.5
        for seed in range(4)
    ]
    assert 0 < np.mean(marks) < 0.9


def test_noise_has_the_feature_size_asked_for() -> None:
    rng = np.random.default_rng(0)
    fine, coarse = (noise(rng, (200, 200), (cell, cell)) for cell in (3.0, 40.0))
    assert np.abs(np.diff(fine)).mean() > 5 * np.abs(np.diff(coarse)).mean()


def test_height_is_read_between_the_points_of_the_relief() -> None:
    relief = np.array([[0.0, 1.0], [2.0, 3.0]], np.float32)
    height = ground_height(Ground(np.zeros((2, 2, 3), np.float32), relief_mm=relief), 10.0)
    np.testing.assert_allclose(height(np.array([[-5.0, -5], [5, -5], [0, 0]])), [0, 1, 1.5])


def test_turning_moves_the_layers_together() -> None:
    albedo = np.zeros((4, 4, 3), np.float32)
    albedo[0, 3] = 1
    ground = turned(Ground(albedo, bump_mm=albedo[..., 0].copy()), 1)
    assert ground.bump_mm is not None
    assert ground.albedo[0, 0, 0] == ground.bump_mm[0, 0] == 1


def test_a_third_of_the_names_is_held_out() -> None:
    # sha256 of these names mod 3 is 0 2 2 2 0 2 (by sha256sum): a name never changes sides.
    held_out = [is_held_out(f"{k}.jpg") for k in range(6)]
    assert held_out == [True, False, False, False, True, False]
    assert 250 < sum(is_held_out(f"ground_{k}.jpg") for k in range(900)) < 350


def test_held_out_grounds_are_never_used(tmp_path: Path) -> None:
    for k in range(12):
        cv2.imwrite(str(tmp_path / f"g{k}.png"), np.full((8, 8, 3), 128, np.uint8))
    (tmp_path / "notes.txt").write_text("no picture")
    names = [path.name for path in usable_grounds(tmp_path)]
    assert names == sorted(f"g{k}.png" for k in range(12) if not is_held_out(f"g{k}.png"))
    assert 0 < len(names) < 12
    others = [path.name for path in held_out_grounds(tmp_path)]
    assert sorted(names + others) == sorted(f"g{k}.png" for k in range(12))


def test_a_folder_without_pictures_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no usable ground"):
        usable_grounds(tmp_path)
    with pytest.raises(ValueError, match="no usable ground"):
        held_out_grounds(tmp_path)


def test_a_photographed_ground_keeps_its_look(tmp_path: Path) -> None:
    picture = np.zeros((300, 400, 3), np.uint8)
    picture[..., 2] = 200
    cv2.imwrite(str(tmp_path / "red.png"), picture)
    ground = photographed(tmp_path / "red.png", PATCH, np.random.default_rng(0))
    red, green, blue = ground.albedo.mean(axis=(0, 1))
    assert ground.albedo.shape == (128, 128, 3)
    assert red > 0.5 > 0.05 > max(green, blue)
