from dataclasses import replace

import pytest

from data.strands.strand import EndState
from tests.helpers.training.examples import example
from training.datasets.annotations import Attributes
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


def test_makers_weigh_the_same_within_a_class() -> None:
    """Two ends of maker a, of which one was found, and one of maker b; each pair has a tip."""

    def of(maker: str, given: Example) -> Example:
        attributes = Attributes(maker=maker)
        return replace(given, annotated=replace(given.annotated, attributes=attributes))

    given = [of("a", example(0)), of("a", example(0, 1, found=False)), of("b", example(0, 2))]
    given.append(of("b", example(3)))
    ends = trained_ends(given)
    assert ends.classes.tolist() == [0, 2, 0, 2, 0, 2, 3, 3]
    assert list(ends.makers) == ["a"] * 4 + ["b"] * 4
    # Three classes of 1/3. Clubs and tips: 1/6 for each maker, of a's 2/3 for the found one. All
    # ends of no hair are by b.
    assert ends.balancing_weights().tolist() == pytest.approx(
        [2 / 18, 2 / 18, 1 / 18, 1 / 18, 1 / 6, 1 / 6, 1 / 6, 1 / 6]
    )
