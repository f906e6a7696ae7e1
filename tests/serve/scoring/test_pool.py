import multiprocessing
import os
import signal
import sys
from collections.abc import Callable, Iterator
from multiprocessing.connection import Connection
from pathlib import Path
from threading import Thread
from time import monotonic, sleep

import httpx
import pytest
from fastapi.testclient import TestClient

from data.errors import ErrorCode, ShedlightError
from serve.app import create_app
from serve.scoring.interfaces import MakeScorer, PhotoScorer
from serve.scoring.pool import WorkerPool
from serve.scoring.process import Worker
from tests.helpers.batch.faulty_scorer import CRASHING, HANGING, OddScorer, refuses_to_load
from tests.helpers.serve.fake_scorer import FakeScorer
from tests.helpers.serve.http import OTHER, PHOTO, SMALL, error_of, files

LIMIT_S = 20.0
"""Enough for a good photo, and for a worker's start, on a machine that is busy otherwise."""


@pytest.fixture(scope="module")
def pool() -> WorkerPool:
    return WorkerPool(OddScorer, 2, LIMIT_S)


@pytest.fixture(scope="module")
def client(pool: WorkerPool) -> Iterator[TestClient]:
    with TestClient(create_app(SMALL, FakeScorer(), pool)) as client:
        until(lambda: pool.up == 2)
        yield client
    assert multiprocessing.active_children() == []
    assert pool.up == 0


def until(true: Callable[[], bool]) -> None:
    """Waits for another process."""
    end = monotonic() + 2 * LIMIT_S
    while not true():
        assert monotonic() < end
        sleep(0.02)


def send(client: TestClient, *raws: bytes) -> httpx.Response:
    return client.post("/v1/photos", files=files(*(("a.jpg", raw) for raw in raws)))


def own_process(_: PhotoScorer) -> int:
    return os.getpid()


def print_twice(_: PhotoScorer) -> None:
    os.write(2, b"a library's remark\n")
    print("our message", file=sys.stderr)  # noqa: T201


def refuse(_: PhotoScorer, code: ErrorCode) -> None:
    raise ShedlightError(code, limit_mb=3)


def divide_by_zero(_: PhotoScorer) -> None:
    raise ZeroDivisionError("secret")


def test_photos_are_scored_in_other_processes_as_in_this_one(
    client: TestClient, pool: WorkerPool
) -> None:
    with TestClient(create_app(SMALL, FakeScorer())) as threads:
        asked = {"files": files(("a.jpg", PHOTO), ("b.jpg", OTHER), ("c.jpg", b"x"))}
        ticked = {"overlay": "true"}
        here = threads.post("/v1/photos", data=ticked, **asked)  # type: ignore[arg-type]
        there = client.post("/v1/photos", data=ticked, **asked)  # type: ignore[arg-type]
    assert there.json() == here.json()
    assert pool.run(own_process) != os.getpid()


def test_a_crash_is_an_error_and_the_worker_is_replaced(
    client: TestClient, pool: WorkerPool
) -> None:
    before = pool.restarts
    answer = send(client, CRASHING)
    assert (answer.status_code, error_of(answer)["code"]) == (422, "photo_crashed_reader")
    until(lambda: pool.up == 2)
    assert pool.restarts == before + 1


def test_a_crash_among_good_photos_rejects_one_photo(client: TestClient) -> None:
    photos = send(client, PHOTO, CRASHING, OTHER).json()["photos"]
    assert [photo["status"] for photo in photos] == ["scored", "rejected", "scored"]
    assert photos[1]["error"]["code"] == "photo_crashed_reader"


def test_a_hang_ends_with_its_time_and_the_worker_is_replaced() -> None:
    pool = WorkerPool(OddScorer, 1, limit_s=0.5)
    with TestClient(create_app(SMALL, FakeScorer(), pool)) as client:
        until(lambda: pool.up == 1)
        answer = send(client, HANGING)
        assert (answer.status_code, error_of(answer)["code"]) == (422, "took_too_long")
        assert "0.5 s" in answer.text
        assert 'shedlight_photo_seconds_bucket{le="0.25"} 0.0' in client.get("/metrics").text
        assert "shedlight_photo_seconds_count 1.0" in client.get("/metrics").text
        until(lambda: pool.up == 1)
        assert pool.restarts == 1


def test_a_photo_is_scored_after_idle_workers_were_killed(
    client: TestClient, pool: WorkerPool
) -> None:
    until(lambda: pool.up == 2)
    for process in multiprocessing.active_children():
        assert process.pid
        os.kill(process.pid, signal.SIGKILL)
        process.join()
    assert send(client, PHOTO).status_code == 200


def test_what_a_job_raises_is_raised_and_the_worker_stays(pool: WorkerPool) -> None:
    before = pool.restarts
    with pytest.raises(ShedlightError, match="3 MB") as refused:
        pool.run(refuse, ErrorCode.FILE_TOO_LARGE)
    assert refused.value.code is ErrorCode.FILE_TOO_LARGE
    with pytest.raises(ShedlightError) as broken:
        pool.run(divide_by_zero)
    assert broken.value.code is ErrorCode.INTERNAL
    assert "secret" not in str(broken.value)
    assert pool.restarts == before


