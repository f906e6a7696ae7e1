"""Notebooks run, and the documentation shows what they print."""

import ast
import contextlib
import io
import json
import re
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[1]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
PAGES = {"telogen_share.ipynb": "how-it-works/share.md"}
"""The page of docs/ that has the tables of a notebook."""
LOOP = "retrain.ipynb"
"""Walks through the loop; its output depends on the machine."""

Row = tuple[str, tuple[float, ...]]


def code_of(notebook: Path) -> list[dict[str, Any]]:
    cells = json.loads(notebook.read_text("utf-8"))["cells"]
    return [cell for cell in cells if cell["cell_type"] == "code"]


def rows_of(text: str) -> list[Row]:
    """The lines of all tables: what is no number, and the numbers."""
    lines = [line for line in text.splitlines() if line.startswith("|")]
    return [
        (re.sub(r"-?[\d.]+", "#", line), tuple(map(float, re.findall(r"[-+]?\d[\d.]*", line))))
        for line in lines
        if not line.startswith("| ---")
    ]


def run_cells(notebook: Path) -> tuple[dict[str, Any], str]:
    """What its names stand for in the end, and what it prints."""
    names: dict[str, Any] = {}
    with contextlib.redirect_stdout(io.StringIO()) as printed, contextlib.chdir(ROOT):
        for cell in code_of(notebook):
            exec("".join(cell["source"]), names)
    return names, printed.getvalue()


def test_every_notebook_is_run_by_a_test() -> None:
    assert {notebook.name for notebook in NOTEBOOKS} == {*PAGES, LOOP}


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.name)
def test_a_notebook_is_kept_without_its_output_and_names_no_machine(notebook: Path) -> None:
    assert all(
        not cell["outputs"] and cell["execution_count"] is None for cell in code_of(notebook)
    )
    assert not re.search(r"/(home|tmp|work|opt|root|Users)/", notebook.read_text("utf-8"))


@pytest.mark.slow
@pytest.mark.parametrize("notebook", PAGES)
def test_a_notebook_prints_the_tables_of_its_page(notebook: str) -> None:
    _, printed = run_cells(ROOT / "notebooks" / notebook)
    made = rows_of(printed)
    shown = rows_of((ROOT / "docs" / PAGES[notebook]).read_text("utf-8"))
    assert made
    missing = [row for row in made if not any(_alike(row, other) for other in shown)]
    assert missing == []


@pytest.mark.slow
def test_the_retraining_notebook_promotes_and_rolls_back() -> None:
    names, printed = run_cells(ROOT / "notebooks" / LOOP)
    outcome = names["outcome"]
    assert outcome["promoted"]
    assert outcome["labels"]["telogen"] >= names["GIVEN"]["telogen"]
    assert names["hairs_before"]
    assert names["hairs_after"] != names["hairs_before"]
    assert names["hairs_again"] == names["hairs_before"]
    assert f"{outcome['champion']} is active again instead of {outcome['challenger']}." in printed
    chances = ast.literal_eval(names["ended"].stdout)
    assert set(chances) == {"club", "misshapen", "bare", "not_hair"}
    assert sum(chances.values()) == pytest.approx(1, abs=0.001)
    assert not names["here"].exists()


def _alike(one: Row, other: Row) -> bool:
    return one[0] == other[0] and one[1] == pytest.approx(other[1], abs=0.011)
