"""The docs name files that are there."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGES = [
    *sorted((ROOT / "docs").rglob("*.md")),
    *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md")),
]
LOG = "experiments.md"
"""The log of models names files as they were called then."""
_FILE = re.compile(
    r"`((?:data|docs|model|notebooks|serve|shedlight|tests|training)/[\w/.-]+\.\w+)`"
)
_LINK = re.compile(r"\]\(([^)\s#]+)")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_files_that_a_page_names_are_there(page: Path) -> None:
    text = page.read_text("utf-8")
    named = [] if page.name == LOG else [ROOT / name for name in _FILE.findall(text)]
    linked = [page.parent / link for link in _LINK.findall(text) if ":" not in link]
    assert [str(file) for file in (*named, *linked) if not file.exists()] == []
