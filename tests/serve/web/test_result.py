"""The page in a browser: from a photo to the answer, and what a person says about it."""

import csv
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from serve.settings import Settings
from tests.helpers.hostile_files import encoded, oriented, scene
from tests.helpers.serve.browser import DESKTOP, PHONE, Person, answered, launched, photo_at
from tests.helpers.serve.fake_scorer import FakeScorer
from tests.helpers.serve.running_server import running_server

pytestmark = pytest.mark.slow
SIZES = pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with launched() as browser:
        yield browser


def shows(person: Person, *counts: str) -> None:
    """Waits until the counts of the share begin with these."""
    items = "[...document.querySelectorAll('#pool .counts li')].map((li) => li.lastChild.data)"
    person.page.wait_for_function(
        f"(counts) => `${{{items}}}`.startsWith(`${{counts}}`)", arg=list(counts)
    )


def pixel(person: Person, canvas: str) -> list[int]:
    """Red, green, blue in the middle of a canvas of 320 x 192, once something is drawn on it."""
    read = """(place) => {
      const context = new OffscreenCanvas(1, 1).getContext("2d");
      context.drawImage(document.querySelector(place), -160, -96);
      const [red, green, blue, alpha] = context.getImageData(0, 0, 1, 1).data;
      return alpha && [red, green, blue];
    }"""
    drawn: list[int] = person.page.wait_for_function(read, arg=canvas).json_value()
    return drawn


def test_a_phone_gets_its_answer_in_three_taps(browser: Any, tmp_path: Path) -> None:
    with running_server(Settings(), FakeScorer()) as address:
        person = Person(browser, PHONE, has_touch=True, is_mobile=True)
        page = person.page
        page.goto(address)
        with page.expect_file_chooser() as chooser:
            page.tap("text=Choose photos")
        chooser.value.set_files(str(photo_at(tmp_path)))
        page.tap("text=Yes, I laid them so")
        page.tap("#send")
        person.say("Most readable roots look like telogen clubs.")
        assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
        assert person.troubles == []


@SIZES
def test_a_person_enlarges_moves_and_taps_a_hair(
    browser: Any, tmp_path: Path, size: dict[str, int]
) -> None:
    with answered(browser, photo_at(tmp_path), size) as person:
        page = person.page
        surface = page.locator(".surface")

        def scale() -> float:
            return float(surface.get_attribute("data-scale"))

        page.click("[aria-label=Closer]")
        assert scale() == 1.5
        page.click("[aria-label=Farther]")
        surface.focus()
        page.keyboard.press("+")
        page.keyboard.press("+")
        assert scale() == 2.25
        before = page.locator(".stage").get_attribute("style")
        page.keyboard.press("ArrowRight")
        assert page.locator(".stage").get_attribute("style") != before
        page.keyboard.press("0")
        assert scale() == 1
        surface.hover()
        page.mouse.wheel(0, -300)
        page.wait_for_function("Number(document.querySelector('.surface').dataset.scale) > 2")
        page.keyboard.press("0")
        box = surface.bounding_box()
        surface.click(position={"x": box["width"] / 2, "y": box["height"] * 3 / 23})
        assert "Hair 3 of 22: Telogen" in page.inner_text(".hair-card")
        assert "Telogen 94\u00a0%, anagen 5\u00a0%" in page.inner_text(".hair-card")


def test_two_fingers_enlarge_the_picture(browser: Any, tmp_path: Path) -> None:
    with answered(browser, photo_at(tmp_path), PHONE, has_touch=True) as person:
        page = person.page
        page.locator(".surface").scroll_into_view_if_needed()
        box = page.locator(".surface").bounding_box()
        middle = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        touch = person.context.new_cdp_session(page)
        for kind, apart in (("touchStart", 20), ("touchMove", 40), ("touchMove", 60)):
            points = [
                {"x": middle[0] + side * apart, "y": middle[1], "id": side} for side in (1, -1)
            ]
            touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
        touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
        assert float(page.locator(".surface").get_attribute("data-scale")) == pytest.approx(3, 0.05)


