"""Counts the page's words, height, questions, requests and kilobytes: docs/page.md has them.

``python -m tests.bench.page_counts [LANGUAGE ...]`` needs the extra ``browser`` and Debian's
chromium. Twelve people (tests/helpers/serve/profiles.py) use the page on a phone of 390 x 844; it
prints a line for each, the ranges, and what the browser loads before and up to the first answer.
"""

import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from data.texts.catalogue import languages
from serve.settings import Settings
from tests.helpers.serve.browser import Person, launched, photo_at
from tests.helpers.serve.fake_scorer import FakeScorer
from tests.helpers.serve.page_profiles import READING, Reading, profile_pages
from tests.helpers.serve.profiles import PROFILES
from tests.helpers.serve.running_server import running_server


def loads(browser: Any, photo: Path) -> list[tuple[str, int, int]]:
    """(what, requests, bytes received) of the first visit, without the photo that is sent."""
    with running_server(Settings(), FakeScorer()) as address:
        person = Person(browser, READING)
        received: list[Any] = []
        person.page.on("requestfinished", lambda request: received.append(request))
        person.page.goto(address)
        person.page.wait_for_load_state("networkidle")
        counts = [_counted("start", received)]
        person.choose(photo)
        person.page.click("[data-roots=true]")
        person.page.wait_for_selector("#answer:visible")
        person.page.wait_for_load_state("networkidle")
        counts.append(_counted("start and first answer", received))
        person.context.close()
    return counts


def _counted(what: str, requests: list[Any]) -> tuple[str, int, int]:
    http = [each for each in requests if each.url.startswith("http")]
    sizes = [each.sizes() for each in http]
    return what, len(http), sum(s["responseBodySize"] + s["responseHeadersSize"] for s in sizes)


def _line(name: str, reading: Reading) -> str:
    heights = "/".join(f"{height / READING['height']:.1f}" for height in reading.height_px)
    words = "/".join(map(str, reading.words))
    return (
        f"{words} words, {heights} screens before more (before/after the questions); "
        f"{len(reading.asked)} asked; {reading.words_of_advice} words of advice: {name}"
    )


def main(wanted: list[str]) -> None:
    """Prints all counts."""
    with TemporaryDirectory() as folder, launched() as browser:
        photo = photo_at(Path(folder))
        for language in wanted:
            with profile_pages(browser, photo, language) as read:
                readings = [(profile.name, read(profile)) for profile in PROFILES]
            sys.stdout.write(f"{language}\n")
            for name, reading in readings:
                sys.stdout.write(f"  {_line(name, reading)}\n")
            words = [number for _, reading in readings for number in reading.words]
            heights = [px for _, reading in readings for px in reading.height_px]
            sys.stdout.write(
                f"  {min(words)}-{max(words)} words, {min(heights)}-{max(heights)} px\n"
            )
        for what, requests, size in loads(browser, photo):
            sys.stdout.write(f"{what}: {requests} requests, {size / 1000:.0f} kB\n")


if __name__ == "__main__":
    main(sys.argv[1:] or list(languages()))
