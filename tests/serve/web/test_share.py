"""The page in a browser: what the share says before and after a correction."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from model.labelling.hair import ALL
from model.share.answer import summarise_counts
from model.share.confusion import Confusion
from model.share.counts import LabelCounts
from model.share.summary import Summary
from tests.helpers.serve.browser import PHONE, answered, launched, photo_at
from tests.helpers.serve.fake_scorer import FakeScorer

pytestmark = pytest.mark.slow
TWENTY_PERCENT_WRONG = Confusion((0.8, 0.2, 0.0), (0.2, 0.8, 0.0))
FAULTLESS_BUT_AT_6_PX = {
    ALL: Confusion((1.0, 0.0, 0.0), (0.0, 1.0, 0.0)),
    "4to8px": TWENTY_PERCENT_WRONG,
}


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with launched() as browser:
        yield browser


def said_of(pool: Summary) -> str:
    """The end of the page's sentence on the interval."""
    share = pool.share
    assert share is not None
    low, high = (f"{100 * bound:.0f}\u00a0%" for bound in (share.low, share.high))
    return f"lies between {low} and {high}."


def test_the_interval_allows_for_the_model_s_mistakes_in_what_nobody_corrected(
    browser: Any, tmp_path: Path
) -> None:
    scorer = FakeScorer(confusion=FAULTLESS_BUT_AT_6_PX)
    read = summarise_counts(LabelCounts(19, 1, unsure=2), TWENTY_PERCENT_WRONG)
    told = summarise_counts(
        LabelCounts(18, 1, unsure=2), TWENTY_PERCENT_WRONG, by_person=LabelCounts(no_bulb=1)
    )
    plainly = summarise_counts(LabelCounts(18, 1, 1, 2))
    assert len({said_of(read), said_of(told), said_of(plainly)}) == 3
    with answered(browser, photo_at(tmp_path), PHONE, scorer) as person:
        page = person.page
        fresh = page.inner_html("#pool")
        assert said_of(read) in page.inner_text("#pool")

        page.click("text=Answer what you like")
        page.check("text=Pus")
        person.say("Please act soon")
        assert page.inner_html("#pool") == fresh

        page.click("text=Next ›")
        page.click(".hair-card .say:has-text('No bulb')")
        person.say("1 of 22 labels are yours (double ring) and taken as right")
        assert said_of(told) in page.inner_text("#pool")
        assert "the interval allows for its mistakes" in page.inner_text("#pool")
        assert "measured on rendered hairs" in page.inner_text("#pool")

        page.click(".steps >> text=Undo")
        page.wait_for_function(
            "(fresh) => document.querySelector('#pool').innerHTML === fresh", arg=fresh
        )


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
            "async (hairs) => (await import('/page/result/share.js')).countsOf(hairs)", hairs
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