def test_a_crop_is_cut_from_the_upright_photo(browser: Any, tmp_path: Path) -> None:
    """The upper left quarter is red, whichever way the camera stored the picture."""
    stored, exif = oriented(scene(800, 600), 6)
    photo = tmp_path / "turned.jpg"
    photo.write_bytes(encoded(stored, exif=exif))
    with answered(browser, photo, DESKTOP) as person:
        person.page.click("text=Next ›")
        assert pixel(person, ".hair-card canvas") == pytest.approx([200, 30, 30], abs=12)


@SIZES
def test_hairs_are_corrected_by_keyboard_alone(
    browser: Any, tmp_path: Path, size: dict[str, int]
) -> None:
    with answered(browser, photo_at(tmp_path), size) as person:
        page = person.page
        page.focus("#open-review")
        page.keyboard.press("Enter")
        # The two unsure hairs, numbers 21 and 22, come first, then the misshapen one.
        assert "hair 21: not sure" in page.evaluate("document.activeElement.ariaLabel")
        for key in ("2", "4", "s"):
            page.keyboard.press(key)
        shows(person, "19 telogen", "2 misshapen", "0 without bulb", "0 not sure")
        assert "labels are yours" in page.inner_text("#pool")
        page.keyboard.press("u")
        shows(person, "19 telogen", "2 misshapen", "0 without bulb", "1 not sure")
        assert "hair 22: not sure, by the model" in page.evaluate(
            "document.activeElement.ariaLabel"
        )
        page.keyboard.press("ArrowLeft")
        assert "hair 21: misshapen, by you" in page.evaluate("document.activeElement.ariaLabel")
        page.keyboard.press("u")
        page.keyboard.press("u")
        person.say("There is nothing to undo. 0 of 22 labelled by you")
        shows(person, "19 telogen", "1 misshapen", "0 without bulb", "2 not sure")
        assert "labels are yours" not in page.inner_text("#pool")


def test_a_tap_filters_labels_moves_the_root_and_undoes(browser: Any, tmp_path: Path) -> None:
    with answered(browser, photo_at(tmp_path), PHONE) as person:
        page = person.page
        page.click(".chip:has-text('1 misshapen')")
        assert page.locator(".stage .hair").count() == 1
        page.click(".chip:has-text('All 22')")
        page.click("text=Next ›")
        page.click(".hair-card .say:has-text('No bulb')")
        assert "You say: no bulb." in page.inner_text(".hair-card")
        assert "The model says: telogen" in page.inner_text(".hair-card")
        assert page.locator(".stage .hair.person.no_bulb .ring").count() == 1
        shows(person, "18 telogen", "1 misshapen", "1 without bulb")
        page.click("text=The root is at the other end")
        assert "You moved the root to this end." in page.inner_text(".hair-card")
        page.click(".steps >> text=Undo")
        page.click(".steps >> text=Undo")
        assert "You" not in page.inner_text(".hair-card")
        shows(person, "19 telogen", "1 misshapen")


@pytest.mark.parametrize("by_keys", [True, False])
def test_a_missed_root_is_marked(browser: Any, tmp_path: Path, by_keys: bool) -> None:
    with answered(browser, photo_at(tmp_path), PHONE) as person:
        page = person.page
        page.click("text=Mark a root that was missed")
        if by_keys:
            page.keyboard.press("Enter")
        else:
            page.locator(".surface").click()
        page.click(".labels .say:has-text('Misshapen')")
        assert "Hair 23 of 23: Misshapen" in page.inner_text(".hair-card")
        assert "the model had missed it" in page.inner_text(".hair-card")
        shows(person, "19 telogen", "2 misshapen")
        with page.expect_download() as download:
            page.click("#json")
        missed = json.loads(download.value.path().read_text("utf-8"))["photos"][0]["missed_roots"]
        assert [(root["id"], root["corrected_label"]) for root in missed] == [(22, "misshapen")]
        assert missed[0]["root"]["x"] == pytest.approx(400, abs=3)
        page.click(".steps >> text=Undo")
        shows(person, "19 telogen", "1 misshapen")


