"""docs/deploy.md lists every metric and error of the server."""

import re
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from serve.api.errors import HTTP_STATUS
from serve.error_codes import ServerErrorCode

DOCS = Path(__file__).parents[2] / "docs"
SERVING = (DOCS / "deploy.md").read_text("utf-8")


def test_every_metric_is_told(client: TestClient) -> None:
    there = set(re.findall(r"^# TYPE (\w+)", client.get("/metrics").text, re.M))
    told = set(re.findall(r"^\| `(shedlight_\w+)", SERVING, re.M))
    assert {name for name in there if not name.endswith("_created")} == told


@pytest.mark.parametrize("code", ["too_busy", "photo_crashed_reader", "took_too_long", "not_ready"])
def test_what_can_go_wrong_is_told_with_its_status(code: str) -> None:
    status = HTTP_STATUS.get(ServerErrorCode(code), 422)
    assert f"| {status} `{code}`" in SERVING
    assert ("Retry-After" in SERVING.partition(f"`{code}`")[2][:20]) == (status == 503)
