"""Servers with batches: the queue, stopping, and deletion."""

import os
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from threading import Thread

import anyio
import httpx
import pytest

from data.images.photo import Photo
from data.scale.request import AUTO, ScaleRequest
from model.report import PhotoReport
from model.share.counts import HairCounts
from model.share.summary import Summary
from serve.jobs.batches.queue import BatchQueue
from serve.jobs.batches.storage import BatchFolder, BatchStore
from serve.jobs.state import BatchStage, BatchState
from serve.resources import Resources
from tests.helpers.serve.batches import (
    all_files,
    batch_client,
    files_of_servers,
    parse_events,
    photos,
    result_lines,
    run_batch,
    settings_in,
    wait_until,
    wait_until_ended,
)
from tests.helpers.serve.browser import SlowScorer
from tests.helpers.serve.fake_scorer import FakeScorer
from tests.helpers.serve.http import OTHER, PHOTO, error_of, files
from tests.helpers.serve.running_server import running_server

SCORER = FakeScorer(telogen=2, misshapen=1, unsure=1)
RESULTS = ["results.jsonl", "photos.csv", "hairs.csv", "summary.json", "report.html"]


def test_waiting_running_and_too_many(tmp_path: Path) -> None:
    scorer = SlowScorer()
    few = settings_in(tmp_path, waiting_batches=1, workers=1)
    with batch_client(few, scorer) as client:
        sent = files(("a.jpg", PHOTO), ("b.jpg", OTHER))
        first, second = (client.post("/v1/batches", files=sent).json() for _ in range(2))
        with client.stream("GET", first["links"]["events"]) as watched:
            assert next(parse_events(watched))[1]["state"] in ("waiting", "running")
        assert client.get(second["links"]["self"]).json()["state"] == "waiting"
        early = client.get(first["links"]["results"])
        assert (early.status_code, error_of(early)["code"]) == (409, "batch_not_done")
        third = client.post("/v1/batches", files=sent)
        assert (third.status_code, error_of(third)["code"]) == (503, "too_busy")
        assert int(third.headers["retry-after"]) > 0
        client.delete(second["links"]["self"])
        scorer.go.set()
        assert wait_until_ended(client, first["links"]["self"])["state"] == "done"
    assert all_files(tmp_path) == []


def test_a_batch_is_deleted_while_it_is_scored_and_watched(tmp_path: Path) -> None:
    scorer = SlowScorer()
    with batch_client(settings_in(tmp_path), scorer) as client:
        sent = files(*((f"{i}.jpg", raw) for i, raw in enumerate(photos(20))))
        batch = client.post("/v1/batches", files=sent).json()
        with client.stream("GET", batch["links"]["events"]) as answer:
            events = parse_events(answer)
            next(events)
            assert client.delete(batch["links"]["self"]).status_code == 204
            name, last = list(events)[-1]
        assert (name, last["state"]) == ("done", "stopped")
        scorer.go.set()
        assert client.get(batch["links"]["self"]).status_code == 404
        one = client.post("/v1/photos", files=files(("a.jpg", PHOTO)))
        assert one.status_code == 200
        assert files_of_servers(tmp_path) == {"lock"}


class CannotPool(FakeScorer):
    def summary_of(self, tally: HairCounts) -> Summary:
        if tally.by_machine.telogen > 19:
            raise RuntimeError("secret")
        return super().summary_of(tally)


def test_an_internal_error_stops_a_batch_and_the_next_is_scored(tmp_path: Path) -> None:
    with batch_client(settings_in(tmp_path), CannotPool()) as client:
        batch = run_batch(client, files(("a.jpg", PHOTO), ("b.jpg", OTHER)))
        assert (batch["state"], batch["done"]) == ("stopped", 2)
        assert batch["error"]["code"] == "internal"
        assert "secret" not in batch["error"]["message"]
        assert client.get(batch["links"]["results"]).status_code == 409
        assert run_batch(client, files(("a.jpg", PHOTO)))["state"] == "done"


