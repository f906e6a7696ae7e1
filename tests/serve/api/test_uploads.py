import socket
from time import sleep

import httpx
import pytest
from fastapi.testclient import TestClient

from serve.api.errors import HTTP_STATUS
from tests.helpers.hostile_files import BadFile, bad_files
from tests.helpers.serve.batches import result_lines, wait_until_ended
from tests.helpers.serve.http import PHOTO, SMALL, error_of, files


@pytest.mark.parametrize("address", ["/v1/photos", "/v1/advice"])
@pytest.mark.parametrize(
    ("headers", "body"),
    [
        ("Content-Length: 400000", b"x"),
        ("Transfer-Encoding: chunked", b"61a80\r\n" + bytes(400_000)),
        ("Content-Length: 99999999999999999999", b""),
    ],
    ids=["declared", "streamed", "absurd"],
)
def test_a_body_too_large_is_refused_while_more_is_to_come(
    server: httpx.Client, address: str, headers: str, body: bytes
) -> None:
    head = f"POST {address} HTTP/1.1\r\nHost: x\r\nContent-Type: image/jpeg\r\n{headers}\r\n\r\n"
    with socket.create_connection((server.base_url.host, server.base_url.port), 10) as line:
        line.sendall(head.encode() + body)
        answer = ""
        while not answer.endswith("}}"):
            answer += line.recv(10_000).decode()
    assert answer.startswith("HTTP/1.1 413 ")
    assert '{"error":{"code":"file_too_large","message":' in answer


def test_a_form_is_refused_while_it_streams(server: httpx.Client) -> None:
    answer = server.post("/v1/photos", files=files(("a.jpg", bytes(400_000))))
    assert (answer.status_code, error_of(answer)["code"]) == (413, "file_too_large")


def test_the_server_still_answers_after_refusals(server: httpx.Client) -> None:
    assert server.get("/healthz").json() == {"status": "ok"}


@pytest.mark.parametrize("bad", bad_files(), ids=lambda bad: bad.name)
def test_one_bad_file_alone_is_its_own_error(client: TestClient, bad: BadFile) -> None:
    answer = client.post("/v1/photos", files=files(("photo.jpg", bad.raw)))
    expected = HTTP_STATUS.get(bad.code, 422)
    assert (answer.status_code, error_of(answer)["code"]) == (expected, bad.code)
    assert 400 <= expected < 500


def test_a_file_over_its_own_limit_is_rejected_in_its_place(client: TestClient) -> None:
    large = PHOTO + bytes(SMALL.max_file_bytes)
    answer = client.post("/v1/photos", files=files(("large.jpg", large), ("a.jpg", PHOTO)))
    assert [photo["status"] for photo in answer.json()["photos"]] == ["rejected", "scored"]
    assert answer.json()["photos"][0]["error"]["code"] == "file_too_large"


@pytest.mark.parametrize(
    ("data", "named", "code", "field"),
    [
        ({}, [], "invalid_request", "files"),
        ({}, [("a.jpg", PHOTO)] * 4, "too_many_files", "files"),
        ({"context": "{"}, [("a.jpg", PHOTO)], "invalid_request", "context"),
        ({"context": "7"}, [("a.jpg", PHOTO)], "invalid_request", "context"),
        (
            {"context": '{"needle_mm": -1}'},
            [("a.jpg", PHOTO)],
            "invalid_request",
            "context.needle_mm",
        ),
        (
            {"context": '{"needle_mm": NaN}'},
            [("a.jpg", PHOTO)],
            "invalid_request",
            "context.needle_mm",
        ),
        ({"context": '{"device": "axe"}'}, [("a.jpg", PHOTO)], "invalid_request", "context.device"),
        (
            {"context": '{"weeks_since_start": 10000}'},
            [("a.jpg", PHOTO)],
            "invalid_request",
            "context.weeks_since_start",
        ),
        ({"context": '{"age": 7}'}, [("a.jpg", PHOTO)], "invalid_request", "context.age"),
        (
            {"context": '{"scalp_signs": ["itching", "spots"]}'},
            [("a.jpg", PHOTO)],
            "invalid_request",
            "context.scalp_signs.1",
        ),
        ({"roots_in_view": "maybe"}, [("a.jpg", PHOTO)], "invalid_request", "roots_in_view"),
        ({"root_in_view": "true"}, [("a.jpg", PHOTO)], "invalid_request", "root_in_view"),
    ],
)
def test_a_bad_form_names_its_field(
    client: TestClient,
    data: dict[str, str],
    named: list[tuple[str, bytes]],
    code: str,
    field: str,
) -> None:
    sent = files(*named) or [("unasked", ("a.jpg", PHOTO, "image/jpeg"))]
    answer = client.post("/v1/photos", data=data, files=sent)
    error = error_of(answer)
    assert (error["code"], error["field"]) == (code, field)
    assert answer.status_code == (413 if code == "too_many_files" else 422)


