from collections.abc import Iterator

import jsonschema
import pytest
from fastapi.testclient import TestClient
from pydantic import ValidationError

from serve.settings import Settings
from tests.helpers.serve.fake_scorer import MODEL
from tests.helpers.serve.http import SMALL


def test_the_model_is_described_with_its_limits(client: TestClient) -> None:
    about = client.get("/v1/model").json()
    assert about["trained_on"] == MODEL.trained_on
    assert "not been measured" in about["accuracy_on_real_roots"]
    assert about["limits"]["max_files"] == SMALL.max_files
    assert (about["link_days"], about["improve_days"]) == (30, 365)
    assert isinstance(about["heic"], bool)


@pytest.mark.parametrize(
    "unsafe",
    [
        {"max_files": 0},
        {"max_pixels": 10**9},
        {"max_file_bytes": 10**9},
        {"port": 70_000},
        {"workers": 0},
        {"waiting_requests": -1},
        {"photo_seconds": 0},
        {"api_key": "short"},
        {"cors_origins": ["*"]},
        {"cors_origins": ["https://a.example/page"]},
        {"waiting_batches": -1},
        {"batch_minutes": 0},
        {"max_batch_photos": 10**9},
        {"max_upload_bytes": 2_000_000, "max_file_bytes": 3_000_000},
    ],
)
def test_unsafe_settings_are_refused(unsafe: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Settings(**unsafe)  # type: ignore[arg-type]


def test_settings_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHEDLIGHT_MAX_FILES", "7")
    monkeypatch.setenv("SHEDLIGHT_CORS_ORIGINS", "https://a.example http://b.example:81")
    assert Settings().max_files == 7
    assert Settings().cors_origins == ("https://a.example", "http://b.example:81")


def test_operation_ids_are_stable_and_all_refs_resolve(client: TestClient) -> None:
    api = client.get("/openapi.json").json()
    operations = {each["operationId"] for way in api["paths"].values() for each in way.values()}
    assert operations == {
        "score_photos",
        "send_batch",
        "show_batch",
        "watch_batch",
        "fetch_results",
        "fetch_result",
        "advise_on_batch",
        "delete_batch",
        "show_photo",
        "delete_photo",
        "show_picture",
        "draw_photo",
        "crop_hair",
        "label_hair",
        "add_missed_root",
        "undo_correction",
        "next_labels",
        "export_labels",
        "show_training",
        "start_training",
        "stop_training",
        "watch_training",
        "fetch_training_report",
        "promote_challenger",
        "roll_model_back",
        "advise_on_counts",
        "describe_model",
        "check_health",
        "check_readiness",
        "show_metrics",
    }
    refs = set(_refs(api))
    assert {ref.rpartition("/")[2] for ref in refs} <= api["components"]["schemas"].keys()
    assert all(ref.startswith("#/components/schemas/") for ref in refs)


def test_documented_examples_fit_the_documented_schemas(client: TestClient) -> None:
    api = client.get("/openapi.json").json()
    examples = {
        name: schema["example"]
        for name, schema in api["components"]["schemas"].items()
        if "example" in schema
    }
    assert {"PhotoAnswer", "BatchAnswer", "ErrorAnswer", "TrainingStatus"} <= examples.keys()
    for name, example in examples.items():
        schema = {"$ref": f"#/components/schemas/{name}", "components": api["components"]}
        jsonschema.Draft202012Validator(schema).validate(example)


def _refs(node: object) -> Iterator[str]:
    if isinstance(node, dict):
        yield from (value for key, value in node.items() if key == "$ref")
    for part in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from _refs(part)
