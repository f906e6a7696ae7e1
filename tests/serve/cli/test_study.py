"""``shedlight study`` and the release commands of ``shedlight models``."""

import json
from pathlib import Path

import cv2
import numpy as np
import pytest

pytest.importorskip("torch")

from data.images.photo import Photo
from data.strands.strand import Strand
from model.scorer import Scorer
from model.version import SHIPPED, VERSION_FILES
from serve.cli.study import LabelOrder
from tests.helpers.serve.command_line import run
from tests.helpers.serve.fake_scorer import FakeScorer
from training.simulation.simulate import ORDERS


class NoStrands(FakeScorer):
    """Proposes no strand; lists 22 hairs, 2 of them unsure."""

    def strands(self, photo: Photo) -> list[Strand]:
        return []


@pytest.fixture
def bare(tmp_path: Path) -> Path:
    """A folder of ``shedlight render`` with one photo and no hair."""
    (tmp_path / "bare/photos").mkdir(parents=True)
    cv2.imwrite(str(tmp_path / "bare/photos/a.png"), np.full((240, 300, 3), 90, np.uint8))
    truth = {"photo": "a.png", "width": 300, "height": 240, "hairs": [], "clutter": []}
    (tmp_path / "bare/truth.jsonl").write_text(json.dumps(truth) + "\n")
    return tmp_path / "bare"


@pytest.mark.parametrize(
    "command",
    [
        ["study", "no-hair", "missing"],
        ["study", "held-out", "missing", "renders", "out"],
        ["study", "baselines", "missing", "out"],
        ["study", "photo-quality", "missing", "out"],
        ["study", "simulation", "missing", "test", "out"],
        ["models", "ship", "missing", "--out", "out"],
        ["models", "ship", "missing", "--network", "line-finder", "--out", "out"],
        ["models", "recalibrate", "missing", "out", "--synthetic", "renders"],
        ["models", "replay-sets", "run", "--synthetic", "missing", "--out", "out"],
    ],
)
def test_a_missing_folder_is_one_sentence(
    command: list[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(monkeypatch, *command) == 1
    printed = capsys.readouterr()
    assert printed.err.strip().count("\n") == 0
    assert printed.out == ""


@pytest.mark.parametrize(
    ("command", "named"),
    [
        (["train", "--synthetic", "empty", "--out", "out"], "empty"),
        (["models", "recalibrate", "{shipped}", "out", "--synthetic", "empty"], "empty"),
        (["models", "recalibrate", "empty", "out", "--synthetic", "bare"], "empty"),
        (["models", "recalibrate", "missing", "out", "--synthetic", "bare"], "missing"),
    ],
)
def test_the_folder_that_is_not_what_it_should_be_is_named(
    command: list[str],
    named: str,
    bare: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(bare.parent)
    Path("empty").mkdir()
    assert run(monkeypatch, *(part.format(shipped=SHIPPED) for part in command)) == 1
    printed = capsys.readouterr().err.strip()
    assert printed.startswith(f"{named}: ")
    assert printed.count("\n") == 0


def test_false_hairs_are_counted(
    bare: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(Scorer, "shipped", NoStrands)
    assert run(monkeypatch, "study", "no-hair", bare, bare) == 0
    lines = capsys.readouterr().out.splitlines()
    numbers = [[word for word in line.split() if word.isalnum()] for line in lines]
    assert sum("a.png" in line for line in lines) == 2
    assert ["2", "photos", "0", "44", "40"] in numbers


def test_every_order_of_the_simulation_can_be_chosen() -> None:
    assert set(LabelOrder) == ORDERS.keys()


def test_a_run_is_shipped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    version = tmp_path / "run/version"
    version.mkdir(parents=True)
    for name in VERSION_FILES:
        (version / name).write_bytes((SHIPPED / name).read_bytes())
    assert run(monkeypatch, "models", "ship", tmp_path / "run", "--out", tmp_path / "out") == 0
    assert {file.name for file in (tmp_path / "out").iterdir()} == set(VERSION_FILES)
