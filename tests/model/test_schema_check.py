import copy
import json
import random
from typing import Any

import jsonschema
import pytest

from data.errors import ErrorCode, ShedlightError
from data.images.photo import Photo
from data.images.read import read_photo
from model.report import failed_report
from model.schema_check import Problem, SchemaCheck, format_schema
from tests.helpers.hostile_files import encoded, scene
from tests.helpers.serve.fake_scorer import MODEL, FakeScorer

CHECK = SchemaCheck(format_schema())
ODD: list[Any] = [None, True, 0, -1, 1.0, 1.5, "", "x", [], [1], {}, {"x": 1}, "telogen", "scored"]


def record() -> dict[str, Any]:
    photo: Photo = read_photo(encoded(scene()))
    told = FakeScorer(telogen=1, misshapen=1, unsure=1).score(photo).as_json()
    read: dict[str, Any] = json.loads(json.dumps(told))
    return read


def test_reports_are_in_the_format() -> None:
    failed = failed_report("a", ShedlightError(ErrorCode.EMPTY_FILE), MODEL).as_json()
    assert [*CHECK.problems(record()), *CHECK.problems(failed)] == []


@pytest.mark.parametrize(
    ("path", "value", "problem"),
    [
        (["status"], "done", ("status", "has to be one of")),
        (["hairs", 1, "label"], 3, ("hairs.1.label", "has to be one of")),
        (["hairs", 0, "shaft_px"], 0, ("hairs.0.shaft_px", "above 0")),
        (["hairs", 0, "root"], {"x": 1}, ("hairs.0.root", "lacks y")),
        (["hairs", 0, "path", 0], [1], ("hairs.0.path.0", "at least 2, not 1")),
        (["hairs", 2, "reason"], None, ("hairs.2.reason", "has to be string")),
        (["summary", "telogen"], True, ("summary.telogen", "has to be integer, not true")),
        (["sha256"], "ab", ("sha256", "has to match")),
        (["hairs"], [], ("hairs", "at least 1, not 0")),
        (["photo"], "", ("photo", "at least 1, not 0")),
        (["width"], None, ("width", "has to be integer")),
    ],
)
def test_a_problem_is_told_with_its_field(
    path: list[Any], value: Any, problem: tuple[str, str]
) -> None:
    broken = record()
    _set(broken, path, value)
    first = next(CHECK.problems(broken))
    assert first.field == problem[0]
    assert problem[1] in first.message


def test_what_is_no_object_is_told() -> None:
    assert Problem("", "has to be object, not [1]") in CHECK.problems([1])


def test_it_agrees_with_a_whole_implementation() -> None:
    """On a thousand records with a value, anywhere, replaced or taken out."""
    whole, chance = jsonschema.Draft202012Validator(format_schema()), random.Random(5)
    sound, verdicts = record(), set()
    for _ in range(1000):
        broken = copy.deepcopy(sound)
        _spoil(broken, chance)
        fits = whole.is_valid(broken)
        verdicts.add(fits)
        assert (next(CHECK.problems(broken), None) is None) == fits, broken
    assert verdicts == {True, False}


def test_a_schema_with_other_keywords_is_refused() -> None:
    within = {"properties": {"a": {"items": {"multipleOf": 2}}}}
    with pytest.raises(ValueError, match="multipleOf"):
        SchemaCheck(within)


def _set(record: Any, path: list[Any], value: Any) -> None:
    for step in path[:-1]:
        record = record[step]
    record[path[-1]] = value


def _spoil(record: Any, chance: random.Random) -> None:
    """Goes down at random and replaces or removes one value."""
    while True:
        key = chance.choice(list(record) if isinstance(record, dict) else range(len(record)))
        if isinstance(record[key], (dict, list)) and record[key] and chance.random() < 0.8:
            record = record[key]
            continue
        if chance.random() < 0.3:
            del record[key]
        else:
            record[key] = chance.choice(ODD)
        return
