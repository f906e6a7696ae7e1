"""The table of rules, and the example of docs/how-it-works/advice.md."""

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from serve.advice.rule_table import rule_table
from serve.advice.rules import Condition, Range, rule_book

ROOT = Path(__file__).parents[3]
DOCS = (ROOT / "docs/how-it-works/advice.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```console\n\$ shedlight (.+?')\n(.+?)```", DOCS, re.S)


@pytest.mark.parametrize(
    ("when", "condition"),
    [
        ({}, "always"),
        ({"under_18": True}, "under_18 is true"),
        ({"setting": ("home", None)}, "setting is home or not answered"),
        ({"needle_mm": Range(above=0.25, at_most=1)}, "needle_mm > 0.25 and needle_mm <= 1"),
        ({"minoxidil": False, "share_low": Range(below=0.5)}, "minoxidil is false and share_low <"),
    ],
)
def test_the_table_has_the_conditions(when: dict[str, Condition], condition: str) -> None:
    rule = rule_book().rules[0].model_copy(update={"when": when})
    book = rule_book().model_copy(update={"rules": (rule,)})
    assert f"| {condition}" in rule_table(book)


def test_there_is_an_example() -> None:
    ((command, _),) = EXAMPLES
    assert "--context" in command


@pytest.mark.slow
@pytest.mark.parametrize(("command", "printed"), EXAMPLES)
def test_the_example_prints_what_the_page_shows(
    command: str, printed: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    arguments = shlex.split(command.replace("\\\n", " "))
    done = subprocess.run(
        [sys.executable, "-m", "serve", *arguments], cwd=tmp_path, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert _lines(done.stdout) == _lines(printed)


def _lines(text: str) -> list[str]:
    return [line.rstrip() for line in text.strip().splitlines()]
