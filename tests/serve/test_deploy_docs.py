"""docs/deploy.md tells every setting, metric and error of the server, with its default."""

import re
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from serve.api.errors import HTTP_STATUS
from serve.error_codes import ServerErrorCode
from serve.settings import Settings

DOCS = Path(__file__).parents[2] / "docs"
SERVING = (DOCS / "deploy.md").read_text("utf-8")
BOTH = SERVING + (DOCS / "store.md").read_text("utf-8")
TOLD_IN_WORDS = {"workers", "api_key", "cors_origins", "batch_folder", "training"}


@pytest.mark.parametrize("name", Settings.model_fields)
def test_every_setting_is_told_with_its_default(name: str) -> None:
    (row,) = (
        line
        for line in BOTH.splitlines()
        if f"| `SHEDLIGHT_{name.upper()}`" in line or f", `SHEDLIGHT_{name.upper()}` |" in line
    )
    if name not in TOLD_IN_WORDS:
        assert str(Settings.model_fields[name].default) in row


def test_no_setting_is_told_that_is_not_there() -> None:
    told = {name.lower() for name in re.findall(r"`SHEDLIGHT_(\w+)`", BOTH)}
    assert told == set(Settings.model_fields)


def test_every_metric_is_told(client: TestClient) -> None:
    there = set(re.findall(r"^# TYPE (\w+)", client.get("/metrics").text, re.M))
    told = set(re.findall(r"^\| `(shedlight_\w+)", SERVING, re.M))
    assert {name for name in there if not name.endswith("_created")} == told


@pytest.mark.parametrize("code", ["too_busy", "photo_crashed_reader", "took_too_long", "not_ready"])
def test_what_can_go_wrong_is_told_with_its_status(code: str) -> None:
    status = HTTP_STATUS.get(ServerErrorCode(code), 422)
    assert f"| {status} `{code}`" in SERVING
    assert ("Retry-After" in SERVING.partition(f"`{code}`")[2][:20]) == (status == 503)
