from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from tests.helpers.training.examples import example, examples
from tests.training.datasets.test_examples import without_first_crop
from training.datasets.annotations import Attributes
from training.datasets.example_files import (
    jpeg_of,
    load_examples,
    pack_examples,
    save_examples,
    unpack_examples,
)
from training.datasets.examples import Example, crops_of

ATTRIBUTES = Attributes("club_tail", "grey", "wood")


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


def test_saved_examples_are_loaded_unchanged(tmp_path: Path) -> None:
    known = replace(example(0), annotated=replace(example(0).annotated, attributes=ATTRIBUTES))
    given = [known, without_first_crop(example(2, found=False)), example(3, seed=1)]
    save_examples(tmp_path / "e.npz", given)
    loaded = load_examples(tmp_path / "e.npz")
    for one, other in zip(given, loaded, strict=True):
        assert_same_but_crops(one, other)
    for crop, again in zip(crops_of(given), crops_of(loaded), strict=True):
        assert np.array_equal(crop.pixels, again.pixels)
        assert crop.shaft_px == again.shaft_px


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
    png = bytes(cv2.imencode(".png", np.zeros((96, 160, 3), np.uint8))[1])
    for wrong in (png, jpeg_of(np.zeros((48, 160, 3), np.uint8))):
        monkeypatch.setattr("training.datasets.example_files.jpeg_of", lambda _, wrong=wrong: wrong)
        raw = pack_examples([example(0)])
        with pytest.raises(ValueError, match="crop"):
            unpack_examples(raw)
    with pytest.raises(ValueError, match="pickle"):
        unpack_examples(b"neither zip nor array")
