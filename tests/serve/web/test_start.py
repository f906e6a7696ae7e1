"""The page in a browser: the first screen, and the way from a photo to the answer."""

import json
import socket
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest

from serve.settings import Settings
from tests.helpers.hostile_files import encoded, scene
from tests.helpers.serve.browser import DESKTOP, PHONE, Person, photo_at
from tests.helpers.serve.fake_scorer import FakeScorer
from tests.helpers.serve.running_server import running_server

pytestmark = pytest.mark.slow
HEIC = struct.pack(">I4s4sI", 20, b"ftyp", b"heic", 0) + b"mif1" + bytes(40)


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with running_server(Settings(), FakeScorer()) as address:
        yield address


@pytest.mark.parametrize("locale", ["en-GB", "de-DE"])
def test_the_first_screen_of_a_phone_says_what_it_is(
    browser: Any, address: str, locale: str
) -> None:
    person = Person(browser, {"width": 390, "height": 844}, locale=locale)
    page = person.page
    page.goto(address)
    for part in ("h1", ".pair img >> nth=1", "#choose + #example", ".honest"):
        box = page.locator(f"#start {part}").bounding_box()
        assert box["y"] + box["height"] <= 844, part
    assert page.locator("#start a").count() == 0
    assert "20" in page.inner_text("#start")
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    assert person.troubles == []
    person.context.close()


def test_two_taps_and_the_picker_lead_from_a_photo_to_the_verdict(
    browser: Any, address: str, tmp_path: Path
) -> None:
    person = Person(browser, PHONE, has_touch=True, is_mobile=True)
    page = person.page
    page.goto(address)
    with page.expect_file_chooser() as chooser:
        page.tap("label[for=choose]")
    chooser.value.set_files(str(photo_at(tmp_path)))
    page.tap("[data-roots=true]")
    page.wait_for_selector("#verdict:visible")
    assert page.inner_text("#verdict")
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]

    page.go_back()
    page.wait_for_selector("#start:visible")
    page.go_forward()
    page.wait_for_selector("#verdict:visible")
    page.click("#again")
    page.wait_for_selector("#start:visible")
    page.go_back()
    page.go_forward()
    page.wait_for_selector("#start:visible")
    assert not page.is_visible("#result")
    assert page.locator("#photos *").count() == 0
    assert person.troubles == []
    person.context.close()


def test_answers_are_gone_for_who_comes_next(browser: Any, address: str, tmp_path: Path) -> None:
    person = Person(browser, PHONE)
    page = person.page
    person.send(address, photo_at(tmp_path))
    person.answer(setting="home")
    page.goto(f"{address}/docs")
    page.go_back()
    page.wait_for_selector("#start:visible")
    assert page.locator("#photos *").count() == 0
    assert page.locator("#questions :checked").count() == 0
    person.context.close()


def test_an_example_is_read_at_one_tap_and_makes_way_for_one_s_own(
    browser: Any, address: str, tmp_path: Path
) -> None:
    person = Person(browser, PHONE)
    page = person.page
    page.goto(address)
    page.click("#example")
    page.wait_for_selector("#photos .hair")
    assert page.is_visible("#example-note")
    page.set_input_files("#choose", str(photo_at(tmp_path)))
    page.click("[data-roots=true]")
    page.wait_for_selector("#example-note", state="hidden")
    page.wait_for_selector("#photos .hair")
    assert page.locator("#photo-tabs .tab").count() == 0
    assert person.troubles == []
    person.context.close()


@pytest.mark.parametrize("opened_by", ["nobody", "browser", "server"])
def test_heic_photos_are_converted_or_refused_before_anything_is_sent(
    browser: Any, address: str, tmp_path: Path, opened_by: str
) -> None:
    photo = tmp_path / "IMG_1.HEIC"
    photo.write_bytes(HEIC)
    person = Person(browser, PHONE)
    page = person.page
    page.route("**/v1/model", lambda route: told_of_heic(route, opened_by == "server"))
    if opened_by == "browser":  # as in Safari
        page.add_init_script(
            "window.createImageBitmap = async () => Object.assign(new OffscreenCanvas(8, 6), "
            "{ close() {} });"
        )
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.method))
    page.goto(address)
    page.set_input_files("#choose", str(photo))
    if opened_by == "nobody":
        page.wait_for_selector("#alert:has-text('IMG_1.HEIC')")
        assert page.is_visible("#start")
    else:
        page.wait_for_selector("#choices:visible")
        name = "IMG_1.jpg" if opened_by == "browser" else "IMG_1.HEIC"
        assert page.locator(f"#chosen [aria-label*='{name}']").count() == 1
    assert set(sent) == {"GET"}
    asked_for_picture = page.evaluate(
        """async (bytes) => {
          const { body } = await import("/page/start/form.js");
          const file = new File([new Uint8Array(bytes)], "a.heic");
          return (await body([file], { rootsInView: true, context: {} })).get("picture");
        }""",
        list(HEIC),
    )
    assert asked_for_picture == "true"
    person.context.close()


