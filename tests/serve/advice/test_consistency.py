"""No two statements of one answer contradict each other, for any counts."""

import re

from hypothesis import given, settings
from hypothesis import strategies as st

from data.texts.catalogue import languages, texts_in
from model.labelling.hair import Label
from model.share.answer import MIN_PROBABLE, MIN_READABLE, MORE_ROOTS, summarise_counts
from model.share.confusion import FAULTLESS, Confusion
from model.share.counts import LabelCounts
from model.share.summary import Grade, Summary, Verdict
from model.version import SHIPPED, load_version
from serve.advice.advise import advise
from serve.advice.in_words import RETAKE, in_words
from serve.advice.questionnaire import Context, Setting, Shedding
from serve.advice.rules import ALARMS, Urgency
from tests.helpers.serve.advice_grid import chosen

MATRICES = (FAULTLESS, *load_version(SHIPPED).manifest.confusion.values())

small = st.integers(0, 12)
number = st.one_of(small, st.integers(0, 60))


@st.composite
def label_counts(draw: st.DrawFn) -> LabelCounts:
    """Counts in which the single bare ends are some of the unsure hairs."""
    unsure = draw(number)
    bare_ends = draw(st.one_of(st.just(0), st.integers(0, unsure)))
    return LabelCounts(draw(number), draw(number), draw(small), unsure, bare_ends)


@st.composite
def summaries(draw: st.DrawFn) -> Summary:
    by_person = draw(st.one_of(st.just(LabelCounts()), st.builds(LabelCounts, small, small, small)))
    return summarise_counts(draw(label_counts()), draw(st.sampled_from(MATRICES)), by_person)


@settings(max_examples=100, deadline=None)
@given(summaries())
def test_interval_grade_and_verdict_agree(summary: Summary) -> None:
    answer, share, readable = summary.answer, summary.share, summary.readable
    sided = {Grade.MOSTLY, Grade.PROBABLY_MOSTLY}
    assert (answer.side is not None) == (answer.grade in sided)
    assert (answer.grade is Grade.TOO_FEW) == (
        readable < MIN_READABLE and answer.grade is not Grade.PROBABLY_MOSTLY
    )
    if answer.side is not None:
        labels = summary.telogen if answer.side is Label.TELOGEN else summary.anagen
        assert 2 * labels > readable
        assert readable >= MIN_PROBABLE
    if share is None:
        assert readable == 0
        return
    assert 0 <= share.low <= share.estimate <= share.high <= 1
    above, below = share.low >= 0.5, share.high <= 0.5
    assert above == (answer.grade is Grade.MOSTLY and answer.side is Label.TELOGEN)
    assert below == (answer.grade is Grade.MOSTLY and answer.side is Label.ANAGEN)
    if answer.side is not None:
        assert (share.estimate > 0.5) == (answer.side is Label.TELOGEN)
        assert summary.p_most_telogen is not None
        assert (summary.p_most_telogen > 0.5) == (answer.side is Label.TELOGEN)
    assert summary.verdict is expected_verdict(summary)


def expected_verdict(summary: Summary) -> Verdict:
    answer = summary.answer
    if answer.grade is Grade.MOSTLY:
        telogen = answer.side is Label.TELOGEN
        return Verdict.MOSTLY_TELOGEN if telogen else Verdict.MOSTLY_ANAGEN
    if summary.readable < MIN_READABLE:
        return Verdict.TOO_FEW
    return Verdict.ROOTS_NOT_SHOWN if answer.roots_out_of_view else Verdict.MIXED


@settings(max_examples=100, deadline=None)
@given(summaries(), st.sampled_from(languages()), st.sets(st.sampled_from(RETAKE)))
def test_the_sentences_agree(summary: Summary, language: str, findings: set[str]) -> None:
    texts, answer = texts_in(language), summary.answer
    words = in_words(summary, texts, findings)
    shown = [int(each) for each in re.findall(r"(\d+)\s?%", " ".join(words.lines()))]
    assert bool(shown) == (summary.readable >= MIN_READABLE)
    if shown:
        estimate, low, high = shown
        assert low <= estimate <= high
        assert (low >= 50) == (answer.grade is Grade.MOSTLY and answer.side is Label.TELOGEN)
        assert (high <= 50) == (answer.grade is Grade.MOSTLY and answer.side is Label.ANAGEN)
    numbers = [int(each) for each in re.findall(r"\d+", words.count)]
    if summary.readable:
        broken = answer.side is Label.ANAGEN
        assert numbers[:2] == [summary.anagen if broken else summary.telogen, summary.readable]
        assert numbers[2:] == ([summary.unsure] if summary.unsure else [])
    if words.verdict == texts("answer.verdict.mixed"):
        assert min(summary.telogen, summary.anagen) * 3 > summary.readable
    assert (words.next == texts("next.settled")) == (answer.grade is Grade.MOSTLY)
    assert len(set(words.lines())) == len(words.lines())


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 20), st.integers(0, 20), st.sampled_from(MATRICES))
def test_the_further_roots_asked_for_settle_it(
    telogen: int, anagen: int, confusion: Confusion
) -> None:
    before = summarise_counts(LabelCounts(telogen, anagen), confusion)
    more = before.answer.more_roots
    if more is None:
        return
    assert more in MORE_ROOTS
    whole = (more * telogen) % max(1, telogen + anagen) == 0
    if whole:  # the same proportion in whole roots
        added = round(more * telogen / (telogen + anagen)) if telogen + anagen else more
        counts = LabelCounts(telogen + added, anagen + more - added)
        assert summarise_counts(counts, confusion).answer.grade is Grade.MOSTLY


CONTEXTS = st.builds(
    Context,
    setting=st.sampled_from([None, *Setting]),
    shedding=st.sampled_from([None, *Shedding]),
    density_loss=st.sampled_from([None, False, True]),
    scalp_signs=st.sampled_from([None, (), ("redness",), ("bleeding", "itching"), ("pus",)]),
    weeks_since_start=st.sampled_from([None, 4.0, 20.0]),
    recent_events=st.sampled_from([None, (), ("childbirth",), ("chemotherapy", "stress")]),
)
BROKEN = {"torn_roots", "snapped_hairs", "torn_roots_untold", "broken_without_needling"}
BULBS = {"telogen_no_needling", "telogen_moderate_shedding", "telogen_beyond_three_months"}


@settings(max_examples=100, deadline=None)
@given(summaries(), CONTEXTS)
def test_the_advice_agrees_with_the_answer(summary: Summary, context: Context) -> None:
    answer, given_rules = summary.answer, chosen(summary, context)
    ids = {rule.id for rule in given_rules}
    urgencies = {rule.urgency for rule in given_rules}
    assert not ids & BROKEN or answer.side is Label.ANAGEN
    assert not ids & BULBS or answer.side is Label.TELOGEN
    assert "mixed_roots" not in ids or answer.grade is Grade.MIXED
    if Urgency.REASSURE in urgencies and not ids & {"settling_after_session"}:
        assert (answer.grade, answer.side) == (Grade.MOSTLY, Label.TELOGEN)
        assert not urgencies & ALARMS
    texts = texts_in()
    titles = [each.title for each in advise(summary, context, texts)]
    assert titles
    assert len(set(titles)) == len(titles)
    if context.setting is Setting.NONE:
        assert not any("needl" in title for title in titles)
