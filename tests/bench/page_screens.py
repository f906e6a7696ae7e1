"""Takes pictures of the page's main states: ``python -m tests.bench.page_screens OUT [LANGUAGE]``.

The shipped model reads the photos of examples/. With OUT docs/images the pictures of the docs are
renewed (DOCS); any other folder gets all states on phone and desktop, light and dark, to look at.
Needs the extra ``browser`` and Debian's chromium.
"""

import sys
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

from PIL import Image

from model.scorer import Scorer
from serve.settings import Settings
from tests.helpers.serve.browser import DESKTOP, Person, launched
from tests.helpers.serve.page_profiles import READING
from tests.helpers.serve.running_server import running_server

ROOT = Path(__file__).parents[2]
EXAMPLES, IMAGES = ROOT / "examples", ROOT / "docs/images"
BROKEN, FAR = EXAMPLES / "row_mostly_broken.jpg", EXAMPLES / "row_too_far_away.jpg"
DOCS = {
    "page_answer.jpg": ("hair", READING, "light"),
    "page_guide.jpg": ("guide", READING, "light"),
    "page_correct.jpg": ("hair", DESKTOP, "light"),
    "page_dark.jpg": ("red_flag", READING, "dark"),
}
SCREENS = {"page_answer.jpg", "page_dark.jpg"}
"""Pictures that show the first screens of a phone beside each other."""
QUALITY = 82


def _start(person: Person) -> None:
    person.page.wait_for_load_state("networkidle")


def _guide(person: Person) -> None:
    person.page.click("#guide > summary")


def _roots(person: Person) -> None:
    person.choose(BROKEN)


def _answer(person: Person) -> None:
    person.page.click("#example")
    person.page.wait_for_selector("#answer:visible")
    person.page.wait_for_timeout(800)


def _hair(person: Person) -> None:
    _answer(person)
    person.page.click("[data-step='1']")
    person.page.wait_for_timeout(1500)


def _more(person: Person) -> None:
    _answer(person)
    person.page.click("#more > summary")
    person.page.click("#open-review")
    person.page.wait_for_timeout(1500)


def _broken(person: Person) -> None:
    person.choose(BROKEN)
    person.page.click("[data-roots=true]")
    person.page.wait_for_selector("#answer:visible")
    person.answer(setting="home")
    person.page.wait_for_timeout(800)


def _far(person: Person) -> None:
    person.choose(FAR)
    person.page.click("[data-roots=true]")
    person.page.wait_for_selector("#answer:visible")


def _red_flag(person: Person) -> None:
    _answer(person)
    person.answer(setting="none", shedding="slight", density_loss="false", scalp_signs="pus")
    person.page.wait_for_selector("#advice .red_flag")


def _print(person: Person) -> None:
    _answer(person)
    person.page.evaluate("window.print = () => { document.body.dataset.printed = 'yes'; }")
    person.page.click("#print")
    person.page.wait_for_selector("body[data-printed]")
    person.page.emulate_media(media="print")


STATES: dict[str, Callable[[Person], None]] = {
    "start": _start,
    "guide": _guide,
    "roots": _roots,
    "answer": _answer,
    "hair": _hair,
    "more": _more,
    "broken": _broken,
    "far": _far,
    "red_flag": _red_flag,
    "print": _print,
}


def picture(
    browser: Any, address: str, state: str, size: dict[str, int], scheme: str, language: str
) -> Image.Image:
    """The whole page in this state."""
    person = Person(browser, size, color_scheme=scheme, locale=language)
    person.page.goto(address)
    STATES[state](person)
    raw = person.page.screenshot(full_page=True)
    person.context.close()
    return Image.open(BytesIO(raw)).convert("RGB")


def side_by_side(page: Image.Image, height: int, screens: int = 3) -> Image.Image:
    """The first screens of a phone's page, beside each other."""
    gap = 24
    wide = Image.new("RGB", (screens * (page.width + gap) - gap, height), "white")
    for k in range(min(screens, -(-page.height // height))):
        screen = page.crop((0, k * height, page.width, min((k + 1) * height, page.height)))
        wide.paste(screen, (k * (page.width + gap), 0))
    return wide


def main(out: Path, language: str = "en") -> None:
    """Takes the pictures."""
    out.mkdir(parents=True, exist_ok=True)
    looks = [("phone", READING), ("desktop", DESKTOP)]
    every = {
        f"{state}_{name}_{scheme}.png": (state, size, scheme)
        for state in STATES
        for name, size in looks
        for scheme in ("light", "dark")
    }
    with running_server(Settings(), Scorer.shipped()) as address, launched() as browser:
        for name, how in (DOCS if out.resolve() == IMAGES else every).items():
            page = picture(browser, address, *how, language)
            if name in SCREENS:
                page = side_by_side(page, READING["height"])
            page.save(out / name, quality=QUALITY)
            sys.stdout.write(f"{name}\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main(Path(sys.argv[1]), *sys.argv[2:3])
