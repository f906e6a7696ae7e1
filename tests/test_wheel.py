"""The wheel is complete: ``pytest -m slow tests/test_wheel.py``."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("data", "model", "training", "serve", "shedlight")
BUILD_FILES = ("pyproject.toml", "README.md", "LICENSE")
BIN = "Scripts" if os.name == "nt" else "bin"

pytestmark = [pytest.mark.slow, pytest.mark.network]


def run(*command: str | Path, cwd: Path) -> str:
    """Output of a command that must succeed and does not see the repository."""
    env = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(command, cwd=cwd, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of a copy of the sources, so that no old build folder gets into it."""
    source, out = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("wheel")
    for name in PACKAGES:
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / name, source / name, ignore=ignored)
    for name in BUILD_FILES:
        shutil.copy(ROOT / name, source)
    run(sys.executable, "-m", "pip", "wheel", "--no-deps", "-w", out, source, cwd=out)
    (built,) = out.glob("*.whl")
    return built


def test_every_tracked_file_of_the_packages_is_in_the_wheel(wheel: Path) -> None:
    tracked = run("git", "ls-files", *PACKAGES, cwd=ROOT).splitlines()
    with ZipFile(wheel) as archive:
        missing = set(tracked) - set(archive.namelist())
    assert {file for file in missing if (ROOT / file).exists()} == set()


def test_an_installed_wheel_scores_the_examples(wheel: Path, tmp_path: Path) -> None:
    run(sys.executable, "-m", "venv", tmp_path / "venv", cwd=tmp_path)
    bin_folder = tmp_path / "venv" / BIN
    constraints = ROOT / "constraints.txt"
    run(bin_folder / "python", "-m", "pip", "install", "-c", constraints, wheel, cwd=tmp_path)
    shedlight, out = bin_folder / "shedlight", tmp_path / "out"
    run(shedlight, "score", ROOT / "examples", "--out", out, cwd=tmp_path)
    run(shedlight, "validate", out / "results.jsonl", cwd=tmp_path)
    lines = [json.loads(line) for line in (out / "results.jsonl").read_text("utf-8").splitlines()]
    assert len(lines) == 6
    assert {line["status"] for line in lines} == {"scored", "no_hairs"}
    assert (out / "report.html").stat().st_size > 10_000
    code = "import shedlight, serve; print(serve.__file__)"
    installed = run(bin_folder / "python", "-c", code, cwd=tmp_path)
    assert Path(installed.strip()).is_relative_to(tmp_path)
