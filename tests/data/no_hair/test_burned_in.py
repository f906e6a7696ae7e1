import cv2
import numpy as np
import pytest

from data.images.photo import Photo
from data.no_hair.burned_in import burned_in
from data.strands.strand import End, EndState, Strand

GREY = 128


def marked(pixels: np.ndarray, *lines: tuple[tuple[int, int], tuple[int, int]]) -> list[bool]:  # type: ignore[type-arg]
    """After JPEG, with noise on all but the ink."""
    noise = np.random.default_rng(0).normal(0, 6, pixels.shape)
    noisy = np.where(pixels == GREY, np.clip(pixels + noise, 0, 255), pixels).astype(np.uint8)
    raw = cv2.imencode(".jpg", noisy, [cv2.IMWRITE_JPEG_QUALITY, 90])[1]
    shot = Photo(np.asarray(cv2.imdecode(raw, cv2.IMREAD_COLOR), np.uint8), "0" * 64)
    return burned_in(shot, [strand(*line) for line in lines]).tolist()


def strand(start: tuple[int, int], stop: tuple[int, int]) -> Strand:
    path = np.linspace(start, stop, 40)
    one, other = (End(*path[k].tolist(), 0.0, EndState.VISIBLE) for k in (0, -1))
    return Strand(path, 6.0, (one, other), 0.0)


def ground() -> np.ndarray:  # type: ignore[type-arg]
    return np.full((400, 600, 3), GREY, np.uint8)


@pytest.mark.parametrize("ink", [(255, 255, 255), (0, 0, 0), (0, 0, 255)])
def test_a_bar_is_burned_in_with_ticks_and_without(ink: tuple[int, int, int]) -> None:
    pixels = ground()
    cv2.rectangle(pixels, (200, 350), (400, 357), ink, -1)
    assert marked(pixels, ((202, 353), (398, 354))) == [True]
    for x in (200, 400):
        cv2.rectangle(pixels, (x, 335), (x + 4, 372), ink, -1)
    assert marked(pixels, ((202, 353), (398, 354))) == [True]


def test_hairs_are_not_burned_in() -> None:
    pixels = ground()
    cv2.line(pixels, (100, 100), (500, 112), (0, 0, 0), 7)  # flat, but aslant
    cv2.ellipse(pixels, (300, 330), (250, 60), 0, 200, 340, (255, 255, 255), 6)
    shaded = pixels[200:207, 100:500]
    shaded[:] = np.linspace(20, 70, 400)[None, :, None]  # level, but of many tones
    arc = ((80, 305), (520, 305))
    assert marked(pixels, ((100, 100), (500, 112)), arc, ((102, 203), (498, 203))) == [False] * 3


def test_letters_in_a_row_are_burned_in_and_one_alone_is_not() -> None:
    pixels = ground()
    for x in (300, 330, 360, 390):
        cv2.rectangle(pixels, (x, 40), (x + 5, 75), (255, 255, 255), -1)
    cv2.rectangle(pixels, (100, 240), (104, 275), (255, 255, 255), -1)
    cv2.circle(pixels, (102, 275), 9, (255, 255, 255), -1)
    assert marked(pixels, ((332, 42), (332, 73)), ((102, 242), (102, 270))) == [True, False]
