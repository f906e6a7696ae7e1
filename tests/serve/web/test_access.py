"""The page for everybody: screen readers, dark mode, large text."""

from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from tests.helpers.serve.browser import DESKTOP, PHONE, Person, answered, launched, photo_at

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with launched() as browser:
        yield browser


@pytest.fixture(scope="module")
def axe() -> str:
    pytest.importorskip("axe_playwright_python")
    return files("axe_playwright_python").joinpath("axe.min.js").read_text("utf-8")


def violations(person: Person, axe: str) -> list[tuple[str, list[str]]]:
    """What axe-core finds, as rule and places."""
    person.page.evaluate(axe)
    found = person.page.evaluate("axe.run()")["violations"]
    return [(each["id"], [str(node["target"]) for node in each["nodes"]]) for each in found]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_axe_finds_no_violation(
    browser: Any, axe: str, tmp_path: Path, scheme: str, size: dict[str, int]
) -> None:
    with answered(browser, photo_at(tmp_path), size, color_scheme=scheme) as person:
        page = person.page
        page.evaluate(
            "for (const folded of document.querySelectorAll('details')) folded.open = true"
        )
        page.click("text=Next ›")
        page.click(".hair-card .say:has-text('No bulb')")
        page.click("#open-review")
        page.wait_for_load_state("networkidle")
        assert violations(person, axe) == []
        page.click("text=Mark a root that was missed")
        page.keyboard.press("Enter")
        assert violations(person, axe) == []


def test_twice_the_text_still_fits_a_phone(browser: Any, axe: str, tmp_path: Path) -> None:
    with answered(browser, photo_at(tmp_path), PHONE) as person:
        page = person.page
        page.evaluate("document.documentElement.style.fontSize = '200%'")
        page.evaluate(
            "for (const folded of document.querySelectorAll('details')) folded.open = true"
        )
        page.click("text=Next ›")
        page.click("#open-review")
        assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
        assert violations(person, axe) == []


def test_marks_differ_without_colour(browser: Any, tmp_path: Path) -> None:
    """Each kind has a letter, a shape and a line of its own."""
    with answered(browser, photo_at(tmp_path), DESKTOP) as person:
        page = person.page
        page.click("text=Next ›")
        for kind in ("No bulb", "Not a hair"):
            page.click(f".hair-card .say:has-text('{kind}')")
            page.click("text=Next ›")
        drawn = page.evaluate(
            """(kinds) => Object.fromEntries(kinds.map((kind) => {
              const hair = document.querySelector(`.stage .hair.${kind}:not(.chosen)`);
              const shape = hair.querySelector(".mark > :not(.ring)");
              return [kind, [hair.querySelector("text").textContent, shape.outerHTML,
                getComputedStyle(hair.querySelector(".line")).strokeDasharray]];
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
