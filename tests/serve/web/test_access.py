"""The page for everybody: screen readers, dark mode, large text."""

from pathlib import Path
from typing import Any

import pytest

from serve.settings import Settings
from tests.helpers.serve.browser import DESKTOP, PHONE, Person, answered, photo_at
from tests.helpers.serve.fake_scorer import FakeScorer
from tests.helpers.serve.running_server import running_server

pytestmark = pytest.mark.slow


def violations(person: Person, axe: str) -> list[tuple[str, list[str]]]:
    """What axe-core finds, as rule and places."""
    person.page.evaluate(axe)
    found = person.page.evaluate("axe.run()")["violations"]
    return [(each["id"], [str(node["target"]) for node in each["nodes"]]) for each in found]


def open_all(page: Any) -> None:
    page.evaluate("for (const folded of document.querySelectorAll('details')) folded.open = true")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_axe_finds_no_violation(
    browser: Any, axe: str, tmp_path: Path, scheme: str, size: dict[str, int]
) -> None:
    with running_server(Settings(), FakeScorer()) as address:
        person = Person(browser, size, color_scheme=scheme)
        page = person.page
        page.goto(address)
        open_all(page)
        assert violations(person, axe) == []
        person.choose(photo_at(tmp_path))
        assert violations(person, axe) == []
        page.click("[data-roots=true]")
        page.wait_for_selector("#photos .hair")
        open_all(page)
        page.click("[data-step='1']")
        page.click(".hair-card .say[data-kind=no_bulb]")
        page.click("#open-review")
        page.wait_for_load_state("networkidle")
        assert violations(person, axe) == []
        page.click("[aria-label='Full screen'] >> nth=0")
        assert violations(person, axe) == []
        page.keyboard.press("Escape")
        page.click("[data-step=mark]")
        page.keyboard.press("Enter")
        assert violations(person, axe) == []
        person.context.close()


@pytest.mark.parametrize(
    ("width", "text"), [(320, "100%"), (360, "200%")], ids=["320px", "twice the text"]
)
def test_a_narrow_screen_and_large_text_fit(
    browser: Any, axe: str, tmp_path: Path, width: int, text: str
) -> None:
    with running_server(Settings(), FakeScorer()) as address:
        person = Person(browser, {"width": width, "height": 640}, locale="de")  # longer words
        page = person.page

        def fits() -> bool:
            page.evaluate(f"document.documentElement.style.fontSize = '{text}'")
            open_all(page)
            return bool(page.evaluate("document.documentElement.scrollWidth") == width)

        page.goto(address)
        assert fits()
        person.choose(photo_at(tmp_path))
        assert fits()
        page.click("[data-roots=true]")
        page.wait_for_selector("#photos .hair")
        assert fits()
        page.click("[data-step='1']")
        page.click("#open-review")
        assert fits()
        assert violations(person, axe) == []
        person.context.close()


def test_marks_differ_without_colour(browser: Any, tmp_path: Path) -> None:
    """Each kind has a letter, a shape and a line of its own."""
    with answered(browser, photo_at(tmp_path), DESKTOP) as person:
        page = person.page
        page.click("[data-step='1']")
        for kind in ("no_bulb", "not_hair"):
            page.click(f".hair-card .say[data-kind={kind}]")
            page.click("[data-step='1']")
        drawn = page.evaluate(
            """(kinds) => Object.fromEntries(kinds.map((kind) => {
              const marker = document.querySelector(`.surface .marker.${kind}:not(.chosen)`);
              const shape = marker.querySelector(".mark > :not(.ring)");
              const line = document.querySelector(`.surface .hair.${kind}:not(.chosen) .line`);
              return [kind, [marker.querySelector("text").textContent, shape.outerHTML,
                getComputedStyle(line).strokeDasharray]];
            }))""",
            ["telogen", "misshapen", "no_bulb", "not_hair", "unsure"],
        )
        for part in range(3):
            assert len({tuple(marks)[part] for marks in drawn.values()}) == 5


def test_nothing_moves_for_those_who_do_not_want_it(browser: Any, tmp_path: Path) -> None:
    for motion, behaviour in (("reduce", "auto"), ("no-preference", "smooth")):
        with answered(browser, photo_at(tmp_path), PHONE, reduced_motion=motion) as person:
            how = "getComputedStyle(document.documentElement).scrollBehavior"
            assert person.page.evaluate(how) == behaviour
