import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from serve.batch import BatchRequest, score_batch
from serve.batch.validate import broken_places
from tests.helpers.hostile_files import encoded, scene
from tests.helpers.serve.fake_scorer import FakeScorer

Edit = Callable[[list[dict[str, Any]]], object]


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("photos")
    for number in range(3):
        (folder / f"{number}.jpg").write_bytes(encoded(scene(300 + number % 2, 240)))
    scorer = FakeScorer(telogen=2, misshapen=1, unsure=1)
    score_batch(BatchRequest((folder,), folder / "out"), scorer)
    return folder / "out" / "results.jsonl"


def told(file: Path) -> list[str]:
    return [place.in_words() for place in broken_places(file)]


def test_results_are_in_the_format(sound: Path) -> None:
    assert told(sound) == []


@pytest.mark.parametrize(
    ("edit", "words"),
    [
        (lambda rows: rows[1].update(status="done"), "line 2, status: has to be one of"),
        (lambda rows: rows[1].update(photo="0.jpg"), "line 2, photo: '0.jpg' came before"),
        (lambda rows: rows[2].update(duplicate_of="9.jpg"), "line 3, duplicate_of: '9.jpg' did"),
        (lambda rows: rows[0]["summary"].update(telogen=3), "line 1, summary.telogen: is 3, but"),
        (lambda rows: rows[0]["hairs"][1].update(id=5), "line 1, hairs.1.id: is 5"),
        (lambda rows: rows[1].update(width=float("nan")), "line 2: is no JSON: NaN"),
        (lambda rows: rows[0]["summary"].update(telogen=-1), "line 1, summary.telogen: has to be"),
    ],
)
def test_a_broken_line_is_told(sound: Path, tmp_path: Path, edit: Edit, words: str) -> None:
    rows = [json.loads(line) for line in sound.read_text().splitlines()]
    edit(rows)
    file = tmp_path / "results.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in rows))
    (place,) = told(file)
    assert place.startswith(words)


def test_a_file_that_was_cut_off_is_told(sound: Path, tmp_path: Path) -> None:
    file = tmp_path / "results.jsonl"
    file.write_bytes(sound.read_bytes()[:-40])
    cut, no_json = told(file)
    assert cut == "line 3: is cut short: no line break ends it"
    assert no_json.startswith("line 3: is no JSON")
