import cv2
import numpy as np
import pytest

pytest.importorskip("albumentations")

from data.strands.crop import CROP_HEIGHT, CROP_WIDTH, END_X, RootCrop
from tests.helpers.training.examples import crop
from training.datasets.augment import Augmenter, TileAugmenter, random_filter


def test_the_same_seed_gives_the_same_change() -> None:
    given = crop(0, np.random.default_rng(0), shaft_px=20.0)
    one, again, other = Augmenter()(given, 5), Augmenter()(given, 5), Augmenter()(given, 6)
    assert np.array_equal(one.pixels, again.pixels)
    assert one.shaft_px == again.shaft_px
    assert not np.array_equal(one.pixels, other.pixels)


def test_a_crop_keeps_its_shape_and_its_shaft_hardly_grows() -> None:
    augment, given = Augmenter(), crop(0, np.random.default_rng(0), shaft_px=20.0)
    changed = [augment(given, seed) for seed in range(60)]
    assert all(
        c.pixels.shape == (CROP_HEIGHT, CROP_WIDTH, 3) and c.pixels.dtype == np.uint8
        for c in changed
    )
    widths = np.array([c.shaft_px for c in changed])
    assert widths.max() < 25
    assert 0.1 < (widths < 13).mean() < 0.7


@pytest.mark.parametrize("looks", [False, True])
def test_the_end_stays_in_place(looks: bool) -> None:
    # A dark shaft on the left, nothing on the right: it must stay so.
    augment, given = Augmenter(looks), crop(2, np.random.default_rng(0))
    for seed in range(40):
        grey = augment(given, seed).pixels.mean(axis=2)
        left = np.abs(grey[51:93, 15:75] - np.median(grey)).mean()
        right = np.abs(grey[51:93, 165:225] - np.median(grey)).mean()
        assert left > right


@pytest.mark.parametrize("kind", ["crop", "tile"])
def test_a_pale_hair_on_a_dark_background_stays_visible(kind: str) -> None:
    pixels = np.full((CROP_HEIGHT, CROP_WIDTH, 3), 24, np.uint8)
    pixels[66:78, : int(END_X)] = 54
    crop, tile = Augmenter(), TileAugmenter()
    for seed in range(80):
        changed = crop(RootCrop(pixels, 8.0), seed).pixels if kind == "crop" else tile(pixels, seed)
        light = changed.mean(axis=2)
        shaft, background = light[63:81, 30:90].mean(), light[:36, 30:90].mean()
        assert abs(shaft - background) > 5, seed


def test_a_random_filter_changes_colours_and_no_outline() -> None:
    """The mean and the contrast stay, and so does where the picture changes."""
    pixels = np.full((CROP_HEIGHT, CROP_WIDTH, 3), (90, 110, 120), np.uint8)
    pixels[40:100, 60:180] = (140, 150, 170)
    hues = set()
    for seed in range(30):
        made = random_filter(pixels, np.random.default_rng(seed))
        assert made.mean(axis=(0, 1)) == pytest.approx(pixels.mean(axis=(0, 1)), abs=3)
        assert made.std() == pytest.approx(pixels.std(), rel=0.25)
        inside, outside = made[50:90, 70:170].astype(int), made[:30].astype(int)
        assert np.ptp(inside.reshape(-1, 3), axis=0).max() <= 1  # flat where it was flat
        assert np.ptp(outside.reshape(-1, 3), axis=0).max() <= 1
        step = inside[0, 0] - outside[0, 0]
        assert np.abs(step).max() > 15
        hues.add(tuple((step > 0).tolist()))
    assert len(hues) > 2


def test_a_map_of_parts_moves_with_its_crop() -> None:
    """A bright blob above the middle; its cells of the map are where it stands out."""
    pixels = np.full((CROP_HEIGHT, CROP_WIDTH, 3), 60, np.uint8)
    pixels[12:64, 128:200] = 220
    parts = np.zeros((CROP_HEIGHT // 4, CROP_WIDTH // 4), np.uint8)
    parts[3:16, 32:50] = 2
    augment, below, at = Augmenter(), 0, []
    for seed in range(40):
        crop, moved = augment.with_parts(RootCrop(pixels, 12.0), parts, seed)
        assert set(np.unique(moved).tolist()) == {0, 2}
        grey = cv2.resize(crop.pixels.mean(axis=2), (60, 36), interpolation=cv2.INTER_AREA)
        distance = np.abs(grey - np.median(grey))
        shown = distance > distance.max() / 2
        assert (shown & (moved == 2)).sum() > 0.85 * (shown | (moved == 2)).sum(), seed
        rows, columns = np.nonzero(moved)
        below += rows.mean() > 17.5
        at.append(columns.min())
        assert np.array_equal(crop.pixels, augment(RootCrop(pixels, 12.0), seed).pixels)
    assert 10 < below < 30  # flipped
    assert len(set(at)) > 5  # moved and scaled


def test_a_map_of_unknown_parts_stays_one() -> None:
    unknown = np.full((CROP_HEIGHT // 4, CROP_WIDTH // 4), 255, np.uint8)
    given = crop(0, np.random.default_rng(0))
    assert all((Augmenter().with_parts(given, unknown, k)[1] == 255).all() for k in range(5))
