"""The page in a browser: photos that a person asked to keep."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from serve.settings import Settings
from tests.helpers.serve.browser import PHONE, Person, launched, photo_at
from tests.helpers.serve.fake_scorer import FakeScorer
from tests.helpers.serve.running_server import running_server

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with launched() as browser:
        yield browser


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    store = tmp_path / "store"
    store.mkdir()
    settings = Settings(store_url=f"sqlite:///{store}/s.db", photo_folder=store / "photos")
    with running_server(settings, FakeScorer()) as address:
        yield address


def sent(browser: Any, address: str, photo: Path, *ticks: str) -> Person:
    person = Person(browser, PHONE)
    page = person.page
    page.goto(address)
    for tick in ticks:
        page.check(f"[name={tick}]")
    page.set_input_files("#choose", str(photo))
    page.click("#send")
    page.wait_for_selector("#photos .hair")
    return person


def test_nothing_is_kept_unless_that_is_asked_for(
    browser: Any, address: str, tmp_path: Path
) -> None:
    person = sent(browser, address, photo_at(tmp_path))
    assert not person.page.is_visible("#kept")
    assert not list((tmp_path / "store").iterdir())
    person.context.close()


def test_a_link_shows_the_corrections_and_delete_removes_all(
    browser: Any, address: str, tmp_path: Path
) -> None:
    person = sent(browser, address, photo_at(tmp_path), "keep_link")
    page = person.page
    page.click("text=Mark a root that was missed")
    page.keyboard.press("Enter")
    page.click(".labels .say:has-text('Misshapen')")
    page.click(".hair-card .say:has-text('No bulb')")
    page.click("text=Next ›")
    page.click(".hair-card .say:has-text('Misshapen')")
    page.click("text=The root is at the other end")
    page.click(".steps >> text=Undo")
    person.say("Your corrections are saved.")
    link = page.input_value("#link")
    photo_id = link.partition("#photos=")[2]
    events = httpx.get(f"{address}/v1/photos/{photo_id}").json()["events"]
    assert [event["kind"] for event in events] == [
        "misshapen", "no_bulb", "misshapen", "root_moved", "undo",
    ]  # fmt: skip
    assert [event["hair"] for event in events[:4]] == [22, 22, 0, 0]

    other = Person(browser, PHONE)
    other.page.goto(link)
    other.page.wait_for_selector("#photos .hair.person.misshapen")
    assert other.page.locator("#photos .hair.person").count() == 2
    other.page.click("text=Next ›")
    assert "You say: misshapen." in other.page.inner_text(".hair-card")
    assert "moved" not in other.page.inner_text(".hair-card")
    other.page.click(".steps >> text=Undo")
    other.say("Your corrections are saved.")
    kept = httpx.get(f"{address}/v1/photos/{photo_id}").json()
    assert kept["events"][-1]["undoes"] == 3

    other.page.once("dialog", lambda dialog: dialog.accept())
    other.page.click("#delete")
    other.say("Deleted.")
    assert httpx.get(f"{address}/v1/photos/{photo_id}").status_code == 404
    assert not list((tmp_path / "store" / "photos").rglob("*.jpg"))
    assert person.troubles == []
    assert other.troubles == []
    person.context.close()
    other.context.close()


def test_a_photo_that_may_improve_the_model_is_kept_as_such(
    browser: Any, address: str, tmp_path: Path
) -> None:
    person = sent(browser, address, photo_at(tmp_path), "keep_improve", "keep_link")
    photo_id = person.page.input_value("#link").partition("#photos=")[2]
    assert httpx.get(f"{address}/v1/photos/{photo_id}").json()["improve"] is True
    person.context.close()


def test_a_kept_photo_opens_whose_hair_was_called_anagen_of_no_kind(
    browser: Any, address: str, tmp_path: Path
) -> None:
    person = sent(browser, address, photo_at(tmp_path), "keep_link")
    page = person.page
    link = page.input_value("#link")
    photo_id = link.partition("#photos=")[2]
    said = httpx.post(f"{address}/v1/photos/{photo_id}/hairs/0/label", json={"label": "anagen"})
    assert said.status_code == 200
    person.context.close()
    again = Person(browser, PHONE)
    again.page.goto(link)
    again.page.wait_for_selector("#photos .mark.misshapen.person")
    again.context.close()