def test_an_answer_changes_the_advice_without_sending_the_photo_again(
    browser: Any, tmp_path: Path
) -> None:
    with answered(browser, photo_at(tmp_path), PHONE) as person:
        page = person.page
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url.rpartition("/v1/")[2]))
        share = page.inner_text("#pool")
        page.click("text=Answer what you like")
        page.check("text=Pus")
        person.say("Please act soon")
        assert page.locator("#advice li").first.get_attribute("class") == "red_flag"
        assert asked == ["advice"]
        assert page.inner_text("#pool") == share
        page.click("#advice summary >> nth=0")
        assert "line" in page.inner_text("#advice li >> nth=0")


def test_a_finding_is_drawn_and_shown_where_it_is(browser: Any, tmp_path: Path) -> None:
    """The photo is blurred in the box of 10 x 10 pixels in its upper left corner."""
    with answered(browser, photo_at(tmp_path), PHONE) as person:
        page = person.page
        assert page.locator(".stage .finding text").text_content() == "!1"
        assert "!1 Out of focus: 3 of 22 hair ends." in page.inner_text(".findings")
        page.click("text=Show where")
        assert page.get_attribute(".surface", "data-scale") == "16.00"
        corner = page.locator(".stage .finding rect").first.bounding_box()
        surface = page.locator(".surface").bounding_box()
        assert corner["x"] == pytest.approx(surface["x"], abs=15)
        assert corner["width"] == pytest.approx(10 * 16 * surface["width"] / 800, abs=20)


def test_downloads_tell_machine_and_person_apart(browser: Any, tmp_path: Path) -> None:
    with answered(browser, photo_at(tmp_path, "=1+1,.jpg"), DESKTOP) as person:
        page = person.page
        page.click("text=Next ›")
        page.click(".hair-card .say:has-text('Misshapen')")
        page.click("text=The root is at the other end")
        with page.expect_download() as download:
            page.click("#json")
        answer = json.loads(download.value.path().read_text("utf-8"))
        first, second = answer["photos"][0]["hairs"][:2]
        assert (first["label"], first["corrected_label"]) == ("telogen", "misshapen")
        assert first["corrected_root"] == {"x": 800, "y": first["ends"][1]["y"]}
        assert "corrected_label" not in second
        assert answer["pool"]["misshapen"] == 2
        with page.expect_download() as download:
            page.click("#csv")
        rows = list(csv.DictReader(download.value.path().open(encoding="utf-8", newline="")))
        assert len(rows) == 22
        assert rows[0]["photo"] == "'=1+1,.jpg"
        assert (rows[0]["labelled_by"], rows[0]["corrected_label"]) == ("person", "misshapen")
        assert (rows[1]["labelled_by"], rows[1]["corrected_label"]) == ("machine", "")


def test_paper_shows_the_whole_answer_and_no_controls(browser: Any, tmp_path: Path) -> None:
    with answered(browser, photo_at(tmp_path), DESKTOP) as person:
        page = person.page
        page.click("[aria-label=Closer]")
        page.emulate_media(media="print")
        page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
        assert not page.is_visible("#form")
        assert not page.is_visible("#print")
        assert page.is_visible(".stage img")
        assert page.get_attribute(".surface", "data-scale") == "1.00"
        assert page.locator("#advice details[open]").count() == page.locator("#advice > li").count()
        assert "Model fake 0" in page.inner_text("#printed")
        page.evaluate("window.dispatchEvent(new Event('afterprint'))")
        assert page.locator("#advice details[open]").count() == 0
        assert page.pdf().startswith(b"%PDF")


def test_starting_again_forgets_everything_once_that_is_confirmed(
    browser: Any, tmp_path: Path
) -> None:
    with answered(browser, photo_at(tmp_path), PHONE) as person:
        page = person.page
        page.click("text=Next ›")
        page.click(".hair-card .say:has-text('Misshapen')")
        page.once("dialog", lambda dialog: dialog.dismiss())
        page.click("#again")
        assert page.is_visible("#result")
        page.once("dialog", lambda dialog: dialog.accept())
        page.click("#again")
        assert not page.is_visible("#result")
        assert page.locator("#chosen li").count() == 0
        assert page.locator("#asked-first #questions").count() == 1
