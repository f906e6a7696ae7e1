"""The export of labels for the operator of the server."""

import csv
import io
import json
import zipfile
from pathlib import Path
from typing import Any

import cv2
import httpx
import numpy as np
import pytest
from fastapi.testclient import TestClient

from data.strands.crop import CROP_HEIGHT, CROP_WIDTH
from serve.app import create_app
from serve.error_codes import ServerError, ServerErrorCode
from serve.store.store import Store
from tests.helpers.serve.http import OTHER, PHOTO, error_of
from tests.helpers.serve.running_server import running_server
from tests.helpers.serve.saved_photos import SCORER, label, save_photo, settings_in

KEY = "correct-horse-battery"
EXPORT = "/v1/labels/export"


def server(folder: Path, client: str = "127.0.0.1", **settings: Any) -> TestClient:
    app = create_app(settings_in(folder, **settings), SCORER)
    return TestClient(app, base_url="http://localhost:8000", client=(client, 50_000))


def archive_of(client: httpx.Client, **headers: str) -> zipfile.ZipFile:
    answer = client.get(EXPORT, headers=headers)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/zip"
    archive = zipfile.ZipFile(io.BytesIO(answer.content))
    assert archive.testzip() is None
    return archive


def table_of(archive: zipfile.ZipFile) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(archive.read("labels.csv").decode())))


def test_the_export_has_photos_crops_reports_and_a_table(tmp_path: Path) -> None:
    with server(tmp_path) as client:
        link, improve = save_photo(client), save_photo(client, OTHER, retention="improve")
        silent = save_photo(client, retention="improve")
        label(client, link, 0, "telogen")
        address = f"{improve}/hairs/0/label"
        client.post(address, json={"label": "no_bulb"}, headers={"X-Client": "a1"})
        label(client, improve, 3, "telogen")
        client.post(f"{improve}/hairs", json={"x": 7, "y": 9, "label": "misshapen"})
        archive = archive_of(client)
        report = client.get(improve).json()["photo"]
        picture = client.get(f"{improve}/picture.jpg").content
        crop = client.get(f"{improve}/hairs/0/crop.png").content
    photo_id, *others = (each.rpartition("/")[2] for each in (improve, link, silent))
    crops = [f"crops/{photo_id}_0_0.png", f"crops/{photo_id}_3_0.png"]
    named = {f"photos/{photo_id}.jpg", f"reports/{photo_id}.json", *crops}
    assert set(archive.namelist()) == {*named, "labels.csv", "manifest.json"}
    assert archive.read(f"photos/{photo_id}.jpg") == picture
    assert archive.read(crops[0]) == crop
    assert json.loads(archive.read(f"reports/{photo_id}.json")) == report
    rows = table_of(archive)
    exported = [(row["hair"], row["label"], row["machine_label"], row["crops"]) for row in rows]
    assert exported == [
        ("0", "no_bulb", "telogen", crops[0]),
        ("3", "telogen", "unsure", crops[1]),
        ("4", "misshapen", "", ""),
    ]
    assert {row["photo"] for row in rows} == {f"photos/{photo_id}.jpg"}
    assert [row["labelled_by"] for row in rows] == ["a1", "", ""]
    assert (rows[2]["root_x"], rows[2]["root_y"], rows[2]["root_from"]) == ("7.0", "9.0", "person")
    assert not any(other in text for other in others for text in archive.namelist())
    manifest = json.loads(archive.read("manifest.json"))
    assert (manifest["schema"], manifest["labels"]) == ("shedlight-labels/1", 3)
    assert [photo["sha256"] for photo in manifest["photos"]] == [report["sha256"]]
    assert manifest["photos"][0]["report"] == f"reports/{photo_id}.json"


def test_undone_labels_and_deleted_photos_are_not_exported(tmp_path: Path) -> None:
    with server(tmp_path) as client:
        undone, gone = (
            save_photo(client, retention="improve"),
            save_photo(client, retention="improve"),
        )
        for photo in (undone, gone):
            label(client, photo, 0, "telogen")
        client.post(f"{undone}/undo")
        client.delete(gone)
        archive = archive_of(client)
    assert set(archive.namelist()) == {"labels.csv", "manifest.json"}
    assert table_of(archive) == []


