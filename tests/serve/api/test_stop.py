"""SIGTERM ends the server within ten seconds, also while clients stall."""

import signal
import socket
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest

from tests.helpers.serve.batches import photos, wait_until, zip_of
from tests.helpers.serve.http import PHOTO, files
from tests.helpers.serve.served import served_from

LIMIT_S = 10
UNFINISHED = (
    b"POST /v1/photos HTTP/1.1\r\nHost: x\r\nContent-Type: image/jpeg\r\n"
    b"Content-Length: 5000000\r\n\r\n" + PHOTO[:400],
    b"POST /v1/photos HTTP/1.1\r\nHost: x\r\nContent-Type: multipart/form-data; boundary=X\r\n"
    b"Transfer-Encoding: chunked\r\n\r\n5\r\n--X\r\n\r\n",
    b"POST /v1/batches HTTP/1.1\r\nHost: x\r\nContent-Type: multipart/form-data; boundary=X\r\n"
    b"Content-Length: 5000000\r\n\r\n--X\r\n"
    b'Content-Disposition: form-data; name="files"; filename="a.jpg"\r\n\r\n' + PHOTO[:400],
    b"POST /v1/advice HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
    b"Content-Length: 1000\r\n\r\n{",
    b"GET /v1/model HTTP/1.1\r\nHost:",
    b"",
)


def test_sigterm_ends_the_server_with_clients_that_stall(tmp_path: Path) -> None:
    with served_from(tmp_path) as (process, client), ExitStack() as open_lines:
        batch = client.post("/v1/batches", files=_many_photos()).json()["links"]
        wait_until(lambda: client.get(batch["self"]).json()["done"] > 0)
        events = open_lines.enter_context(client.stream("GET", batch["events"]))
        assert next(events.iter_lines()) == "event: progress"
        training = open_lines.enter_context(client.stream("GET", "/v1/training/events"))
        assert training.status_code == 200
        for begun in UNFINISHED:
            line = socket.create_connection((client.base_url.host, client.base_url.port), 10)
            open_lines.enter_context(line).sendall(begun)
        wait_until(lambda: len(list(tmp_path.glob("*/*/photos"))) == 2)
        process.send_signal(signal.SIGTERM)
        process.wait(LIMIT_S)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
def test_sigterm_ends_the_server_while_a_worker_is_at_work(tmp_path: Path) -> None:
    with served_from(tmp_path) as (process, client), ExitStack() as open_lines:
        for _ in range(3):  # 6 s of work for one worker
            line = socket.create_connection((client.base_url.host, client.base_url.port), 10)
            open_lines.enter_context(line).sendall(_request_of(client, 20))
        wait_until(lambda: "shedlight_requests_active 3.0" in client.get("/metrics").text)
        process.send_signal(signal.SIGTERM)
        process.wait(LIMIT_S)


def _many_photos() -> list[tuple[str, tuple[str, bytes, str]]]:
    return files(("many.zip", zip_of({f"{i}.jpg": photos(1)[0] for i in range(60)})))


def _request_of(client: httpx.Client, count: int) -> bytes:
    """The bytes of a request with this many photos."""
    sent = files(*((f"{i}.jpg", PHOTO) for i in range(count)))
    request = client.build_request("POST", "/v1/photos", files=sent)
    headers = b"".join(b"%s: %s\r\n" % pair for pair in request.headers.raw)
    return b"POST /v1/photos HTTP/1.1\r\n" + headers + b"\r\n" + request.read()
