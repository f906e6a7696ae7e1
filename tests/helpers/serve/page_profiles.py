"""The twelve people of ``profiles.py`` on the real page, in a browser."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from data.images.photo import Photo
from model.labelling.hair import ALL
from model.report import PhotoReport
from serve.advice.questionnaire import Context
from serve.settings import Settings
from tests.helpers.serve.browser import Person
from tests.helpers.serve.fake_scorer import FakeScorer
from tests.helpers.serve.profiles import ERRORS, Profile
from tests.helpers.serve.running_server import running_server

READING = {"width": 390, "height": 844}
"""A phone of today, on which the length of the page is counted."""
_WORDS_AND_HEIGHT = """() => {
  const parts = [...document.querySelectorAll("#result > :not(#more)")];
  const copy = parts.filter((part) => part.checkVisibility()).map((part) => {
    const marks = [...part.querySelectorAll(".mark text")];
    const letters = marks.map((mark) => mark.textContent);
    marks.forEach((mark) => { mark.textContent = ""; });
    const text = part.innerText;
    marks.forEach((mark, index) => { mark.textContent = letters[index]; });
    return text;
  });
  const top = document.getElementById("more").getBoundingClientRect().top + scrollY;
  return [copy.join(" ").split(/\\s+/).filter(Boolean).length, Math.round(top)];
}"""


class ProfileScorer:
    """Finds the hairs of one profile after the other, so that one server serves all."""

    def __init__(self) -> None:
        self.inner = FakeScorer()

    def become(self, profile: Profile) -> None:
        """From now on every photo has the hairs of this person; a bare end is an unsure hair."""
        telogen, misshapen, no_bulb, unsure, bare_ends = profile.counts
        self.inner = FakeScorer(
            telogen, misshapen, unsure + bare_ends, confusion={ALL: ERRORS}, no_bulb=no_bulb
        )

    def score(self, photo: Photo, *how: Any) -> PhotoReport:
        return self.inner.score(photo, *how)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.inner, name)


@dataclass(frozen=True)
class Reading:
    """What a person met: words and height before "more", before and after the questions."""

    words: tuple[int, int]
    height_px: tuple[int, int]
    asked: tuple[str, ...]
    verdict: str
    sentences: tuple[str, ...]
    cards: tuple[str, ...]
    red_flag: bool

    @property
    def words_of_advice(self) -> int:
        """Words of all cards with their titles, without their sources."""
        return sum(len(card.split()) for card in self.cards)


def words_and_height(page: Any) -> tuple[int, int]:
    """Words before "more", without the letters of marks, and where "more" begins, in pixels."""
    words, height = page.evaluate(_WORDS_AND_HEIGHT)
    return words, height


@contextmanager
def profile_pages(browser: Any, photo: Path, language: str = "en", **context: Any) -> Iterator[Any]:
    """A function that lets a profile's person use the page and returns the Reading."""
    scorer = ProfileScorer()
    with running_server(Settings(), scorer) as address:

        def read(profile: Profile) -> Reading:
            scorer.become(profile)
            person = Person(browser, READING, locale=language, **context)
            person.send(address, photo, waits_for="#answer:visible")
            reading = _read(person, profile)
            assert person.troubles == []
            person.context.close()
            return reading

        yield read


def _read(person: Person, profile: Profile) -> Reading:
    page = person.page
    before = words_and_height(page)
    asked = answer_all(person, profile.context)
    after = words_and_height(page)
    cards = page.eval_on_selector_all(
        "#advice > li, #more-advice > li",
        "(all) => all.map((li) => `${li.children[0].textContent}. ${li.children[1].textContent}`)",
    )
    lines = page.eval_on_selector_all(
        "#verdict, #count, #next, #caveat, #estimate, #reason",
        "(all) => all.filter((node) => !node.hidden).map((node) => node.textContent)",
    )
    return Reading(
        words=(before[0], after[0]),
        height_px=(before[1], after[1]),
        asked=asked,
        verdict=page.inner_text("#verdict"),
        sentences=tuple(lines),
        cards=tuple(cards),
        red_flag=page.locator("#advice .red_flag").count() > 0,
    )


def answer_all(person: Person, context: dict[str, Any]) -> tuple[str, ...]:
    """Answers each question as it comes; returns the fields asked, with an open one at the end."""
    page = person.page
    given = Context(**context).model_dump(mode="json", exclude_none=True)
    if given:
        page.click("#asked > summary")
    for _ in range(len(given)):
        with page.expect_response("**/v1/advice"):
            _answer_last(page, given)
    page.evaluate("document.getElementById('asked').open = false")
    fields = "(all) => all.map((node) => node.dataset.field)"
    return tuple(page.eval_on_selector_all("#questions fieldset", fields))


def _answer_last(page: Any, given: dict[str, Any]) -> None:
    node = page.locator("#questions fieldset").last
    value = given[node.get_attribute("data-field")]
    if isinstance(value, list):
        for each in value or ["none"]:
            node.locator(f"input[value={each}]").check()
        if value:
            node.locator(".button").click()
    elif isinstance(value, bool | str):
        node.locator(f"input[value={str(value).lower()}]").check()
    else:
        node.locator("input").fill(str(value))
        node.locator("input").blur()
