"""An open store, new for each test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from serve.store.store import Store
from tests.helpers.serve.photo_store import open_store


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = open_store(tmp_path)
    yield store
    store.close()
