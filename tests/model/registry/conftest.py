"""Fixtures for the tests of the registry."""

from pathlib import Path

import pytest

from model.registry.registry import Registry
from tests.helpers.model.versions import registry_with


@pytest.fixture
def registry(tmp_path: Path) -> Registry:
    """A registry with two added versions, neither of them active."""
    return registry_with(tmp_path, "one", "two")