@pytest.mark.parametrize("address", ["/nothing", "/v1/nothing", "/v1/photos/x/y/z"])
def test_an_unknown_address_is_not_found_however_large_the_body(
    client: TestClient, address: str
) -> None:
    answer = client.post(address, content=bytes(400_000))
    assert (answer.status_code, error_of(answer)["code"]) == (404, "not_found")


def test_a_large_body_is_refused_where_none_is_needed(client: TestClient) -> None:
    answer = client.request("DELETE", f"/v1/photos/{'A' * 22}", content=bytes(70_000))
    assert (answer.status_code, error_of(answer)["code"]) == (413, "file_too_large")
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("kind", [None, "application/x-www-form-urlencoded", "multipart/form-data"])
def test_a_raw_photo_needs_no_content_type(client: TestClient, kind: str | None) -> None:
    answer = client.post(
        "/v1/photos?roots_in_view=true",
        content=PHOTO,
        headers={"Content-Type": kind} if kind else {},
    )
    assert answer.json()["photos"][0]["status"] == "scored"


def test_a_raw_photo_in_small_pieces_is_scored(client: TestClient) -> None:
    pieces = (PHOTO[at : at + 100] for at in range(0, len(PHOTO), 100))
    assert client.post("/v1/photos", content=pieces).json()["photos"][0]["status"] == "scored"


@pytest.mark.parametrize("kind", [None, "application/json", "text/html"])
def test_a_part_of_a_form_needs_no_content_type(client: TestClient, kind: str | None) -> None:
    part = "".join(
        (
            '--XX\r\nContent-Disposition: form-data; name="files"; filename="a.jpg"\r\n',
            f"Content-Type: {kind}\r\n" if kind else "",
            "\r\n",
        )
    )
    answer = _send_form(client, "/v1/photos", part.encode(), "multipart/form-data; boundary=XX")
    assert [photo["status"] for photo in answer.json()["photos"]] == ["scored"]


@pytest.mark.parametrize("kind", [None, "multipart/form-data", "multipart/form-data; boundary=YY"])
@pytest.mark.parametrize(("address", "status"), [("/v1/photos", 200), ("/v1/batches", 202)])
def test_a_form_is_known_by_its_first_bytes(
    client: TestClient, address: str, status: int, kind: str | None
) -> None:
    part = b'--XX\r\nContent-Disposition: form-data; name="files"; filename="a.jpg"\r\n\r\n'
    answer = _send_form(client, address, part, kind)
    assert answer.status_code == status
    if status == 202:  # the server takes three batches at a time
        wait_until_ended(client, answer.json()["links"]["self"])


def test_an_extended_file_name_is_the_name_of_the_photo(client: TestClient) -> None:
    name = b"name=\"files\"; filename*=UTF-8''Z%C3%B6.jpg"
    part = b"--XX\r\nContent-Disposition: form-data; " + name + b"\r\n\r\n"
    kind = "multipart/form-data; boundary=XX"
    answer = _send_form(client, "/v1/photos", part, kind)
    assert answer.json()["photos"][0]["photo"] == "Z\u00f6.jpg"
    batch = _send_form(client, "/v1/batches", part, kind).json()
    assert wait_until_ended(client, batch["links"]["self"])["state"] == "done"
    assert result_lines(client, batch)[0]["photo"] == "Z\u00f6.jpg"


@pytest.mark.parametrize("kind", ["text/plain", "application/json"])
def test_other_bodies_are_refused_by_their_type(client: TestClient, kind: str) -> None:
    answer = client.post("/v1/photos", content=b"hello", headers={"Content-Type": kind})
    error = error_of(answer)
    assert (answer.status_code, error["code"]) == (415, "unsupported_type")
    assert error["field"] == "content-type"


def _send_form(client: TestClient, address: str, part: bytes, kind: str | None) -> httpx.Response:
    """Sends again while earlier batches still hold their slots: a slot is free soon after its
    batch has ended."""
    headers = {"Content-Type": kind} if kind else {}
    body = part + PHOTO + b"\r\n--XX--\r\n"
    answer: httpx.Response = client.post(address, content=body, headers=headers)
    for _ in range(100):
        if answer.status_code != 503:
            break
        sleep(0.1)
        answer = client.post(address, content=body, headers=headers)
    return answer
