"""That the load is put on and told; ``python -m tests.bench.load`` gives the figures."""

import pytest

from tests.bench.load import compare
from tests.bench.scene import Scene

pytestmark = pytest.mark.bench


def test_more_clients_than_places_get_nothing_worse_than_a_503() -> None:
    told = compare(Scene(1, 5), requests=120, clients=24)
    assert told["decoding"]["statuses"] == {200: 120}
    statuses = told["scoring"]["statuses"]
    assert sum(statuses.values()) == 120
    assert statuses.keys() == {200, 503}
    assert 0 < told["ratio"] < 2
    assert min(told["scoring"]["memory_mib"]) > 100
