"""Photos that are saved on request."""

import errno
import re
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import cv2
import httpx
import jsonschema
import numpy as np
import pytest
from fastapi.testclient import TestClient
from sqlalchemy.exc import OperationalError

from data.images.photo import Photo
from data.images.read import read_photo
from data.strands.crop import crop_end
from serve.api.save_photos import SavePhotos
from serve.api.uploads import PhotoOptions
from serve.app import create_app
from serve.error_codes import ServerError, ServerErrorCode
from serve.saved_photos.service import PhotoService
from serve.scoring.pool import WorkerPool
from serve.scoring.score_file import ScoreOptions, score_file
from serve.store.database import as_store_errors
from serve.store.store import Store
from tests.helpers.hostile_files import encoded, oriented, scene
from tests.helpers.serve.fake_scorer import FakeScorer
from tests.helpers.serve.http import OTHER, PHOTO, error_of, files
from tests.helpers.serve.running_server import running_server
from tests.helpers.serve.saved_photos import (
    SCORER,
    UNKNOWN_ID,
    save_photo,
    saved_files,
    send_photos,
    settings_in,
)
from tests.serve.api.test_photos import FORMAT

ADDRESSES = [
    ("GET", ""),
    ("DELETE", ""),
    ("GET", "/picture.jpg"),
    ("GET", "/overlay.png"),
    ("GET", "/hairs/0/crop.png"),
    ("POST", "/hairs/0/label"),
    ("POST", "/hairs"),
    ("POST", "/undo"),
]


@pytest.fixture
def client(tmp_path: Path) -> Iterator[TestClient]:
    with TestClient(create_app(settings_in(tmp_path), SCORER)) as client:
        yield client


def pixels_of(answer: httpx.Response) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    assert answer.status_code == 200, answer.text
    pixels = cv2.imdecode(np.frombuffer(answer.content, np.uint8), cv2.IMREAD_COLOR)
    assert pixels is not None
    return np.asarray(pixels, np.uint8)


def ask(client: httpx.Client, method: str, address: str) -> httpx.Response:
    bodies = {"/label": {"label": "telogen"}, "/hairs": {"x": 1, "y": 1, "label": "telogen"}}
    body = next((body for end, body in bodies.items() if address.endswith(end)), None)
    return client.request(method, address, json=body)


def test_nothing_is_saved_by_default(tmp_path: Path) -> None:
    with (
        running_server(settings_in(tmp_path), SCORER) as address,
        httpx.Client(base_url=address) as client,
    ):
        for answer in (
            client.post("/v1/photos", files=files(("a.jpg", PHOTO))),
            send_photos(client, PHOTO, OTHER, retention="no", **{"Idempotency-Key": "k"}),
            client.post("/v1/photos", content=PHOTO, headers={"content-type": "image/jpeg"}),
        ):
            assert answer.status_code == 200
            assert not {"id", "expires_at"} & answer.json()["photos"][0].keys()
        for method, part in ADDRESSES:
            assert ask(client, method, f"/v1/photos/{UNKNOWN_ID}{part}").status_code == 404
        assert client.get("/v1/labels/export").status_code == 200
    assert list(tmp_path.iterdir()) == []


def test_each_decoded_photo_is_saved(client: TestClient, tmp_path: Path) -> None:
    photos = send_photos(client, PHOTO, b"hello", OTHER).json()["photos"]
    assert [photo["status"] for photo in photos] == ["scored", "rejected", "scored"]
    assert ["id" in photo for photo in photos] == [True, False, True]
    assert ["expires_at" in photo for photo in photos] == [True, False, True]
    names = sorted(f"{photos[i]['id']}.jpg" for i in (0, 2))
    assert saved_files(tmp_path) == names
    for photo in photos:
        jsonschema.validate(photo, FORMAT)


