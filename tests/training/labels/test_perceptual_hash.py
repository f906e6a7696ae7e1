import cv2
import numpy as np
import pytest

from data.arrays import Pixels
from tests.helpers.training.label_folders import picture
from training.labels.perceptual_hash import perceptual_hash, same_pictures


def pixels(seed: int) -> Pixels:
    return np.asarray(cv2.imdecode(np.frombuffer(picture(seed), np.uint8), cv2.IMREAD_COLOR))


def saved_anew(photo: Pixels) -> Pixels:
    """Smaller, brighter, as a JPEG."""
    small = cv2.resize(photo, None, fx=0.7, fy=0.7, interpolation=cv2.INTER_AREA)
    jpeg = cv2.imencode(".jpg", np.clip(small * 1.1 + 5, 0, 255), (cv2.IMWRITE_JPEG_QUALITY, 70))[1]
    return np.asarray(cv2.imdecode(jpeg, cv2.IMREAD_COLOR))


@pytest.mark.parametrize("mirrored", [False, True])
@pytest.mark.parametrize("quarters", range(4))
def test_a_picture_is_known_saved_anew_turned_and_mirrored(mirrored: bool, quarters: int) -> None:
    photo = pixels(1)
    again = np.rot90(saved_anew(photo)[:, :: -1 if mirrored else 1], quarters)
    looks = [
        perceptual_hash(pixels(0)),
        perceptual_hash(photo),
        perceptual_hash(np.ascontiguousarray(again)),
    ]
    assert same_pictures(looks) == [(1, 2)]


def test_plain_pictures_are_not_all_one() -> None:
    """Different hairs on one flat ground, under one lamp: light and shade alone are alike."""
    photos = []
    for x in (80, 150, 250):
        photo = np.tile(np.linspace(150, 220, 320), (240, 1))[..., None].repeat(3, axis=2)
        cv2.line(photo, (x, 10), (x - 40, 200), (60, 60, 60), 4)
        photos.append(perceptual_hash(photo.astype(np.uint8)))
    assert same_pictures(photos) == []


def test_crops_in_one_pose_are_not_all_one() -> None:
    """The same bold shaft on two grounds that differ by little."""
    crops = []
    for seed in (0, 1):
        coarse = np.random.default_rng(seed).normal(200, 3, (12, 20, 3)).astype(np.float32)
        crop = cv2.resize(coarse, (160, 96), interpolation=cv2.INTER_CUBIC)
        crop[44:52, :80] = 40
        crops.append(perceptual_hash(crop.astype(np.uint8)))
    assert float(crops[0].details[0] @ crops[1].details[0]) > 0.9
    assert same_pictures(crops) == []


def test_of_no_picture_none_is_alike() -> None:
    assert same_pictures([]) == []
