"""The page in a browser: what may go wrong while photos are sent."""

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
from tests.helpers.serve.browser import PHONE, Person, SlowScorer, photo_at
from tests.helpers.serve.fake_scorer import FakeScorer
from tests.helpers.serve.running_server import running_server

pytestmark = pytest.mark.slow
ENOUGH_BYTES = 400_000
"""After so many of a request the server behind ``breaking`` is gone."""


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


def test_a_person_sends_cancels_sends_again_and_reads_when_the_server_is_gone(
    browser: Any, tmp_path: Path
) -> None:
    bad = tmp_path / "text.jpg"
    bad.write_bytes(b"hello")
    scorer = SlowScorer()
    person = Person(browser, PHONE)
    page = person.page
    with running_server(Settings(), scorer) as address:
        page.goto(address)
        person.choose(photo_at(tmp_path), bad)
        page.click("[data-roots=true]")
        person.say("Reading the roots")
        assert not page.is_visible("#choices")
        page.click("#cancel")
        person.say("Cancelled.")
        scorer.go.set()
        page.click("[data-roots=true]")
        page.wait_for_selector("#photos .hair")
        page.click(".tab >> nth=1")
        assert page.is_visible("#photos .alert")  # what is wrong with the other file
        assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
        assert person.troubles == []
        page.click(".tab >> nth=0")
    page.click("[data-step='1']")
    page.click(".hair-card .say[data-kind=misshapen]")
    page.wait_for_selector("#stale:visible")
    page.set_input_files("#choose", str(photo_at(tmp_path)))
    page.click("[data-roots=true]")
    page.wait_for_selector("#alert:visible")
    assert page.locator("#chosen li").count() == 1
    person.context.close()


def test_a_single_bad_file_is_explained_and_stays_chosen(browser: Any, tmp_path: Path) -> None:
    bad = tmp_path / "text.jpg"
    bad.write_bytes(b"hello")
    with running_server(Settings(), FakeScorer()) as address:
        person = Person(browser, PHONE)
        page = person.page
        page.goto(address)
        person.choose(bad)
        page.click("[data-roots=true]")
        page.wait_for_selector("#alert:visible")
        assert page.locator("#chosen li").count() == 1
        page.click("[aria-label='Remove text.jpg']")
        page.wait_for_selector("#start:visible")
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
        person.choose(photo)
        page.click("[data-roots=true]")
        page.wait_for_selector("#alert:visible")
        assert page.locator("#chosen li").count() == 1
        assert page.is_visible("#choices")
        mended.set()
        page.click("[data-roots=true]")
        page.wait_for_selector("#photos .hair")
        assert not page.is_visible("#alert")
        person.context.close()
