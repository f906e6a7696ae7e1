"""Saving, getting, deleting and expiring photos."""

from datetime import datetime, timedelta
from pathlib import Path

import cv2
import numpy as np
import pytest

from data.errors import ErrorCode, ShedlightError
from data.images.read import read_photo
from serve.error_codes import ServerErrorCode
from serve.store.database import database_exists
from serve.store.idempotency import RequestKey
from serve.store.saved_photo import SavedPhoto
from serve.store.store import Store
from tests.helpers.hostile_files import encoded, oriented, scene
from tests.helpers.serve.photo_store import (
    NOW,
    PHOTO,
    events_of,
    files_in,
    grey,
    jpeg_of,
    label,
    open_store,
    report_of,
    save,
    url_in,
)

DAY = timedelta(days=1)
REQUEST = RequestKey("client/7", "a" * 64)


def refused(caught: pytest.ExceptionInfo[ShedlightError]) -> tuple[ErrorCode, str | None]:
    return caught.value.code, caught.value.field


def assert_gone(store: Store, photo_id: str) -> None:
    with pytest.raises(ShedlightError) as caught:
        store.get(photo_id)
    assert caught.value.code is ServerErrorCode.PHOTO_NOT_FOUND


def test_a_new_store_is_empty(store: Store, tmp_path: Path) -> None:
    assert files_in(tmp_path) == set()
    assert list(store.labelled_photos()) == []


def test_a_saved_photo_is_there_after_reopening(store: Store, tmp_path: Path) -> None:
    saved = store.save(jpeg_of(), report_of(), roots_in_view=True, improve=False, now=NOW)
    store.close()
    again = open_store(tmp_path)
    assert again.get(saved.id) == saved
    assert (saved.width, saved.height, saved.sha256) == (300, 200, PHOTO.sha256)
    assert (saved.roots_in_view, saved.improve, saved.created_at) == (True, False, NOW)
    assert (saved.model_version, saved.hairs) == ("0", 2)
    again.close()


def test_the_jpeg_is_stored_unchanged(store: Store) -> None:
    saved = store.save(b"a jpeg", report_of(), False, False, NOW)
    assert store.picture(saved.id) == b"a jpeg"
    assert (saved.width, saved.height, saved.sha256) == (300, 200, PHOTO.sha256)


def test_a_database_exists_if_its_file_does(tmp_path: Path) -> None:
    assert not database_exists(url_in(tmp_path))
    open_store(tmp_path).close()
    assert database_exists(url_in(tmp_path))
    assert database_exists("postgresql://localhost/hairs")
    for url in ("nothing", "sqlite:////" + "a" * 5000):
        with pytest.raises(ShedlightError) as caught:
            database_exists(url)
        assert refused(caught) == (ServerErrorCode.STORE_UNAVAILABLE, None)


def test_the_stored_report_has_no_file_name_and_no_request_fields(store: Store) -> None:
    answered = report_of() | {"duplicate_of": "anna.jpg", "overlay": "data:..."}
    saved = store.save(jpeg_of(), answered, False, False, NOW)
    assert store.get(saved.id).report == report_of() | {"photo": saved.id}


def test_ids_are_random(store: Store) -> None:
    ids = {save(store).id for _ in range(5)}
    assert {len(photo_id) for photo_id in ids} == {22}
    assert len({photo_id[:4] for photo_id in ids}) == 5


def test_the_picture_has_the_pixels_and_no_metadata(store: Store) -> None:
    stored, exif = oriented(scene(320, 240), 6)
    exif.get_ifd(0x8825)[1] = "N"  # the GPS IFD
    raw = encoded(stored, exif=exif, comment=b"at Anna's")
    assert b"Exif" in raw
    assert b"Anna" in raw
    photo = read_photo(raw)
    assert (photo.width, photo.height) == (320, 240)
    saved = store.save(jpeg_of(photo), report_of(photo), False, False, NOW)
    jpeg = store.picture(saved.id)
    assert not any(mark in jpeg for mark in (b"Exif", b"http", b"ICC_PROFILE", b"Anna"))
    seen = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR)
    assert seen is not None
    assert seen.shape == photo.pixels.shape
    assert np.abs(seen.astype(int) - photo.pixels).mean() < 3


def test_a_picture_is_private_to_the_servers_user(store: Store, tmp_path: Path) -> None:
    name = save(store).id + ".jpg"
    assert files_in(tmp_path) == {name}
    assert (tmp_path / "photos" / name).stat().st_mode & 0o077 == 0
    assert (tmp_path / "photos").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("photo_id", ["", "x" * 22, "../store.db", "store-identity"])
def test_an_unknown_id_is_not_found(store: Store, photo_id: str) -> None:
    for ask in (
        store.get,
        store.picture,
        store.corrected,
        store.delete,
        lambda photo_id: store.add(photo_id, label(0), NOW),
    ):
        with pytest.raises(ShedlightError) as caught:
            ask(photo_id)
        assert refused(caught) == (ServerErrorCode.PHOTO_NOT_FOUND, None)


