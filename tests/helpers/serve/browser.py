"""A browser, a scorer that waits for a sign, and photos, for the tests of the page."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import which
from threading import Event
from typing import Any

import pytest

from data.images.photo import Photo
from data.scale.request import AUTO, ScaleRequest
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
PATIENCE_MS = 60_000
"""Until a test gives up: a machine may be busy."""


class SlowScorer:
    """Waits for a sign before it answers, so that a person can cancel."""

    def __init__(self) -> None:
        self.inner = FakeScorer()
        self.go = Event()

    @property
    def model(self) -> ModelName:
        return self.inner.model

    def score(
        self, photo: Photo, roots_in_view: bool = False, scale: ScaleRequest = AUTO
    ) -> PhotoReport:
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

    def __init__(
        self, browser: Any, size: dict[str, int], service_workers: str = "block", **context: Any
    ) -> None:
        context = {"accept_downloads": True, "reduced_motion": "reduce"} | context
        self.context = browser.new_context(
            viewport=size, service_workers=service_workers, **context
        )
        self.page = self.context.new_page()
        self.page.set_default_timeout(PATIENCE_MS)
        self.troubles: list[str] = []
        self.page.on("console", lambda message: self._complained(message.text))
        self.page.on("pageerror", lambda error: self.troubles.append(str(error)))

    def _complained(self, text: str) -> None:
        if text != "Service Worker registration blocked by Playwright":
            self.troubles.append(text)

    def choose(self, *photos: Path | str, box: str = "#choose") -> None:
        """Chooses photos; the question about their root ends follows."""
        self.page.set_input_files(box, [str(photo) for photo in photos])
        self.page.wait_for_selector("#choices:visible")

    def send(self, address: str, *photos: Path, waits_for: str = "#photos .hair") -> None:
        """Chooses photos, answers the question, and waits for the result."""
        self.page.goto(address)
        self.choose(*photos)
        self.page.click("[data-roots=false]")
        self.page.wait_for_selector(waits_for)

    def answer(self, **answers: str) -> None:
        """Answers questions of the questionnaire, one after the other."""
        if not self.page.is_visible("#questions"):
            self.page.click("#asked > summary")
        for field, value in answers.items():
            self.page.check(f"[data-field={field}] input[value={value}]")
            if self.page.is_visible(f"[data-field={field}] .button"):  # several may hold
                self.page.click(f"[data-field={field}] .button")

    def say(self, text: str) -> None:
        """Waits until the text is on the page."""
        self.page.wait_for_selector(f"text={text}")


@contextmanager
def answered(
    browser: Any,
    photo: Path,
    size: dict[str, int],
    scorer: PhotoScorer | None = None,
    waits_for: str = "#photos .hair",
    before: Callable[[Any], object] = lambda page: None,
    **context: Any,
) -> Iterator[Person]:
    """A person who has sent a photo and got 19 telogen, 1 misshapen and 2 unsure hairs.

    ``before`` prepares the browser's page.
    """
    with running_server(Settings(), scorer or FakeScorer()) as address:
        person = Person(browser, size, **context)
        before(person.page)
        person.send(address, photo, waits_for=waits_for)
        yield person
        assert person.troubles == []
        person.context.close()


def photo_at(folder: Path, name: str = "hairs.jpg") -> Path:
    """A drawn photo of 800 x 600 pixels in a new file."""
    path = folder / name
    path.write_bytes(encoded(scene(800, 600)))
    return path
