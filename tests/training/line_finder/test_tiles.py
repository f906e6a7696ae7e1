import numpy as np
import pytest

from tests.helpers.drawn_photos import DARK, draw, ground
from training.datasets.annotations import AnnotatedHair, AnnotatedPhoto
from training.line_finder.tiles import Scene, cut_tile

LINE = np.array([[150.0, 240], [500, 240]])


def scene(*hairs: AnnotatedHair) -> Scene:
    pixels = ground()
    for hair in hairs:
        draw(pixels, [(float(x) - 0.5, float(y) - 0.5) for x, y in hair.line], hair.shaft_px)
    return Scene(pixels, AnnotatedPhoto("", 640, 480, hairs, np.zeros((0, 2))))


HAIR = AnnotatedHair("telogen", LINE[0], LINE[0], LINE[1], True, True, 8.0, LINE)


@pytest.mark.parametrize("seed", range(8))
def test_strokes_lie_on_the_hair_at_any_rotation_and_scale(seed: int) -> None:
    tile = cut_tile(scene(HAIR), np.random.default_rng(seed))
    (stroke,) = tile.strokes
    along = np.linspace(stroke.line[1], stroke.line[-1], 400)[10:-10]
    column, row = np.floor(along).astype(int).T
    inside = (column >= 0) & (row >= 0) & (column < 320) & (row < 320)
    inside[inside] &= tile.inside[row[inside], column[inside]]
    if inside.any():
        tones = tile.pixels[row[inside], column[inside], 1]
        assert np.median(tones) == pytest.approx(DARK[1], abs=12)
    scale = np.linalg.norm(stroke.line[-1] - stroke.line[1]) / 350
    assert stroke.width_px == pytest.approx(8 * scale)


def test_most_tiles_show_hair_and_a_seed_gives_the_same_tile() -> None:
    tiles = [cut_tile(scene(HAIR), np.random.default_rng(seed)) for seed in range(20)]
    assert sum(bool((tile.pixels < 100).any()) for tile in tiles) >= 12
    again = cut_tile(scene(HAIR), np.random.default_rng(3))
    assert (again.pixels == tiles[3].pixels).all()


def test_a_scene_without_hair_gives_tiles_too() -> None:
    assert cut_tile(scene(), np.random.default_rng(0)).strokes == []


def test_half_of_the_tiles_are_near_the_scale_of_the_photo() -> None:
    one = scene(HAIR)
    tiles = [cut_tile(one, np.random.default_rng(seed), size_px=32) for seed in range(200)]
    widths = np.array([tile.strokes[0].width_px for tile in tiles]) / HAIR.shaft_px
    # Half on purpose, and of the rest a quarter by chance: log(1.3 / 0.75) of log(2.5 / 0.3).
    assert np.mean((widths >= 0.75) & (widths <= 1.3)) == pytest.approx(0.63, abs=0.1)
