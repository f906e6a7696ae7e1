"""Every request gets an answer that /openapi.json describes, and no internal error."""

from collections.abc import Iterator

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis import Case, openapi
from schemathesis.checks import not_a_server_error
from schemathesis.generation import GenerationMode
from schemathesis.schemas import BaseSchema
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.helpers.serve.batches import run_batch
from tests.helpers.serve.fake_scorer import FakeScorer
from tests.helpers.serve.http import PHOTO, files
from tests.helpers.serve.running_server import running_server
from tests.helpers.serve.saved_photos import save_photo
from tests.helpers.serve.training_jobs import training_settings

pytestmark = pytest.mark.slow

ADDRESSES = [
    ("POST", "/v1/photos"),
    ("POST", "/v1/batches"),
    ("GET", "/v1/batches/{batch_id}"),
    ("GET", "/v1/batches/{batch_id}/events"),
    ("GET", "/v1/batches/{batch_id}/results"),
    ("GET", "/v1/batches/{batch_id}/results/{name}"),
    ("POST", "/v1/batches/{batch_id}/advice"),
    ("DELETE", "/v1/batches/{batch_id}"),
    ("GET", "/v1/photos/{photo_id}"),
    ("GET", "/v1/photos/{photo_id}/picture.jpg"),
    ("GET", "/v1/photos/{photo_id}/overlay.png"),
    ("GET", "/v1/photos/{photo_id}/hairs/{hair}/crop.png"),
    ("POST", "/v1/photos/{photo_id}/hairs/{hair}/label"),
    ("POST", "/v1/photos/{photo_id}/hairs"),
    ("POST", "/v1/photos/{photo_id}/undo"),
    ("DELETE", "/v1/photos/{photo_id}"),
    ("GET", "/v1/labels/next"),
    ("GET", "/v1/labels/export"),
    ("GET", "/v1/training"),
    ("POST", "/v1/training"),
    ("DELETE", "/v1/training"),
    ("GET", "/v1/training/events"),
    ("GET", "/v1/training/report"),
    ("POST", "/v1/training/promotion"),
    ("POST", "/v1/models/rollback"),
    ("POST", "/v1/advice"),
    ("GET", "/v1/model"),
    ("GET", "/healthz"),
    ("GET", "/readyz"),
    ("GET", "/metrics"),
]
WITHOUT_BODY = {"/v1/training", "/v1/models/rollback"}
"""POST requests without a body, which cannot be invalid."""
EXAMPLES = 100
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
"""Not that every valid request is accepted: no schema describes a photo of hairs."""


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("store")
    settings = training_settings(
        folder, batch_folder=folder, waiting_batches=100
    )  # none is too many
    with running_server(settings, FakeScorer()) as address:
        yield address


@pytest.fixture(scope="module")
def api(address: str) -> BaseSchema:
    return openapi.from_url(f"{address}/openapi.json")


@pytest.fixture
def photo_id(address: str) -> str:
    with httpx.Client(base_url=address) as client:
        return save_photo(client, retention="improve").rpartition("/")[2]


@pytest.fixture
def batch_id(address: str) -> str:
    with httpx.Client(base_url=address) as client:
        return str(run_batch(client, files(("a.jpg", PHOTO)))["id"])


def test_all_addresses_are_tried(api: BaseSchema) -> None:
    operations = [each.ok() for each in api.get_all_operations()]
    assert {(each.method.upper(), each.path) for each in operations} == set(ADDRESSES)


@pytest.mark.parametrize(
    ("mode", "method", "path"),
    [
        (mode, method, path)
        for mode in GenerationMode
        for method, path in ADDRESSES
        if mode.is_positive or (method == "POST" and path not in WITHOUT_BODY)
    ],
)
def test_every_answer_is_one_that_is_described(
    api: BaseSchema, photo_id: str, batch_id: str, mode: GenerationMode, method: str, path: str
) -> None:
    @given(case=api[path][method].as_strategy(generation_mode=mode), with_saved_id=st.booleans())
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    def check(case: Case, with_saved_id: bool) -> None:
        for name, saved_id in (("photo_id", photo_id), ("batch_id", batch_id)):
            if with_saved_id and name in case.path_parameters:
                case.path_parameters[name] = saved_id
        case.call_and_validate(checks=CHECKS)

    check()
