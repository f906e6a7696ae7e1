import numpy as np
import pytest

from data.images.photo import Photo
from data.scale.bank_card import find_bank_card
from data.scale.find import find_scale
from data.scale.grey import GreyPhoto
from data.scale.request import ScaleRequest
from data.scale.scale import ScaleSource
from data.scale.tick_rows import TickRow
from data.scale.tick_strip import cut_strip
from tests.helpers.drawn_photos import draw, ground, photo
from training.studies.measures.scale_photos import ANYTHING, photo_without_scale, reference_photo
from training.studies.measures.scale_study import scale_errors

SMALL = (960, 720)


@pytest.mark.parametrize(
    "source",
    [ScaleSource.CARD, ScaleSource.BANK_CARD, ScaleSource.COIN, ScaleSource.RULER],
)
def test_a_reference_gives_the_scale(source: ScaleSource) -> None:
    (flat,) = scale_errors(source, 0.0, photos=1, seed=5, size=SMALL).errors
    assert abs(flat) < 0.02
    (tilted,) = scale_errors(source, 15.0, photos=1, seed=5, size=SMALL).errors
    assert abs(tilted) < 0.05


@pytest.mark.slow
@pytest.mark.parametrize(
    "source",
    [
        pytest.param(ScaleSource.CARD, marks=pytest.mark.xfail(reason="found in 14 of 20")),
        pytest.param(ScaleSource.BANK_CARD, marks=pytest.mark.xfail(reason="found in 15 of 20")),
        ScaleSource.RULER,
    ],
)
def test_most_references_are_found(source: ScaleSource) -> None:
    result = scale_errors(source, 0.0, photos=20, seed=7)
    assert result.share_within(0.02) >= 0.8
    assert np.mean(np.abs(result.errors) <= 0.02) >= 0.95


@pytest.mark.parametrize("number", range(2))
def test_things_like_a_reference_give_none(number: int) -> None:
    _, without = photo_without_scale(number, SMALL)
    assert find_scale(without, ANYTHING) is None


def test_a_photo_of_hairs_alone_has_no_scale() -> None:
    pixels = ground()
    for y in range(40, 440, 20):  # evenly spaced, as ticks are
        draw(pixels, [(60, y), (560, y + 10)], 4)
    assert find_scale(photo(pixels), ANYTHING) is None


def test_a_typed_scale_needs_no_reference() -> None:
    scale = find_scale(photo(ground()), ScaleRequest.parse("12.5um"))
    assert scale is not None
    assert scale.mm_per_px(np.zeros((1, 2))) == pytest.approx([0.0125])


def test_none_means_none() -> None:
    plain = photo(ground())
    stated = Photo(plain.pixels, plain.sha256, mm_per_px=0.0014)
    assert find_scale(stated, ScaleRequest.parse("none")) is None
    found = find_scale(stated)
    assert found is not None
    assert found.source is ScaleSource.FILE


def test_lines_farther_apart_than_the_photo_is_wide_give_none() -> None:
    """A row of ticks proposed with such a distance has no strip to look at."""
    grey = GreyPhoto.of(photo(ground()))
    row = TickRow(np.array([300.0, 200.0]), np.array([1.0, 0.0]), 2000.0)
    assert cut_strip(grey, row).levels.shape[1] > 0


def test_a_card_that_the_photo_cuts_off_gives_none() -> None:
    """Cut along the outermost places of the card itself."""
    drawn = reference_photo(ScaleSource.BANK_CARD, 0.0, 500_000, SMALL).photo
    whole = find_bank_card(GreyPhoto.of(drawn))
    assert whole is not None
    low = np.ceil(whole.outlines[0].min(axis=0)).astype(int)
    high = np.floor(whole.outlines[0].max(axis=0)).astype(int)
    cut = np.ascontiguousarray(drawn.pixels[low[1] : high[1], low[0] : high[0]])
    assert find_bank_card(GreyPhoto.of(photo(cut))) is None
