"""A real server switches to another version of the model under load."""

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
from data.io.files import replace_file
from model.registry.history import EventKind, RegistryEvent
from model.registry.registry import ALIAS, Registry
from model.version import WEIGHTS_FILE
from serve.model_reload import ModelReloader
from serve.settings import Settings
from tests.helpers.model.versions import SHIPPED_NAME, registry_with
from tests.helpers.serve.http import OTHER, PHOTO, files
from tests.helpers.serve.running_server import running_server

LIMIT_S = 60.0
"""Enough for some workers to start on a busy machine."""
TWO = files(("a.jpg", PHOTO), ("b.jpg", OTHER))


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
def serving(registry: Registry, load_limit_s: float = LIMIT_S) -> Iterator[httpx.Client]:
    settings = settings_of(registry)
    reloader = ModelReloader(settings, poll_interval_s=0.05, load_limit_s=load_limit_s)
    with (
        running_server(settings, None, reloader) as address,
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


def active_version(client: httpx.Client) -> str:
    return str(client.get("/v1/model").json()["version"])


def post_until(stop: Event, address: httpx.URL) -> list[tuple[int, frozenset[str]]]:
    """Status of each answer, and the versions that scored its two photos."""
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
        posting = [threads.submit(post_until, stop, client.base_url) for _ in range(3)]
        try:
            registry.promote("one", "to try it")
            until(lambda: active_version(client) == "one")
            registry.promote("two", "to try it")
            until(lambda: active_version(client) == "two")
            registry.rollback()
            registry.rollback()
            until(lambda: active_version(client) == SHIPPED_NAME)
            sleep(1)
        finally:
            stop.set()
        answers = [answer for client_answers in posting for answer in client_answers.result()]
        assert {status for status, _ in answers} == {200}
        seen = Counter(version for _, (version,) in answers)  # raises unless each has one
        assert {SHIPPED_NAME, "one"} <= seen.keys() <= {SHIPPED_NAME, "one", "two"}
        until(lambda: len(multiprocessing.active_children()) == 2)  # the old ones have ended
        until(lambda: "shedlight_workers_up 2.0" in client.get("/metrics").text)
        assert "shedlight_workers_restarted_total 0.0" in client.get("/metrics").text


def test_a_damaged_version_changes_nothing_and_is_reported(
    registry: Registry, caplog: pytest.LogCaptureFixture
) -> None:
    """Damaged before the alias names it: ``promote`` refuses it, so the test writes the alias."""
    registry.promote("one", "to try it")
    with serving(registry) as client:
        assert active_version(client) == "one"
        assert client.get("/v1/model").json()["notice"] is None
        weights = registry.find("two") / WEIGHTS_FILE
        whole = weights.read_bytes()
        with caplog.at_level(logging.WARNING):
            weights.write_bytes(b"half")
            event = RegistryEvent.now(EventKind.PROMOTED, "two", "to try it")
            replace_file(registry.folder / ALIAS, event.as_line() + "\n")
            until(lambda: "two" in notice(client))
        assert active_version(client) == "one"
        assert notice(client) in caplog.messages
        assert client.post("/v1/photos", files=TWO).status_code == 200
        replace_file(weights, whole)
        until(lambda: active_version(client) == "two" and notice(client) == "")


def notice(client: httpx.Client) -> str:
    return str(client.get("/v1/model").json()["notice"] or "")


def test_a_server_starts_with_the_last_undamaged_version_and_reports_the_other(
    registry: Registry,
) -> None:
    registry.promote("one", "to try it")
    (registry.find("one") / WEIGHTS_FILE).write_bytes(b"half")
    with serving(registry) as client:
        assert active_version(client) == SHIPPED_NAME
        assert "one" in notice(client)


def test_a_version_that_no_worker_can_load_changes_nothing(registry: Registry) -> None:
    """Undamaged when the server checked it, but its first worker does not come up in time."""
    with serving(registry, load_limit_s=0.01) as client:
        registry.promote("one", "to try it")
        until(lambda: "one" in notice(client))
        assert active_version(client) == SHIPPED_NAME
        assert client.post("/v1/photos", files=TWO).status_code == 200
        registry.rollback()
        until(lambda: notice(client) == "")


def test_a_damaged_package_is_detected_before_anything_is_served(
    registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("model.registry.registry.SHIPPED", registry.folder)
    with pytest.raises(ShedlightError) as refused:
        ModelReloader(settings_of(registry))
    assert refused.value.code is ErrorCode.MODEL_REFUSED
