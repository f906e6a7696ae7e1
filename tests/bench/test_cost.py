"""That the benchmark measures what it says; ``python -m tests.bench.cost`` gives the figures."""

import cv2
import numpy as np
import pytest

from data.images.limits import ReadLimits
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


def test_the_whole_takes_the_memory_of_the_photo_at_least(row: Row) -> None:
    width, height = row.scene.size
    assert row.whole["steps"][WHOLE]["peak_mib"] > width * height * 3 / 2**20


def test_a_clump_of_200_hairs_answers() -> None:
    (clump,) = (scene for scene in SCENES if scene.clump)
    assert (clump.megapixels, clump.hairs) == (12, 200)
    found = measure(clump, repeats=1).whole["found"]
    assert found["status"] in ("scored", "no_hairs")


@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.name)
def test_a_photo_is_of_the_size_that_it_says(scene: Scene) -> None:
    raw = scene.as_jpeg()
    ReadLimits().check_bytes(len(raw))
    pixels = cv2.imdecode(np.frombuffer(raw, np.uint8), cv2.IMREAD_REDUCED_GRAYSCALE_8)
    assert pixels is not None
    assert pixels.size * 64 == pytest.approx(scene.megapixels * 1e6, rel=0.01)
