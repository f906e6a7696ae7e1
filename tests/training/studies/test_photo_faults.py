"""Each fault changes what it is named for, by as much as its step says."""

from dataclasses import replace

import numpy as np
import pytest

from data.images.photo import Photo
from training.datasets.annotations import AnnotatedHair, AnnotatedPhoto
from training.studies.photo_quality.faults import DEGRADATIONS, Light, light_of, shaft_px_of, taken

BY_CODE = {fault.code: fault for fault in DEGRADATIONS}


def hair(y: float, shaft_px: float = 10.0) -> AnnotatedHair:
    """A level hair: root at x = 100, tip at x = 300."""
    line = np.array([[x, y] for x in range(100, 301, 10)], float)
    return AnnotatedHair("telogen", line[0], line[0], line[-1], True, True, shaft_px, line)


TRUTH = AnnotatedPhoto("a.jpg", 400, 200, (hair(60),), np.array([[40.0, 20.0]]))


def light(shaft: float = 0.04, ground: float = 0.36) -> Light:
    """The hair of TRUTH on a plain ground."""
    values = np.full((200, 400, 3), ground, np.float32)
    values[55:65, 100:300] = shaft
    return values


def spoilt(code: str, step: float, of: Light | None = None) -> tuple[Light, AnnotatedPhoto]:
    return BY_CODE[code].spoil(light() if of is None else of, TRUTH, step)


def test_light_turns_back_into_the_same_pixels_but_for_noise() -> None:
    levels = np.repeat(np.arange(256, dtype=np.uint8)[:, None, None], 100, axis=1).repeat(3, axis=2)
    again = taken(light_of(levels)).astype(float)
    assert np.abs(again.mean(axis=(1, 2)) - np.arange(256)).max() < 1.5
    assert again[128].std() == pytest.approx(1.8, abs=0.2)  # 0.0066 of light, 0.00365 a level


@pytest.mark.parametrize("fault", DEGRADATIONS, ids=lambda fault: fault.code)
def test_the_first_step_changes_nothing_and_the_last_one_something(fault) -> None:  # type: ignore[no-untyped-def]
    photo = Photo(taken(light()), "0" * 64)
    pixels, truth = fault.at(photo, TRUTH, fault.steps[0])
    if fault.code == "hairs_too_small":  # begins at 8 px, where all photos are alike
        assert shaft_px_of(truth) == 8
    else:
        assert np.abs(pixels.pixels - taken(light_of(photo.pixels)).astype(int)).max() <= 1
        assert truth.hairs[0].root_xy.tolist() == [100, 60]
    last = fault.at(photo, TRUTH, fault.steps[-1])[0].pixels
    assert last.shape != pixels.pixels.shape or np.abs(last.astype(int) - pixels.pixels).max() > 30


def test_a_stop_is_twice_the_light() -> None:
    assert spoilt("too_dark", -2)[0][0, 0, 0] == pytest.approx(0.09)
    assert spoilt("too_bright", 1)[0][0, 0, 0] == pytest.approx(0.72)


def test_glare_covers_its_share_and_leaves_the_corners() -> None:
    seen = spoilt("glare", 0.15)[0]
    assert ((seen - light())[..., 0] >= 1).mean() == pytest.approx(0.15, abs=0.002)
    assert seen[0, 0, 0] == pytest.approx(0.36, abs=0.001)


def test_a_point_out_of_focus_is_a_disc_as_wide_as_said() -> None:
    point = np.zeros((200, 400, 3), np.float32)
    point[100, 200] = 1
    seen = spoilt("blurred", 2, point)[0][..., 0]
    assert seen.sum() == pytest.approx(1, abs=1e-4)
    assert (seen > seen.max() / 2).sum(axis=1).max() == pytest.approx(20, abs=1)  # 2 x 10 px


def test_farther_away_all_is_smaller() -> None:
    seen, truth = spoilt("hairs_too_small", 5)
    assert seen.shape == (100, 200, 3)
    one = truth.hairs[0]
    assert (one.shaft_px, one.root_xy.tolist(), one.tip_xy.tolist()) == (5, [50, 30], [150, 30])
    assert (truth.width, truth.height, truth.clutter.tolist()) == (200, 100, [[20, 10]])


def test_a_faded_hair_keeps_so_much_of_its_contrast() -> None:
    # Levels go by the root of light: 0.2 on 0.6, and 0.6 - 0.5 x 0.4 = 0.4 afterwards.
    seen = np.sqrt(spoilt("low_contrast", 0.5)[0])
    assert seen[60, 200, 0] == pytest.approx(0.4, abs=0.02)
    assert seen[120, 200, 0] == pytest.approx(0.6, abs=0.001)


def test_layers_lay_the_hairs_across_turned_over() -> None:
    wider = np.pad(light(), ((0, 0), (0, 100), (0, 0)), mode="edge")  # 500 px: turned, 200 to 400
    truth = replace(TRUTH, width=500)
    one, three = (BY_CODE["tangled"].spoil(wider, truth, k)[0][..., 0] for k in (1, 3))
    at = [(60, 130), (140, 370), (140, 130), (60, 370)]  # its own, half a turn, the two flips
    assert [float(one[y, x]) < 0.1 for y, x in at] == [True, True, False, False]
    assert [float(three[y, x]) < 0.1 for y, x in at] == [True, True, True, True]
    assert one[20, 20] == pytest.approx(0.36, abs=0.001)


def test_a_cropped_photo_loses_the_roots_outside() -> None:
    seen, truth = spoilt("ends_out_of_photo", 0.5)
    assert np.array_equal(seen, light()[:, 100:300])
    assert (truth.width, truth.height) == (200, 200)
    assert truth.hairs[0].root_xy.tolist() == [0, 60]
    assert truth.hairs[0].root_in_photo
    narrower = spoilt("ends_out_of_photo", 0.45)[1].hairs[0]
    assert not narrower.root_in_photo
    assert not narrower.tip_in_photo
