import math
from dataclasses import replace

import numpy as np
import pytest

from data.strands.shaft_colour import ShaftColour
from model.labelling.hair import EndProbabilities, Hair
from model.labelling.joint_rule import EndScores
from model.labelling.photo_rule import label_photo
from model.labelling.probability import LogisticModel
from model.labelling.strand_inputs import (
    CONFIDENCES,
    INPUTS,
    WITHOUT_COLOUR,
    WITHOUT_OTHERS,
    Usual,
    strand_inputs,
    usual_of_others,
)
from tests.helpers.model.hairs import BARE, CLUB, RULE, strand

GREY = ShaftColour(50.0, 0.0, 0.0)


def green(odd: float) -> ShaftColour:
    """A colour that lies ``odd`` away from that of any hair."""
    turn = math.radians(190)
    return ShaftColour(50.0, odd * math.cos(turn), odd * math.sin(turn))


GREEN = green(50.0)


@pytest.mark.parametrize(
    ("shaft_px", "typical_px", "thinner", "wider"),
    [(4.0, 16.0, -1.7, 0.0), (8.0, 4.0, 0.0, 1.0), (7.0, 8.0, 0.0, 0.0), (4.0, None, 0.0, 0.0)],
)
def test_a_strand_is_compared_with_what_is_usual(
    shaft_px: float, typical_px: float | None, thinner: float, wider: float
) -> None:
    given = replace(strand(shaft_px=shaft_px), confidence=0.5)
    usual = None if typical_px is None else Usual(typical_px, 0.0)
    inputs = strand_inputs(given, None, usual)
    assert len(inputs) == INPUTS
    length = math.log2(100 / shaft_px)  # its ends are 100 px apart
    short = min(length - 4, 0)
    assert inputs[1:] == pytest.approx((0.0, thinner, wider, length, short, 0.0, 0.0))


@pytest.mark.parametrize(
    ("odd", "usual", "expected"), [(20, None, 2.0), (20, 0, 2.0), (20, 20, 1.0), (20, 35, 1.0)]
)
def test_a_colour_that_all_strands_have_counts_half(
    odd: float, usual: float | None, expected: float
) -> None:
    others = None if usual is None else Usual(8.0, usual)
    inputs = strand_inputs(strand(shaft_px=8.0), green(odd), others)
    assert inputs[WITHOUT_OTHERS - 1] == pytest.approx(expected)


def test_the_usual_width_is_that_of_the_other_strands() -> None:
    strands = [strand(shaft_px=px) for px in (4.0, 4.0, 4.0, 16.0)]
    widths = [each.shaft_px for each in usual_of_others(strands, [None] * 4) if each]
    assert widths == pytest.approx([2 ** (8 / 3)] * 3 + [4.0])
    assert usual_of_others(strands[:3], [None] * 3) == [None] * 3


def test_the_usual_colour_is_the_median_of_the_other_strands() -> None:
    strands = [strand(shaft_px=8.0)] * 5
    odd = [
        each.odd_colour
        for each in usual_of_others(strands, list(map(green, (1, 2, 30, 3, 4))))
        if each
    ]
    assert odd == pytest.approx([3, 3, 2, 2, 2])  # the lowest at which half is reached


def test_surer_strands_weigh_more() -> None:
    unsure = replace(strand(shaft_px=64.0), confidence=0.01)
    usual = usual_of_others([unsure, *[strand(shaft_px=8.0)] * 4], [None] * 5)
    widths = [each.shaft_px for each in usual if each]
    assert widths[1] == pytest.approx(8, rel=0.01)
    assert widths[0] == pytest.approx(8)


def test_a_thin_strand_among_wide_hairs_is_not_listed_and_among_thin_ones_it_is() -> None:
    prior = LogisticModel(-3.0, (0.0, 0.0, -3.0, 0.0, 0.0))
    rule = replace(RULE, prior_not_hair=prior)
    unclear = EndScores(EndProbabilities(0.02, 0.02, 0.48, 0.48), 0.2)
    thin = strand(shaft_px=2.0)

    def first_of(others: float) -> Hair | None:
        strands = [thin, *[strand(shaft_px=others)] * 4]
        return label_photo(strands, [(unclear, unclear), *[(CLUB, BARE)] * 4], rule)[0]

    assert first_of(2.0) is not None
    assert first_of(8.0) is None


def test_a_green_strand_is_not_listed_unless_all_are_green() -> None:
    prior = LogisticModel(-3.8, (0.0,) * WITHOUT_COLOUR + (0.0, 1.5))
    rule = replace(RULE, prior_not_hair=prior, photo_spread=0.0)
    unclear = EndProbabilities(0.02, 0.02, 0.48, 0.48)

    def listed(*odd: float) -> list[bool]:
        strands = [strand(shaft_px=8.0)] * len(odd)
        ends = [EndScores(unclear, 0.2, green(each)) for each in odd]
        hairs = label_photo(strands, [(end, end) for end in ends], rule)
        return [hair is not None for hair in hairs]

    assert listed(25.0, 0.0, 0.0, 0.0, 0.0) == [False, True, True, True, True]
    assert all(listed(25.0, 25.0, 25.0, 25.0, 25.0))


def test_a_colour_is_compared_with_the_second_nearest_of_the_others() -> None:
    colours = [GREY, GREY, ShaftColour(50, 8, 0), ShaftColour(50, 8, 0), ShaftColour(50, 30, 0)]
    usual = usual_of_others([strand(shaft_px=8.0)] * 5, colours)
    assert [each.colour_apart for each in usual if each] == pytest.approx([8, 8, 8, 8, 22])
    unknown = usual_of_others([strand(shaft_px=8.0)] * 5, [GREY, None, None, None, GREEN])
    assert [each.colour_apart for each in unknown if each] == [0] * 5


def test_a_strand_of_a_colour_of_its_own_is_not_listed_and_two_heads_are() -> None:
    prior = LogisticModel(-3.0, (0.0,) * WITHOUT_OTHERS + (4.0,))
    rule = replace(RULE, prior_not_hair=prior, photo_spread=0.0)
    cut = EndProbabilities(0.01, 0.01, 0.49, 0.49)

    def listed(*colours: ShaftColour) -> list[bool]:
        ends = [EndScores(cut, 0.2, colour) for colour in colours]
        strands = [strand(shaft_px=8.0)] * len(colours)
        hairs = label_photo(strands, [(end, end) for end in ends], rule)
        return [hair is not None for hair in hairs]

    red, brown = ShaftColour(50, 30, 0), ShaftColour(35, 12, 16)
    assert listed(GREY, GREY, GREY, GREY, red) == [True] * 4 + [False]
    assert all(listed(GREY, GREY, GREY, brown, brown, brown))
    assert all(listed(GREY, GREY, red))  # too few to know what is usual


@pytest.mark.parametrize("weights", [CONFIDENCES, WITHOUT_COLOUR, WITHOUT_OTHERS])
def test_versions_with_fewer_weights_ignore_the_rest(weights: int) -> None:
    old = LogisticModel(0.5, (-1.0,) * weights)
    given, usual = strand(shaft_px=2.0), Usual(20.0, 0.0)
    expected = 0.5 - sum(strand_inputs(given, GREEN, usual)[:weights])
    assert old.log_odds(strand_inputs(given, GREEN, usual)) == pytest.approx(expected)
    assert np.isfinite(expected)
