"""Addresses below a path prefix, with proxies that keep it and proxies that remove it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from pydantic import ValidationError

from serve.app import create_app
from serve.settings import Settings
from tests.helpers.serve.batches import wait_until_ended
from tests.helpers.serve.fake_scorer import FakeScorer
from tests.helpers.serve.http import PHOTO, files

ROOT = "/shedlight"


@pytest.fixture
def client(tmp_path: Path) -> Iterator[TestClient]:
    settings = Settings(root_path=f"{ROOT}/", batch_folder=tmp_path, requests_per_minute=100)
    with TestClient(create_app(settings, FakeScorer())) as client:
        yield client


@pytest.mark.parametrize(
    "address", ["/", "/docs", "/page/styles/page.css", "/openapi.json", "/healthz", "/v1/model"]
)
def test_an_address_is_found_with_and_without_the_prefix(client: TestClient, address: str) -> None:
    with_prefix, without = client.get(ROOT + address), client.get(address)
    assert with_prefix.status_code == without.status_code == 200
    assert with_prefix.content == without.content
    for answer in (with_prefix, without):
        is_private = answer.headers.get("cache-control") == "private, no-store"
        assert is_private == address.startswith("/v1/")


def test_the_prefix_alone_leads_to_the_page(client: TestClient) -> None:
    answer = client.get(ROOT, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (308, f"{ROOT}/")
    assert client.get(f"{ROOT}/nothing").status_code == client.get(f"{ROOT}x").status_code == 404


def test_the_rate_limit_holds_below_the_prefix(client: TestClient) -> None:
    statuses = [client.get(f"{ROOT}/v1/model").status_code for _ in range(150)]
    assert 429 in statuses  # some are allowed again while the test runs


def test_links_have_the_prefix(client: TestClient) -> None:
    batch = client.post(f"{ROOT}/v1/batches", files=files(("a.jpg", PHOTO))).json()
    assert all(link.startswith(f"{ROOT}/v1/batches/") for link in batch["links"].values())
    assert wait_until_ended(client, batch["links"]["self"])["links"] == batch["links"]
    assert client.get(f"{ROOT}/openapi.json").json()["servers"] == [{"url": ROOT}]


@pytest.mark.parametrize("root", ["shedlight", "//x", "/a b", "https://x", "/a?b"])
def test_a_prefix_that_is_no_path_is_refused(root: str) -> None:
    with pytest.raises(ValidationError):
        Settings(root_path=root)
