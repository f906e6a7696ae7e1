"""docs/how-it-works/advice.md says what the rules say, and its worked examples are what comes
out."""

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from serve.advice.rule_table import rule_table
from serve.advice.rules import Condition, Range, Rule, rule_book

ROOT = Path(__file__).parents[3]
DOCS = (ROOT / "docs/how-it-works/advice.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```console\n\$ shedlight (.+?')\n(.+?)```", DOCS, re.S)


def test_the_table_is_that_of_the_rules() -> None:
    assert rule_table() in DOCS, "put the output of 'python -m serve.advice.rule_table' there"


@pytest.mark.parametrize(
    ("when", "words"),
    [
        ({}, "always"),
        ({"under_18": True}, "under_18 is true"),
        ({"setting": ("home", None)}, "setting is home or not told"),
        ({"needle_mm": Range(above=0.25, at_most=1)}, "needle_mm > 0.25 and needle_mm <= 1"),
        ({"minoxidil": False, "share_low": Range(below=0.5)}, "minoxidil is false and share_low <"),
    ],
)
def test_conditions_are_told_in_the_table(
    monkeypatch: pytest.MonkeyPatch, when: dict[str, Condition], words: str
) -> None:
    rule: Rule = rule_book().rules[0].model_copy(update={"when": when})
    book = rule_book().model_copy(update={"rules": (rule,)})
    monkeypatch.setattr("serve.advice.rule_table.rule_book", lambda: book)
    assert f"| {words}" in rule_table()


def test_there_are_three_worked_examples() -> None:
    assert len(EXAMPLES) == 3
    for command, printed in EXAMPLES:
        assert "--context" in command
        assert "What to look at next" in printed


@pytest.mark.slow
@pytest.mark.parametrize(("command", "printed"), EXAMPLES)
def test_a_worked_example_is_what_comes_out(
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
