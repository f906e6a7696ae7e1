from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from data.strands.strand import EndState
from tests.helpers.training.examples import example, examples
from training.datasets.annotations import Attributes
from training.datasets.examples import (
    UNTRAINED,
    Example,
    load_examples,
    save_examples,
    trained_ends,
)
from training.datasets.splits import as_the_product_sees, is_held_out, split

FACTS = Attributes("club_tail", "grey", "wood")


def without_first_crop(given: Example) -> Example:
    first, second = given.strand.ends
    ends = (replace(first, state=EndState.OUT_OF_PHOTO), replace(second, confidence=0.3))
    strand = replace(given.strand, ends=ends, confidence=0.6)
    labelled = replace(given.labelled, strand=strand)
    labelled = replace(labelled, end_classes=(UNTRAINED, labelled.end_classes[1]))
    return replace(given, labelled=labelled, crops=(None, given.crops[1]))


def test_examples_come_back_as_they_were_saved(tmp_path: Path) -> None:
    known = replace(example(0), labelled=replace(example(0).labelled, facts=FACTS))
    given = [known, without_first_crop(example(2, found=False)), example(3, seed=1)]
    save_examples(tmp_path / "e.npz", given)
    back = load_examples(tmp_path / "e.npz")
    assert len(back) == 3
    for one, other in zip(given, back, strict=True):
        assert (one.photo, one.found) == (other.photo, other.found)
        assert one.labelled.facts == other.labelled.facts
        assert one.labelled.truth == other.labelled.truth
        assert one.labelled.end_classes == other.labelled.end_classes
        assert one.strand.ends == other.strand.ends
        assert one.strand.confidence == other.strand.confidence
        assert np.array_equal(one.strand.path, other.strand.path)
        for crop, again in zip(one.crops, other.crops, strict=True):
            assert (crop is None) == (again is None)
            if crop is not None and again is not None:
                assert np.array_equal(crop.pixels, again.pixels)
                assert crop.shaft_px == again.shaft_px


def test_no_examples_are_kept_as_none(tmp_path: Path) -> None:
    save_examples(tmp_path / "e.npz", [])
    assert load_examples(tmp_path / "e.npz") == []


def test_a_bare_root_is_knowable_only_with_its_other_end_in_view() -> None:
    assert example(2).labelled.is_knowable
    assert not without_first_crop(example(2)).labelled.is_knowable
    assert without_first_crop(example(0)).labelled.is_knowable
    assert not example(3).labelled.is_knowable


def test_ends_without_a_crop_or_a_class_are_left_out() -> None:
    ends = trained_ends([example(0), without_first_crop(example(1))])
    assert ends.classes.tolist() == [0, 2, 2]
    # One club and two bare ends: the club weighs as much as both.
    assert ends.balancing_weights().tolist() == [0.5, 0.25, 0.25]


def test_what_the_finder_proposed_is_drawn_twice_as_often_within_its_class() -> None:
    proposed, drawn = example(0), without_first_crop(example(2, found=False))
    ends = trained_ends([proposed, proposed, drawn])
    assert ends.classes.tolist() == [0, 2, 0, 2, 2]
    assert ends.balancing_weights().tolist() == pytest.approx([0.25, 0.2, 0.25, 0.2, 0.1])


def test_a_photo_is_held_out_whole_and_every_time() -> None:
    given = examples(50)
    fit_on, held_out = split(given)
    assert len(fit_on) + len(held_out) == len(given)
    assert {e.photo for e in fit_on}.isdisjoint({e.photo for e in held_out})
    assert 0 < len(held_out) < 0.5 * len(given)
    assert is_held_out("photo_3.jpg") == is_held_out("photo_3.jpg")


def test_a_model_is_judged_by_what_the_finder_proposes() -> None:
    drawn = [example(0, seed, found=False) for seed in range(5)]
    found = examples(40)
    assert as_the_product_sees(drawn + found) == found
    assert as_the_product_sees(drawn + found[:8]) == drawn + found[:8]
