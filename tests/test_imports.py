"""Imports run one way: data <- model <- training, serve."""

import ast
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ALLOWED = {
    "data": {"data"},
    "model": {"data", "model"},
    "training": {"data", "model", "training"},
    "serve": {"data", "model", "serve"},
    "shedlight": {"data", "model", "shedlight"},
}
LATE = {
    "serve/cli/labels.py": {"training"},
    "serve/cli/models.py": {"training"},
    "serve/cli/study.py": {"training"},
    "serve/cli/train.py": {"training"},
}
"""What a file may import inside its functions beyond that, and why it exists: commands."""
HEAVY = {"torch", "torchvision", "albumentations", "mitsuba", "drjit", "matplotlib", "sklearn"}


def imported(tree: ast.AST) -> Iterator[str]:
    """The top packages that a tree imports anywhere in it."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "relative imports hide which room is meant"
            yield (node.module or "").split(".")[0]


def at_import_time(tree: ast.Module) -> ast.Module:
    """The tree without the bodies of its functions."""

    class Emptied(ast.NodeTransformer):
        def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
            return None

        visit_AsyncFunctionDef = visit_FunctionDef  # type: ignore[assignment]  # noqa: N815

    return ast.fix_missing_locations(Emptied().visit(tree))


@pytest.mark.parametrize("room", list(ALLOWED))
def test_rooms_import_one_way(room: str) -> None:
    files = sorted((ROOT / room).rglob("*.py"))
    assert files
    for file in files:
        name = file.relative_to(ROOT).as_posix()
        found = set(imported(ast.parse(file.read_text("utf-8")))) & ALLOWED.keys()
        assert found <= ALLOWED[room] | LATE.get(name, set()), name


def test_a_command_imports_training_late() -> None:
    for name, late in LATE.items():
        tree = ast.parse((ROOT / name).read_text("utf-8"))
        assert not late & set(imported(at_import_time(tree))), name


def loaded_by(*modules: str) -> set[str]:
    """The names of all modules that a fresh interpreter holds after importing some."""
    program = f"import {', '.join(modules)}, sys; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return set(done.stdout.split())


def test_serving_loads_nothing_of_training() -> None:
    loaded = loaded_by(
        "serve.app", "serve.cli.main", "serve.batch", "model.scorer", "data.images.read"
    )
    assert "model.scorer" in loaded
    assert not {name.split(".")[0] for name in loaded} & (HEAVY | {"training"})
    assert "data.render" not in loaded


def test_help_loads_nothing_that_it_does_not_need() -> None:
    loaded = {name.split(".")[0] for name in loaded_by("serve.cli.main")}
    assert "typer" in loaded
    assert not loaded & {"numpy", "cv2", "PIL", "onnxruntime", "fastapi", "pydantic", "model"}


def test_the_model_runtime_reports_nothing_to_its_makers() -> None:
    program = "import model.scorer, os; print(os.environ['ORT_DISABLE_TELEMETRY'])"
    without_home = {name: value for name, value in os.environ.items() if name != "HOME"}
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, env=without_home, capture_output=True, text=True
    )
    assert (done.stdout, done.stderr) == ("1\n", "")
