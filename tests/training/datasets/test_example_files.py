from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from data.strands.crop import CROP_HEIGHT, CROP_WIDTH
from tests.helpers.training.examples import example, examples
from tests.training.datasets.test_examples import without_first_crop
from training.datasets.annotations import Attributes
from training.datasets.example_files import (
    PARTS_SHAPE,
    jpeg_of,
    load_backgrounds,
    load_ends,
    load_examples,
    pack_examples,
    photos_by_maker,
    save_examples,
    unpack_examples,
)
from training.datasets.examples import UNTRAINED, Example, crops_of, trained_ends

ATTRIBUTES = Attributes("club_tail", "grey", "wood", "luxcore")


def with_parts(given: Example, *parts: int | None) -> Example:
    """The example with maps that show one part everywhere, or no maps."""
    one, other = (None if part is None else np.full(PARTS_SHAPE, part, np.uint8) for part in parts)
    return replace(given, parts=(one, other))


def made_by(maker: str, ground: str, given: Example) -> Example:
    attributes = replace(ATTRIBUTES, maker=maker, background=ground)
    return replace(given, annotated=replace(given.annotated, attributes=attributes))


def same_parts(one: object, other: object) -> bool:
    if one is None or other is None:
        return one is other
    return bool(np.array_equal(one, other))  # type: ignore[arg-type]


def assert_same_but_crops(one: Example, other: Example) -> None:
    assert (one.photo, one.found) == (other.photo, other.found)
    assert one.annotated.attributes == other.annotated.attributes
    assert one.annotated.truth == other.annotated.truth
    assert one.annotated.end_classes == other.annotated.end_classes
    assert one.strand.ends == other.strand.ends
    assert (one.strand.confidence, one.strand.contrast) == (
        other.strand.confidence,
        other.strand.contrast,
    )
    assert np.array_equal(one.strand.path, other.strand.path)
    assert [crop is None for crop in one.crops] == [crop is None for crop in other.crops]


def test_saved_examples_are_loaded_unchanged_but_for_their_pixels(tmp_path: Path) -> None:
    known = replace(example(0), annotated=replace(example(0).annotated, attributes=ATTRIBUTES))
    unseen = without_first_crop(example(2, found=False))
    given = [with_parts(known, 2, None), with_parts(unseen, None, 4), example(3, seed=1)]
    save_examples(tmp_path / "e.npz", given)
    loaded = load_examples(tmp_path / "e.npz")
    for one, other in zip(given, loaded, strict=True):
        assert_same_but_crops(one, other)
        assert all(map(same_parts, one.parts, other.parts))
    for crop, again in zip(crops_of(given), crops_of(loaded), strict=True):
        assert np.abs(crop.pixels.astype(int) - again.pixels).mean() < 4
        assert crop.shaft_px == again.shaft_px


def two_files(folder: Path) -> tuple[Path, Path]:
    """Three painted strands, one of them without its first crop and one with an end without a
    class; and two rendered ones, with maps of parts."""
    unseen, torn = without_first_crop(example(2, found=False)), example(1, 1, shaft_px=3.0)
    torn = replace(torn, annotated=replace(torn.annotated, end_classes=(1, UNTRAINED)))
    painted = [made_by("painter", "paper", given) for given in (example(0), unseen, torn)]
    rendered = [made_by("luxcore", "wood", example(k, 7 + k)) for k in (0, 3)]
    rendered = [with_parts(rendered[0], 0, 1), with_parts(rendered[1], None, 4)]
    files = folder / "painted.npz", folder / "rendered.npz"
    for file, given in zip(files, (painted, rendered), strict=True):
        save_examples(file, given)
    return files


@pytest.mark.parametrize("left_out", ["", "painter", "luxcore"])
def test_ends_are_those_of_the_examples(tmp_path: Path, left_out: str) -> None:
    files = two_files(tmp_path)

    def wanted(photo: str, maker: str, found: bool) -> bool:
        return maker != left_out

    ends = load_ends(files, wanted)
    expected = trained_ends([e for file in files for e in load_examples(file, wanted)])
    assert len(expected.crops) == {"": 8, "painter": 4, "luxcore": 4}[left_out]
    assert ends.classes.tolist() == expected.classes.tolist()
    assert ends.found.tolist() == expected.found.tolist()
    assert list(ends.makers) == list(expected.makers)
    assert all(map(same_parts, ends.parts, expected.parts))
    assert ends.shaft_px.tolist() == expected.shaft_px.tolist()
    assert ends.balancing_weights().tolist() == expected.balancing_weights().tolist()
    for crop, same in zip(ends.crops, expected.crops, strict=True):
        assert np.array_equal(crop.pixels, same.pixels)
    assert [crop.shaft_px for crop in ends.crops[1:3]] == ends.shaft_px[1:3].tolist()


def test_examples_and_backgrounds_are_chosen_by_photo_maker_and_origin(tmp_path: Path) -> None:
    painted, rendered = two_files(tmp_path)

    def made(photo: str, maker: str, found: bool) -> bool:
        return not found

    (unseen,) = load_examples(painted, made)
    assert_same_but_crops(unseen, load_examples(painted)[1])
    assert np.array_equal(crops_of([unseen])[0].pixels, crops_of(load_examples(painted))[2].pixels)
    assert load_examples(rendered, made) == []
    assert load_backgrounds(painted, made) == {"photo_0.jpg": "paper"}
    assert load_backgrounds(rendered, lambda photo, *_: photo != "photo_7.jpg") == {
        "photo_10.jpg": "wood"
    }
    assert len(load_ends([painted], lambda *_: False).crops) == 0


def test_photos_are_grouped_by_maker(tmp_path: Path) -> None:
    assert photos_by_maker(two_files(tmp_path)) == {
        "painter": {"photo_0.jpg", "photo_1.jpg"},
        "luxcore": {"photo_7.jpg", "photo_10.jpg"},
    }


def test_an_empty_list_is_saved_and_loaded(tmp_path: Path) -> None:
    save_examples(tmp_path / "e.npz", [])
    assert load_examples(tmp_path / "e.npz") == []


def test_packed_examples_differ_only_slightly_in_their_pixels() -> None:
    given = [*examples(3), without_first_crop(example(0))]
    unpacked = unpack_examples(pack_examples(given))
    for one, other in zip(given, unpacked, strict=True):
        assert_same_but_crops(one, other)
    for crop, again in zip(crops_of(given), crops_of(unpacked), strict=True):
        assert crop.shaft_px == again.shaft_px
        assert np.abs(crop.pixels.astype(int) - again.pixels).mean() < 4


def test_packing_is_deterministic_and_takes_under_a_third_of_the_bytes() -> None:
    given = examples(3)
    raw = pack_examples(given)
    assert len(raw) < sum(crop.pixels.nbytes for crop in crops_of(given)) / 3
    assert raw == pack_examples(given)


def test_files_that_are_no_crops_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    png = bytes(cv2.imencode(".png", np.zeros((CROP_HEIGHT, CROP_WIDTH, 3), np.uint8))[1])
    for wrong in (png, jpeg_of(np.zeros((CROP_HEIGHT // 2, CROP_WIDTH, 3), np.uint8))):
        monkeypatch.setattr("training.datasets.example_files.jpeg_of", lambda _, wrong=wrong: wrong)
        raw = pack_examples([example(0)])
        with pytest.raises(ValueError, match="crop"):
            unpack_examples(raw)
    with pytest.raises(ValueError, match="pickle"):
        unpack_examples(b"neither zip nor array")
