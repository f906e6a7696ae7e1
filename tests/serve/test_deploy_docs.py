"""docs/deploy.md lists every metric and error of the server."""

import re
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from serve.api.errors import HTTP_STATUS
from serve.error_codes import ServerErrorCode

DOCS = Path(__file__).parents[2] / "docs"
SERVING = (DOCS / "deploy.md").read_text("utf-8")


def test_every_metric_is_documented(client: TestClient) -> None:
    exposed = set(re.findall(r"^# TYPE (\w+)", client.get("/metrics").text, re.M))
    documented = set(re.findall(r"^\| `(shedlight_\w+)", SERVING, re.M))
    assert {name for name in exposed if not name.endswith("_created")} == documented


@pytest.mark.parametrize("code", ["too_busy", "photo_crashed_reader", "took_too_long", "not_ready"])
def test_errors_are_documented_with_their_status(code: str) -> None:
    status = HTTP_STATUS.get(ServerErrorCode(code), 422)
    assert f"| {status} `{code}`" in SERVING
    assert ("Retry-After" in SERVING.partition(f"`{code}`")[2][:20]) == (status == 503)