def test_deleting_removes_row_picture_and_corrections(store: Store, tmp_path: Path) -> None:
    saved, other = save(store), save(store)
    for photo in (saved, other):
        store.add(photo.id, label(0), NOW)
    store.delete(saved.id)
    assert_gone(store, saved.id)
    assert files_in(tmp_path) == {other.id + ".jpg"}
    assert [found.photo.id for found in store.labelled_photos()] == [other.id]
    assert len(events_of(store, other.id)) == 1


def test_deleted_data_is_in_no_file_of_the_database(store: Store, tmp_path: Path) -> None:
    saved = save(store)
    store.add(saved.id, label(0), NOW, client="a_client")

    def found() -> bool:
        raw = b"".join(file.read_bytes() for file in tmp_path.glob("store.db*"))
        return saved.id.encode() in raw or b"a_client" in raw

    assert found()
    store.delete(saved.id)
    assert not found()


def test_a_deletion_that_fails_can_be_tried_again(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    saved = save(store)
    with monkeypatch.context() as patch:
        patch.setattr(Path, "unlink", failing)
        with pytest.raises(ShedlightError) as caught:
            store.delete(saved.id)
    assert refused(caught) == (ServerErrorCode.STORE_UNAVAILABLE, None)
    store.delete(saved.id)
    assert_gone(store, saved.id)


def failing(*_args: object, **_kwargs: object) -> None:
    raise OSError("no space left")


def test_photos_expire(tmp_path: Path) -> None:
    store = open_store(tmp_path, retention_days=2, improve_days=4)
    link, improve = save(store, improve=False), save(store, improve=True)
    assert (link.expires_at, improve.expires_at) == (NOW + 2 * DAY, NOW + 4 * DAY)
    moment = timedelta(microseconds=1)
    assert store.expire(NOW + 2 * DAY - moment) == 0
    assert store.expire(NOW + 2 * DAY) == 1
    assert_gone(store, link.id)
    assert files_in(tmp_path) == {improve.id + ".jpg"}
    assert store.expire(NOW + 4 * DAY) == 1
    assert files_in(tmp_path) == set()
    store.close()


def test_times_are_stored_in_utc(store: Store) -> None:
    saved = save(store, now=datetime.fromisoformat("2026-05-04T17:30+05:30"))
    assert store.get(saved.id).created_at == NOW
    assert store.get(saved.id).created_at.utcoffset() == timedelta(0)


def save_with_key(store: Store, now: datetime) -> SavedPhoto:
    return store.save(jpeg_of(), report_of(), False, False, now, REQUEST)


def test_the_same_request_saves_one_photo(store: Store, tmp_path: Path) -> None:
    first = save_with_key(store, NOW)
    assert save_with_key(store, NOW + DAY / 2) == first
    assert files_in(tmp_path) == {first.id + ".jpg"}


def test_a_key_is_forgotten_after_a_day(store: Store) -> None:
    first = save_with_key(store, NOW)
    second = save_with_key(store, NOW + DAY)
    assert second.id != first.id
    assert save_with_key(store, NOW + DAY) == second
    store.expire(NOW + 2 * DAY)  # deletes the row
    assert save_with_key(store, NOW + DAY).id not in (first.id, second.id)


def test_a_key_of_another_request_is_refused(store: Store, tmp_path: Path) -> None:
    first = store.save(jpeg_of(), report_of(), False, False, NOW, REQUEST)
    other = RequestKey(REQUEST.key, "b" * 64)
    with pytest.raises(ShedlightError) as caught:
        store.save(jpeg_of(grey(seed=1)), report_of(), False, False, NOW, other)
    assert refused(caught) == (ServerErrorCode.INVALID_REQUEST, "idempotency-key")
    assert files_in(tmp_path) == {first.id + ".jpg"}


def test_a_deleted_photo_answers_no_request(store: Store) -> None:
    deleted = save_with_key(store, NOW)
    store.delete(deleted.id)
    assert save_with_key(store, NOW).id != deleted.id


def test_a_url_that_does_not_work_is_store_unavailable(tmp_path: Path) -> None:
    (tmp_path / "text.db").write_text("no database, only a text that is long enough" * 30)
    text = f"sqlite:///{tmp_path}/text.db"
    for url in ("nothing", "no_such://x", text, "sqlite:////dev/null/x", "sqlite://"):
        with pytest.raises(ShedlightError) as caught:
            Store.open(url, tmp_path / "photos")
        assert refused(caught) == (ServerErrorCode.STORE_UNAVAILABLE, None), url


def test_the_picture_folder_of_another_store_is_refused(store: Store, tmp_path: Path) -> None:
    saved = save(store)
    with pytest.raises(ShedlightError) as caught:
        Store.open(url_in(tmp_path / "other"), tmp_path / "photos")
    assert refused(caught) == (ServerErrorCode.STORE_UNAVAILABLE, None)
    assert files_in(tmp_path) == {saved.id + ".jpg"}


def test_a_folder_that_is_not_mounted_deletes_no_photo(store: Store, tmp_path: Path) -> None:
    saved = save(store)
    photos = tmp_path / "photos"
    photos.rename(tmp_path / "elsewhere")
    photos.mkdir()
    with pytest.raises(ShedlightError):
        open_store(tmp_path)
    with pytest.raises(ShedlightError):
        store.expire(NOW)
    photos.rmdir()
    (tmp_path / "elsewhere").rename(photos)
    assert store.get(saved.id) == saved
    assert store.picture(saved.id)
