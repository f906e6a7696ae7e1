"""The diary in a browser: dated results on this device, what they show, one file, nothing sent."""

import json
from pathlib import Path
from typing import Any

import pytest

from serve.settings import Settings
from tests.helpers.serve.browser import PHONE, Person, photo_at
from tests.helpers.serve.fake_scorer import FakeScorer
from tests.helpers.serve.running_server import running_server

pytestmark = pytest.mark.slow
DAYS = ("2026-01-05", "2026-02-05", "2026-03-05")


def send(person: Person, address: str, photo: Path, um: str = "12") -> None:
    """Sends a photo with a typed scale: the fake scorer's hairs are 6 px wide."""
    page = person.page
    page.goto(address)
    person.choose(photo)
    page.click("#scale-asked > summary")
    page.select_option("#scale", "typed")
    page.fill("#um", um)
    page.click("[data-roots=true]")
    page.wait_for_selector("#photos .hair")


def save(person: Person, day: str) -> None:
    page = person.page
    if not page.is_visible("#keep"):
        page.click("#more > summary")
    page.fill("#diary-date", day)
    page.click("#keep")
    page.wait_for_selector("#kept-in-diary:not(:empty)")


def open_diary(person: Person, address: str) -> None:
    person.page.goto(address)
    person.page.click("#open-diary")
    person.page.wait_for_selector("#diary:visible")


def entries(person: Person) -> list[str]:
    kinds = "(all) => all.map((item) => item.dataset.kind)"
    return list(person.page.eval_on_selector_all("#entries > li", kinds))


def test_results_are_saved_plotted_exported_imported_and_deleted(
    browser: Any, tmp_path: Path
) -> None:
    with running_server(Settings(), FakeScorer()) as address:
        person = Person(browser, PHONE)
        page, photo = person.page, photo_at(tmp_path)
        send(person, address, photo)
        assert page.locator("#measures > li").count() >= 2
        sent: list[Any] = []
        page.on("request", lambda request: sent.append(request))
        for day in DAYS:
            save(person, day)
        open_diary(person, address)
        assert entries(person) == ["result"] * 3
        assert page.locator("figure.plot").count() == 3
        assert page.locator("figure.plot[data-plot=share] .reach").count() == 3
        verdicts = "(all) => all.map((item) => item.dataset.verdict)"
        assert set(page.eval_on_selector_all("#over-time > li", verdicts)) == {"unknown"}
        page.fill("#needling-date", "2026-02-20")
        page.click("#add-needling")
        page.wait_for_selector("#needling-change")
        assert page.locator("figure.plot[data-plot=hairs] .session").count() == 1
        with page.expect_download() as download:
            page.click("#export")
        file = tmp_path / "diary.json"
        download.value.save_as(file)
        written = json.loads(file.read_text("utf-8"))["entries"]
        assert [entry["date"] for entry in written] == sorted([*DAYS, "2026-02-20"])
        result = written[0]
        assert result["hairs"] == 22
        assert result["measures"]["median_um"] == 72.0
        assert result["thumbnail"].startswith("data:image/jpeg;base64,")

        other = Person(browser, PHONE)
        other.page.on("request", lambda request: sent.append(request))
        open_diary(other, address)
        assert entries(other) == []
        other.page.set_input_files("#import", str(file))
        other.page.wait_for_selector("#entries > li >> nth=3")
        assert sorted(entries(other)) == ["needling", "result", "result", "result"]
        other.page.click("#entries > li:first-child button")
        other.page.wait_for_selector("#entries > li >> nth=3", state="detached")
        other.page.on("dialog", lambda dialog: dialog.accept())
        other.page.click("#wipe")
        other.page.wait_for_selector("#entries > li", state="detached")
        open_diary(other, address)
        assert entries(other) == []

        open_diary(person, address)
        assert len(entries(person)) == 4
        web = [each for each in sent if each.url.startswith("http")]
        assert {each.method for each in web} == {"GET"}
        assert not any(day in each.url for each in web for day in DAYS)
        assert person.troubles == other.troubles == []


def test_a_file_that_is_no_diary_changes_nothing(browser: Any, tmp_path: Path) -> None:
    with running_server(Settings(), FakeScorer()) as address:
        person = Person(browser, PHONE)
        open_diary(person, address)
        for text in ("no json", "{}", '{"format": "shedlight-diary/1", "entries": [{"id": "a"}]}'):
            file = tmp_path / "other.json"
            file.write_text(text)
            person.page.set_input_files("#import", str(file))
            person.page.wait_for_selector("#diary-told:not(:empty)")
            assert entries(person) == []
        assert person.troubles == []


def test_the_test_for_a_change_is_that_of_the_command_line(browser: Any) -> None:
    """The same figures as tests/model/change."""
    with running_server(Settings(), FakeScorer()) as address:
        person = Person(browser, PHONE)
        person.page.goto(address)
        found = person.page.evaluate(
            """async () => {
              const source = document.querySelector("script[type=module]").src;
              const { effectOf } = await import(new URL("diary/change.js", source).href);
              return [effectOf([0, 1, 2, 3, 4], [1, 2, 3, 4, 5]),
                effectOf([0, 0, 0, 1, 1, 1], [1, 2, 3, 11, 12, 13])];
            }"""
        )
        assert [each["size"] for each in found] == pytest.approx([1.0, 10.0])
        assert [each["p"] for each in found] == pytest.approx([2 / 120, 2 / 20])
