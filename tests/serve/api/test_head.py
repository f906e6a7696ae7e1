"""HEAD answers as GET does, without a body."""

from pathlib import Path

import httpx
import pytest
from fastapi.testclient import TestClient

from serve.jobs.batches.queue import BatchQueue
from tests.helpers.serve.batches import batch_client, photos, run_batch, settings_in
from tests.helpers.serve.fake_scorer import FakeScorer
from tests.helpers.serve.http import PHOTO, files
from tests.helpers.serve.saved_photos import UNKNOWN_ID

ADDRESSES = (
    "/",
    "/docs",
    "/openapi.json",
    "/page/styles/page.css",
    "/page/nothing.css",
    "/healthz",
    "/readyz",
    "/metrics",
    "/v1/model",
    "/v1/photos",
    f"/v1/photos/{UNKNOWN_ID}",
    "/v1/photos/x",
    "/v1/nothing",
    "/v1/labels/next?count=0",
    "/v1/training",
)


@pytest.mark.parametrize("address", ADDRESSES)
def test_head_has_status_and_headers_of_get(client: TestClient, address: str) -> None:
    get, head = client.get(address), client.head(address)
    assert head.content == b""
    assert head.status_code == get.status_code
    assert _stable_headers(head) == _stable_headers(get)


def test_head_of_a_real_server_keeps_the_connection_usable(server: httpx.Client) -> None:
    for address in ADDRESSES:
        head = server.head(address)
        get = server.get(address)
        assert (head.status_code, head.content) == (get.status_code, b"")
        assert _stable_headers(head) == _stable_headers(get)


def test_head_does_not_change_anything(client: TestClient) -> None:
    assert client.head("/v1/models/rollback").status_code == 405
    assert client.head("/v1/advice").headers["allow"] == "POST"


def test_head_of_the_results_and_events_of_a_batch_ends(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    with batch_client(settings, FakeScorer()) as client:
        batch = run_batch(client, files(("a.jpg", photos(1)[0])))
        for address in batch["links"].values():
            head = client.head(address, timeout=10)
            assert (head.status_code, head.content) == (200, b"")


def test_head_of_an_open_event_stream_ends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(BatchQueue, "start", lambda *_: None)  # so that the batch only waits
    settings = settings_in(tmp_path)
    with batch_client(settings, FakeScorer()) as client:
        links = client.post("/v1/batches", files=files(("a.jpg", PHOTO))).json()["links"]
        head = client.head(links["events"], timeout=10)
        assert head.headers["content-type"].startswith("text/event-stream")
        assert client.get(links["self"]).json()["state"] == "waiting"


def _stable_headers(answer: httpx.Response) -> dict[str, str]:
    """The headers without the time, and without the length of what changes with time."""
    left_out = {"date"} | ({"content-length"} if "/metrics" in str(answer.url) else set())
    return {name: value for name, value in answer.headers.items() if name not in left_out}
