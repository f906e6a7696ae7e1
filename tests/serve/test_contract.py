"""Whatever is sent, an answer is one that /openapi.json tells of, and no fault of the server."""

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
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

from serve.settings import Settings
from tests.serve.fake_scorer import FakeScorer
from tests.serve.running import running_server

pytestmark = pytest.mark.slow

ADDRESSES = [
    ("POST", "/v1/photos"),
    ("POST", "/v1/advice"),
    ("GET", "/v1/model"),
    ("GET", "/healthz"),
    ("GET", "/readyz"),
    ("GET", "/metrics"),
]
EXAMPLES = 100
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
"""Not whether all that fits the document is taken: no schema says what a photo of hairs is."""


@pytest.fixture(scope="module")
def api() -> Iterator[BaseSchema]:
    with running_server(Settings(), FakeScorer()) as address:
        yield openapi.from_url(f"{address}/openapi.json")


def test_all_addresses_are_tried(api: BaseSchema) -> None:
    operations = [each.ok() for each in api.get_all_operations()]
    assert {(each.method.upper(), each.path) for each in operations} == set(ADDRESSES)


@pytest.mark.parametrize(
    ("mode", "method", "path"),
    [
        (mode, method, path)
        for mode in GenerationMode
        for method, path in ADDRESSES
        if method == "POST" or mode.is_positive  # nothing that one could GET wrongly
    ],
)
def test_every_answer_is_one_that_is_described(
    api: BaseSchema, mode: GenerationMode, method: str, path: str
) -> None:
    @given(case=api[path][method].as_strategy(generation_mode=mode))
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    def check(case: Case) -> None:
        case.call_and_validate(checks=CHECKS)

    check()
