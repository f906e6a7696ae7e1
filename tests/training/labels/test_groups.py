from collections.abc import Sequence

import cv2
import numpy as np
import pytest

from data.arrays import Pixels
from data.strands.crop import CROP_HEIGHT, CROP_WIDTH, END_X
from tests.helpers.training.label_folders import picture
from training.labels.groups import LabelledPicture, group_pictures
from training.labels.issues import Issue, Location
from training.labels.perceptual_hash import perceptual_hash, same_pictures


def pixels(seed: int) -> Pixels:
    return np.asarray(cv2.imdecode(np.frombuffer(picture(seed), np.uint8), cv2.IMREAD_COLOR))


def labelled(name: str, seed: int, persons: Sequence[str] = ("",)) -> LabelledPicture:
    image_hash = perceptual_hash(pixels(seed))
    return LabelledPicture(name * 8, (Location(name),), frozenset(persons), image_hash)


def files(notes: Sequence[Issue]) -> list[str]:
    assert all(note.is_note for note in notes)
    return [note.where.file for note in notes]


def test_pictures_of_a_person_and_pictures_that_look_alike_are_one_group() -> None:
    pictures = [
        labelled("a", 1, ["anna"]),
        labelled("b", 2, ["anna"]),
        labelled("c", 3),
        labelled("d", 4),
        labelled("e", 2, ["ben"]),  # looks like b, so ben is in one group with anna
        labelled("f", 5, ["ben"]),
    ]
    groups, notes = group_pictures(pictures)
    names = [groups[p.sha256] for p in pictures]
    assert len({names[i] for i in (0, 1, 4, 5)}) == 1
    assert len(set(names)) == 3
    assert files(notes) == ["b"]
    assert "anna and of ben" in notes[0].message


def test_copies_of_a_file_are_a_note() -> None:
    image_hash = perceptual_hash(pixels(1))
    twice = LabelledPicture("a" * 8, (Location("x"), Location("y")), frozenset({""}), image_hash)
    _, notes = group_pictures([twice])
    assert files(notes) == ["x"]
    assert " y" in notes[0].message


def test_a_picture_of_two_persons_puts_them_into_one_group() -> None:
    both, bens = labelled("a", 1, ["anna", "ben"]), labelled("b", 2, ["ben"])
    groups, notes = group_pictures([both, bens])
    assert len(set(groups.values())) == 1
    assert files(notes) == ["a"]
    assert "anna and of ben" in notes[0].message


def test_the_name_of_a_group_stays_when_others_are_added() -> None:
    few = [labelled("a", 1, ["anna"]), labelled("b", 2)]
    more = [labelled("0", 9, ["anna"]), labelled("1", 8), *few]
    before, after = group_pictures(few)[0], group_pictures(more)[0]
    assert {name: after[name] for name in before} == before


def reencoded(photo: Pixels) -> Pixels:
    """Smaller, brighter, as a JPEG."""
    small = cv2.resize(photo, None, fx=0.7, fy=0.7, interpolation=cv2.INTER_AREA)
    jpeg = cv2.imencode(".jpg", np.clip(small * 1.1 + 5, 0, 255), (cv2.IMWRITE_JPEG_QUALITY, 70))[1]
    return np.asarray(cv2.imdecode(jpeg, cv2.IMREAD_COLOR))


@pytest.mark.parametrize("mirrored", [False, True])
@pytest.mark.parametrize("quarters", range(4))
def test_a_reencoded_turned_or_mirrored_picture_is_recognized(
    mirrored: bool, quarters: int
) -> None:
    photo = pixels(1)
    again = np.rot90(reencoded(photo)[:, :: -1 if mirrored else 1], quarters)
    pictures = (pixels(0), photo, np.ascontiguousarray(again))
    assert same_pictures([perceptual_hash(each) for each in pictures]) == [(1, 2)]


def test_plain_pictures_are_not_all_the_same() -> None:
    """Different hairs on one flat background, under one lamp: only light and shade are alike."""
    photos = []
    for x in (80, 150, 250):
        photo = np.tile(np.linspace(150, 220, 320), (240, 1))[..., None].repeat(3, axis=2)
        cv2.line(photo, (x, 10), (x - 40, 200), (60, 60, 60), 4)
        photos.append(perceptual_hash(photo.astype(np.uint8)))
    assert same_pictures(photos) == []


def test_crops_in_one_pose_are_not_all_the_same() -> None:
    """The same bold shaft on two backgrounds that differ little."""
    crops = []
    for seed in (0, 1):
        coarse = np.random.default_rng(seed).normal(200, 3, (12, 20, 3)).astype(np.float32)
        crop = cv2.resize(coarse, (CROP_WIDTH, CROP_HEIGHT), interpolation=cv2.INTER_CUBIC)
        crop[66:78, : int(END_X)] = 40
        crops.append(perceptual_hash(crop.astype(np.uint8)))
    assert float(crops[0].details[0] @ crops[1].details[0]) > 0.9
    assert same_pictures(crops) == []


def test_no_pictures_have_no_pairs() -> None:
    assert same_pictures([]) == []