def test_only_the_client_that_saved_a_photo_deletes_it(client: TestClient, tmp_path: Path) -> None:
    (sent,) = send_photos(client, PHOTO, **{"X-Client": "maker"}).json()["photos"]
    address = f"/v1/photos/{sent['id']}"
    assert client.get(address).status_code == 200
    for headers in ({}, {"X-Client": "other"}):
        refused = client.delete(address, headers=headers)
        assert (refused.status_code, error_of(refused)["code"]) == (403, "not_your_photo")
    assert saved_files(tmp_path) == [f"{sent['id']}.jpg"]
    assert client.delete(address, headers={"X-Client": "maker"}).status_code == 204
    assert saved_files(tmp_path) == []


def test_a_photo_without_hairs_is_saved(tmp_path: Path) -> None:
    with TestClient(create_app(settings_in(tmp_path), FakeScorer(0, 0, 0))) as client:
        photo = client.get(save_photo(client)).json()["photo"]
    assert (photo["status"], photo["hairs"]) == ("no_hairs", [])


def test_a_raw_body_is_saved_by_a_query_parameter(client: TestClient) -> None:
    headers = {"content-type": "image/jpeg"}
    answer = client.post("/v1/photos?retention=link", content=PHOTO, headers=headers)
    assert "id" in answer.json()["photos"][0]
    unknown = client.post("/v1/photos?retention=yes", content=PHOTO, headers=headers)
    assert (unknown.status_code, error_of(unknown)["field"]) == (422, "retention")


@pytest.mark.parametrize(("retention", "days"), [("link", 3), ("improve", 5)])
def test_a_saved_photo_has_its_time_of_deletion(tmp_path: Path, retention: str, days: int) -> None:
    settings = settings_in(tmp_path, retention_days=3, improve_days=5)
    with TestClient(create_app(settings, SCORER)) as client:
        (sent,) = send_photos(client, PHOTO, retention=retention).json()["photos"]
        saved = client.get(f"/v1/photos/{sent['id']}").json()
    assert saved.keys() == {"photo", "pool", "events", "expires_at", "improve"}
    assert saved["improve"] is (retention == "improve")
    left = datetime.fromisoformat(saved["expires_at"]) - datetime.now(UTC)
    assert timedelta(days - 0.01) < left < timedelta(days)
    assert saved["expires_at"] == sent["expires_at"]
    assert saved["photo"]["photo"] == sent["id"]
    for name in ("sha256", "hairs", "summary", "quality", "model"):
        assert saved["photo"][name] == sent[name]
    assert (saved["pool"], saved["events"]) == (sent["summary"], [])
    jsonschema.validate(saved["photo"], FORMAT)


def test_ids_are_random_and_unknown_ids_are_not_found(client: TestClient) -> None:
    ids = [save_photo(client).rpartition("/")[2] for _ in range(3)]
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{22}", photo_id) for photo_id in ids)
    assert len({photo_id[:4] for photo_id in ids}) == 3
    for photo_id in (
        UNKNOWN_ID,
        "x",
        "a" * 500,
        ids[0].swapcase(),
        "%00" * 22,
        "..%2fshedlight.db",
    ):
        for method, part in ADDRESSES:
            answer = ask(client, method, f"/v1/photos/{photo_id}{part}")
            assert answer.status_code == 404, (photo_id, method, part)
            assert error_of(answer)["code"] in ("photo_not_found", "not_found")


def test_deleting_leaves_nothing(client: TestClient, tmp_path: Path) -> None:
    photo, other = save_photo(client), save_photo(client, OTHER)
    assert client.delete(photo).status_code == 204
    assert saved_files(tmp_path) == [f"{other.rpartition('/')[2]}.jpg"]
    for method, part in ADDRESSES:
        assert ask(client, method, photo + part).status_code == 404
    assert client.get(other).status_code == 200


def test_answers_about_saved_photos_are_private(client: TestClient) -> None:
    photo = save_photo(client)
    for method, part in sorted(ADDRESSES, key=lambda each: each[0] == "DELETE"):
        answer = ask(client, method, photo + part)
        assert answer.status_code == (204 if method == "DELETE" else 200)
        assert answer.headers["cache-control"] == "private, no-store"


