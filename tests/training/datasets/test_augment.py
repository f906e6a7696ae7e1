import numpy as np
import pytest

pytest.importorskip("albumentations")

from data.strands.crop import RootCrop
from tests.helpers.training.examples import crop
from training.datasets.augment import Augmenter, TileAugmenter


def test_the_same_seed_gives_the_same_change() -> None:
    given = crop(0, np.random.default_rng(0), shaft_px=20.0)
    one, again, other = Augmenter()(given, 5), Augmenter()(given, 5), Augmenter()(given, 6)
    assert np.array_equal(one.pixels, again.pixels)
    assert one.shaft_px == again.shaft_px
    assert not np.array_equal(one.pixels, other.pixels)


def test_a_crop_keeps_its_shape_and_its_shaft_hardly_grows() -> None:
    augment, given = Augmenter(), crop(0, np.random.default_rng(0), shaft_px=20.0)
    changed = [augment(given, seed) for seed in range(60)]
    assert all(c.pixels.shape == (96, 160, 3) and c.pixels.dtype == np.uint8 for c in changed)
    widths = np.array([c.shaft_px for c in changed])
    assert widths.max() < 25
    assert 0.1 < (widths < 13).mean() < 0.7


def test_the_end_stays_in_place() -> None:
    # A dark shaft on the left, nothing on the right: it must stay so.
    augment, given = Augmenter(), crop(2, np.random.default_rng(0))
    for seed in range(40):
        grey = augment(given, seed).pixels.mean(axis=2)
        left = np.abs(grey[34:62, 10:50] - np.median(grey)).mean()
        right = np.abs(grey[34:62, 110:150] - np.median(grey)).mean()
        assert left > right


@pytest.mark.parametrize("kind", ["crop", "tile"])
def test_a_pale_hair_on_a_dark_background_stays_visible(kind: str) -> None:
    pixels = np.full((96, 160, 3), 24, np.uint8)
    pixels[44:52, :80] = 54
    crop, tile = Augmenter(), TileAugmenter()
    for seed in range(80):
        changed = crop(RootCrop(pixels, 8.0), seed).pixels if kind == "crop" else tile(pixels, seed)
        light = changed.mean(axis=2)
        shaft, background = light[42:54, 20:60].mean(), light[:24, 20:60].mean()
        assert abs(shaft - background) > 5, seed
