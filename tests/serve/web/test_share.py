"""The page in a browser: what the share says before and after a correction."""

from pathlib import Path
from typing import Any

import pytest

from data.texts.catalogue import texts_in
from model.labelling.hair import ALL
from model.share.answer import summarise_counts
from model.share.confusion import Confusion
from model.share.counts import LabelCounts
from model.share.summary import Summary
from serve.advice.in_words import in_words
from tests.helpers.serve.browser import PHONE, answered, photo_at
from tests.helpers.serve.fake_scorer import FakeScorer

pytestmark = pytest.mark.slow
TWENTY_PERCENT_WRONG = Confusion((0.8, 0.2, 0.0), (0.2, 0.8, 0.0))
FAULTLESS_BUT_AT_6_PX = {
    ALL: Confusion((1.0, 0.0, 0.0), (0.0, 1.0, 0.0)),
    "4to8px": TWENTY_PERCENT_WRONG,
}


def interval_of(pool: Summary) -> str:
    """The interval in the sentence on the share."""
    sentence = in_words(pool, texts_in("en")).share
    assert sentence is not None
    return sentence


def test_the_interval_allows_for_the_model_s_mistakes_in_what_nobody_corrected(
    browser: Any, tmp_path: Path
) -> None:
    scorer = FakeScorer(confusion=FAULTLESS_BUT_AT_6_PX)
    read = summarise_counts(LabelCounts(19, 1, unsure=2), TWENTY_PERCENT_WRONG)
    told = summarise_counts(
        LabelCounts(18, 1, unsure=2), TWENTY_PERCENT_WRONG, by_person=LabelCounts(no_bulb=1)
    )
    plainly = summarise_counts(LabelCounts(18, 1, 1, 2))
    assert len({interval_of(read), interval_of(told), interval_of(plainly)}) == 3
    with answered(browser, photo_at(tmp_path), PHONE, scorer) as person:
        page = person.page

        def says(pool: Summary) -> None:
            page.wait_for_function(
                "(text) => document.querySelector('#estimate').textContent === text",
                arg=interval_of(pool),
            )
            assert page.get_attribute("#share .bar", "aria-label") == interval_of(pool)

        says(read)
        page.click("[data-step='1']")
        page.click(".hair-card .say[data-kind=no_bulb]")
        says(told)
        page.click(".steps [data-step=undo]")
        says(read)


def test_below_ten_readable_roots_there_is_no_percentage(browser: Any, tmp_path: Path) -> None:
    with answered(browser, photo_at(tmp_path), PHONE, FakeScorer(3, 1, 2)) as person:
        answer = person.page.inner_text("#answer")
        assert "%" not in answer
        assert "3 of 4" in answer
        assert person.page.locator("#share .bar").count() == 0


def test_hairs_are_counted_by_who_labelled_them(browser: Any, tmp_path: Path) -> None:
    club = {"club": 0.9, "misshapen": 0.05, "bare": 0.04, "not_hair": 0.01}
    bare = {"club": 0.2, "misshapen": 0.2, "bare": 0.4, "not_hair": 0.2}

    def hair(kind: str, shaft_px: float, reason: str | None = None, *ends: object) -> Any:
        ends_read = [{"probabilities": end} for end in ends]
        machine = {"reason": reason, "shaft_px": shaft_px, "ends": ends_read}
        return {"kind": kind, "by": "machine", "machine": machine}

    hairs = [
        hair("telogen", 6.2, None, club, None),
        hair("no_bulb", 7.94, None, bare, bare),
        hair("unsure", 3.5, "blurred", bare, None),
        hair("unsure", 5.0, "root_not_seen", None, bare),
        hair("unsure", 5.0, "root_not_seen", None, club),
        hair("unsure", 5.0, "root_not_seen", None, None),
        hair("telogen", 9.0, "root_not_seen", None, bare) | {"by": "person"},
        {"kind": "misshapen", "by": "person", "machine": None},
        hair("not_hair", 9.0, None, club, None) | {"by": "person"},
    ]
    with answered(browser, photo_at(tmp_path), PHONE) as person:
        counted = person.page.evaluate(
            "async (hairs) => (await import('/page/result/advice.js')).countsOf(hairs)", hairs
        )
    assert counted == {
        "counts": {"telogen": 1, "misshapen": 1, "no_bulb": 0, "unsure": 0},
        "by_machine": {
            "telogen": 1,
            "misshapen": 0,
            "no_bulb": 1,
            "unsure": 4,
            "bare_end_only": 1,
            "shafts_px": [6.2, 7.94, 3.5],
        },
    }
