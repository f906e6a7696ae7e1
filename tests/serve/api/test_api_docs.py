"""docs/api.md lists every address of the server, and its examples work."""

import re
import shlex
import shutil
import subprocess
from pathlib import Path

import httpx
import pytest
from fastapi.testclient import TestClient

from model.registry.registry import Registry
from tests.helpers.model.versions import make_version
from tests.helpers.serve.batches import run_batch, zip_of
from tests.helpers.serve.fake_training import VERSION
from tests.helpers.serve.http import files
from tests.helpers.serve.running_server import running_server
from tests.helpers.serve.saved_photos import save_photo
from tests.helpers.serve.training_jobs import (
    SCORER,
    add_enough_labels,
    training_settings,
    use_fake_training,
)

ROOT = Path(__file__).parents[3]
DOCS = (ROOT / "docs" / "api.md").read_text("utf-8")
PHOTO = (ROOT / "examples" / "tray_900001_00021.jpg").read_bytes()
COMMANDS = [
    line for block in re.findall(r"```sh\n(.*?)```", DOCS, re.S) for line in block.splitlines()
]


def test_every_address_is_documented(client: TestClient) -> None:
    paths = client.get("/openapi.json").json()["paths"]
    there = {(method.upper(), path) for path, ways in paths.items() for method in ways}
    table = DOCS.partition("\n\n## ")[0]
    assert set(re.findall(r"`(GET|POST|DELETE) (\S+)`", table)) == there


def test_every_example_is_answered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    curl = shutil.which("curl")
    if curl is None:
        pytest.skip("curl is not installed")
    (tmp_path / "photo.jpg").write_bytes(PHOTO)
    (tmp_path / "photos.zip").write_bytes(zip_of({"photo.jpg": PHOTO}))
    use_fake_training(monkeypatch, "better")
    settings = training_settings(tmp_path / "store")
    Registry(settings.models).add(make_version(tmp_path / "made", VERSION))
    with running_server(settings, SCORER) as address:
        with httpx.Client(base_url=address) as client:
            photo_id = save_photo(client, PHOTO, retention="improve").rpartition("/")[2]
            add_enough_labels(client)
            batch_id = run_batch(client, files(("photo.jpg", PHOTO)))["id"]
        for command in COMMANDS:
            words = command.replace("http://127.0.0.1:8000", address).replace("$ID", photo_id)
            words = words.replace("$BATCH", batch_id)
            asked = [curl, "--fail", "--silent", "--noproxy", "*", *shlex.split(words)[1:]]
            done = subprocess.run(asked, cwd=tmp_path, capture_output=True, timeout=60)
            assert done.returncode == 0, command
    assert len(COMMANDS) == 31
    for name, start in (
        ("overlay.png", b"\x89PNG"),
        ("crop.png", b"\x89PNG"),
        ("labels.zip", b"PK"),
        ("results.zip", b"PK"),
        ("report.html", b"<!doctype html>"),
        ("training.html", b"<!doctype html>"),
    ):
        assert (tmp_path / name).read_bytes().startswith(start)
