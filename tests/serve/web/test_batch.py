"""The page in a browser: more than a few photos, and zips, go as a batch."""

import zipfile
from io import BytesIO
from pathlib import Path
from threading import Timer
from typing import Any

import httpx
import pytest

from serve.settings import Settings
from tests.helpers.hostile_files import encoded, scene
from tests.helpers.serve.batches import zip_of
from tests.helpers.serve.browser import DESKTOP, PHONE, Person, SlowScorer, photo_at
from tests.helpers.serve.fake_scorer import FakeScorer
from tests.helpers.serve.running_server import running_server
from tests.serve.web.test_access import violations

pytestmark = pytest.mark.slow


def many(folder: Path, count: int = 10) -> list[str]:
    """Photos of different widths, one of them no photo at all."""
    for number in range(count - 1):
        (folder / f"{number}.jpg").write_bytes(encoded(scene(300 + number, 240)))
    (folder / "text.jpg").write_bytes(b"hello")
    return sorted(str(file) for file in folder.glob("*.jpg"))


def left_in(folder: Path) -> list[str]:
    """The names of batches that lie on the server."""
    return [path.name for path in folder.glob("*/*") if path.is_dir()]


def choose_and_send(person: Person, address: str, *files: str, box: str = "#choose") -> None:
    person.page.goto(address)
    person.choose(*files, box=box)
    assert person.page.is_visible("#as-batch")  # says what a batch gives
    person.page.click("[data-roots=false]")


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
@pytest.mark.parametrize("without_events", [False, True], ids=["events", "asking"])
def test_many_photos_are_read_watched_and_taken_along(
    browser: Any, tmp_path: Path, size: dict[str, int], without_events: bool
) -> None:
    (place := tmp_path / "place").mkdir()
    scorer = SlowScorer()
    person, page = (asked := Person(browser, size)), asked.page
    if without_events:
        page.add_init_script("delete window.EventSource")
    with running_server(Settings(batch_folder=place), scorer) as address:
        choose_and_send(person, address, *many(tmp_path))
        page.wait_for_selector("#reading:has-text('0 of 10 photos')")
        person.say("Reading the roots in 10 photos")
        assert page.get_attribute("#progress", "aria-valuetext") == "0 of 10 photos"
        scorer.go.set()
        page.wait_for_selector("#batch-section:not([hidden])")
        page.wait_for_selector("#verdict:visible")
        assert "9 of 10 photos were read." in page.inner_text("#batch")
        assert "9 photos: Out of focus: 3 of 22 hair ends." in page.inner_text("#batch")
        assert "send up to 8 photos at a time" in page.inner_text("#batch")
        assert not page.is_visible(".few-only")
        assert page.evaluate("document.documentElement.scrollWidth") == size["width"]
        with page.expect_download() as download:
            page.click("text=Report (HTML)")
        assert b"0.jpg" in download.value.path().read_bytes()
        with page.expect_download() as download:
            page.click("text=All of it (ZIP)")
        with zipfile.ZipFile(BytesIO(download.value.path().read_bytes())) as results:
            assert "hairs.csv" in results.namelist()
        person.answer(setting="none", shedding="slight", density_loss="false", scalp_signs="pus")
        page.wait_for_selector("#advice .red_flag")
        page.click("#delete-batch")
        person.say("The results are deleted.")
        assert left_in(place) == []
        assert person.troubles == []
        page.click("#again")
        person.send(address, Path(many(tmp_path)[0]))
        assert not page.is_visible("#batch-section")
    person.context.close()


def test_a_batch_is_cancelled(browser: Any, tmp_path: Path) -> None:
    (place := tmp_path / "place").mkdir()
    scorer = SlowScorer()
    with running_server(Settings(batch_folder=place), scorer) as address:
        person = Person(browser, PHONE)
        choose_and_send(person, address, *many(tmp_path))
        person.page.wait_for_selector("#reading:has-text('0 of 10 photos')")
        with person.page.expect_response(lambda answer: answer.request.method == "DELETE"):
            person.page.click("#cancel")
        person.say("Cancelled.")
        assert left_in(place) == []
        scorer.go.set()
        person.page.click("[data-roots=false]")
        person.page.wait_for_selector("#batch-section:not([hidden])")
        person.context.close()


def test_a_zip_and_its_faults(browser: Any, tmp_path: Path) -> None:
    good, bad = tmp_path / "good.zip", tmp_path / "bad.zip"
    raw = photo_at(tmp_path).read_bytes()
    good.write_bytes(zip_of({"a.jpg": raw, "../b.jpg": raw, "c.txt": b""}))
    bad.write_bytes(b"PK\x03\x04 and no more")
    with running_server(Settings(batch_folder=tmp_path), FakeScorer()) as address:
        person = Person(browser, DESKTOP)
        choose_and_send(person, address, str(bad), box="#zip")
        page = person.page
        page.wait_for_selector("#alert:has-text('not a ZIP file')")
        choose_and_send(person, address, str(good), box="#zip")
        page.wait_for_selector("#batch:has-text('1 of 2 photos were read.')")
        assert "1 file of the zip" in page.inner_text("#batch")
        person.context.close()


def test_a_batch_that_is_gone_is_told(browser: Any, tmp_path: Path) -> None:
    scorer = SlowScorer()
    person = Person(browser, PHONE)
    with running_server(Settings(batch_folder=tmp_path), scorer) as address:
        choose_and_send(person, address, *many(tmp_path))
        person.page.wait_for_selector("#reading:has-text('0 of 10 photos')")
        (batch,) = left_in(tmp_path)
        httpx.delete(f"{address}/v1/batches/{batch}")
        person.page.wait_for_selector("#alert:has-text('has stopped reading these photos')")
        assert person.page.is_visible("#choices")
        scorer.go.set()
    person.context.close()


def test_a_server_that_is_gone_is_told(browser: Any, tmp_path: Path) -> None:
    scorer = SlowScorer()
    person = Person(browser, PHONE)
    with running_server(Settings(batch_folder=tmp_path), scorer) as address:
        choose_and_send(person, address, *many(tmp_path))
        person.page.wait_for_selector("#reading:has-text('0 of 10 photos')")
        Timer(1, scorer.go.set).start()  # the photo at hand keeps the server until then
    person.page.wait_for_selector("#alert:has-text('cannot be reached any more')", timeout=30_000)
    assert "Your photos are still chosen" in person.page.inner_text("#alert")
    person.context.close()


def test_only_some_of_many_photos_are_shown_beforehand(browser: Any, tmp_path: Path) -> None:
    with running_server(Settings(batch_folder=tmp_path), FakeScorer()) as address:
        person, page = (asked := Person(browser, PHONE)), asked.page
        page.goto(address)
        person.choose(*many(tmp_path, 60))
        assert "60 photos" in page.inner_text("#as-batch")
        assert page.locator("#chosen li img, #chosen .unseen").count() == 24
        assert "and 36 more" in page.inner_text("#chosen")
        page.click("text=Remove all")
        assert page.locator("#chosen li").count() == 0
        person.context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_violation(browser: Any, axe: str, tmp_path: Path, scheme: str) -> None:
    scorer = SlowScorer()
    with running_server(Settings(batch_folder=tmp_path), scorer) as address:
        person = Person(browser, PHONE, color_scheme=scheme)
        choose_and_send(person, address, *many(tmp_path, 30))
        person.page.wait_for_selector("#reading:has-text('0 of 30 photos')")
        assert violations(person, axe) == []
        scorer.go.set()
        person.page.wait_for_selector("#batch-section:not([hidden])")
        assert violations(person, axe) == []
        person.context.close()
