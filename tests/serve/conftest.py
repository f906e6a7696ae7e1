"""What the tests of the server share."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from fastapi.testclient import TestClient

from serve.app import create_app
from tests.helpers.hostile_files import encoded, scene
from tests.helpers.serve.fake_scorer import FakeScorer
from tests.helpers.serve.http import SMALL
from tests.helpers.serve.running_server import running_server


@pytest.fixture(autouse=True)
def no_models(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """An empty registry instead of the user's."""
    monkeypatch.setenv("SHEDLIGHT_MODELS", str(tmp_path / "models"))
    return tmp_path / "models"


@pytest.fixture(scope="module")
def server() -> Iterator[httpx.Client]:
    with (
        running_server(SMALL, FakeScorer()) as address,
        httpx.Client(base_url=address, timeout=60) as client,
    ):
        yield client


@pytest.fixture(scope="module")
def client() -> Iterator[TestClient]:
    with TestClient(create_app(SMALL, FakeScorer())) as client:
        yield client


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    """A folder with one photo, ``good.jpg``."""
    folder = tmp_path / "photos"
    folder.mkdir()
    (folder / "good.jpg").write_bytes(encoded(scene()))
    return folder
