"""A browser, a scorer that waits for a sign, and photos, for the tests of the page."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import which
from threading import Event
from typing import Any

import pytest

from data.images.photo import Photo
from model.report import ModelName, PhotoReport
from model.share.counts import HairCounts
from model.share.summary import Summary
from serve.scoring.interfaces import PhotoScorer
from serve.settings import Settings
from tests.helpers.hostile_files import encoded, scene
from tests.helpers.serve.fake_scorer import FakeScorer
from tests.helpers.serve.running_server import running_server

PHONE = {"width": 360, "height": 740}
DESKTOP = {"width": 1280, "height": 900}


class SlowScorer:
    """Waits for a sign before it answers, so that a person can cancel."""

    def __init__(self) -> None:
        self.inner = FakeScorer()
        self.go = Event()

    @property
    def model(self) -> ModelName:
        return self.inner.model

    def score(self, photo: Photo, roots_in_view: bool = False) -> PhotoReport:
        self.go.wait(30)
        return self.inner.score(photo, roots_in_view)

    def pool(self, reports: Iterable[PhotoReport]) -> Summary:
        return self.inner.pool(reports)

    def summary_of(self, tally: HairCounts) -> Summary:
        return self.inner.summary_of(tally)


@contextmanager
def launched() -> Iterator[Any]:
    """Debian's Chromium; skips where it or Playwright is missing."""
    sync_api = pytest.importorskip("playwright.sync_api")
    browser_path = which("chromium")
    if browser_path is None:
        pytest.skip("no chromium on this machine")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_path, args=["--no-sandbox"])
        yield browser
        browser.close()


class Person:
    """A page as a person meets it; ``troubles`` are what the browser complained of."""

    def __init__(self, browser: Any, size: dict[str, int], **context: Any) -> None:
        self.context = browser.new_context(viewport=size, accept_downloads=True, **context)
        self.page = self.context.new_page()
        self.page.set_default_timeout(8_000)
        self.troubles: list[str] = []
        self.page.on("console", lambda message: self.troubles.append(message.text))
        self.page.on("pageerror", lambda error: self.troubles.append(str(error)))

    def send(self, address: str, *photos: Path) -> None:
        """Chooses photos, sends them, and waits for the hairs."""
        self.page.goto(address)
        self.page.set_input_files("#choose", [str(photo) for photo in photos])
        self.page.click("#send")
        self.page.wait_for_selector("#photos .hair")

    def say(self, text: str) -> None:
        """Waits until the text is on the page."""
        self.page.wait_for_selector(f"text={text}")


@contextmanager
def answered(
    browser: Any,
    photo: Path,
    size: dict[str, int],
    scorer: PhotoScorer | None = None,
    **context: Any,
) -> Iterator[Person]:
    """A person who has sent a photo and got 19 telogen, 1 misshapen and 2 unsure hairs."""
    with running_server(Settings(), scorer or FakeScorer()) as address:
        person = Person(browser, size, **context)
        person.send(address, photo)
        yield person
        assert person.troubles == []
        person.context.close()


def photo_at(folder: Path, name: str = "hairs.jpg") -> Path:
    """A drawn photo of 800 x 600 pixels in a new file."""
    path = folder / name
    path.write_bytes(encoded(scene(800, 600)))
    return path
