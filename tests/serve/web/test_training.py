"""The page in a browser: teaching the model with the labels that were kept."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from model.registry.registry import Registry
from tests.helpers.model.versions import SHIPPED_NAME, make_version
from tests.helpers.serve.browser import DESKTOP, PHONE, Person
from tests.helpers.serve.fake_training import VERSION
from tests.helpers.serve.running_server import running_server
from tests.helpers.serve.saved_photos import label, save_photo
from tests.helpers.serve.training_jobs import (
    SCORER,
    TRAINING,
    add_enough_labels,
    training_settings,
    use_fake_training,
    wait_until_ended,
)
from tests.serve.web.test_access import violations

pytestmark = pytest.mark.slow


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    with running_server(training_settings(tmp_path), SCORER) as address:
        yield address


@pytest.fixture
def client(address: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=address, timeout=60) as client:
        yield client


def opened(browser: Any, address: str, size: dict[str, int] = PHONE, **context: Any) -> Person:
    person = Person(browser, size, **context)
    person.page.goto(f"{address}/operator")
    person.page.wait_for_load_state("networkidle")
    return person


def test_without_a_kept_label_there_is_no_card(browser: Any, address: str, tmp_path: Path) -> None:
    person = opened(browser, address)
    assert not person.page.is_visible("#training")
    assert person.troubles == []
    assert list(tmp_path.iterdir()) == []
    person.context.close()


def test_where_it_is_not_allowed_there_is_no_card(browser: Any, tmp_path: Path) -> None:
    settings = training_settings(tmp_path, training=False)
    with running_server(settings, SCORER) as address:
        with httpx.Client(base_url=address) as client:
            label(client, save_photo(client, retention="improve"), 0, "telogen")
        person = opened(browser, address)
        assert person.page.locator("#training").count() == 0
        assert person.troubles == []
        person.context.close()


def test_too_few_labels_are_told(browser: Any, address: str, client: httpx.Client) -> None:
    photo = save_photo(client, retention="improve")
    label(client, photo, 0, "telogen")
    person = opened(browser, address)
    person.say("1 label of stored photos: 1 telogen, 0 anagen, 0 not a hair.")
    person.say("A training needs 30 labels, with at least 5 telogen and 5 anagen")
    assert person.page.is_disabled("text=Start a training")
    person.page.click("text=the hairs from which it would learn most")
    person.page.click("#next .say[data-kind=misshapen]")
    person.say("2 labels of stored photos: 1 telogen, 1 anagen")
    person.context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_new_model_is_trained_used_and_taken_back(
    browser: Any,
    axe: str,
    address: str,
    client: httpx.Client,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    scheme: str,
) -> None:
    use_fake_training(monkeypatch, "better")
    registry = Registry(tmp_path / "models")
    registry.add(make_version(tmp_path / "made", VERSION))
    add_enough_labels(client)
    person = opened(browser, address, color_scheme=scheme)
    page = person.page
    person.say("30 labels of stored photos: 25 telogen, 5 anagen")
    assert violations(person, axe) == []
    page.click("text=Start a training")
    person.say("The new model is better, on labels that it had not seen.")
    person.say("Verdict: better.")
    person.say("None of them is new.")
    assert violations(person, axe) == []
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
    with person.context.expect_page() as report:
        page.click("text=Look at the report")
    report.value.wait_for_load_state()
    assert report.value.title() == "Report"
    page.click("text=Keep the present one")
    person.say("The present model stays.")
    assert registry.champion().name == SHIPPED_NAME
    page.reload()
    page.click("text=Use the new model")
    person.say("The new model is used now.")
    assert page.evaluate("document.activeElement.role") == "status"
    assert registry.champion().name == VERSION
    assert not page.is_visible("text=Use the new model")
    page.once("dialog", lambda dialog: dialog.accept())
    page.click("text=Go back to the model before")
    person.say("The new model is better, on labels that it had not seen.")
    assert registry.champion().name == SHIPPED_NAME
    assert not page.is_visible("text=Go back to the model before")
    assert person.troubles == []
    person.context.close()


def test_a_training_is_watched_and_stopped(
    browser: Any,
    axe: str,
    address: str,
    client: httpx.Client,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    use_fake_training(monkeypatch, "forever")
    add_enough_labels(client)
    person = opened(browser, address, DESKTOP)
    page = person.page
    page.click("text=Start a training")
    person.say("Fitting 2 of 2")
    assert page.get_attribute("#training progress", "aria-valuetext") == "Fitting 2 of 2"
    assert page.evaluate("document.querySelector('#training progress').value") == 0.75
    assert not page.is_visible("text=Start a training")
    assert violations(person, axe) == []
    page.reload()
    person.say("Fitting 2 of 2")
    page.click("#training >> text=Stop")
    person.say("The training was stopped. The present model stays.")
    assert page.is_enabled("text=Start a training")
    assert person.troubles == []
    person.context.close()


def test_what_is_not_better_is_told_with_its_reason(
    browser: Any, address: str, client: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_fake_training(monkeypatch, "not_better")
    add_enough_labels(client)
    client.post(TRAINING)
    wait_until_ended(client)
    person = opened(browser, address)
    person.say("It is not clear that the new model is better. The present one stays.")
    person.say("Verdict: not_better.")
    assert not person.page.is_visible("text=Use the new model")
    person.context.close()


def test_a_training_that_broke_off_and_a_package_that_is_missing_are_told(
    browser: Any, address: str, client: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_fake_training(monkeypatch, "refuse")
    add_enough_labels(client)
    person = opened(browser, address)
    person.page.click("text=Start a training")
    person.say("The training broke off. The present model stays.")
    person.say("The labels are of another planet.")
    monkeypatch.setattr(
        "serve.jobs.training.manager.REQUIRED_PACKAGES", ("shedlight_has_no_such_package",)
    )
    person.page.click("text=Start a training")
    person.say("Install 'shedlight[train]'")
    person.context.close()
