import base64
import json
import logging
from importlib.resources import files as files_of
from io import BytesIO

import anyio
import cv2
import httpx
import jsonschema
import numpy as np
import pytest
from fastapi.testclient import TestClient
from starlette.datastructures import UploadFile
from starlette.requests import ClientDisconnect

from data.texts.catalogue import texts_in
from model.report import SCHEMA
from model.share.counts import HairCounts
from model.share.summary import Summary
from serve.api.routes.photos import score_all
from serve.api.save_photos import SavePhotos
from serve.api.uploads import PhotoOptions, Submission
from serve.app import create_app
from serve.resources import Resources
from serve.scoring.interfaces import ThreadWorkers
from tests.helpers.hostile_files import encoded, oriented, scene
from tests.helpers.serve.fake_scorer import FakeScorer
from tests.helpers.serve.http import OTHER, PHOTO, SMALL, error_of, files

FORMAT = json.loads(files_of("model").joinpath("schema/shedlight-1.json").read_text("utf-8"))


def test_good_bad_and_repeated_photos_come_back_in_order(server: httpx.Client) -> None:
    sent = files(("a.jpg", PHOTO), ("bad.jpg", b"hello"), ("again.jpg", PHOTO))
    answer = server.post("/v1/photos", files=sent, data={"context": '{"shedding": "slight"}'})
    assert answer.status_code == 200
    photos = answer.json()["photos"]
    for photo in photos:
        jsonschema.validate(photo, FORMAT)
    assert [photo["photo"] for photo in photos] == ["a.jpg", "bad.jpg", "again.jpg"]
    assert [photo["status"] for photo in photos] == ["scored", "rejected", "scored"]
    assert photos[1]["error"]["code"] == "not_an_image"
    assert photos[2]["duplicate_of"] == "a.jpg"
    assert answer.json()["pool"]["hairs"] == 22
    assert answer.json()["pool"] == photos[0]["summary"]
    assert "answer_more_about_needling" in [each["id"] for each in answer.json()["advice"]]


def test_different_photos_are_pooled(server: httpx.Client) -> None:
    answer = server.post("/v1/photos", files=files(("a.jpg", PHOTO), ("b.jpg", OTHER)))
    assert answer.json()["pool"]["telogen"] == 38


@pytest.mark.parametrize("kind", ["image/jpeg", "IMAGE/JPEG", "application/octet-stream"])
def test_one_raw_body_with_query_parameters(server: httpx.Client, kind: str) -> None:
    asked = {"context": '{"shedding": "severe"}', "overlay": "true"}
    answer = server.post("/v1/photos", content=PHOTO, headers={"content-type": kind}, params=asked)
    (photo,) = answer.json()["photos"]
    jsonschema.validate(photo, FORMAT)
    assert photo["schema"] == SCHEMA
    assert answer.json()["advice"][0]["id"] == "severe_shedding"
    assert photo["overlay"].startswith("data:image/jpeg;base64,")


def test_an_upright_photo_has_its_upright_size(client: TestClient) -> None:
    stored, exif = oriented(scene(320, 240), 6)
    raw = encoded(stored, exif=exif)
    answer = client.post("/v1/photos", content=raw, headers={"content-type": "image/jpeg"})
    photo = answer.json()["photos"][0]
    assert (photo["width"], photo["height"]) == (320, 240)


