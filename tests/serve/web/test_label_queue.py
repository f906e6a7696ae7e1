"""The page in a browser: which hairs of kept photos to check next."""

from pathlib import Path
from typing import Any

import httpx
import pytest

from data.strands.crop import CROP_WIDTH
from tests.helpers.serve.browser import DESKTOP, Person
from tests.helpers.serve.http import PHOTO
from tests.helpers.serve.running_server import running_server
from tests.helpers.serve.saved_photos import SCORER, save_photo, settings_in

pytestmark = pytest.mark.slow
SUMMARY = "text=the hairs from which it would learn most"


def said(address: str, photo: str) -> list[tuple[str, int | None]]:
    events = httpx.get(f"{address}{photo}").json()["events"]
    return [(event["kind"], event["hair"]) for event in events]


def test_hairs_are_labelled_in_their_order_and_taken_back(browser: Any, tmp_path: Path) -> None:
    with running_server(settings_in(tmp_path), SCORER) as address:
        with httpx.Client(base_url=address) as client:
            photo = save_photo(client, PHOTO, retention="improve")
            order = [each["hair"] for each in client.get("/v1/labels/next").json()["hairs"]]
        person = Person(browser, DESKTOP)
        person.page.goto(f"{address}/operator")
        person.page.click(SUMMARY)
        person.say("4 open, 0 labelled.")
        person.say("Telogen or anagen? 38% against 28%.")
        width = person.page.evaluate("document.querySelector('#next img').naturalWidth")
        assert width == CROP_WIDTH
        person.page.click("#next .say[data-kind=misshapen]")
        person.say("3 open, 1 labelled.")
        person.page.keyboard.press("4")
        person.say("2 open, 2 labelled.")
        assert order[0] == 3
        labels = [("misshapen", 3), ("not_hair", order[1])]
        assert said(address, photo) == labels
        person.page.click("text=Take back the last label")
        person.say("3 open, 1 labelled.")
        assert said(address, photo) == [*labels, ("undo", None)]
        person.page.keyboard.press("1")
        person.say("2 open, 2 labelled.")
        assert said(address, photo)[3:] == [("telogen", order[1])]
        assert person.troubles == []
        person.context.close()


def test_when_all_is_labelled_the_page_says_so(browser: Any, tmp_path: Path) -> None:
    with running_server(settings_in(tmp_path), SCORER) as address:
        person = Person(browser, DESKTOP)
        person.page.goto(f"{address}/operator")
        person.page.click(SUMMARY)
        person.say("There is nothing to check")
        assert not list(tmp_path.iterdir())
        person.context.close()
