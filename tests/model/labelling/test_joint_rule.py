import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.strands.strand import EndState, Strand
from model.labelling.hair import EndProbabilities, Label, Reason, RootType, same_in_every_bin
from model.labelling.joint_rule import EndScores, HairScores, JointRule, joint_posterior
from model.labelling.probability import ClubBias, LogisticModel
from tests.helpers.model.hairs import (
    BARE,
    CLUB,
    EVEN,
    HIDDEN,
    MISSHAPEN,
    NOT_HAIR,
    OUT,
    RULE,
    THRESHOLDS,
    V,
    label_hair,
    strand,
)


def test_a_club_and_a_bare_end_are_telogen() -> None:
    # With pi = 1/4, L = 4p: 3.76 for what an end looks like, 0.08 for each other class.
    # T = 1/2 (3.76*3.76 + 0.08*0.08) = 7.072;  M = 1/2 (0.08*3.76 + 0.08*0.08) = 0.1536
    # N = 0.08*3.76 = 0.3008;  X = 0.08*0.08 = 0.0064
    # T+M+N weighted = 3.536 + 0.0384 + 0.0752 = 3.6496
    posterior = joint_posterior(strand(), (CLUB, BARE), RULE)
    assert posterior.evidence == pytest.approx(3.6496)
    assert posterior.telogen == pytest.approx(3.536 / 3.6496)
    assert posterior.anagen == pytest.approx(0.1136 / 3.6496)
    assert posterior.unseen == pytest.approx(0)
    assert posterior.not_hair == pytest.approx(0.2 * 0.0064 / (0.2 * 0.0064 + 0.8 * 3.6496))
    hair = label_hair(strand(), (CLUB, BARE), RULE)
    assert hair is not None
    assert (hair.label, hair.reason, hair.root_type) == (Label.TELOGEN, None, RootType.CLUB)
    assert hair.root_end == 0
    assert hair.ends == (CLUB.probabilities, BARE.probabilities)


def test_two_bare_ends_are_anagen_without_a_bulb() -> None:
    # N = 3.76^2 = 14.1376, a quarter of it 3.5344; T = M = 0.08*3.76 = 0.3008
    # anagen = (3.5344 + 0.0752) / (3.5344 + 0.0752 + 0.1504) = 0.96
    hair = label_hair(strand(), (BARE, BARE), RULE)
    assert hair is not None
    assert hair.p_anagen == pytest.approx(0.96)
    assert (hair.label, hair.root_type, hair.root_end) == (Label.ANAGEN, RootType.NONE, None)


def test_a_misshapen_root_is_anagen_and_pointed_at() -> None:
    hair = label_hair(strand(), (BARE, MISSHAPEN), RULE)
    assert hair is not None
    assert (hair.label, hair.root_type, hair.root_end) == (Label.ANAGEN, RootType.MISSHAPEN, 1)


def test_a_strand_with_two_ends_of_no_hair_is_not_listed() -> None:
    # X = 0.2 * 3.76^2 = 2.83 against 0.8 * (T+M+N = 0.08^2 = 0.0064)
    assert label_hair(strand(), (NOT_HAIR, NOT_HAIR), RULE) is None


def test_the_prior_of_no_hair_can_tip_the_balance() -> None:
    uncertain = EndScores(EndProbabilities(0.3, 0.1, 0.3, 0.3), 0.2)
    # L: 1.2, 0.4, 1.2, 1.2. T = 1.44, M = 0.48, N = 1.44: weighted 1.2; X = 1.44.
    # X wins when px * 1.44 > (1 - px) * 1.2, that is px > 1.2 / 2.64 = 0.4545
    assert label_hair(
        strand(), (uncertain, uncertain), replace(RULE, prior_not_hair=LogisticModel.constant(0.44))
    )
    rule = replace(RULE, prior_not_hair=LogisticModel.constant(0.47))
    assert label_hair(strand(), (uncertain, uncertain), rule) is None


@pytest.mark.parametrize(
    ("one", "wanted"),
    [(BARE, Label.ANAGEN), (MISSHAPEN, Label.ANAGEN), (CLUB, Label.TELOGEN)],
)
def test_what_may_be_no_hair_gets_no_label(one: EndScores, wanted: Label) -> None:
    """Scratches have two bare ends, and crumbs have lumps."""
    rule = replace(RULE, prior_not_hair=LogisticModel.constant(0.9))
    ends = one, BARE
    not_hair = joint_posterior(strand(), ends, rule).not_hair
    for limit, label in ((not_hair + 0.01, wanted), (not_hair - 0.01, Label.UNSURE)):
        limited = replace(rule, thresholds=replace(THRESHOLDS, not_hair=limit))
        hair = label_hair(strand(), ends, limited)
        assert hair is not None
        assert hair.label is label


