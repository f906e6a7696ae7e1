"""The page in a browser: photos that a person stores after the result, and the link to them."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from serve.settings import Settings
from tests.helpers.hostile_files import encoded, scene
from tests.helpers.serve.browser import PHONE, Person, photo_at
from tests.helpers.serve.fake_scorer import FakeScorer
from tests.helpers.serve.running_server import running_server

pytestmark = pytest.mark.slow


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    store = tmp_path / "store"
    store.mkdir()
    settings = Settings(store_url=f"sqlite:///{store}/s.db", photo_folder=store / "photos")
    with running_server(settings, FakeScorer()) as address:
        yield address


def make_link(person: Person, improve: bool = False) -> str:
    """Stores the photos and returns the link."""
    page = person.page
    if not page.is_visible("#make-link"):
        page.click("#more > summary")
    if improve:
        page.check("#kept input[type=checkbox]")
    page.click("#make-link")
    page.wait_for_selector("#link")
    return str(page.input_value("#link"))


def ids_of(link: str) -> list[str]:
    found = re.search(r"#photos=([\w,-]+)&until=\d{4}-\d\d-\d\d$", link)
    assert found
    return found[1].split(",")


def test_a_link_shows_the_corrections_and_only_its_maker_deletes(
    browser: Any, address: str, tmp_path: Path
) -> None:
    person = Person(browser, PHONE, permissions=["clipboard-read", "clipboard-write"])
    page = person.page
    person.send(address, photo_at(tmp_path))
    page.click("[data-step=mark]")
    page.keyboard.press("Enter")
    page.click(".labels .say[data-kind=misshapen]")
    assert not list((tmp_path / "store").iterdir())  # until the person asks for it
    link = make_link(person)
    page.click(".hair-card .say[data-kind=no_bulb]")
    page.click(".steps [data-step='1']")
    page.click(".hair-card .say[data-kind=misshapen]")
    page.click(".other-end")
    page.click(".steps [data-step=undo]")
    person.say("Your corrections are saved.")
    (photo_id,) = ids_of(link)
    events = httpx.get(f"{address}/v1/photos/{photo_id}").json()["events"]
    assert [event["kind"] for event in events] == [
        "misshapen", "no_bulb", "misshapen", "root_moved", "undo",
    ]  # fmt: skip
    assert [event["hair"] for event in events[:4]] == [22, 22, 0, 0]
    page.click("#copy-link")
    person.say("The link is copied.")
    assert page.evaluate("navigator.clipboard.readText()") == link

    other = Person(browser, PHONE)
    other.page.goto(link)
    other.page.wait_for_selector("#photos .hair.person.misshapen")
    assert other.page.locator(".surface .hair.person").count() == 2
    other.page.click("[data-step='1']")
    other.page.click(".steps [data-step=undo]")
    other.page.click("#more > summary")
    other.say("Your corrections are saved.")
    assert httpx.get(f"{address}/v1/photos/{photo_id}").json()["events"][-1]["undoes"] == 3
    assert other.page.locator("#delete").count() == 0
    assert httpx.delete(f"{address}/v1/photos/{photo_id}").status_code == 403

    page.goto(link)  # nothing warns, since all is stored
    page.reload()
    page.wait_for_selector("#photos .hair")
    page.click("#more > summary")
    page.once("dialog", lambda dialog: dialog.accept())
    page.click("#delete")
    page.wait_for_selector("#kept >> text=Deleted.")
    assert httpx.get(f"{address}/v1/photos/{photo_id}").status_code == 404
    assert not list((tmp_path / "store" / "photos").rglob("*.jpg"))
    assert person.troubles == []
    assert other.troubles == []
    person.context.close()
    other.context.close()


def test_a_link_grows_with_the_result_and_may_improve_the_model(
    browser: Any, address: str, tmp_path: Path
) -> None:
    (tmp_path / "b.jpg").write_bytes(encoded(scene(640, 480)))
    person = Person(browser, PHONE)
    page = person.page
    person.send(address, photo_at(tmp_path))
    (first,) = ids_of(make_link(person, improve=True))
    assert httpx.get(f"{address}/v1/photos/{first}").json()["improve"] is True
    page.set_input_files("#choose", str(tmp_path / "b.jpg"))
    page.click("[data-roots=true]")
    page.wait_for_selector(".tab >> nth=1")
    page.click("#make-link")
    page.wait_for_function("() => document.querySelector('#link').value.includes(',')")
    assert ids_of(page.input_value("#link"))[0] == first
    person.context.close()


@pytest.mark.parametrize(
    ("until", "told"), [("2020-01-31", "expired"), ("2199-01-31", "never existed")]
)
def test_a_dead_link_tells_which_it_is(browser: Any, address: str, until: str, told: str) -> None:
    person = Person(browser, PHONE)
    person.page.goto(f"{address}/#photos={'A' * 22}&until={until}")
    person.page.wait_for_selector(f"#alert:has-text('{told}')")
    assert person.page.is_visible("#start")
    person.context.close()


def test_a_stored_photo_opens_whose_hair_was_called_anagen_of_no_kind(
    browser: Any, address: str, tmp_path: Path
) -> None:
    person = Person(browser, PHONE)
    person.send(address, photo_at(tmp_path))
    link = make_link(person)
    said = httpx.post(
        f"{address}/v1/photos/{ids_of(link)[0]}/hairs/0/label", json={"label": "anagen"}
    )
    assert said.status_code == 200
    person.context.close()
    again = Person(browser, PHONE)
    again.page.goto(link)
    again.page.wait_for_selector("#photos .mark.misshapen.person")
    again.context.close()
