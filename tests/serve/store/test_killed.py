"""kill -9 during writes: no acknowledged write is lost, and the store opens without leftovers."""

import random
import sqlite3
import time
from multiprocessing.connection import Connection
from pathlib import Path

import pytest

from data.errors import ShedlightError
from serve.error_codes import ServerErrorCode
from serve.store.correction import CorrectionEvent
from serve.store.store import Store
from tests.helpers.serve.photo_store import events_of, files_in, label, open_store, save
from tests.helpers.serve.store_writer import event_hair, writing

MAX_LIFE_S = 0.3
"""After its first answer; long enough for some steps."""


@pytest.mark.slow
def test_ten_kills(tmp_path: Path) -> None:
    kill_repeatedly(tmp_path, 10)


@pytest.mark.slow
def test_a_hundred_kills(tmp_path: Path) -> None:
    kill_repeatedly(tmp_path, 100)


def kill_repeatedly(folder: Path, kills: int) -> None:
    when = random.Random(0)
    answers = [answers_of_a_killed_writer(folder, when) for _ in range(kills)]
    assert all(answers), "a writer was killed before it did anything"
    store = open_store(folder)
    for answers_of_one in answers:
        check_answers(store, answers_of_one)
    assert whole(folder)
    store.close()


def answers_of_a_killed_writer(folder: Path, when: random.Random) -> list[str]:
    """The messages of a writer before it was killed, checked at once."""
    with writing(folder) as (process, pipe):
        assert pipe.poll(30), "the writer does not start"
        time.sleep(when.uniform(0, MAX_LIFE_S))
        process.kill()
        process.join()
        answers = messages_in(pipe)
    store = open_store(folder)
    check_answers(store, answers)
    assert whole(folder)
    store.close()
    return answers


def messages_in(pipe: Connection) -> list[str]:
    answers = []
    try:
        while True:
            answers.append(pipe.recv_bytes().decode())
    except EOFError:
        return answers


def check_answers(store: Store, answers: list[str]) -> None:
    """Everything acknowledged is stored, and at most one more step was done."""
    steps = [answer.split() for answer in answers]
    saved = [photo_id for step, photo_id, *_ in steps if step == "saved"]
    doomed = {photo_id for step, photo_id, *_ in steps if step == "deleting"}
    for photo_id in (photo_id for step, photo_id, *_ in steps if step == "deleted"):
        with pytest.raises(ShedlightError):
            store.get(photo_id)
    for turn, photo_id in enumerate(saved):
        if photo_id not in doomed:
            acknowledged = sum(step[:2] == ["corrected", photo_id] for step in steps)
            check_events(events_of(store, photo_id), acknowledged, turn)
            assert store.picture(photo_id).startswith(b"\xff\xd8")


def check_events(events: tuple[CorrectionEvent, ...], acknowledged: int, turn: int) -> None:
    assert len(events) in (acknowledged, acknowledged + 1)
    assert [event.number for event in events] == list(range(1, len(events) + 1))
    assert {event.correction for event in events} <= {label(event_hair(turn))}


def whole(folder: Path) -> bool:
    """Whether each row has its file, each file its row, and the database is sound."""
    connection = sqlite3.connect(folder / "store.db")
    rows = {f"{photo_id}.jpg" for (photo_id,) in connection.execute("SELECT id FROM photo")}
    sound = connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    connection.close()
    return sound and rows == files_in(folder)


def test_unfinished_writes_are_removed(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    whole_photo, without_file = save(store), save(store)
    store.close()
    photos = tmp_path / "photos"
    (photos / f"{without_file.id}.jpg").unlink()
    for left in (f"{'a' * 22}.jpg", f"{'b' * 22}.jpg.part", "notes.txt"):
        (photos / left).write_bytes(b"left")
    store = open_store(tmp_path)
    assert files_in(tmp_path) == {f"{whole_photo.id}.jpg", "notes.txt"}  # another's file stays
    assert store.get(whole_photo.id) == whole_photo
    with pytest.raises(ShedlightError):
        store.get(without_file.id)
    store.close()


def test_a_picture_that_cannot_be_written_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(*_args: object) -> None:
        raise OSError("the disk is full")

    store = open_store(tmp_path)
    with monkeypatch.context() as patch:
        patch.setattr("os.fsync", failing)
        with pytest.raises(ShedlightError) as caught:
            save(store)
    assert caught.value.code is ServerErrorCode.STORE_UNAVAILABLE
    saved = save(store)
    store.expire(saved.created_at)
    assert whole(tmp_path)
    assert files_in(tmp_path) == {f"{saved.id}.jpg"}
    store.close()
