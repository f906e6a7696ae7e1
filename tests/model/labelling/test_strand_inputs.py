import math
from dataclasses import replace

import numpy as np
import pytest

from model.labelling.hair import EndProbabilities, Hair
from model.labelling.joint_rule import EndScores
from model.labelling.photo_rule import label_photo
from model.labelling.probability import LogisticModel
from model.labelling.strand_inputs import CONFIDENCES, INPUTS, strand_inputs, typical_widths
from tests.helpers.model.hairs import BARE, CLUB, RULE, strand


@pytest.mark.parametrize(
    ("shaft_px", "typical_px", "thinner", "wider"),
    [(4.0, 16.0, -1.7, 0.0), (8.0, 4.0, 0.0, 1.0), (7.0, 8.0, 0.0, 0.0), (4.0, None, 0.0, 0.0)],
)
def test_a_strand_is_compared_with_what_is_usual(
    shaft_px: float, typical_px: float | None, thinner: float, wider: float
) -> None:
    given = replace(strand(shaft_px=shaft_px), confidence=0.5)
    inputs = strand_inputs(given, typical_px)
    assert len(inputs) == INPUTS
    length = math.log2(100 / shaft_px)  # its ends are 100 px apart
    assert inputs[1:] == pytest.approx((0.0, thinner, wider, length))


def test_the_usual_width_is_that_of_the_other_strands() -> None:
    strands = [strand(shaft_px=px) for px in (4.0, 4.0, 4.0, 16.0)]
    assert typical_widths(strands) == pytest.approx([2 ** (8 / 3)] * 3 + [4.0])
    assert typical_widths(strands[:3]) == [None] * 3


def test_surer_strands_weigh_more() -> None:
    unsure = replace(strand(shaft_px=64.0), confidence=0.01)
    widths = typical_widths([unsure, *[strand(shaft_px=8.0)] * 4])
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


def test_versions_with_weights_for_the_confidences_alone_ignore_the_rest() -> None:
    old = LogisticModel(0.5, (-1.0,) * CONFIDENCES)
    given = strand(shaft_px=2.0)
    expected = 0.5 - sum(strand_inputs(given)[:CONFIDENCES])
    assert old.log_odds(strand_inputs(given, 20.0)) == pytest.approx(expected)
    assert np.isfinite(expected)