@pytest.mark.parametrize(
    ("method", "address", "kind", "body", "status", "code"),
    [
        ("POST", "/v1/photos", "application/json", b"{}", 415, "unsupported_type"),
        ("POST", "/v1/photos", "", b"", 415, "unsupported_type"),
        ("POST", "/v1/photos", "image/jpeg", b"", 400, "empty_file"),
        ("POST", "/v1/photos", "multipart/form-data", b"x", 422, "invalid_request"),
        ("POST", "/v1/photos", "multipart/form-data; boundary=x", b"y", 422, "invalid_request"),
        ("POST", "/v1/photos?context=x", "image/jpeg", PHOTO, 422, "invalid_request"),
        ("GET", "/v1/photos", "", b"", 405, "method_not_allowed"),
        ("DELETE", "/page/app.js", "", b"", 405, "method_not_allowed"),
        ("DELETE", "/", "", b"", 405, "method_not_allowed"),
        ("POST", "/v1/model", "image/jpeg", PHOTO, 405, "method_not_allowed"),
        ("POST", "/", "image/jpeg", PHOTO, 404, "not_found"),
        ("POST", "/docs", "image/jpeg", PHOTO, 404, "not_found"),
        ("POST", "/page/app.js", "image/jpeg", PHOTO, 404, "not_found"),
        ("GET", "/v1/photos/", "", b"", 404, "not_found"),
        ("GET", "/nothing", "", b"", 404, "not_found"),
        ("GET", "/page/../settings.py", "", b"", 404, "not_found"),
        ("GET", "/page/%2e%2e/settings.py", "", b"", 404, "not_found"),
        ("POST", "/v1/advice", "application/json", b"{", 422, "invalid_request"),
        ("POST", "/v1/advice", "application/json", b"[" * 50_000, 400, "invalid_request"),
        ("POST", "/v1/advice", "application/json", b"[]", 422, "invalid_request"),
        ("POST", "/v1/advice", "application/json", bytes(70_000), 413, "file_too_large"),
    ],
)
def test_every_error_has_the_one_body(
    client: TestClient, method: str, address: str, kind: str, body: bytes, status: int, code: str
) -> None:
    answer = client.request(method, address, content=body, headers={"content-type": kind})
    assert (answer.status_code, error_of(answer)["code"]) == (status, code)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"telogen": -1}, "counts.telogen"),
        ({"telogen": 451.5}, "counts.telogen"),
        ({"telogen": "451"}, "counts.telogen"),
        ({"telogen": True}, "counts.telogen"),
        ({"unsure": None}, "counts.unsure"),
        ({"telogen": 10**9}, "counts.telogen"),
        ({"clubs": 1}, "counts.clubs"),
    ],
)
def test_bad_counts_name_their_field(
    client: TestClient, change: dict[str, object], field: str
) -> None:
    counts = {"telogen": 1, "misshapen": 0, "no_bulb": 0, "unsure": 0} | change
    answer = client.post("/v1/advice", json={"counts": counts})
    assert answer.status_code == 422
    assert error_of(answer)["field"] == field


def test_the_words_are_in_the_language_of_the_client(client: TestClient) -> None:
    asked = {"counts": {"telogen": 3, "misshapen": 0, "no_bulb": 0}, "findings": ["blurred"]}
    answer = client.post("/v1/advice", json=asked, headers={"Accept-Language": "de"})
    assert answer.headers["content-language"] == "de"
    german = texts_in("de")
    assert answer.json()["in_words"]["next"] == german("next.blurred")
    assert answer.json()["in_words"]["verdict"] == german("answer.verdict.too_few")
    assert german("advice.acts.answer_more.title") in [
        each["title"] for each in answer.json()["advice"]
    ]


def test_advice_on_counts(client: TestClient) -> None:
    counts = {"telogen": 1, "misshapen": 12, "no_bulb": 7, "unsure": 2}
    asked = {"counts": counts, "context": {"setting": "clinic"}}
    answer = client.post("/v1/advice", json=asked).json()
    assert answer["pool"]["verdict"] == "mostly_anagen"
    assert answer["pool"]["hairs"] == 22
    assert answer["in_words"]["count"].startswith("19 of 20 read roots are bent")
    assert answer["advice"][0]["id"] == "torn_roots"
    assert answer["advice"][0]["sources"][0].endswith(", line 74")


def test_the_roots_in_view_flag_reaches_the_scorer() -> None:
    with TestClient(create_app(SMALL, FakeScorer(heeds_roots_in_view=True))) as client:
        with_flag = client.post(
            "/v1/photos", files=files(("a.jpg", PHOTO)), data={"roots_in_view": "true"}
        )
        without_flag = client.post("/v1/photos", files=files(("a.jpg", PHOTO)))
    assert (with_flag.json()["pool"]["unsure"], without_flag.json()["pool"]["unsure"]) == (2, 22)


def test_a_photo_without_hairs_is_no_error() -> None:
    with TestClient(create_app(SMALL, FakeScorer(0, 0, 0))) as client:
        answer = client.post("/v1/photos", files=files(("a.jpg", PHOTO))).json()
    assert answer["photos"][0]["status"] == "no_hairs"
    assert answer["pool"]["telogen_share"] is None


def test_an_internal_error_hides_its_cause(caplog: pytest.LogCaptureFixture) -> None:
    broken = FakeScorer(fault=RuntimeError("secret"))
    with TestClient(create_app(SMALL, broken)) as client, caplog.at_level(logging.DEBUG):
        alone = client.post("/v1/photos", files=files(("maria.jpg", PHOTO)))
        both = client.post("/v1/photos", files=files(("maria.jpg", PHOTO), ("b.jpg", b"")))
    assert (alone.status_code, error_of(alone)["code"]) == (500, "internal")
    assert "secret" not in alone.text + both.text
    assert [photo["status"] for photo in both.json()["photos"]] == ["failed", "rejected"]
    assert "could not be scored" in caplog.text
    assert "maria" not in caplog.text