def told_of_heic(route: Any, heic: bool) -> None:
    about = route.fetch().json()
    route.fulfill(json=about | {"heic": heic})


def test_a_photo_that_the_browser_cannot_show_is_shown_as_the_server_s_jpeg(
    browser: Any, address: str, tmp_path: Path
) -> None:
    """Here a TIFF, which Chromium does not show; asked for as for HEIC."""
    photo = tmp_path / "a.tif"
    photo.write_bytes(encoded(scene(400, 300), "TIFF"))
    person = Person(browser, PHONE)
    page = person.page

    page.add_init_script(
        """const append = FormData.prototype.append;
        FormData.prototype.append = function (name, ...value) {
          if (name === "roots_in_view") append.call(this, "picture", "true");
          append.call(this, name, ...value);
        };"""
    )
    person.send(address, photo)
    page.wait_for_function("document.querySelector('.stage img').naturalWidth === 400")
    person.context.close()


@contextmanager
def stalling(address: str) -> Iterator[str]:
    """A way to the server that stops taking anything of a large request."""
    listening = socket.create_server(("127.0.0.1", 0))
    over = Event()
    host, port = address.removeprefix("http://").split(":")

    def carry(client: socket.socket) -> None:
        with client, socket.create_connection((host, int(port))) as server:
            head = client.recv(65_536)
            if head.startswith(b"POST /v1/photos"):
                over.wait(60)
                return
            server.sendall(head.replace(b"keep-alive", b"close"))
            while data := server.recv(65_536):
                client.sendall(data)

    def listen() -> None:
        while not over.is_set():
            try:
                Thread(target=carry, args=(listening.accept()[0],), daemon=True).start()
            except OSError:
                return

    Thread(target=listen, daemon=True).start()
    yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    over.set()
    listening.close()


def test_a_stalled_upload_says_so_within_15_s(browser: Any, address: str, tmp_path: Path) -> None:
    photo = tmp_path / "large.jpg"
    photo.write_bytes(encoded(scene(800, 600)) + bytes(20_000_000))
    with stalling(address) as stalled:
        person = Person(browser, PHONE)
        page = person.page
        page.goto(stalled)
        person.choose(photo)
        page.click("[data-roots=true]")
        page.wait_for_selector("#status:has-text('10 seconds')", timeout=15_000)
        page.click("#cancel")
        page.wait_for_selector("#choices:visible")
        assert page.locator("#chosen li").count() == 1
        person.context.close()


@pytest.mark.parametrize("way", ["drop", "paste"])
def test_photos_are_dropped_and_pasted(browser: Any, address: str, way: str) -> None:
    person = Person(browser, DESKTOP)
    page = person.page
    page.goto(address)
    page.evaluate(
        """(way) => {
          const carried = new DataTransfer();
          carried.items.add(new File(["x"], "carried.jpg", { type: "image/jpeg" }));
          const event = way === "drop"
            ? new DragEvent("drop", { dataTransfer: carried, cancelable: true, bubbles: true })
            : new ClipboardEvent("paste", { clipboardData: carried, bubbles: true });
          document.getElementById("drop").dispatchEvent(event);
        }""",
        way,
    )
    page.wait_for_selector("[aria-label='Remove carried.jpg']")
    person.context.close()


def test_the_page_opens_offline_once_it_was_there(browser: Any, address: str) -> None:
    person = Person(browser, PHONE, service_workers="allow")
    page = person.page
    page.goto(address)
    stored = page.evaluate(
        """async () => {
          await navigator.serviceWorker.ready;
          const cache = await caches.open((await caches.keys())[0]);
          return (await cache.keys()).map(({ url }) => new URL(url).pathname);
        }"""
    )
    assert "/" in stored
    assert not any("/v1/" in path or path.endswith(".jpg") for path in stored)
    person.context.set_offline(True)
    page.reload()
    page.wait_for_selector("#start h1")
    page.wait_for_selector("#alert:has-text('offline')")
    page.click("#guide > summary")
    assert page.evaluate("document.querySelector('.pair img').naturalWidth") == 320
    person.context.close()


def test_the_page_works_below_a_path_prefix(browser: Any, tmp_path: Path) -> None:
    with running_server(Settings(root_path="/hair/roots"), FakeScorer()) as address:
        person = Person(browser, PHONE)
        person.send(f"{address}/hair/roots/", photo_at(tmp_path))
        person.page.click("#again")
        person.page.click("#example")
        person.page.wait_for_selector("#photos .hair")
        manifest = person.page.evaluate(
            "async () => (await fetch(document.querySelector('link[rel=manifest]').href)).json()"
        )
        assert json.dumps(manifest).count('"./"') == 3
        assert person.troubles == []
        person.context.close()
