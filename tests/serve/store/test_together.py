"""Several threads and processes use one store."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from serve.store.idempotency import RequestKey
from serve.store.store import Store
from tests.helpers.serve.photo_store import (
    NOW,
    events_of,
    files_in,
    jpeg_of,
    keep,
    label,
    open_store,
    report_of,
)
from tests.helpers.serve.store_writer import PROCESSES, add_many, just_open

MANY = 10


def test_threads_lose_no_correction(store: Store) -> None:
    kept = keep(store)
    with ThreadPoolExecutor(8) as threads:
        done = [
            threads.submit(store.add, kept.id, label(0), NOW, f"t{thread}")
            for thread in range(8)
            for _ in range(MANY)
        ]
    acknowledged = {(job.result().number, job.result().client) for job in done}
    assert [event.number for event in events_of(store, kept.id)] == list(range(1, 8 * MANY + 1))
    assert {(event.number, event.client) for event in events_of(store, kept.id)} == acknowledged


def test_processes_lose_no_correction(store: Store, tmp_path: Path) -> None:
    kept = keep(store)
    run_all([PROCESSES.Process(target=add_many, args=(tmp_path, kept.id, MANY)) for _ in range(3)])
    events = events_of(store, kept.id)
    assert [event.number for event in events] == list(range(1, 3 * MANY + 1))
    assert len({event.client for event in events}) == 3


def test_processes_may_open_a_new_store_at_once(tmp_path: Path) -> None:
    run_all([PROCESSES.Process(target=just_open, args=(tmp_path,)) for _ in range(4)])
    store = open_store(tmp_path)
    assert store.get(keep(store).id)
    store.close()


def test_the_same_request_at_once_keeps_one_photo(store: Store, tmp_path: Path) -> None:
    request = RequestKey("client/7", "a" * 64)

    def send(_turn: int) -> str:
        return store.save(jpeg_of(), report_of(), False, False, NOW, request).id

    with ThreadPoolExecutor(6) as threads:
        ids = set(threads.map(send, range(6)))
    assert len(ids) == 1
    assert files_in(tmp_path) == {f"{ids.pop()}.jpg"}


def test_opening_another_store_leaves_photos_in_the_making(store: Store, tmp_path: Path) -> None:
    """Opening deletes pictures without a row, but not those of a photo that is being saved."""
    with ThreadPoolExecutor(4) as threads:
        kept = [threads.submit(keep, store) for _ in range(20)]
        opened = [threads.submit(open_store, tmp_path) for _ in range(10)]
    for job in opened:
        job.result().close()
    assert all(store.picture(job.result().id) for job in kept)


def run_all(processes: list[PROCESSES.Process]) -> None:  # type: ignore[name-defined]
    for process in processes:
        process.start()
    for process in processes:
        process.join(60)
    assert [process.exitcode for process in processes] == [0] * len(processes)
