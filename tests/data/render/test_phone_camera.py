from dataclasses import replace

import cv2
import numpy as np
import pytest

from data.render.phone_camera import encode, photograph, sample_phone
from data.render.spec import PhoneSpec

PLAIN = PhoneSpec(seed=1, mean_level=0.5, adapt=1.0, vignette=0.0, denoise=0.0, sharpen=0.0)


def grey(level: float) -> np.ndarray:  # type: ignore[type-arg]
    return np.full((60, 80, 3), level, np.float32)


@pytest.mark.parametrize("level", [0.01, 0.2, 5.0])
def test_full_adaption_brings_any_grey_to_the_level_asked_for(level: float) -> None:
    assert photograph(grey(level), PLAIN, 1.0).mean() == pytest.approx(127.5, abs=4)


def test_without_adaption_black_stays_dark_and_white_bright() -> None:
    fixed = replace(PLAIN, adapt=0.0)
    dark, bright = (photograph(grey(level), fixed, 1.0).mean() for level in (0.02, 0.9))
    assert dark < 60
    assert bright > 200


def test_a_flat_grey_stays_flat_but_for_noise() -> None:
    clean = replace(PLAIN, photons=1e9, read_noise=0.0)
    assert np.ptp(photograph(grey(0.3), clean, 1.0).astype(int)) <= 1
    noisy = photograph(grey(0.3), replace(PLAIN, photons=200.0), 1.0).std()
    assert noisy > 3 * photograph(grey(0.3), replace(PLAIN, photons=20000.0), 1.0).std()


def test_denoising_smooths() -> None:
    rough = replace(PLAIN, photons=200.0)
    smooth = replace(rough, denoise=1.0)
    assert photograph(grey(0.3), smooth, 1.0).std() < 0.7 * photograph(grey(0.3), rough, 1.0).std()


def test_blur_softens_an_edge_and_keeps_it_in_place() -> None:
    clean = replace(PLAIN, photons=1e9, read_noise=0.0)
    light = grey(0.1)
    light[:, 40:] = 0.4
    sharp = photograph(light, clean, 1.0)[30, :, 1].astype(int)
    soft = photograph(light, replace(clean, motion_px=6.0), 1.0)[30, :, 1].astype(int)
    assert np.abs(np.diff(sharp)).max() > 2 * np.abs(np.diff(soft)).max()
    assert abs(int(np.abs(np.diff(soft)).argmax()) - 39) <= 3


def test_the_shadow_darkens_one_side() -> None:
    shaded = replace(PLAIN, shadow=0.6)
    left, right = np.split(photograph(grey(0.3), shaded, 1.0), 2, axis=1)
    assert right.mean() < left.mean() - 20


def test_the_same_phone_takes_the_same_photo() -> None:
    phone = sample_phone(np.random.default_rng(3))
    np.testing.assert_array_equal(
        photograph(grey(0.2), phone, 1.0), photograph(grey(0.2), phone, 1.0)
    )


@pytest.mark.parametrize("seed", range(12))
def test_any_phone_leaves_a_usable_picture(seed: int) -> None:
    phone = sample_phone(np.random.default_rng(seed))
    light = grey(0.3) * np.linspace(0.5, 1.5, 80, dtype=np.float32)[None, :, None]
    picture = photograph(light, phone, 1.0)
    assert picture.shape == light.shape
    assert 35 < picture.mean() < 235


def test_the_file_is_a_jpeg_in_the_right_colours() -> None:
    picture = np.zeros((16, 16, 3), np.uint8)
    picture[..., 0] = 200
    raw = encode(picture, PLAIN)
    assert raw[:3] == b"\xff\xd8\xff"
    back = cv2.imdecode(np.frombuffer(raw, np.uint8), cv2.IMREAD_COLOR)
    assert back[8, 8, 2] > 180 > 40 > back[8, 8, 0]