def test_a_hair_that_leaves_the_photo_is_not_a_scratch() -> None:
    rule = replace(RULE, thresholds=replace(THRESHOLDS, not_hair=0.0))
    hair = label_hair(strand(V, OUT), (BARE, None), rule, roots_in_view=True)
    assert hair is not None
    assert (hair.label, hair.root_type) == (Label.ANAGEN, RootType.NONE)


def test_a_club_at_both_ends_is_ambiguous() -> None:
    # T = 3.76*0.08 = 0.3008, halved 0.1504; M = N = 0.0064, together 0.0032
    rule = replace(RULE, thresholds=replace(THRESHOLDS, evidence=0.2))
    hair = label_hair(strand(), (CLUB, CLUB), rule)
    assert hair is not None
    assert (hair.label, hair.reason) == (Label.UNSURE, Reason.AMBIGUOUS)
    assert hair.root_end is None


@pytest.mark.parametrize("other", [OUT, HIDDEN])
def test_one_bare_end_alone_may_be_the_tip(other: EndState) -> None:
    hair = label_hair(strand(V, other), (BARE, None), RULE)
    assert hair is not None
    assert (hair.label, hair.reason) == (Label.UNSURE, Reason.ROOT_NOT_SEEN)
    # Seen: a club here 1/4 * 0.08 = 0.02, misshapen 0.01; hidden: (3/8 + 1/4) * 3.76 = 2.35
    assert hair.p_telogen == pytest.approx(0.02 / 2.38)
    assert hair.p_anagen == pytest.approx(0.01 / 2.38)


def test_one_bare_end_is_the_root_when_roots_were_laid_in_view() -> None:
    hair = label_hair(strand(V, OUT), (BARE, None), RULE, roots_in_view=True)
    assert hair is not None
    assert (hair.label, hair.root_type, hair.root_end) == (Label.ANAGEN, RootType.NONE, 0)
    # 1/4 * 3.76 = 0.94 bare, 1/4 * 0.08 = 0.02 misshapen, 1/2 * 0.08 = 0.04 club
    assert hair.p_anagen == pytest.approx(0.96)
    mirrored = label_hair(strand(OUT, V), (None, BARE), RULE, roots_in_view=True)
    assert mirrored is not None
    assert mirrored.root_end == 1


def test_a_hidden_end_may_be_the_root_even_when_roots_were_laid_in_view() -> None:
    hair = label_hair(strand(V, HIDDEN), (BARE, None), RULE, roots_in_view=True)
    assert hair is not None
    assert hair.reason is Reason.ROOT_NOT_SEEN


def test_a_club_alone_is_enough() -> None:
    hair = label_hair(strand(OUT, V), (None, CLUB), RULE)
    assert hair is not None
    assert (hair.label, hair.root_end) == (Label.TELOGEN, 1)


def test_a_line_from_border_to_border_is_not_listed() -> None:
    assert label_hair(strand(OUT, OUT), (None, None), RULE) is None


@pytest.mark.parametrize("view", [True, False])
def test_no_end_in_view_is_root_not_seen(view: bool) -> None:
    hair = label_hair(strand(OUT, HIDDEN), (None, None), RULE, roots_in_view=view)
    assert hair is not None
    assert (hair.reason, hair.p_telogen, hair.p_anagen) == (Reason.ROOT_NOT_SEEN, 0, 0)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (strand(shaft_px=2.9), Reason.TOO_SMALL),
        (strand(shaft_px=3.9), Reason.TOO_SMALL),  # under 4 px, though the threshold is 3 px
        (strand(contrast=14.0), Reason.LOW_CONTRAST),
        (strand(contrast=-14.0), Reason.LOW_CONTRAST),
        (strand(tangled=True), Reason.TANGLED),
    ],
)
def test_no_bulb_is_labelled_only_where_a_club_would_show(line: Strand, reason: Reason) -> None:
    no_bulb = label_hair(line, (BARE, BARE), RULE)
    assert no_bulb is not None
    assert (no_bulb.label, no_bulb.reason) == (Label.UNSURE, reason)
    club = label_hair(line, (CLUB, BARE), RULE)
    assert club is not None
    assert club.label is Label.TELOGEN


def test_a_blurred_end_is_not_labelled_no_bulb() -> None:
    hair = label_hair(strand(), (BARE, replace(BARE, edge_widths=0.7)), RULE)
    assert hair is not None
    assert hair.reason is Reason.BLURRED


