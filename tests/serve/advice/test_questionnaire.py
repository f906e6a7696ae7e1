"""Malformed answers are refused with the field's name, at both addresses."""

import json

import httpx
import pytest

from data.texts.catalogue import languages, texts_in
from serve.advice.questionnaire import (
    Context,
    QuestionKind,
    asked_fields,
    open_fields,
    questions,
)
from tests.helpers.serve.advice_grid import CALM, CALM_WITHOUT, contexts
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
    ('{"recent_events": ["moon"]}', "context.recent_events.0"),
    ('{"shedding_over_six_months": "no"}', "context.shedding_over_six_months"),
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


HOME = ["setting", "needle_mm", "shedding", "density_loss", "scalp_signs"]
CLINIC = ["setting", "shedding", "density_loss", "scalp_signs"]
BRANCHES: list[tuple[dict[str, object], list[str]]] = [
    ({}, CLINIC),
    (CALM, [*HOME, "weeks_since_start"]),
    (CALM | {"shedding": "moderate"}, [*HOME, "recent_events"]),
    (CALM | {"scalp_signs": ["itching"]}, [*HOME, "signs_tied_to_sessions"]),
    (CALM | {"scalp_signs": ["itching", "pus"]}, HOME),
    (CALM | {"setting": "clinic"}, [*CLINIC, "weeks_since_start"]),
    (CALM | {"setting": "clinic", "shedding": "severe"}, [*CLINIC, "recent_events"]),
    (CALM_WITHOUT, [*CLINIC, "recent_events"]),
    (CALM_WITHOUT | {"shedding": "slight"}, [*CLINIC, "recent_events", "shedding_over_six_months"]),
]


@pytest.mark.parametrize(("answers", "fields"), BRANCHES)
def test_four_to_six_questions_are_asked_as_the_answers_branch(
    answers: dict[str, object], fields: list[str]
) -> None:
    asked = asked_fields(Context.model_validate(answers))
    assert asked == fields
    assert 4 <= len(asked) <= 6


def test_no_answers_lead_to_more_than_six_questions() -> None:
    for context in contexts():
        asked = asked_fields(context)
        assert 4 <= len(asked) <= 6, context
        assert asked[0] == "setting"
        assert len(set(asked)) == len(asked)


def test_what_may_be_asked_is_open_until_it_is_answered() -> None:
    nothing = open_fields(Context())
    assert set(nothing) == {question.field for question in questions()}
    assert "needle_mm" not in open_fields(Context.model_validate({"setting": "none"}))
    assert open_fields(Context.model_validate(CALM | {"needle_mm": 0.25})) == []


def test_every_question_can_be_asked_and_answered_as_the_context_allows() -> None:
    schema = Context.model_json_schema()
    for question in questions():
        options = json.dumps(schema["properties"][question.field]) + json.dumps(schema["$defs"])
        assert all(f'"{option}"' in options for option in question.options)
        for name in {**question.ask_if, **question.unless}:
            assert name in Context.model_fields
        for language in languages():
            texts = texts_in(language)
            of_question = texts.section(f"questions.{question.field}")
            assert "text" in of_question
            assert set(question.options) <= set(of_question.get("options", ()))
            assert ("none" in of_question) == (question.kind is QuestionKind.SEVERAL)
            assert ("invalid" in of_question) == (question.kind is QuestionKind.NUMBER)


def test_the_worst_is_not_asked_first() -> None:
    (signs,) = (each for each in questions() if each.field == "scalp_signs")
    assert set(signs.options[-5:]) == {
        *("spreading_redness", "severe_pain", "wound_not_healing", "pus", "fever")
    }


def test_whole_numbers_and_no_answers_are_fine() -> None:
    assert Context.model_validate({"needle_mm": 1}).needle_mm == 1.0
    assert not Context.model_validate({"setting": None}).model_dump(exclude_none=True)


def test_the_documented_example_can_be_sent() -> None:
    Context.model_validate(Context.model_json_schema()["example"])
