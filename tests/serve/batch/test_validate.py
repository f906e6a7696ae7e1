import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from data.errors import ErrorCode, ShedlightError
from model.report import failed_report
from serve.batch import BatchRequest, score_batch
from serve.batch.validate import FormatProblem, format_problems
from tests.helpers.hostile_files import encoded, scene
from tests.helpers.serve.fake_scorer import MODEL, FakeScorer

Edit = Callable[[list[dict[str, Any]]], object]


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("photos")
    for number in range(3):
        (folder / f"{number}.jpg").write_bytes(encoded(scene(300 + number % 2, 240)))
    scorer = FakeScorer(telogen=2, misshapen=1, unsure=1)
    score_batch(BatchRequest((folder,), folder / "out"), scorer)
    return folder / "out" / "results.jsonl"


def problems_after(edit: Edit, results: Path, folder: Path) -> list[FormatProblem]:
    rows = [json.loads(line) for line in results.read_text().splitlines()]
    edit(rows)
    file = folder / "results.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return list(format_problems(file))


def test_results_are_in_the_format(results: Path) -> None:
    assert list(format_problems(results)) == []


def test_a_failed_photo_is_in_the_format(tmp_path: Path) -> None:
    file = tmp_path / "results.jsonl"
    failed = failed_report("a", ShedlightError(ErrorCode.EMPTY_FILE), MODEL)
    file.write_text(json.dumps(failed.as_json()) + "\n")
    assert list(format_problems(file)) == []


@pytest.mark.parametrize(
    ("edit", "line", "field", "term"),
    [
        (lambda rows: rows[1].update(status="done"), 2, "status", "scored"),
        (lambda rows: rows[1].update(photo="0.jpg"), 2, "photo", "0.jpg"),
        (lambda rows: rows[1].update(photo=""), 2, "photo", "non-empty"),
        (lambda rows: rows[2].update(duplicate_of="9.jpg"), 3, "duplicate_of", "9.jpg"),
        (lambda rows: rows[0]["summary"].update(telogen=3), 1, "summary.telogen", "is 3"),
        (lambda rows: rows[0]["summary"].update(telogen=-1), 1, "summary.telogen", "minimum of 0"),
        (lambda rows: rows[0]["summary"].update(telogen=True), 1, "summary.telogen", "integer"),
        (lambda rows: rows[0]["hairs"][1].update(id=5), 1, "hairs[1].id", "is 5"),
        (lambda rows: rows[0]["hairs"][0].update(shaft_px=0), 1, "hairs[0].shaft_px", "0"),
        (lambda rows: rows[0]["hairs"][0].update(root={"x": 1}), 1, "hairs[0].root", "'y'"),
        (
            lambda rows: rows[0]["hairs"][0].update(path=[[1], [1, 2]]),
            1,
            "hairs[0].path[0]",
            "short",
        ),
        (lambda rows: rows[0].update(hairs=[]), 1, "hairs", "non-empty"),
        (lambda rows: rows[1].update(width=float("nan")), 2, "", "NaN"),
        (lambda rows: rows[1].update(sha256="ab"), 2, "sha256", "does not match"),
        (lambda rows: rows.insert(0, [1]), 1, "", "object"),
    ],
)
def test_a_problem_has_its_line_and_field(
    results: Path, tmp_path: Path, edit: Edit, line: int, field: str, term: str
) -> None:
    first = problems_after(edit, results, tmp_path)[0]
    assert (first.line, first.field) == (line, field)
    assert term in first.message


def test_a_problem_is_one_line_of_text(results: Path, tmp_path: Path) -> None:
    (whole,) = problems_after(lambda rows: rows.insert(0, ["x" * 999]), results, tmp_path)
    assert str(whole).startswith("line 1: ['xxx")
    assert len(str(whole)) < 250
    (status,) = problems_after(lambda rows: rows[1].update(status="done"), results, tmp_path)
    assert str(status).startswith("line 2, status: ")


def test_a_file_that_was_cut_off_is_reported(results: Path, tmp_path: Path) -> None:
    file = tmp_path / "results.jsonl"
    file.write_bytes(results.read_bytes()[:-40])
    assert [(each.line, each.field) for each in format_problems(file)] == [(3, ""), (3, "")]
