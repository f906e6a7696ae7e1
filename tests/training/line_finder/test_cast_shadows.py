import numpy as np
import pytest

from training.line_finder import cast_shadows
from training.line_finder.cast_shadows import with_cast_shadows
from training.line_finder.targets import Stroke
from training.line_finder.tiles import Tile

GREY, HAIR, WIDTH_PX = 128, 60, 6
ROW = 48


@pytest.fixture(autouse=True)
def always(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cast_shadows, "SHADOWED_SHARE", 1.0)
    monkeypatch.setattr(cast_shadows, "FADED_SHARE", 0.0)


def tile_with_a_hair() -> Tile:
    """A level hair on grey, 6 px wide, around row 48."""
    pixels = np.full((96, 96, 3), GREY, np.uint8)
    pixels[ROW - 3 : ROW + 3] = HAIR
    line = np.column_stack([np.linspace(0, 96, 25), np.full(25, float(ROW))])
    stroke = Stroke(line, float(WIDTH_PX), np.zeros((0, 2)))
    return Tile(pixels, [stroke], np.ones((96, 96), bool))


@pytest.mark.parametrize("seed", range(5))
def test_a_shadow_lies_beside_its_hair_and_not_on_it(seed: int) -> None:
    tile = tile_with_a_hair()
    shadowed = with_cast_shadows(tile, np.random.default_rng(seed))
    middle = shadowed.pixels[ROW - 1 : ROW + 1]
    assert np.abs(middle.astype(int) - HAIR).max() <= 3
    ground = np.delete(shadowed.pixels, np.s_[ROW - 5 : ROW + 5], axis=0)
    assert ground.max() <= GREY
    assert (ground < 0.9 * GREY).mean() > 0.01
    assert shadowed.strokes is tile.strokes


def test_clear_hairs_are_nearer_to_the_ground(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cast_shadows, "FADED_SHARE", 1.0)
    shadowed = with_cast_shadows(tile_with_a_hair(), np.random.default_rng(1))
    middle = shadowed.pixels[ROW - 1 : ROW + 1]
    least, most = (HAIR + fade * (GREY - HAIR) for fade in cast_shadows.FADE)
    assert least - 5 <= middle.mean() <= most + 5


def test_a_tile_without_hairs_stays_as_it_is() -> None:
    tile = Tile(np.full((96, 96, 3), GREY, np.uint8), [], np.ones((96, 96), bool))
    assert with_cast_shadows(tile, np.random.default_rng(0)) is tile
