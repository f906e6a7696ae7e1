from dataclasses import replace

import pytest

from data.strands.strand import EndState
from tests.helpers.training.examples import example
from training.datasets.examples import UNTRAINED, Example, trained_ends


def without_first_crop(given: Example) -> Example:
    first, second = given.strand.ends
    ends = (replace(first, state=EndState.OUT_OF_PHOTO), replace(second, confidence=0.3))
    strand = replace(given.strand, ends=ends, confidence=0.6)
    annotated = replace(given.annotated, strand=strand)
    annotated = replace(annotated, end_classes=(UNTRAINED, annotated.end_classes[1]))
    return replace(given, annotated=annotated, crops=(None, given.crops[1]))


def test_a_bare_root_is_knowable_only_with_its_other_end_in_view() -> None:
    assert example(2).annotated.is_knowable
    assert not without_first_crop(example(2)).annotated.is_knowable
    assert without_first_crop(example(0)).annotated.is_knowable
    assert not example(3).annotated.is_knowable


def test_ends_without_a_crop_or_a_class_are_left_out() -> None:
    ends = trained_ends([example(0), without_first_crop(example(1))])
    assert ends.classes.tolist() == [0, 2, 2]
    # One club and two bare ends: the club weighs as much as both.
    assert ends.balancing_weights().tolist() == [0.5, 0.25, 0.25]


def test_found_ends_weigh_twice_as_much_within_their_class() -> None:
    found, synthetic = example(0), without_first_crop(example(2, found=False))
    ends = trained_ends([found, found, synthetic])
    assert ends.classes.tolist() == [0, 2, 0, 2, 2]
    assert ends.balancing_weights().tolist() == pytest.approx([0.25, 0.2, 0.25, 0.2, 0.1])
