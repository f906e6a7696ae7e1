"""The generated pages are current, and other pages name only commands and settings that exist."""

import re
from pathlib import Path

import pytest

from serve.cli.docs import PAGES, cli_page
from serve.settings import Settings
from tests.helpers.serve.command_line import ROOT

PAGES_OF_PEOPLE = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]


@pytest.mark.parametrize("name", PAGES)
def test_a_generated_page_is_current(name: str) -> None:
    current = (ROOT / "docs" / name).read_text("utf-8")
    assert PAGES[name]() == current, "run python -m serve.cli.docs"


@pytest.mark.parametrize("page", PAGES_OF_PEOPLE, ids=lambda page: page.stem)
def test_a_page_names_commands_and_settings_that_exist(page: Path) -> None:
    text = page.read_text("utf-8")
    commands = set(re.findall(r"^## (shedlight .*)$", cli_page(), re.M))
    groups = {command.rpartition(" ")[0] for command in commands}
    for named in re.findall(r"(?:^|`)(shedlight [a-z-]+(?: [a-z-]+)?)", text, re.M):
        assert {named, named.rpartition(" ")[0]} & (commands | groups - {"shedlight"}), named
    settings = {f"SHEDLIGHT_{name.upper()}" for name in Settings.model_fields}
    assert set(re.findall(r"\bSHEDLIGHT_\w+", text)) <= settings | {"SHEDLIGHT_BENCH_JSON"}
