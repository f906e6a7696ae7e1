"""That a batch is watched; ``python -m tests.bench.batch`` gives the figures."""

import pytest

from tests.bench.batch import compare

pytestmark = pytest.mark.bench


def test_a_batch_is_faster_by_two_workers_and_each_stays_small() -> None:
    told = compare(count=24, megapixels=3, rounds=2)
    assert told["two_over_one"] > 1
    assert len(told["memory_mib"]) == 2 * (1 + 2)
    assert all(100 < worker["most"] < 400 for worker in told["memory_mib"])
    assert told["rates"]["decodes per CPU second"][0] > 10