HALF = EndScores(EndProbabilities(0.45, 0.02, 0.51, 0.02), 0.2)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (strand(), Reason.AMBIGUOUS),
        (strand(shaft_px=3.5), Reason.TOO_SMALL),
        (strand(contrast=10.0), Reason.LOW_CONTRAST),
        (strand(tangled=True), Reason.TANGLED),
    ],
)
def test_an_unsure_hair_has_the_obstacle_as_its_reason(line: Strand, reason: Reason) -> None:
    # L(club) = 1.8, L(bare) = 2.04: T/2 = 0.954, N/4 = 0.975 and nearly 1/2 each
    hair = label_hair(line, (HALF, BARE), RULE)
    assert hair is not None
    assert max(hair.p_telogen, hair.p_anagen) < 0.8
    assert (hair.label, hair.reason) == (Label.UNSURE, reason)


@pytest.mark.parametrize(
    ("shaft_px", "labelled"), [(3.9, False), (4.0, True), (7.9, True), (8.0, False)]
)
@pytest.mark.parametrize(
    ("label", "root"), [("telogen", CLUB), ("anagen", MISSHAPEN)], ids=["telogen", "anagen"]
)
def test_each_width_bin_has_its_own_threshold(
    shaft_px: float, labelled: bool, label: str, root: EndScores
) -> None:
    # Both roots score more than 0.9 and less than 0.98 (see above).
    strict = same_in_every_bin(0.98) | {"4to8px": 0.9}
    rule = replace(RULE, thresholds=replace(THRESHOLDS, **{label: strict}))
    hair = label_hair(strand(shaft_px=shaft_px), (root, BARE), rule)
    assert hair is not None
    assert (hair.label == label) is labelled


def test_the_club_bias_multiplies_the_odds_of_a_club() -> None:
    # At 16 px, one doubling of 8 px, the bias is 0.5 - 1.5 = -1; T = 3.536 and M + N = 0.1136
    # without it (see above).
    rule = replace(RULE, club_bias=ClubBias(0.5, -1.5))
    posterior = joint_posterior(strand(shaft_px=16.0), (CLUB, BARE), rule)
    club = 3.536 / math.e
    assert posterior.telogen == pytest.approx(club / (club + 0.1136))
    assert posterior.anagen == pytest.approx(0.1136 / (club + 0.1136))


def _normalised(raw: list[float]) -> EndProbabilities:
    return EndProbabilities(*(value / sum(raw) for value in raw))


scores = st.lists(st.floats(0.01, 1), min_size=4, max_size=4).map(
    lambda raw: EndScores(_normalised(raw), 0.2)
)


@given(scores, scores, st.sampled_from([V, OUT, HIDDEN]), st.floats(0, 0.3), st.booleans())
def test_swapping_the_ends_changes_nothing(
    one: EndScores, other: EndScores, state: EndState, false_end: float, in_view: bool
) -> None:
    rule = replace(RULE, false_end=LogisticModel.constant(false_end))
    seen = other if state is V else None
    there = label_hair(strand(V, state), (one, seen), rule, in_view)
    back = label_hair(strand(state, V), (seen, one), rule, in_view)
    assert (there is None) == (back is None)
    if there is not None and back is not None:
        assert (there.label, there.reason, there.root_type) == (
            back.label,
            back.reason,
            back.root_type,
        )
        assert there.p_telogen == pytest.approx(back.p_telogen)


@given(scores, scores, st.sampled_from([V, OUT, HIDDEN]), st.floats(0, 0.3), st.booleans())
def test_the_hypotheses_of_a_hair_sum_to_one(
    one: EndScores, other: EndScores, state: EndState, false_end: float, in_view: bool
) -> None:
    ends: HairScores = (one, other if state is V else None)
    rule: JointRule = replace(RULE, class_mix=EVEN, false_end=LogisticModel.constant(false_end))
    posterior = joint_posterior(strand(V, state), ends, rule, in_view)
    assert posterior.telogen + posterior.anagen + posterior.unseen == pytest.approx(1)
    assert 0 <= posterior.not_hair <= 1


def test_a_thread_with_two_cut_ends_is_as_likely_as_its_prior_says() -> None:
    """Both ends look cut for certain. P(no hair) is then prior x share to (1 - prior) x 0.25."""
    cut = EndScores(EndProbabilities(0.0, 0.0, 1.0, 0.0), 0.2)
    for prior, share in ((0.2, 0.0), (0.2, 0.25), (0.5, 0.5)):
        never = LogisticModel.constant(1e-12)
        rule = replace(
            RULE,
            prior_not_hair=LogisticModel.constant(prior),
            false_end=never,
            thread_share=share,
        )
        found = joint_posterior(strand(shaft_px=8.0), (cut, cut), rule).not_hair
        expected = prior * share / (prior * share + (1 - prior) * 0.25)
        assert found == pytest.approx(expected, abs=1e-6)
        thin = joint_posterior(strand(shaft_px=3.9), (cut, cut), rule).not_hair
        assert thin == pytest.approx(0, abs=1e-6)  # too little to see to speak against a hair
