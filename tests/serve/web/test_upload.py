"""The page in a browser: choosing and sending photos, and what may go wrong meanwhile."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import numpy as np
import pytest
from PIL import Image

from serve.settings import Settings
from tests.helpers.hostile_files import encoded
from tests.helpers.serve.browser import PHONE, Person, SlowScorer, launched, photo_at
from tests.helpers.serve.fake_scorer import FakeScorer
from tests.helpers.serve.running_server import running_server

pytestmark = pytest.mark.slow
ENOUGH_BYTES = 400_000
"""After so many of a request the server behind ``breaking`` is gone."""


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with launched() as browser:
        yield browser


@contextmanager
def breaking(address: str) -> Iterator[tuple[str, threading.Event]]:
    """The address of a way to the server that breaks in the middle of any large request, and a
    sign that mends it."""
    mended = threading.Event()
    listening = socket.create_server(("127.0.0.1", 0))

    def carry(source: socket.socket, target: socket.socket, limited: bool) -> None:
        carried = 0
        try:
            while data := source.recv(65_536):
                carried += len(data)
                if limited and carried > ENOUGH_BYTES and not mended.is_set():
                    break
                target.sendall(data)
        except OSError:
            pass
        for end in (source, target):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def listen() -> None:
        while True:
            try:
                client, _ = listening.accept()
            except OSError:
                return
            server = socket.create_connection(("127.0.0.1", urlsplit(address).port or 80))
            for pair in ((client, server, True), (server, client, False)):
                threading.Thread(target=carry, args=pair, daemon=True).start()

    threading.Thread(target=listen, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}", mended
    finally:
        listening.close()


def test_a_person_sends_cancels_sends_again_and_is_told_when_the_server_is_gone(
    browser: Any, tmp_path: Path
) -> None:
    bad = tmp_path / "text.jpg"
    bad.write_bytes(b"hello")
    scorer = SlowScorer()
    person = Person(browser, PHONE)
    page = person.page
    with running_server(Settings(), scorer) as address:
        page.goto(address)
        page.click("#send")
        assert "choose or take a photo" in page.inner_text("#alert")
        page.set_input_files("#choose", [str(photo_at(tmp_path)), str(bad)])
        page.click("text=Answer what you like")
        page.check("text=Pus")
        page.check("text=None of these")
        assert not page.is_checked("input[value=pus]")
        page.click("#send")
        person.say("Reading the roots")
        page.click("#cancel")
        person.say("Cancelled.")
        scorer.go.set()
        page.click("#send")
        page.wait_for_selector("#photos .hair")
        assert "look like telogen clubs" in page.inner_text("#pool")
        assert "not an image" in page.inner_text("#photos")
        page.click("text=Telogen, anagen, club and others")
        assert "Follicle" in page.inner_text("#glossary")
        assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
        assert person.troubles == []
    page.click("#send")
    person.say("cannot be reached")
    page.click("text=Next ›")
    page.click(".hair-card .say:has-text('Misshapen')")
    page.wait_for_selector("#stale:has-text('Your labels are still here')")
    person.context.close()


def test_a_single_bad_file_is_explained_and_stays_chosen(browser: Any, tmp_path: Path) -> None:
    bad = tmp_path / "text.jpg"
    bad.write_bytes(b"hello")
    with running_server(Settings(), FakeScorer()) as address:
        person = Person(browser, PHONE)
        page = person.page
        page.goto(address)
        page.set_input_files("#choose", str(bad))
        page.click("#send")
        page.wait_for_selector("#alert:has-text('not an image')")
        assert page.locator("#chosen li").count() == 1
        page.click("[aria-label='Remove text.jpg']")
        assert page.locator("#chosen li").count() == 0
        person.context.close()


def test_a_connection_that_breaks_in_mid_upload_loses_nothing(browser: Any, tmp_path: Path) -> None:
    noise = np.random.default_rng(0).integers(0, 255, (900, 1200, 3), np.uint8)
    photo = tmp_path / "large.png"
    photo.write_bytes(encoded(Image.fromarray(noise), "PNG"))
    assert photo.stat().st_size > 2 * ENOUGH_BYTES
    with running_server(Settings(), FakeScorer()) as server, breaking(server) as (address, mended):
        person = Person(browser, PHONE)
        page = person.page
        page.goto(address)
        page.set_input_files("#choose", str(photo))
        page.click("#send")
        page.wait_for_selector("#alert:has-text('cannot be reached')")
        assert "Your photos are still chosen" in page.inner_text("#alert")
        assert page.locator("#chosen li").count() == 1
        assert page.is_enabled("#send")
        mended.set()
        page.click("#send")
        page.wait_for_selector("#photos .hair")
        assert not page.is_visible("#alert")
        person.context.close()


@pytest.mark.parametrize("way", ["drop", "paste"])
def test_photos_are_dropped_and_pasted(browser: Any, way: str) -> None:
    with running_server(Settings(), FakeScorer()) as address:
        person = Person(browser, PHONE)
        page = person.page
        page.goto(address)
        page.evaluate(
            """(way) => {
              const carried = new DataTransfer();
              carried.items.add(new File(["x"], "carried.jpg", { type: "image/jpeg" }));
              const event = way === "drop"
                ? new DragEvent("drop", { dataTransfer: carried, cancelable: true })
                : new ClipboardEvent("paste", { clipboardData: carried, bubbles: true });
              document.getElementById("drop").dispatchEvent(event);
            }""",
            way,
        )
        page.wait_for_selector("[aria-label='Remove carried.jpg']")
        person.context.close()
