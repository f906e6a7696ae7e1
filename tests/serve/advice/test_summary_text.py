import re

import pytest

from model.share.confusion import FAULTLESS, Confusion, ErrorRates
from model.share.counts import LabelCounts
from model.share.posterior import summarise_counts
from serve.advice.summary_text import summary_lines
from serve.app import PAGE

ONE_WRONG = Confusion((0.9, 0.1, 0.0), (0.1, 0.9, 0.0), hairs=(100, 100))


def test_the_share_comes_with_the_chance_that_it_is_most() -> None:
    # One telogen hair: median 0.71, at least 0.22, above one half with 0.75 (tests/model).
    lines = summary_lines(summarise_counts(LabelCounts(telogen=1)))
    assert "about 71 %; with 95 % probability between 22 % and 100 %" in lines[1]
    assert "above one half has a probability of 75 %" in lines[1]


@pytest.mark.parametrize(
    ("counts", "words"),
    [(LabelCounts(telogen=40), "more than 99 %"), (LabelCounts(0, 40), "less than 1 %")],
)
def test_nothing_is_certain(counts: LabelCounts, words: str) -> None:
    assert words in summary_lines(summarise_counts(counts))[1]


@pytest.mark.parametrize(
    ("confusion", "words"),
    [(ONE_WRONG, "measured on rendered hairs"), (FAULTLESS, "taken as they are")],
)
def test_it_is_said_where_the_error_rates_come_from(confusion: Confusion, words: str) -> None:
    assert words in summary_lines(summarise_counts(LabelCounts(telogen=12), confusion))[2]


def test_the_worst_case_is_told_where_there_is_doubt() -> None:
    # 12 of 20, and 15 of 20.
    told = " ".join(summary_lines(summarise_counts(LabelCounts(12, 3, 2, unsure=3))))
    assert "anagen, 60 % of all would be telogen" in told
    assert "every one were telogen, 75 %." in told
    assert "every unsure hair" not in " ".join(
        summary_lines(summarise_counts(LabelCounts(12, 3, 2)))
    )


def test_the_page_has_a_word_for_every_source_of_error_rates() -> None:
    words = (PAGE / "words.js").read_text("utf-8")
    assert all(re.search(rf"\b{source.value}: ", words) for source in ErrorRates)
