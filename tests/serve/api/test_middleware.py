"""API keys, the rate limit, other origins, and metrics."""

from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from serve.api.middleware import MAX_CLIENTS, TokenBuckets, client_of
from serve.app import create_app
from serve.settings import Settings
from tests.helpers.serve.fake_scorer import FakeScorer
from tests.helpers.serve.http import PHOTO, SMALL, error_of, files

KEY = "correct-horse-battery"


@pytest.fixture(scope="module")
def locked() -> Iterator[TestClient]:
    settings = Settings(api_key=KEY, cors_origins=["https://clinic.example"])  # type: ignore[arg-type]
    with TestClient(create_app(settings, FakeScorer())) as client:
        yield client


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"X-API-Key": KEY[:-1]},
        {"X-API-Key": ""},
        {"X-API-Key": "schlüssel".encode()},
        {"Authorization": KEY},
        {"Authorization": f"Basic {KEY}"},
    ],
)
def test_without_the_key_the_api_is_closed(
    locked: TestClient, headers: dict[str, str | bytes]
) -> None:
    for method, address in (
        ("GET", "/v1/model"),
        ("POST", "/v1/photos"),
        ("GET", "/v1/training"),
    ):
        answer = locked.request(method, address, headers=headers)  # type: ignore[arg-type]
        assert (answer.status_code, error_of(answer)["code"]) == (401, "key_needed")
        assert answer.headers["www-authenticate"] == "Bearer"
        assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    "headers", [{"X-API-Key": KEY}, {"Authorization": f"Bearer {KEY}"}], ids=["own", "bearer"]
)
def test_the_key_opens_it(locked: TestClient, headers: dict[str, str]) -> None:
    assert locked.get("/v1/model", headers=headers).status_code == 200


@pytest.mark.parametrize("address", ["/", "/healthz", "/readyz", "/metrics", "/openapi.json"])
def test_other_addresses_need_no_key(locked: TestClient, address: str) -> None:
    assert locked.get(address).status_code == 200


def test_the_key_is_not_shown() -> None:
    assert KEY not in repr(Settings(api_key=KEY))  # type: ignore[arg-type]


def test_a_listed_origin_may_ask_and_another_may_not(locked: TestClient) -> None:
    asked = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "x-api-key"}
    ours = {"Origin": "https://clinic.example"}
    before = locked.options("/v1/photos", headers=ours | asked)
    assert before.status_code == 200
    assert before.headers["access-control-allow-origin"] == "https://clinic.example"
    refused = locked.get("/v1/model", headers=ours)
    assert refused.headers["access-control-allow-origin"] == "https://clinic.example"
    other = locked.get("/v1/model", headers={"Origin": "https://evil.example", "X-API-Key": KEY})
    assert "access-control-allow-origin" not in other.headers


def test_no_other_origin_may_ask_unless_listed(client: TestClient) -> None:
    answer = client.get("/v1/model", headers={"Origin": "https://clinic.example"})
    assert not [name for name in answer.headers if name.startswith("access-control")]


def test_a_client_that_asks_too_often_waits() -> None:
    with TestClient(create_app(Settings(requests_per_minute=2), FakeScorer())) as client:
        assert [client.get("/v1/model").status_code for _ in range(3)] == [200, 200, 429]
        refused = client.post("/v1/photos", files=files(("a.jpg", PHOTO)))
        assert error_of(refused)["code"] == "too_many_requests"
        assert 1 <= int(refused.headers["retry-after"]) <= 30
        assert client.get("/").status_code == client.get("/healthz").status_code == 200


def test_a_bucket_refills_evenly_up_to_its_size() -> None:
    now_s = 0.0
    buckets = TokenBuckets(6, clock=lambda: now_s)
    assert [buckets.take("a") for _ in range(7)] == [0] * 6 + [10]
    assert buckets.take("b") == 0
    now_s = 4.0
    assert buckets.take("a") == 6
    now_s = 10.5
    assert [buckets.take("a") for _ in range(2)] == [0, 10]
    now_s = 1000.0
    assert [buckets.take("a") for _ in range(7)] == [0] * 6 + [10]


def test_the_least_recent_client_is_forgotten() -> None:
    buckets = TokenBuckets(1, clock=lambda: 0.0)
    assert (buckets.take("first"), buckets.take("first")) == (0, 60)
    for number in range(MAX_CLIENTS):
        buckets.take(str(number))
    assert buckets.take(str(MAX_CLIENTS - 1)) == 60
    assert buckets.take("first") == 0


@pytest.mark.parametrize(
    ("host", "client"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("testclient", "testclient"),
        (None, ""),
    ],
)
def test_an_ipv6_client_is_its_network(host: str | None, client: str) -> None:
    assert client_of({"client": (host, 1) if host else None}) == client


def test_metrics_count_photos_without_data_of_them() -> None:
    with TestClient(create_app(SMALL, FakeScorer())) as client:
        sent = files(("maria.jpg", PHOTO), ("b.jpg", b"hello"), ("c.jpg", PHOTO))
        client.post("/v1/photos", files=sent, data={"context": '{"shedding": "severe"}'})
        answer = client.get("/metrics")
    metrics = answer.text.splitlines()
    assert answer.headers["content-type"].startswith("text/plain; version=")
    for line in (
        'shedlight_photos_total{status="scored"} 2.0',
        'shedlight_photos_total{status="rejected"} 1.0',
        'shedlight_photos_total{status="failed"} 0.0',
        "shedlight_photo_seconds_count 3.0",
        "shedlight_photos_waiting 0.0",
        "shedlight_requests_active 0.0",
        f"shedlight_workers_up {SMALL.workers}.0",
        "shedlight_workers_restarted_total 0.0",
    ):
        assert line in metrics
    assert not any(word in answer.text for word in ("maria", "severe", "testclient"))


def test_two_servers_in_one_process_count_apart() -> None:
    with (
        TestClient(create_app(SMALL, FakeScorer())) as one,
        TestClient(create_app(SMALL, FakeScorer())) as other,
    ):
        one.post("/v1/photos", files=files(("a.jpg", PHOTO)))
        assert "shedlight_photo_seconds_count 0.0" in other.get("/metrics").text


def test_readiness_counts_the_workers(client: TestClient) -> None:
    answer = client.get("/readyz").json()
    assert answer == {"status": "ready", "workers_up": SMALL.workers, "workers": SMALL.workers}


def test_key_and_rate_limit_are_documented_for_the_api(client: TestClient) -> None:
    api = client.get("/openapi.json").json()
    assert api["components"]["securitySchemes"]["key"]["name"] == "X-API-Key"
    for path, operations in api["paths"].items():
        for operation in operations.values():
            answers = operation["responses"].keys()
            assert ({"401", "429"} <= answers) == path.startswith("/v1/")
            assert "400" in answers or "requestBody" not in operation
    full = api["paths"]["/v1/photos"]["post"]["responses"]["503"]
    assert full["headers"]["Retry-After"]["schema"] == {"type": "integer"}
