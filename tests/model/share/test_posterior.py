from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.labelling.hair import WIDTH_BINS
from model.share.answer import summarise, summarise_counts
from model.share.confusion import FAULTLESS, Confusion, ErrorRates
from model.share.counts import LabelCounts, count_hairs
from model.share.posterior import share_interval, share_posterior
from model.share.summary import ShareBounds, Verdict
from model.version import SHIPPED, load_version
from tests.helpers.model.hairs import LONE_BARE_END, NO_BULB, NO_END_IN_VIEW, TELOGEN, TORN

TEN_PERCENT_WRONG = Confusion((0.9, 0.1, 0.0), (0.1, 0.9, 0.0))


def verdict(telogen: int, anagen: int, bare_end_only: int = 0) -> Verdict:
    counts = LabelCounts(telogen, 0, anagen, bare_end_only, bare_end_only)
    return summarise_counts(counts).verdict


def test_hairs_are_counted_by_label() -> None:
    hairs = [TELOGEN, TELOGEN, NO_BULB, TORN, LONE_BARE_END, NO_END_IN_VIEW]
    assert count_hairs(hairs) == LabelCounts(2, 1, 1, unsure=2, bare_end_only=1)


def test_without_a_readable_root_there_is_no_share() -> None:
    summary = summarise([LONE_BARE_END, NO_END_IN_VIEW], FAULTLESS)
    assert (summary.share, summary.p_most_telogen, summary.unsure) == (None, None, 2)
    assert summary.verdict is Verdict.TOO_FEW
    assert summarise([], FAULTLESS).hairs == 0


def test_one_telogen_hair_gives_the_triangle() -> None:
    # The posterior is 2s. Median sqrt(1/2) = 0.7071; above one half lies 1 - 1/4 = 0.75;
    # the shortest 95 % is from sqrt(0.05) = 0.2236 to 1.
    share = summarise([TELOGEN], FAULTLESS).share
    assert share is not None
    assert share.estimate == pytest.approx(0.7071, abs=1e-3)
    assert (share.low, share.high) == pytest.approx((0.2236, 1.0), abs=1e-3)
    assert share.level == 0.95
    assert summarise([TELOGEN], FAULTLESS).p_most_telogen == pytest.approx(0.75, abs=1e-3)


def test_the_interval_at_the_edge_reaches_it() -> None:
    share = summarise_counts(LabelCounts(telogen=20)).share
    assert share is not None
    assert share.high == 1.0
    assert share.low == pytest.approx(0.05 ** (1 / 21), abs=1e-3)


@pytest.mark.parametrize(
    ("telogen", "of"), [(9, 10), (15, 20), (21, 30), (32, 50)], ids=lambda n: str(n)
)
def test_most_needs_as_many_as_the_wilson_bound(telogen: int, of: int) -> None:
    assert verdict(telogen, of - telogen) is Verdict.MOSTLY_TELOGEN
    assert verdict(telogen - 1, of - telogen + 1) is Verdict.MIXED
    assert verdict(of - telogen, telogen) is Verdict.MOSTLY_ANAGEN


def test_nine_roots_are_too_few() -> None:
    assert verdict(9, 0) is Verdict.TOO_FEW
    assert summarise_counts(LabelCounts(telogen=9)).share is not None


def test_ten_clubs_beside_ten_bare_ends_are_not_mostly_telogen() -> None:
    summary = summarise([TELOGEN] * 10 + [LONE_BARE_END] * 10, FAULTLESS)
    assert summary.verdict is Verdict.ROOTS_NOT_SHOWN
    assert summary.share is not None
    assert summary.share.low < 0.5 < 0.95 < summary.share.high


def test_clubs_may_outweigh_every_bare_end() -> None:
    assert verdict(15, 0, bare_end_only=5) is Verdict.MOSTLY_TELOGEN
    assert verdict(14, 0, bare_end_only=6) is Verdict.ROOTS_NOT_SHOWN


def test_a_mixture_stays_one_beside_a_bare_end_that_could_not_change_it() -> None:
    assert verdict(10, 10, bare_end_only=1) is Verdict.MIXED


