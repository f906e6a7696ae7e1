"""The table of rules, and the example of docs/how-it-works/advice.md."""

from pathlib import Path

import pytest

from serve.advice.rule_table import rule_table
from serve.advice.rules import Condition, Range, rule_book
from tests.helpers.serve.advice_example import example, run


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


@pytest.mark.slow
def test_the_example_prints_what_the_page_shows(tmp_path: Path) -> None:
    command, printed = example()
    assert "--context" in command
    assert run(command, tmp_path) == printed, "run python -m tests.helpers.serve.advice_example"
