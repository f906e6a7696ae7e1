"""Permission to train the model."""

from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from serve.app import create_app
from serve.settings import Settings
from tests.helpers.serve.fake_scorer import FakeScorer
from tests.helpers.serve.http import error_of
from tests.helpers.serve.training_jobs import TRAINING, training_settings

KEY = "correct-horse-battery"
ADDRESSES = [
    ("GET", TRAINING),
    ("POST", TRAINING),
    ("DELETE", TRAINING),
    ("GET", f"{TRAINING}/events"),
    ("GET", f"{TRAINING}/report"),
    ("POST", f"{TRAINING}/promotion"),
    ("POST", "/v1/models/rollback"),
]
AWAY = "192.0.2.7"


def asking(folder: Path, client: str = "127.0.0.1", **settings: Any) -> TestClient:
    app = create_app(training_settings(folder, **settings), FakeScorer())
    return TestClient(app, base_url="http://localhost:8000", client=(client, 50_000))


def refusal(client: TestClient, method: str, address: str, **headers: str) -> tuple[int, str]:
    body = {"version": "1"} if address.endswith("promotion") else None
    answer = client.request(method, address, json=body, headers=headers)
    return answer.status_code, error_of(answer)["code"]


@pytest.mark.parametrize(
    "settings", [{"training": False}, {"host": "0.0.0.0"}, {"host": "192.0.2.1", "api_key": KEY}]
)
def test_disabled_training_is_refused_to_all(tmp_path: Path, settings: dict[str, Any]) -> None:
    with asking(tmp_path, **settings) as client:
        client.headers["X-API-Key"] = KEY
        refusals = {refusal(client, *address) for address in ADDRESSES}
        assert client.get("/v1/model").json()["training"] is False
    assert refusals == {(403, "training_disabled")}


@pytest.mark.parametrize(
    ("client", "headers"),
    [
        (AWAY, {}),
        ("127.0.0.1", {"Host": "hairs.example"}),
        ("127.0.0.1", {"X-Forwarded-For": AWAY}),
        ("127.0.0.1", {"Origin": "https://evil.example"}),
        ("127.0.0.1", {"Origin": "http://localhost:9000"}),
        ("127.0.0.1", {"Origin": "null"}),
        ("127.0.0.1", {"Sec-Fetch-Site": "cross-site"}),
        ("127.0.0.1", {"Sec-Fetch-Site": "same-site"}),
    ],
)
def test_without_a_key_only_the_servers_machine_may_train(
    tmp_path: Path, client: str, headers: dict[str, str]
) -> None:
    with asking(tmp_path, client, training=True, host="0.0.0.0") as stranger:
        refusals = {refusal(stranger, *address, **headers) for address in ADDRESSES}
        assert stranger.get("/v1/model", headers=headers).json()["training"] is False
    assert refusals == {(403, "local_only")}


@pytest.mark.parametrize(
    "headers",
    [{}, {"Origin": "http://localhost:8000", "Sec-Fetch-Site": "same-origin"}],
    ids=["program", "page"],
)
def test_the_servers_machine_may_train(tmp_path: Path, headers: dict[str, str]) -> None:
    with asking(tmp_path) as client:
        assert client.get(TRAINING, headers=headers).json()["state"] == "idle"
        assert client.get("/v1/model", headers=headers).json()["training"] is True


def test_requests_with_the_key_may_train(tmp_path: Path) -> None:
    with asking(tmp_path, AWAY, training=True, host="0.0.0.0", api_key=KEY) as client:
        assert refusal(client, "POST", TRAINING) == (401, "key_needed")
        assert client.get(TRAINING, headers={"X-API-Key": KEY}).status_code == 200


@pytest.mark.parametrize(
    ("host", "allowed"),
    [("127.0.0.1", True), ("localhost", True), ("::1", True), ("0.0.0.0", False), ("::", False)],
)
def test_training_is_allowed_by_default_only_on_a_loopback_host(host: str, allowed: bool) -> None:
    assert Settings(host=host).training_allowed is allowed