def test_the_roots_are_asked_for_where_clubs_at_the_bare_ends_could_decide() -> None:
    assert verdict(9, 3, bare_end_only=10) is Verdict.ROOTS_NOT_SHOWN  # 19 of 22 if all are clubs


def test_bare_ends_alone_do_not_make_it_mostly_anagen() -> None:
    assert verdict(3, 7, bare_end_only=30) is Verdict.ROOTS_NOT_SHOWN
    assert verdict(1, 9, bare_end_only=30) is Verdict.MOSTLY_ANAGEN


def test_hairs_with_no_end_in_view_count_nowhere() -> None:
    without = summarise([TELOGEN] * 12, FAULTLESS)
    beside = summarise([TELOGEN] * 12 + [NO_END_IN_VIEW] * 40, FAULTLESS)
    assert (beside.share, beside.verdict) == (without.share, without.verdict)


def test_the_error_of_the_classifier_is_taken_back_out() -> None:
    # At a true share of 0.9, 0.9*0.9 + 0.1*0.1 = 0.82 of the labels read telogen
    # (docs/how-it-works/domain.md).
    density = share_posterior(820, 180, TEN_PERCENT_WRONG)
    assert (np.argmax(density) + 0.5) / len(density) == pytest.approx(0.9, abs=2e-3)


def test_uneven_abstention_is_taken_back_out() -> None:
    # Half of each; 10 % of telogen and 30 % of anagen are unsure: 0.45 / (0.45 + 0.35) = 0.5625.
    uneven = Confusion((0.9, 0.0, 0.1), (0.0, 0.7, 0.3))
    density = share_posterior(450, 350, uneven)
    assert (np.argmax(density) + 0.5) / len(density) == pytest.approx(0.5, abs=2e-3)


def test_a_poor_classifier_widens_the_interval() -> None:
    widths = []
    for confusion in (FAULTLESS, TEN_PERCENT_WRONG):
        share = summarise_counts(LabelCounts(10, 0, 10), confusion).share
        assert share is not None
        widths.append(share.high - share.low)
    assert widths[0] < widths[1]


@given(st.integers(0, 40), st.integers(0, 40), st.integers(0, 10))
def test_telogen_and_anagen_mirror_each_other(telogen: int, anagen: int, unsure: int) -> None:
    one = summarise_counts(LabelCounts(telogen, 0, anagen, unsure), TEN_PERCENT_WRONG)
    other = summarise_counts(LabelCounts(anagen, 0, telogen, unsure), TEN_PERCENT_WRONG)
    if one.share is None or other.share is None:
        assert telogen + anagen == 0
        return
    assert 0 <= one.share.low <= one.share.estimate <= one.share.high <= 1
    assert one.share.low == pytest.approx(1 - other.share.high, abs=2e-3)
    assert one.share.estimate == pytest.approx(1 - other.share.estimate, abs=2e-3)


def test_an_error_matrix_from_few_hairs_widens_the_interval() -> None:
    widths = []
    for hairs in (None, (3000, 3000), (30, 30)):
        share = share_interval(share_posterior(16, 4, replace(TEN_PERCENT_WRONG, hairs=hairs)))
        widths.append(share.high - share.low)
    assert sorted(widths) == widths
    assert widths[2] > widths[1] + 0.01


def test_overdispersion_applies_if_the_matrix_is_from_other_photos() -> None:
    even = Confusion((0.5, 0.0, 0.5), (0.0, 0.5, 0.5))
    centre = (np.arange(2000) + 0.5) / 2000
    known = share_posterior(16, 16, even)
    measured = share_posterior(16, 16, replace(even, hairs=(10**6, 10**6)))
    assert float(known @ centre) == pytest.approx(0.5)
    assert float(measured @ centre) == pytest.approx(0.5)
    spread = [float(density @ (centre - 0.5) ** 2) for density in (known, measured)]
    assert spread[1] > 1.2 * spread[0]


def test_uneven_abstention_alone_gives_no_verdict() -> None:
    # Anagen hairs were labelled a third as often as telogen ones; here they may not have been.
    measured = Confusion((0.35, 0.01, 0.64), (0.02, 0.13, 0.85), hairs=(338, 540))
    counts = LabelCounts(telogen=16, misshapen=6, no_bulb=12)
    assert summarise_counts(counts, measured).verdict is Verdict.MIXED


