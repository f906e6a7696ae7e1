"""Malformed answers are refused with the field's name, at both addresses."""

import json

import httpx
import pytest

from serve.advice.questionnaire import Context
from tests.helpers.serve.advice_grid import CALM
from tests.helpers.serve.http import PHOTO, error_of, files

COUNTS = '{"telogen": 19, "misshapen": 1, "no_bulb": 0}'

MALFORMED = [
    ('{"needle_mm": -0.25}', "context.needle_mm"),
    ('{"needle_mm": 4}', "context.needle_mm"),
    ('{"needle_mm": NaN}', "context.needle_mm"),
    ('{"needle_mm": Infinity}', "context.needle_mm"),
    ('{"needle_mm": "0.25"}', "context.needle_mm"),
    ('{"needle_mm": true}', "context.needle_mm"),
    ('{"needle_mm": [0.25]}', "context.needle_mm"),
    ('{"weeks_since_start": 10000}', "context.weeks_since_start"),
    ('{"weeks_since_start": -1}', "context.weeks_since_start"),
    ('{"weeks_since_start": 1e999}', "context.weeks_since_start"),
    ('{"sessions_per_month": 61}', "context.sessions_per_month"),
    ('{"setting": "moon"}', "context.setting"),
    ('{"setting": 1}', "context.setting"),
    ('{"shedding": ["slight"]}', "context.shedding"),
    ('{"density_loss": "yes"}', "context.density_loss"),
    ('{"density_loss": 1}', "context.density_loss"),
    ('{"under_18": "false"}', "context.under_18"),
    ('{"scalp_signs": "pus"}', "context.scalp_signs"),
    ('{"scalp_signs": ["pus", "moon"]}', "context.scalp_signs.1"),
    ('{"scalp_signs": [null]}', "context.scalp_signs.0"),
    (json.dumps({"scalp_signs": ["pus"] * 100}), "context.scalp_signs"),
    ('{"name": "x"}', "context.name"),
    ("[]", "context"),
    ("7", "context"),
    ("null", "context"),
]


@pytest.mark.parametrize(("context", "field"), MALFORMED)
def test_the_advice_on_counts_names_what_is_malformed(
    server: httpx.Client, context: str, field: str
) -> None:
    body = f'{{"counts": {COUNTS}, "context": {context}}}'
    answer = server.post("/v1/advice", content=body, headers={"content-type": "application/json"})
    assert (answer.status_code, error_of(answer)["code"]) == (422, "invalid_request")
    assert error_of(answer)["field"] == field


@pytest.mark.parametrize("body", ["nonsense", "{", ""])
def test_a_body_that_is_no_json_is_at_fault_as_a_whole(server: httpx.Client, body: str) -> None:
    answer = server.post("/v1/advice", content=body, headers={"content-type": "application/json"})
    assert (answer.status_code, error_of(answer)["code"]) == (422, "invalid_request")
    assert error_of(answer)["field"] == "body"


@pytest.mark.parametrize(("context", "field"), [*MALFORMED, ("{", "context"), ("", "context")])
def test_the_advice_on_photos_names_what_is_malformed(
    server: httpx.Client, context: str, field: str
) -> None:
    answer = server.post("/v1/photos", files=files(("a.jpg", PHOTO)), data={"context": context})
    assert (answer.status_code, error_of(answer)["code"]) == (422, "invalid_request")
    assert error_of(answer)["field"] == field


def test_good_answers_are_taken_at_both_addresses(server: httpx.Client) -> None:
    answers = CALM | {"weeks_since_start": 6, "needle_mm": 0.25}
    of_counts = server.post("/v1/advice", json={"counts": json.loads(COUNTS), "context": answers})
    sent = {"context": json.dumps(answers)}
    of_photos = server.post("/v1/photos", files=files(("a.jpg", PHOTO)), data=sent)
    for answer in (of_counts, of_photos):
        assert answer.status_code == 200
        assert "early_slight_telogen" in [each["id"] for each in answer.json()["advice"]]


def test_whole_numbers_and_no_answers_are_fine() -> None:
    assert Context.model_validate({"needle_mm": 1}).needle_mm == 1.0
    assert not Context.model_validate({"setting": None}).model_dump(exclude_none=True)


def test_the_documented_example_can_be_sent() -> None:
    Context.model_validate(Context.model_json_schema()["example"])
