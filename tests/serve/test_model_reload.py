"""A real server takes up another version of the model while it is asked without a pause."""

import logging
import multiprocessing
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from threading import Event
from time import monotonic, sleep

import httpx
import pytest

from data.errors import ErrorCode, ShedlightError
from model.registry.registry import Registry
from model.version import WEIGHTS_FILE
from serve.model_reload import ModelReloader
from serve.settings import Settings
from tests.helpers.model.versions import SHIPPED_NAME, registry_with
from tests.helpers.serve.http import OTHER, PHOTO, files
from tests.helpers.serve.running_server import running_server

LIMIT_S = 60.0
"""Enough for some workers to start on a machine that is busy otherwise."""
TWO = files(("a.jpg", PHOTO), ("b.jpg", OTHER))


@pytest.fixture(autouse=True)
def look_often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("serve.model_reload.LOOK_S", 0.05)


@pytest.fixture
def registry(tmp_path: Path) -> Registry:
    return registry_with(tmp_path, "one", "two")


def settings_of(registry: Registry) -> Settings:
    store = registry.folder.parent / "store"
    return Settings(
        models=registry.folder,
        workers=2,
        store_url=f"sqlite:///{store}.db",
        photo_folder=store,
    )


@contextmanager
def serving(registry: Registry) -> Iterator[httpx.Client]:
    with (
        running_server(settings_of(registry), None) as address,
        httpx.Client(base_url=address, timeout=LIMIT_S) as client,
    ):
        until(lambda: client.get("/readyz").status_code == 200)
        yield client
    assert multiprocessing.active_children() == []


def until(true: Callable[[], bool]) -> None:
    end = monotonic() + LIMIT_S
    while not true():
        assert monotonic() < end
        sleep(0.05)


def speaker(client: httpx.Client) -> str:
    return str(client.get("/v1/model").json()["version"])


def ask_on(address: httpx.URL, stop: Event) -> list[tuple[int, frozenset[str]]]:
    """Status of each answer, and the versions that read its two photos."""
    answers = []
    with httpx.Client(base_url=address, timeout=LIMIT_S) as client:
        while not stop.is_set():
            answer = client.post("/v1/photos", files=TWO)
            photos = answer.json().get("photos", [])
            assert {photo["status"] for photo in photos} <= {"scored", "no_hairs"}
            versions = frozenset(photo["model"]["version"] for photo in photos)
            answers.append((answer.status_code, versions))
    return answers


def test_no_request_fails_while_versions_change_and_each_has_one_version(
    registry: Registry,
) -> None:
    with serving(registry) as client, ThreadPoolExecutor(3) as threads:
        stop = Event()
        asking = [threads.submit(ask_on, client.base_url, stop) for _ in range(3)]
        try:
            registry.promote("one", "to try it")
            until(lambda: speaker(client) == "one")
            registry.promote("two", "to try it")
            until(lambda: speaker(client) == "two")
            registry.rollback()
            registry.rollback()
            until(lambda: speaker(client) == SHIPPED_NAME)
            sleep(1)
        finally:
            stop.set()
        answers = [answer for asked in asking for answer in asked.result()]
        assert {status for status, _ in answers} == {200}
        seen = Counter(version for _, (version,) in answers)  # one each, or this raises
        assert {SHIPPED_NAME, "one"} <= seen.keys() <= {SHIPPED_NAME, "one", "two"}
        until(lambda: len(multiprocessing.active_children()) == 2)  # the old ones have gone
        until(lambda: "shedlight_workers_up 2.0" in client.get("/metrics").text)
        assert "shedlight_workers_restarted_total 0.0" in client.get("/metrics").text


def test_a_damaged_version_changes_nothing_and_is_told(
    registry: Registry, caplog: pytest.LogCaptureFixture
) -> None:
    registry.promote("one", "to try it")
    with serving(registry) as client:
        assert speaker(client) == "one"
        assert client.get("/v1/model").json()["notice"] is None
        weights = registry.find("two") / WEIGHTS_FILE
        whole = weights.read_bytes()
        with caplog.at_level(logging.WARNING):
            registry.promote("two", "to try it")
            weights.write_bytes(b"half")
            until(lambda: speaker(client) == "one" and "two" in notice(client))
        assert "two is missing or damaged; one is in force" in caplog.text
        assert client.post("/v1/photos", files=TWO).status_code == 200
        weights.write_bytes(whole)
        until(lambda: speaker(client) == "two" and notice(client) == "")


def notice(client: httpx.Client) -> str:
    return str(client.get("/v1/model").json()["notice"] or "")


def test_a_server_starts_with_the_last_whole_version_and_tells(registry: Registry) -> None:
    registry.promote("one", "to try it")
    (registry.find("one") / WEIGHTS_FILE).write_bytes(b"half")
    with serving(registry) as client:
        assert speaker(client) == SHIPPED_NAME
        assert "one is missing or damaged" in notice(client)


def test_a_version_that_no_worker_can_load_changes_nothing(
    registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whole when the server looked, and gone before its first worker could."""
    with serving(registry) as client:
        monkeypatch.setattr("serve.model_reload.LOADING_S", 0.01)
        registry.promote("one", "to try it")
        until(lambda: "one cannot be loaded" in notice(client))
        assert speaker(client) == SHIPPED_NAME
        assert client.post("/v1/photos", files=TWO).status_code == 200
        monkeypatch.undo()
        registry.rollback()
        until(lambda: notice(client) == "")


def test_a_damaged_package_is_told_before_anything_is_served(
    registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("model.registry.registry.SHIPPED", registry.folder)
    with pytest.raises(ShedlightError) as damaged:
        ModelReloader(settings_of(registry))
    assert damaged.value.code is ErrorCode.MODEL_REFUSED
