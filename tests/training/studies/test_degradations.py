"""Each degradation changes the quantity it is named for by its step."""

from dataclasses import replace

import numpy as np
import pytest

from data.arrays import Floats
from data.images.photo import Photo
from training.datasets.annotations import AnnotatedHair, AnnotatedPhoto
from training.studies.photo_quality.degradations import (
    DEGRADATIONS,
    light_of,
    photo_pixels,
    shaft_px_of,
)

BY_CODE = {degradation.code: degradation for degradation in DEGRADATIONS}


def hair(y: float, shaft_px: float = 10.0) -> AnnotatedHair:
    """A level hair: root at x = 100, tip at x = 300."""
    line = np.array([[x, y] for x in range(100, 301, 10)], float)
    return AnnotatedHair("telogen", line[0], line[0], line[-1], True, True, shaft_px, line)


TRUTH = AnnotatedPhoto("a.jpg", 400, 200, (hair(60),), np.array([[40.0, 20.0]]))


def light(shaft: float = 0.04, background: float = 0.36) -> Floats:
    """The hair of TRUTH on a plain background."""
    values = np.full((200, 400, 3), background, np.float32)
    values[55:65, 100:300] = shaft
    return values


def degraded(code: str, step: float, of: Floats | None = None) -> tuple[Floats, AnnotatedPhoto]:
    return BY_CODE[code].degrade(light() if of is None else of, TRUTH, step)


def test_light_gives_the_same_pixels_except_for_noise() -> None:
    levels = np.repeat(np.arange(256, dtype=np.uint8)[:, None, None], 100, axis=1).repeat(3, axis=2)
    again = photo_pixels(light_of(levels)).astype(float)
    assert np.abs(again.mean(axis=(1, 2)) - np.arange(256)).max() < 1.5
    assert again[128].std() == pytest.approx(1.8, abs=0.2)  # 0.0066 of light, 0.00365 a level


@pytest.mark.parametrize("degradation", DEGRADATIONS, ids=lambda degradation: degradation.code)
def test_the_first_step_changes_nothing_and_the_last_one_something(degradation) -> None:  # type: ignore[no-untyped-def]
    photo = Photo(photo_pixels(light()), "0" * 64)
    pixels, truth = degradation.at(photo, TRUTH, degradation.steps[0])
    if degradation.code == "hairs_too_small":  # begins at 8 px, which all photos have
        assert shaft_px_of(truth) == 8
    else:
        assert np.abs(pixels.pixels - photo_pixels(light_of(photo.pixels)).astype(int)).max() <= 1
        assert truth.hairs[0].root_xy.tolist() == [100, 60]
    last = degradation.at(photo, TRUTH, degradation.steps[-1])[0].pixels
    assert last.shape != pixels.pixels.shape or np.abs(last.astype(int) - pixels.pixels).max() > 30


def test_a_stop_is_twice_the_light() -> None:
    assert degraded("too_dark", -2)[0][0, 0, 0] == pytest.approx(0.09)
    assert degraded("too_bright", 1)[0][0, 0, 0] == pytest.approx(0.72)


def test_glare_covers_its_share_and_leaves_the_corners() -> None:
    result = degraded("glare", 0.15)[0]
    assert ((result - light())[..., 0] >= 1).mean() == pytest.approx(0.15, abs=0.002)
    assert result[0, 0, 0] == pytest.approx(0.36, abs=0.001)


def test_a_point_out_of_focus_is_a_disc_of_the_given_width() -> None:
    point = np.zeros((200, 400, 3), np.float32)
    point[100, 200] = 1
    result = degraded("blurred", 2, point)[0][..., 0]
    assert result.sum() == pytest.approx(1, abs=1e-4)
    assert (result > result.max() / 2).sum(axis=1).max() == pytest.approx(20, abs=1)  # 2 x 10 px


def test_from_farther_away_everything_is_smaller() -> None:
    result, truth = degraded("hairs_too_small", 5)
    assert result.shape == (100, 200, 3)
    one = truth.hairs[0]
    assert (one.shaft_px, one.root_xy.tolist(), one.tip_xy.tolist()) == (5, [50, 30], [150, 30])
    assert (truth.width, truth.height, truth.clutter.tolist()) == (200, 100, [[20, 10]])


def test_a_faded_hair_has_its_share_of_contrast_left() -> None:
    # Levels go by the root of light: 0.2 on 0.6, and 0.6 - 0.5 x 0.4 = 0.4 afterwards.
    result = np.sqrt(degraded("low_contrast", 0.5)[0])
    assert result[60, 200, 0] == pytest.approx(0.4, abs=0.02)
    assert result[120, 200, 0] == pytest.approx(0.6, abs=0.001)


def test_layers_are_flipped_copies_of_the_hairs() -> None:
    wider = np.pad(light(), ((0, 0), (0, 100), (0, 0)), mode="edge")  # 500 px: turned, 200 to 400
    truth = replace(TRUTH, width=500)
    one, three = (BY_CODE["tangled"].degrade(wider, truth, k)[0][..., 0] for k in (1, 3))
    at = [(60, 130), (140, 370), (140, 130), (60, 370)]  # itself, half a turn, the two flips
    assert [float(one[y, x]) < 0.1 for y, x in at] == [True, True, False, False]
    assert [float(three[y, x]) < 0.1 for y, x in at] == [True, True, True, True]
    assert one[20, 20] == pytest.approx(0.36, abs=0.001)


def test_a_cropped_photo_loses_the_roots_outside() -> None:
    result, truth = degraded("ends_out_of_photo", 0.5)
    assert np.array_equal(result, light()[:, 100:300])
    assert (truth.width, truth.height) == (200, 200)
    assert truth.hairs[0].root_xy.tolist() == [0, 60]
    assert truth.hairs[0].root_in_photo
    narrower = degraded("ends_out_of_photo", 0.45)[1].hairs[0]
    assert not narrower.root_in_photo
    assert not narrower.tip_in_photo