def test_the_location_of_a_photo_is_never_answered(client: TestClient, tmp_path: Path) -> None:
    stored, exif = oriented(scene(320, 240), 6)
    exif.get_ifd(0x8825).update({1: "N", 2: (52.0, 31.0, 12.0), 29: "2026:05:04"})
    raw = encoded(stored, exif=exif, comment=b"at Anna's")
    for mark in (b"Exif", b"2026:05:04", b"Anna"):
        assert mark in raw
    photo = save_photo(client, raw, retention="improve")
    client.post(f"{photo}/hairs/0/label", json={"label": "telogen"})
    contents = [client.get(photo + part).content for method, part in ADDRESSES if method == "GET"]
    with TestClient(client.app, "http://localhost", client=("127.0.0.1", 1)) as local:
        contents.append(local.get("/v1/labels/export").content)
    contents += [file.read_bytes() for file in tmp_path.rglob("*") if file.is_file()]
    assert len(contents) >= 7
    for content in contents:
        assert not any(mark in content for mark in (b"Exif", b"2026:05:04", b"Anna", b"anna"))
    assert pixels_of(client.get(f"{photo}/picture.jpg")).shape == (240, 320, 3)


def test_pictures_are_of_the_saved_photo(client: TestClient) -> None:
    address = save_photo(client)
    seen = pixels_of(client.get(f"{address}/picture.jpg"))
    sent = read_photo(PHOTO)
    assert seen.shape == sent.pixels.shape
    assert np.abs(seen.astype(int) - sent.pixels).mean() < 3
    drawn = client.get(f"{address}/overlay.png")
    assert drawn.headers["content-type"] == "image/png"
    assert pixels_of(drawn).shape[0] > sent.height  # the legend lies below
    own_hair = SCORER.score(sent).hairs[1]
    crop = client.get(f"{address}/hairs/1/crop.png")
    assert crop.headers["content-type"] == "image/png"
    expected = crop_end(Photo(seen, sent.sha256), own_hair.strand, 0).pixels
    assert np.abs(pixels_of(crop).astype(int) - expected).mean() < 1
    other_end = pixels_of(client.get(f"{address}/hairs/1/crop.png?end=1"))
    assert np.abs(other_end.astype(int) - expected).mean() > 5


def test_a_crop_shows_the_end_that_a_person_called_the_root(client: TestClient) -> None:
    address = save_photo(client)
    crop, other = (f"{address}/hairs/1/crop.png", f"{address}/hairs/1/crop.png?end=1")
    assert client.get(crop).content != client.get(other).content
    client.post(f"{address}/hairs/1/label", json={"root_end": 1})
    assert client.get(crop).content == client.get(other).content


@pytest.mark.parametrize(
    ("part", "status"), [("4", 404), ("-1", 422), ("x", 422), ("0/crop.png?end=2&", 422)]
)
def test_a_crop_of_no_hair_is_refused(client: TestClient, part: str, status: int) -> None:
    assert client.get(f"{save_photo(client)}/hairs/{part}/crop.png").status_code == status


def test_a_damaged_picture_is_store_unavailable(client: TestClient, tmp_path: Path) -> None:
    address = save_photo(client)
    (tmp_path / "data" / "photos" / saved_files(tmp_path)[0]).write_bytes(b"no jpeg")
    answer = client.get(f"{address}/overlay.png")
    assert (answer.status_code, error_of(answer)["code"]) == (503, "store_unavailable")


def test_a_repeated_request_answers_the_same_photos(client: TestClient, tmp_path: Path) -> None:
    key = {"Idempotency-Key": "4f1e"}
    first, again = (
        send_photos(client, PHOTO, OTHER, PHOTO, **key).json()["photos"] for _ in range(2)
    )
    assert [photo["id"] for photo in again] == [photo["id"] for photo in first]
    assert [photo["expires_at"] for photo in again] == [photo["expires_at"] for photo in first]
    assert len(saved_files(tmp_path)) == len({photo["id"] for photo in first}) == 3
    other_client = send_photos(client, PHOTO, OTHER, PHOTO, **key, **{"X-Client": "b"}).json()[
        "photos"
    ]
    assert not {photo["id"] for photo in first} & {photo["id"] for photo in other_client}
    assert save_photo(client) != save_photo(client)


