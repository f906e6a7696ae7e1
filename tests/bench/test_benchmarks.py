"""Checks of the benchmarks in this folder. ``python -m tests.bench.load`` prints figures."""

import cv2
import numpy as np
import pytest

from data.images.photo import ReadLimits
from tests.bench import batch, load
from tests.bench.cost import SCENES, Row, measure, memory, times
from tests.bench.measure import DECODE, WHOLE
from tests.bench.scene import Scene

pytestmark = pytest.mark.bench

STAGES = ["read", "map", "find", "crops", "classify", "label"]


@pytest.fixture(scope="module")
def row() -> Row:
    return measure(Scene(1, 5), repeats=1)


def test_every_stage_is_reported(row: Row) -> None:
    assert list(row.steps) == [DECODE, *STAGES, WHOLE]
    assert all(step["ms"] >= 0 for step in row.steps.values())
    assert times([row]).row_count == memory([row]).row_count == 1
    assert row.as_json()["ratio"] == row.ratio > 1


def test_scoring_takes_at_least_the_memory_of_the_photo(row: Row) -> None:
    width, height = row.scene.size
    assert row.whole["steps"][WHOLE]["peak_mib"] > width * height * 3 / 2**20


def test_a_clump_of_200_hairs_is_scored() -> None:
    (clump,) = (scene for scene in SCENES if scene.clump)
    assert (clump.megapixels, clump.hairs) == (12, 200)
    found = measure(clump, repeats=1).whole["found"]
    assert found["status"] in ("scored", "no_hairs")


@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.name)
def test_a_photo_has_its_size(scene: Scene) -> None:
    raw = scene.as_jpeg()
    ReadLimits().check_bytes(len(raw))
    pixels = cv2.imdecode(np.frombuffer(raw, np.uint8), cv2.IMREAD_REDUCED_GRAYSCALE_8)
    assert pixels is not None
    assert pixels.size * 64 == pytest.approx(scene.megapixels * 1e6, rel=0.01)


def test_two_workers_are_faster_than_one_and_each_stays_small() -> None:
    result = batch.compare(count=24, megapixels=3, rounds=2)
    assert result["two_over_one"] > 1
    assert len(result["memory_mib"]) == 2 * (1 + 2)
    assert all(100 < worker["peak"] < 400 for worker in result["memory_mib"])
    assert result["rates"]["decodes per CPU second"][0] > 10


def test_a_server_with_too_many_clients_answers_200_or_503() -> None:
    result = load.compare(Scene(1, 5), requests=120, clients=24)
    assert result["decoding"]["statuses"] == {200: 120}
    statuses = result["scoring"]["statuses"]
    assert sum(statuses.values()) == 120
    assert statuses.keys() == {200, 503}
    assert 0 < result["ratio"] < 2
    assert min(result["scoring"]["memory_mib"]) > 100