@pytest.mark.parametrize("tier", ["all", *WIDTH_BINS])
def test_ten_clubs_beside_ten_bare_ends_are_mostly_telogen_in_no_tier(tier: str) -> None:
    confusion = load_version(SHIPPED).manifest.confusion[tier]
    summary = summarise([TELOGEN] * 10 + [LONE_BARE_END] * 10, confusion)
    assert summary.verdict is not Verdict.MOSTLY_TELOGEN


def test_the_worst_case_counts_all_unsure_hairs_as_one_kind() -> None:
    # 12 of 20 as they stand, 15 of 20 with the three unsure ones.
    summary = summarise_counts(LabelCounts(12, 3, 2, unsure=3))
    assert summary.worst_case == ShareBounds(0.6, 0.75)
    assert summary.as_json()["telogen_share_worst_case"] == {"low": 0.6, "high": 0.75}
    assert summarise([LONE_BARE_END], FAULTLESS).worst_case == ShareBounds(0.0, 1.0)
    assert summarise([], FAULTLESS).worst_case is None


def test_a_summary_has_the_source_of_its_error_rates() -> None:
    assert summarise_counts(LabelCounts(12)).as_json()["error_rates"] == "none"
    assert summarise([TELOGEN], TEN_PERCENT_WRONG).as_json()["error_rates"] == "rendered"
    real = replace(TEN_PERCENT_WRONG, source=ErrorRates.REAL)
    assert summarise([], real).as_json()["error_rates"] == "real"


def test_a_persons_label_counts_without_the_machines_error_rates() -> None:
    # The model labels one hair telogen, a person another anagen: (0.1 + 0.8 s) (1 - s). Integral
    # 0.1 s + 0.35 s^2 - 0.2667 s^3 is 0.1833 at 1 and 0.1042 at 1/2, so 0.0792 / 0.1833 lie above.
    both = summarise_counts(
        LabelCounts(telogen=1), TEN_PERCENT_WRONG, by_person=LabelCounts(misshapen=1)
    )
    assert both.p_most_telogen == pytest.approx(0.4318, abs=1e-3)
    assert (both.telogen, both.misshapen, both.hairs) == (1, 1, 2)
    assert both.worst_case == ShareBounds(0.5, 0.5)


def test_hairs_that_people_labelled_are_summed_up_apart_from_the_machines() -> None:
    hairs = [TELOGEN, replace(TORN, by_person=True)]
    expected = summarise_counts(
        LabelCounts(1), TEN_PERCENT_WRONG, by_person=LabelCounts(misshapen=1)
    )
    assert summarise(hairs, TEN_PERCENT_WRONG) == expected


def test_error_rates_are_none_only_where_a_person_gave_every_readable_label() -> None:
    by_person = replace(NO_BULB, by_person=True)
    mixed = summarise([TELOGEN, by_person], TEN_PERCENT_WRONG)
    alone = summarise([by_person, NO_END_IN_VIEW], TEN_PERCENT_WRONG)
    assert (mixed.error_rates, alone.error_rates) == (ErrorRates.RENDERED, ErrorRates.NONE)
    assert alone.share == summarise([NO_BULB], FAULTLESS).share


def test_labels_of_people_and_machine_that_contradict_each_other_still_have_a_posterior() -> None:
    summary = summarise_counts(
        LabelCounts(telogen=3000), FAULTLESS, by_person=LabelCounts(no_bulb=3000)
    )
    assert summary.share is not None
    assert summary.share.estimate == pytest.approx(0.5, abs=1e-3)


def test_anagen_of_unspecified_kind_is_anagen() -> None:
    unsaid = replace(TORN, root_type=None, by_person=True)
    summary = summarise([unsaid, TELOGEN], FAULTLESS)
    assert (summary.anagen, summary.misshapen, summary.no_bulb, summary.hairs) == (1, 0, 0, 2)
    assert summary.share == summarise([TORN, TELOGEN], FAULTLESS).share
    assert summary.as_json()["anagen"] == 1