def test_a_key_with_another_request_is_refused(client: TestClient, tmp_path: Path) -> None:
    key = {"Idempotency-Key": "4f1e"}
    send_photos(client, PHOTO, **key)
    for answer in (
        send_photos(client, OTHER, **key),
        send_photos(client, PHOTO, retention="improve", **key),
    ):
        assert (answer.status_code, error_of(answer)["code"]) == (422, "invalid_request")
        assert error_of(answer)["field"] == "idempotency-key"
    assert len(saved_files(tmp_path)) == 1


@pytest.mark.parametrize(("name", "value"), [("Idempotency-Key", "k" * 201), ("X-Client", "=1+1")])
def test_invalid_headers_are_named(client: TestClient, name: str, value: str) -> None:
    answer = send_photos(client, PHOTO, **{name: value})
    assert (answer.status_code, error_of(answer)["field"].lower()) == (422, name.lower())


def test_a_photo_that_cannot_be_saved_has_failed(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise ServerError(ServerErrorCode.STORE_UNAVAILABLE, retry_s=5)

    monkeypatch.setattr(Store, "save", full)
    alone = send_photos(client, PHOTO)
    assert (alone.status_code, error_of(alone)["code"]) == (503, "store_unavailable")
    assert alone.headers["retry-after"] == "5"
    photos = send_photos(client, PHOTO, b"hello").json()["photos"]
    assert [photo["status"] for photo in photos] == ["failed", "rejected"]
    assert send_photos(client, PHOTO, retention="no").status_code == 200


def test_a_server_whose_store_does_not_open_still_scores(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "shedlight.db").write_text("no database, only a text" * 50)
    with TestClient(create_app(settings_in(tmp_path), SCORER)) as client:
        assert send_photos(client, PHOTO, retention="no").status_code == 200
        for answer in (send_photos(client, PHOTO), client.get(f"/v1/photos/{UNKNOWN_ID}")):
            assert (answer.status_code, error_of(answer)["code"]) == (503, "store_unavailable")


def test_a_store_in_a_read_only_folder_is_no_matter_of_waiting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(path: Path, *_: object, **__: object) -> None:
        raise OSError(errno.EROFS, "Read-only file system", str(path))

    with TestClient(create_app(settings_in(tmp_path / "data"), SCORER)) as client:
        monkeypatch.setattr(Path, "mkdir", refuse)
        answer = send_photos(client, PHOTO)
        monkeypatch.undo()
        assert (answer.status_code, error_of(answer)["code"]) == (500, "store_not_writable")
        assert "retry-after" not in answer.headers
        assert "SHEDLIGHT_STORE_URL" in error_of(answer)["message"]


def test_a_read_only_database_is_no_matter_of_waiting() -> None:
    for text, code in (
        ("attempt to write a readonly database", ServerErrorCode.STORE_NOT_WRITABLE),
        ("unable to open database file", ServerErrorCode.STORE_NOT_WRITABLE),
        ("database is locked", ServerErrorCode.STORE_UNAVAILABLE),
    ):
        with pytest.raises(ServerError) as caught, as_store_errors():
            raise OperationalError("INSERT", {}, sqlite3.OperationalError(text))
        assert caught.value.code is code


def test_photos_are_re_encoded_in_worker_processes(tmp_path: Path) -> None:
    pool = WorkerPool(FakeScorer, 1, limit_s=60)
    with TestClient(create_app(settings_in(tmp_path), FakeScorer(), pool)) as client:
        address = save_photo(client)
        assert pixels_of(client.get(f"{address}/picture.jpg")).shape == (240, 320, 3)


def test_an_answer_that_was_not_received_leaves_no_photo(tmp_path: Path) -> None:
    photo_service = PhotoService(settings_in(tmp_path))
    scored = score_file(SCORER, PHOTO, "a.jpg", ScoreOptions(encode=True))
    for key, left in ((None, 0), ("k", 1)):
        saving = SavePhotos(photo_service, PhotoOptions(retention="link"), key)  # type: ignore[arg-type]
        saving.save(scored, 0)
        assert saving.saved.keys() == {0}
        saving.rollback()
        assert len(saved_files(tmp_path)) == left
    photo_service.close()
