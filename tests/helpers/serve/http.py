"""Requests and answers of the tests of the server."""

import httpx

from serve.settings import Settings
from tests.helpers.hostile_files import encoded, scene

PHOTO = encoded(scene())
OTHER = encoded(scene(400, 300))
SMALL = Settings(max_file_bytes=250_000, max_upload_bytes=300_000, max_files=3)


def files(*named: tuple[str, bytes]) -> list[tuple[str, tuple[str, bytes, str]]]:
    return [("files", (name, raw, "image/jpeg")) for name, raw in named]


def error_of(answer: httpx.Response) -> dict[str, str]:
    assert answer.json().keys() == {"error"}
    error = answer.json()["error"]
    assert {"code", "message"} <= error.keys() <= {"code", "message", "field"}
    assert error["message"].endswith(".")
    return dict(error)
