from dataclasses import replace

import pytest

from data.strands.strand import Strand
from model.labelling.hair import Label, Reason
from model.labelling.joint_rule import joint_posterior
from model.labelling.probability import LogisticModel
from tests.helpers.model.hairs import BARE, CLUB, NOT_HAIR, RULE, label_hair, strand

FALSE_ENDS = replace(RULE, false_end=LogisticModel.constant(0.1))


def test_a_false_end_leaves_a_club_standing() -> None:
    # One end: club 0.9*3.76 = 3.384, others 0.072, false 0.1*0.08 = 0.008. The other: bare 0.072,
    # false 0.1*3.76 = 0.376, so rootless 0.448. Club in view: 1/4 * 3.384 * 0.448 = 0.379.
    posterior = joint_posterior(strand(), (CLUB, NOT_HAIR), FALSE_ENDS)
    assert posterior.club[0] * posterior.evidence == pytest.approx(0.379, abs=1e-3)
    hair = label_hair(strand(), (CLUB, NOT_HAIR), FALSE_ENDS)
    assert hair is not None
    assert (hair.label, hair.root_end) == (Label.TELOGEN, 0)


def test_a_false_end_hides_the_root_of_a_bare_end() -> None:
    hair = label_hair(strand(), (BARE, NOT_HAIR), FALSE_ENDS)
    assert hair is not None
    assert hair.reason is Reason.ROOT_NOT_SEEN


def test_two_false_ends_are_no_hair() -> None:
    assert label_hair(strand(), (NOT_HAIR, NOT_HAIR), FALSE_ENDS) is None


def strand_with(first: float, second: float, line: float) -> Strand:
    """A strand whose ends and line have these confidences."""
    one, other = strand().ends
    return replace(
        strand(),
        ends=(replace(one, confidence=first), replace(other, confidence=second)),
        confidence=line,
    )


@pytest.mark.parametrize(
    ("sure", "uncertain"),
    [
        (strand_with(0.9, 0.2, 0.5), strand_with(0.4, 0.2, 0.5)),
        (strand_with(0.4, 0.2, 0.9), strand_with(0.4, 0.2, 0.5)),
    ],
    ids=["end", "line"],
)
def test_confident_strands_are_more_likely_hairs(sure: Strand, uncertain: Strand) -> None:
    rule = replace(RULE, prior_not_hair=LogisticModel(0.0, (-0.5, -1.0)))
    one, other = (joint_posterior(line, (CLUB, NOT_HAIR), rule) for line in (sure, uncertain))
    assert one.not_hair < other.not_hair


def test_an_end_with_low_confidence_may_be_false() -> None:
    rule = replace(RULE, false_end=LogisticModel(-2.0, (-1.0,)))
    sure, uncertain = strand_with(0.9, 0.9, 0.9), strand_with(0.9, 0.1, 0.9)
    # The club's other end looks like none: that speaks against a hair, but less where it was
    # uncertain from the start.
    one, other = (joint_posterior(line, (CLUB, NOT_HAIR), rule) for line in (sure, uncertain))
    assert one.not_hair > other.not_hair
    assert one.evidence < other.evidence