def test_with_no_worker_up_a_server_is_alive_and_not_ready(
    caplog: pytest.LogCaptureFixture,
) -> None:
    others = set(multiprocessing.active_children())
    pool = WorkerPool(refuses_to_load, 1, limit_s=0.1)
    with TestClient(create_app(SMALL, FakeScorer(), pool)) as client:
        assert client.get("/healthz").status_code == 200
        for answer in (client.get("/readyz"), send(client, PHOTO)):
            assert (answer.status_code, error_of(answer)["code"]) == (503, "not_ready")
            assert int(answer.headers["retry-after"]) >= 1
        until(lambda: "could not start" in caplog.text)
    assert set(multiprocessing.active_children()) <= others


def test_a_worker_that_could_not_start_is_tried_again() -> None:
    errors = [OSError("too many processes")]

    def start(make_scorer: MakeScorer) -> Worker:
        if errors:
            raise errors.pop()
        return Worker(make_scorer)

    pool = WorkerPool(FakeScorer, 1, LIMIT_S, start_worker=start, retry_interval_s=0.01)
    pool.start()
    assert pool.run(own_process) != os.getpid()
    assert errors == []
    pool.close()


def test_a_job_that_cannot_be_sent_is_an_internal_error(pool: WorkerPool) -> None:
    with pytest.raises(ShedlightError) as broken:
        pool.run(lambda scorer: scorer)
    assert broken.value.code is ErrorCode.INTERNAL
    assert pool.run(own_process) != os.getpid()


def test_a_pool_may_be_closed_while_its_workers_start(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    broken: list[object] = []
    before = set(multiprocessing.active_children())
    monkeypatch.setattr("threading.excepthook", broken.append)
    for wait_s in (0.0, 0.05, 0.3, 0.6):
        pool = WorkerPool(FakeScorer, 1, LIMIT_S)
        pool.start()
        sleep(wait_s)
        pool.close()
    until(lambda: set(multiprocessing.active_children()) <= before)
    assert broken == []
    assert caplog.text == ""


class LatePipe:
    """A pipe whose reader comes to read a while after it woke, as on a busy machine."""

    def __init__(self, pipe: Connection) -> None:
        self.pipe, self.was_closed_when_read = pipe, False

    def poll(self, limit_s: float) -> bool:
        ready = self.pipe.poll(limit_s)
        sleep(0.3)
        return ready

    def recv(self) -> object:
        self.was_closed_when_read = self.pipe.closed
        return self.pipe.recv()

    def close(self) -> None:
        self.pipe.close()


def test_a_pipe_is_not_closed_under_a_thread_that_reads_from_it() -> None:
    """Its number would go to the next file that opens, and the thread would take bytes from it."""
    worker = Worker(FakeScorer)
    pipe = LatePipe(worker._pipe)
    worker._pipe = pipe  # type: ignore[assignment]
    errors: list[Exception] = []

    def wait() -> None:
        try:
            worker.wait_until_loaded(LIMIT_S)
        except (EOFError, OSError) as error:
            errors.append(error)

    thread = Thread(target=wait)
    thread.start()
    sleep(0.1)
    worker.stop()
    thread.join()
    assert len(errors) == 1
    assert not pipe.was_closed_when_read
    assert pipe.pipe.closed


def test_ctrl_c_does_not_end_a_worker_that_only_starts() -> None:
    """A terminal sends it to all processes of a program."""
    before = set(multiprocessing.active_children())
    worker = Worker(FakeScorer)
    (process,) = set(multiprocessing.active_children()) - before
    for _ in range(20):
        assert process.pid
        os.kill(process.pid, signal.SIGINT)
        sleep(0.02)
    worker.wait_until_loaded(2 * LIMIT_S)
    assert worker.is_up
    worker.stop()


def test_jobs_do_not_wait_for_workers_of_a_closed_pool() -> None:
    pool = WorkerPool(FakeScorer, 1, 600)
    errors: list[ShedlightError] = []
    waiting = [Thread(target=_run_and_note, args=(pool, errors)) for _ in range(3)]
    for thread in waiting:
        thread.start()
    pool.close()
    for thread in waiting:
        thread.join(LIMIT_S)
    assert [error.code for error in errors] == ["not_ready"] * 3


def _run_and_note(pool: WorkerPool, errors: list[ShedlightError]) -> None:
    try:
        pool.run(own_process)
    except ShedlightError as error:
        errors.append(error)


@pytest.mark.slow
def test_a_worker_is_gone_when_the_server_is_killed() -> None:
    """The worker must notice that its pipe has closed."""
    context = multiprocessing.get_context("spawn")
    receiver, sender = context.Pipe(duplex=False)
    server = context.Process(target=serve_until_killed, args=(sender,))
    server.start()
    worker = receiver.recv()
    server.kill()
    server.join()
    until(lambda: not is_running(worker))


def serve_until_killed(sender: Connection) -> None:
    pool = WorkerPool(FakeScorer, 1, LIMIT_S)
    pool.start()
    sender.send(pool.run(own_process))
    sleep(600)


def is_running(pid: int) -> bool:
    """Whether there is such a process; a zombie does not run."""
    try:
        status = Path(f"/proc/{pid}/stat").read_text("utf-8")
    except (FileNotFoundError, ProcessLookupError):  # it may end while its file is read
        return False
    return status.rpartition(")")[2].split()[0] != "Z"


def test_what_libraries_print_in_a_worker_is_dropped(capfd: pytest.CaptureFixture[str]) -> None:
    worker = Worker(OddScorer)
    try:
        worker.wait_until_loaded(LIMIT_S)
        worker.run(LIMIT_S, print_twice)
    finally:
        worker.stop()
    printed = capfd.readouterr().err
    assert "our message" in printed
    assert "a library's remark" not in printed
