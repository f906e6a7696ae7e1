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
    label,
    open_store,
    report_of,
    save,
)
from tests.helpers.serve.store_writer import PROCESSES, add_many, just_open

MANY = 10


def test_threads_lose_no_correction(store: Store) -> None:
    saved = save(store)
    with ThreadPoolExecutor(8) as threads:
        done = [
            threads.submit(store.add, saved.id, label(0), NOW, f"t{thread}")
            for thread in range(8)
            for _ in range(MANY)
        ]
    acknowledged = {(job.result().number, job.result().client) for job in done}
    assert [event.number for event in events_of(store, saved.id)] == list(range(1, 8 * MANY + 1))
    assert {(event.number, event.client) for event in events_of(store, saved.id)} == acknowledged


def test_processes_lose_no_correction(store: Store, tmp_path: Path) -> None:
    saved = save(store)
    run_all([PROCESSES.Process(target=add_many, args=(tmp_path, saved.id, MANY)) for _ in range(3)])
    events = events_of(store, saved.id)
    assert [event.number for event in events] == list(range(1, 3 * MANY + 1))
    assert len({event.client for event in events}) == 3


def test_processes_may_open_a_new_store_at_once(tmp_path: Path) -> None:
    run_all([PROCESSES.Process(target=just_open, args=(tmp_path,)) for _ in range(4)])
    store = open_store(tmp_path)
    assert store.get(save(store).id)
    store.close()


def test_concurrent_equal_requests_save_one_photo(store: Store, tmp_path: Path) -> None:
    request = RequestKey("client/7", "a" * 64)

    def send(_turn: int) -> str:
        return store.save(jpeg_of(), report_of(), False, False, NOW, request).id

    with ThreadPoolExecutor(6) as threads:
        ids = set(threads.map(send, range(6)))
    assert len(ids) == 1
    assert files_in(tmp_path) == {f"{ids.pop()}.jpg"}


def test_opening_a_store_keeps_photos_that_are_being_saved(store: Store, tmp_path: Path) -> None:
    """Opening deletes pictures without a row, but not those of a photo that is being saved."""
    with ThreadPoolExecutor(4) as threads:
        saved = [threads.submit(save, store) for _ in range(20)]
        opened = [threads.submit(open_store, tmp_path) for _ in range(10)]
    for job in opened:
        job.result().close()
    assert all(store.picture(job.result().id) for job in saved)


def run_all(processes: list[PROCESSES.Process]) -> None:  # type: ignore[name-defined]
    for process in processes:
        process.start()
    for process in processes:
        process.join(60)
    assert [process.exitcode for process in processes] == [0] * len(processes)
