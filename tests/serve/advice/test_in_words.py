import re

import pytest

from data.texts.catalogue import languages, texts_in
from model.share.answer import summarise_counts
from model.share.confusion import Confusion, ErrorRates
from model.share.counts import LabelCounts
from model.share.summary import Summary
from serve.advice.in_words import RETAKE, InWords, common_findings, glossary, in_words

ENGLISH = texts_in("en")
ONE_WRONG = Confusion((0.9, 0.1, 0.0), (0.1, 0.9, 0.0), hairs=(100, 100))
HARD_TO_READ = Confusion((0.7, 0.0, 0.3), (0.05, 0.25, 0.7), hairs=(1000, 1000))


def words(*counts: int, findings: tuple[str, ...] = ()) -> InWords:
    return in_words(summarise_counts(LabelCounts(*counts)), ENGLISH, findings)


@pytest.mark.parametrize(
    ("counts", "name"),
    [
        (LabelCounts(telogen=40, misshapen=1), "mostly.telogen"),
        (LabelCounts(misshapen=20, no_bulb=20), "mostly.anagen"),
        (LabelCounts(telogen=14, misshapen=6), "probably_mostly.telogen"),
        (LabelCounts(telogen=1, misshapen=5), "probably_mostly.anagen"),
        (LabelCounts(telogen=10, misshapen=10), "mixed"),
        (LabelCounts(telogen=10, bare_end_only=15, unsure=15), "unclear"),
        (LabelCounts(telogen=2), "too_few"),
        (LabelCounts(), "too_few"),
    ],
)
def test_every_answer_has_a_verdict(counts: LabelCounts, name: str) -> None:
    for language in languages():
        texts = texts_in(language)
        assert in_words(summarise_counts(counts), texts).verdict == texts(f"answer.verdict.{name}")


def test_below_ten_readable_roots_there_are_counts_and_no_percentage() -> None:
    few = words(3, 1, 0, 5)
    assert few.count == "3 of 4 read roots have a bulb. 5 more could not be read."
    assert few.share is None
    assert "%" not in " ".join(few.lines())
    assert "%" in str(words(9, 1).share)


def test_bounds_are_rounded_outwards() -> None:
    # 15 of 20: the interval is 0.544 to 0.899, the median 0.734 (tests/model).
    assert re.findall(r"(\d+)%", str(words(15, 5).share)) == ["73", "54", "90"]


def test_broken_roots_are_counted_where_they_are_the_answer() -> None:
    assert words(1, 3).count == "1 of 4 read roots has a bulb."
    assert words(2, 10, 8).count.startswith("18 of 20 read roots are bent, torn or without")
    assert words(0, 0, 0, 4).count == "4 hairs were found, but no root could be read."
    assert words().count == "No hairs were found."


def test_an_answer_unlike_its_count_has_a_reason() -> None:
    counts = LabelCounts(telogen=15, misshapen=5)
    answer = in_words(summarise_counts(counts, HARD_TO_READ), ENGLISH)
    assert answer.verdict == ENGLISH("answer.verdict.unclear")
    assert answer.reason == ENGLISH("answer.reason")
    assert words(15, 5).reason is words(10, 10).reason is None


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        (words(20, 0), ENGLISH("next.settled")),
        (words(4, 0, 0, 5), ENGLISH("next.more", count=10)),
        (words(2, 2), ENGLISH("next.at_least", count=6)),
        (words(10, 10), ENGLISH("next.check")),
        (words(4, 0, 0, 10, 8), ENGLISH("next.roots_out_of_view")),
        (words(4, 0, 0, 5, findings=("few_hairs", "blurred")), ENGLISH("next.blurred")),
        (words(20, 0, findings=("blurred",)), ENGLISH("next.settled")),
    ],
)
def test_one_thing_comes_next(answer: InWords, text: str) -> None:
    assert answer.next == text


def test_every_finding_to_retake_has_a_text() -> None:
    for code in RETAKE:
        assert words(findings=(code,)).next == ENGLISH(f"next.{code}")


def test_only_what_half_of_the_photos_have_is_a_reason_to_retake() -> None:
    assert common_findings({"blurred": 2, "glare": 1}, 4) == {"blurred"}
    assert common_findings({}, 0) == frozenset()


def test_the_caveat_names_the_source_of_the_error_rates() -> None:
    answer = in_words(summarise_counts(LabelCounts(12), ONE_WRONG), ENGLISH)
    assert answer.caveat == ENGLISH("answer.caveat.rendered")
    assert words(12).caveat == ENGLISH("answer.caveat.none")
    for rates in ErrorRates:
        assert "not a diagnosis" in in_words(Summary(error_rates=rates), ENGLISH).caveat


def test_the_glossary_has_all_terms() -> None:
    assert set(glossary(ENGLISH)) == {
        *("Telogen", "Anagen", "Club", "Bulb", "Sheath", "Follicle", "Sebum")
    }


@pytest.mark.parametrize("language", languages())
def test_a_meaning_is_one_line(language: str) -> None:
    for meaning in glossary(texts_in(language)).values():
        assert 20 < len(meaning) < 130
        assert meaning.endswith(".")


def test_the_club_is_distinguished_from_sebum_and_follicle() -> None:
    words = glossary(ENGLISH)
    assert "not a dead follicle" in words["Club"]
    assert "rubs off" in words["Sebum"]
    assert "stays in the skin" in words["Follicle"]