def test_an_internal_error_outside_of_scoring_has_the_body_and_the_headers() -> None:
    class BrokenScorer(FakeScorer):
        def summary_of(self, counts: HairCounts) -> Summary:
            raise RuntimeError("secret")

    app = create_app(SMALL, BrokenScorer())
    counts = {"telogen": 1, "misshapen": 0, "no_bulb": 0}
    with TestClient(app, raise_server_exceptions=False) as client:
        answer = client.post("/v1/advice", json={"counts": counts, "by_machine": counts})
    assert "secret" not in answer.text
    assert (answer.status_code, error_of(answer)["code"]) == (500, "internal")
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_an_overlay_is_a_small_picture_of_the_upright_photo(client: TestClient) -> None:
    raw = encoded(scene(2400, 1200), quality=20)
    sent = {"files": files(("a.jpg", raw)), "data": {"overlay": "true"}}
    photo = client.post("/v1/photos", **sent).json()["photos"][0]  # type: ignore[arg-type]
    jpeg = base64.b64decode(photo["overlay"].partition(",")[2])
    drawn = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR)
    assert drawn is not None
    assert max(drawn.shape) == 1600
    without = client.post("/v1/photos", files=files(("a.jpg", raw))).json()["photos"][0]
    assert "overlay" not in without


def test_the_upright_photo_comes_back_as_jpeg_if_asked(client: TestClient) -> None:
    stored, exif = oriented(scene(320, 240), 6)
    sent = {"files": files(("a.jpg", encoded(stored, exif=exif))), "data": {"picture": "true"}}
    photo = client.post("/v1/photos", **sent).json()["photos"][0]  # type: ignore[arg-type]
    jpeg = base64.b64decode(photo["picture"].partition(",")[2])
    shown = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR)
    assert shown is not None
    assert shown.shape == (240, 320, 3)
    assert "picture" not in client.post("/v1/photos", files=sent["files"]).json()["photos"][0]  # type: ignore[arg-type]


def test_answers_about_a_person_are_not_cached(client: TestClient) -> None:
    answer = client.post("/v1/photos", files=files(("a.jpg", PHOTO)))
    assert answer.headers["cache-control"] == "private, no-store"
    assert answer.headers["referrer-policy"] == "no-referrer"


def test_a_client_that_disconnects_frees_the_thread() -> None:
    async def disconnected() -> bool:
        return True

    async def score() -> None:
        upload = (("a.jpg", UploadFile(BytesIO(PHOTO))),)
        scorer = FakeScorer(fault=AssertionError("scored after the disconnect"))
        shared = Resources.of(SMALL, scorer, ThreadWorkers(scorer, 1))
        sent = Submission(upload, PhotoOptions(), disconnected)
        await score_all(sent, shared, SavePhotos(shared.photo_service, sent.options))

    with pytest.raises(ClientDisconnect):
        anyio.run(score)


def test_a_typed_scale_gives_measures(server: httpx.Client) -> None:
    """The fake scorer's hairs are 6 px wide: 72 um at 12 um a pixel."""
    answer = server.post("/v1/photos", files=files(("a.jpg", PHOTO)), data={"scale": "12um"}).json()
    (photo,) = answer["photos"]
    jsonschema.validate(photo, FORMAT)
    assert photo["scale"]["um_per_px"] == 12
    assert {hair["measures"]["width_um"] for hair in photo["hairs"]} == {72.0}
    assert answer["pool"]["measures"]["median_um"] == 72.0
    assert answer["measures_in_words"]
    without = server.post("/v1/photos", files=files(("a.jpg", PHOTO))).json()
    assert without["photos"][0]["scale"] is without["pool"]["measures"] is None
    assert without["measures_in_words"] == []


def test_a_scale_that_is_none_is_refused(server: httpx.Client) -> None:
    answer = server.post("/v1/photos", files=files(("a.jpg", PHOTO)), data={"scale": "1 inch"})
    assert error_of(answer)["code"] == "invalid_request"


def test_a_scale_that_cannot_be_true_gives_no_measures(server: httpx.Client) -> None:
    answer = server.post("/v1/photos", files=files(("a.jpg", PHOTO)), data={"scale": "90um"})
    assert answer.json()["pool"]["measures"] is None
