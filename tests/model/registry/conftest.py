"""What the tests of the registry share."""

from pathlib import Path

import pytest

from model.registry.registry import Registry
from tests.helpers.model.versions import registry_with


@pytest.fixture
def registry(tmp_path: Path) -> Registry:
    """One to which two versions were added, neither in force."""
    return registry_with(tmp_path, "one", "two")