def test_a_photo_deleted_while_it_is_exported_is_left_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with server(tmp_path) as client:
        photos = [save_photo(client, raw, retention="improve") for raw in (PHOTO, OTHER)]
        for photo in photos:
            label(client, photo, 0, "telogen")
        first, second = (photo.rpartition("/")[2] for photo in photos)
        picture = Store.picture

        def deleted_since(store: Store, photo_id: str) -> bytes:
            if photo_id == first:
                raise ServerError(ServerErrorCode.PHOTO_NOT_FOUND)
            return picture(store, photo_id)

        monkeypatch.setattr(Store, "picture", deleted_since)
        assert [row["photo"] for row in table_of(archive_of(client))] == [f"photos/{second}.jpg"]


def test_a_hair_with_an_unknown_root_has_crops_of_its_visible_ends(tmp_path: Path) -> None:
    with server(tmp_path) as client:
        photo = save_photo(client, retention="improve")
        label(client, photo, 3, "anagen")  # its other end is out of the photo
        archive = archive_of(client)
        (row,) = table_of(archive)
        assert (row["root_from"], len(row["crops"].split())) == ("unknown", 1)
        client.post(f"{photo}/hairs/3/label", json={"root_end": 1})
        (row,) = table_of(archive_of(client))
    assert row["crops"].endswith("_3_1.png")
    pixels = cv2.imdecode(
        np.frombuffer(archive.read(archive.namelist()[2]), np.uint8), cv2.IMREAD_COLOR
    )
    assert pixels is not None
    assert pixels.shape == (CROP_HEIGHT, CROP_WIDTH, 3)


@pytest.mark.parametrize("client", ["127.0.0.1", "127.8.9.1", "::1"])
def test_without_a_key_the_servers_machine_may_export(tmp_path: Path, client: str) -> None:
    with server(tmp_path, client) as asking:
        archive_of(asking)
        archive_of(asking, Host="127.0.0.1:8000")
        archive_of(asking, Host="[::1]:8000")


@pytest.mark.parametrize(
    ("client", "headers"),
    [
        ("192.0.2.7", {}),
        ("10.0.0.1", {}),
        ("unknown", {}),
        ("127.0.0.1", {"Host": "hairs.example"}),
        ("127.0.0.1", {"Host": "127.0.0.1.evil.example"}),
        ("127.0.0.1", {"X-Forwarded-For": "127.0.0.1"}),
        ("127.0.0.1", {"Forwarded": "for=192.0.2.7"}),
        ("127.0.0.1", {"Via": "1.1 proxy"}),
        ("127.0.0.1", {"X-Real-IP": "192.0.2.7"}),
    ],
)
def test_without_a_key_other_machines_may_not_export(
    tmp_path: Path, client: str, headers: dict[str, str]
) -> None:
    with server(tmp_path, client) as asking:
        answer = asking.get(EXPORT, headers=headers)
    assert (answer.status_code, error_of(answer)["code"]) == (403, "local_only")


def test_with_a_key_set_only_the_key_opens_it(tmp_path: Path) -> None:
    with server(tmp_path, api_key=KEY) as here:
        assert here.get(EXPORT).status_code == 401
    with server(tmp_path, "192.0.2.7", api_key=KEY) as far:
        archive_of(far, **{"X-API-Key": KEY})


def test_an_export_that_fails_is_no_complete_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaking(*_: object) -> None:
        raise ServerError(ServerErrorCode.STORE_UNAVAILABLE)

    with (
        running_server(settings_in(tmp_path), SCORER) as address,
        httpx.Client(base_url=address) as client,
    ):
        label(client, save_photo(client, retention="improve"), 0, "telogen")
        archive_of(client)
        monkeypatch.setattr(Store, "picture", breaking)
        with pytest.raises(httpx.RemoteProtocolError):
            client.get(EXPORT)
