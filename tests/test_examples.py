"""The whole way of a photo, on the example photos with the shipped weights."""

import itertools
import json
import math
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

import model
from data.io.jsonl import Json
from model.labelling.hair import Label
from model.scorer import Scorer
from serve.batch import RESULTS, BatchRequest, Overlays, score_batch

EXAMPLES = Path(__file__).parents[1] / "examples"
SCHEMA = Path(model.__path__[0]) / "schema" / "shedlight-1.json"


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Json]:
    out = tmp_path_factory.mktemp("out")
    request = BatchRequest((EXAMPLES,), out, roots_in_view=True, overlays=Overlays.NONE)
    score_batch(request, Scorer.shipped())
    lines = [json.loads(line) for line in (out / RESULTS).read_text("utf-8").splitlines()]
    return {line["photo"]: line for line in lines}


@pytest.fixture(scope="module")
def truth() -> dict[str, Json]:
    lines = (EXAMPLES / "truth.jsonl").read_text("utf-8").splitlines()
    return {line["photo"]: line for line in map(json.loads, lines)}


def test_every_photo_comes_back_once(results: dict[str, Json], truth: dict[str, Json]) -> None:
    assert sorted(results) == sorted(truth)


def test_every_line_is_in_the_format(results: dict[str, Json]) -> None:
    validator = Draft202012Validator(json.loads(SCHEMA.read_text("utf-8")))
    for line in results.values():
        validator.validate(line)


@pytest.mark.parametrize(
    ("name", "side"),
    [("row_mostly_telogen.jpg", Label.TELOGEN), ("row_mostly_broken.jpg", Label.ANAGEN)],
)
def test_a_row_laid_as_the_guide_asks_has_the_answer_of_its_name(
    results: dict[str, Json], name: str, side: Label
) -> None:
    assert results[name]["summary"]["answer"]["side"] == side


def test_a_row_from_too_far_away_is_to_be_taken_again(results: dict[str, Json]) -> None:
    codes = {each["code"] for each in results["row_too_far_away.jpg"]["quality"]}
    assert "hairs_too_small" in codes


def test_paths_have_a_point_every_ten_pixels(results: dict[str, Json]) -> None:
    paths = [hair["path"] for line in results.values() for hair in line["hairs"]]
    assert paths
    assert max(math.dist(*step) for path in paths for step in itertools.pairwise(path)) <= 10


def test_labels_given_near_a_true_root_are_mostly_right(
    results: dict[str, Json], truth: dict[str, Json]
) -> None:
    verdicts = [
        (hair["label"] == "telogen") == (root["root"] == "telogen")
        for name, line in results.items()
        for hair in line["hairs"]
        if hair["label"] != "unsure" and hair["root"]
        for root in truth[name]["hairs"]
        if math.dist((hair["root"]["x"], hair["root"]["y"]), root["root_xy"]) < 4 * root["shaft_px"]
    ]
    assert len(verdicts) >= 10
    assert sum(verdicts) >= 0.75 * len(verdicts)
