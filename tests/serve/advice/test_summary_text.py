import re

import pytest

from model.share.confusion import FAULTLESS, Confusion, ErrorRates
from model.share.counts import LabelCounts
from model.share.posterior import summarise_counts
from serve.advice.summary_text import load_glossary, summary_lines
from serve.api.page_files import WEB as PAGE

ONE_WRONG = Confusion((0.9, 0.1, 0.0), (0.1, 0.9, 0.0), hairs=(100, 100))


def test_the_share_has_the_probability_of_a_majority() -> None:
    # One telogen hair: median 0.71, at least 0.22, above one half with 0.75 (tests/model).
    lines = summary_lines(summarise_counts(LabelCounts(telogen=1)))
    assert re.findall(r"(\d+) %", lines[1]) == ["71", "95", "22", "100", "75"]


@pytest.mark.parametrize(
    ("counts", "text"),
    [(LabelCounts(telogen=40), "more than 99 %"), (LabelCounts(0, 40), "less than 1 %")],
)
def test_no_probability_is_0_or_1(counts: LabelCounts, text: str) -> None:
    assert text in summary_lines(summarise_counts(counts))[1]


@pytest.mark.parametrize(
    ("confusion", "key"),
    [(ONE_WRONG, "rendered hairs"), (FAULTLESS, "as they are")],
)
def test_the_source_of_the_error_rates_is_named(confusion: Confusion, key: str) -> None:
    assert key in summary_lines(summarise_counts(LabelCounts(telogen=12), confusion))[2]


def test_unsure_hairs_add_the_worst_case() -> None:
    lines = summary_lines(summarise_counts(LabelCounts(12, 3, 2, unsure=3)))
    assert re.findall(r"(\d+) %", lines[3]) == ["60", "75"]  # 12 and 15 of 20
    assert len(summary_lines(summarise_counts(LabelCounts(12, 3, 2)))) == len(lines) - 1


def test_the_page_has_a_word_for_every_source_of_error_rates() -> None:
    words = (PAGE / "common/words.js").read_text("utf-8")
    assert all(re.search(rf"\b{source.value}: ", words) for source in ErrorRates)


def test_the_glossary_has_all_terms() -> None:
    words = {"Telogen", "Anagen", "Club", "Bulb", "Sheath", "Follicle", "Sebum"}
    assert set(load_glossary()) == words


@pytest.mark.parametrize("word", load_glossary())
def test_a_meaning_is_one_line(word: str) -> None:
    meaning = load_glossary()[word]
    assert 20 < len(meaning) < 130
    assert "\n" not in meaning
    assert meaning.endswith(".")


def test_the_club_is_distinguished_from_sebum_and_follicle() -> None:
    words = load_glossary()
    assert "not a dead follicle" in words["Club"]
    assert "rubs off" in words["Sebum"]
    assert "stays in the skin" in words["Follicle"]