class CountedScorer(SlowScorer):
    """Records the photos that it was asked to score."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[str] = []

    def score(
        self, photo: Photo, roots_in_view: bool = False, scale: ScaleRequest = AUTO
    ) -> PhotoReport:
        self.asked.append(photo.sha256)
        return super().score(photo, roots_in_view, scale)


def test_a_single_photo_does_not_wait_for_a_batch(tmp_path: Path) -> None:
    """The batch holds one of two workers, however many photos it has."""
    scorer = CountedScorer()
    two = settings_in(tmp_path, workers=2)
    with batch_client(two, scorer) as client:
        sent = files(*((f"{i}.jpg", raw) for i, raw in enumerate(photos(20))))
        client.post("/v1/batches", files=sent)
        wait_until(lambda: len(scorer.asked) == 1)
        alone = Thread(
            target=client.post, args=("/v1/photos",), kwargs={"files": files(("a.jpg", PHOTO))}
        )
        alone.start()
        wait_until(lambda: len(scorer.asked) == 2)
        assert scorer.asked[1] == sha256(PHOTO).hexdigest()
        scorer.go.set()
        alone.join()


def test_a_server_that_stops_deletes_batches_and_closes_event_streams(tmp_path: Path) -> None:
    scorer = SlowScorer()
    with running_server(settings_in(tmp_path), scorer) as address:
        client = httpx.Client(base_url=address, timeout=30)
        batch = client.post("/v1/batches", files=files(("a.jpg", PHOTO), ("b.jpg", OTHER))).json()
        watching = client.stream("GET", batch["links"]["events"])
        answer = watching.__enter__()
        events = parse_events(answer)
        assert next(events)[0] == "progress"
        scorer.go.set()
    list(events)
    watching.__exit__(None, None, None)
    client.close()
    assert all_files(tmp_path) == []


def test_another_server_on_the_same_folder_answers_and_deletes(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    with batch_client(settings, SCORER) as client, batch_client(settings, SCORER) as neighbour:
        batch = run_batch(client, files(("a.jpg", PHOTO)))
        here = batch["links"]["self"]
        assert neighbour.get(here).json() == client.get(here).json() == batch
        assert result_lines(neighbour, batch) == result_lines(client, batch)
        assert neighbour.delete(here).status_code == 204
        assert client.get(here).status_code == 404


def test_folders_of_other_users_are_ignored(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Others may write into a place like /tmp, and link to what only the server may read."""
    forged = tmp_path / "shedlight-batches-forged" / ("A" * 22)
    forged.mkdir(parents=True)
    with running_server(settings_in(tmp_path), SCORER) as address:
        ours = os.getuid()
        monkeypatch.setattr(os, "getuid", lambda: ours + 1)
        assert httpx.get(f"{address}/v1/batches/{'A' * 22}").status_code == 404
        monkeypatch.undo()
        run_batch(httpx.Client(base_url=address), files(("a.jpg", PHOTO)))
    assert forged.is_dir()


def test_a_finished_batch_expires_after_the_set_minutes(tmp_path: Path) -> None:
    before = datetime.now(UTC)
    with batch_client(settings_in(tmp_path, batch_minutes=7), SCORER) as client:
        batch = run_batch(client, files(("a.jpg", PHOTO)))
        (server,) = tmp_path.iterdir()
        expires_at = BatchFolder(server / batch["id"]).state().expires_at
        assert expires_at
        assert before < expires_at - timedelta(minutes=7) < datetime.now(UTC)
        assert batch["expires_at"] == expires_at.isoformat()


def test_expired_batches_are_deleted_periodically(tmp_path: Path) -> None:
    async def expire() -> None:
        queue = queue_in(tmp_path)
        async with queue.running():
            for _ in range(2):
                batch = queue.store.new()
                batch.put(BatchState(BatchStage.DONE, 1, expires_at=datetime.now(UTC)))
                with anyio.fail_after(60):
                    while batch.path.exists():
                        await anyio.sleep(0.01)

    anyio.run(expire)


def test_an_expiry_that_fails_is_logged_and_tried_again(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    class FailingStore(BatchStore):
        attempts = 0

        def expire(self, now: datetime) -> None:
            self.attempts += 1
            raise PermissionError

    async def expire() -> None:
        queue = queue_in(tmp_path)
        store = queue.store = FailingStore(tmp_path)
        async with queue.running():
            with anyio.fail_after(60):
                while store.attempts < 3:
                    await anyio.sleep(0.01)

    anyio.run(expire)
    assert len(caplog.records) >= 2


def queue_in(folder: Path) -> BatchQueue:
    def no_resources() -> Resources:
        raise AssertionError("no batch is scored")

    return BatchQueue(settings_in(folder), no_resources, expiry_interval_s=0.01)
