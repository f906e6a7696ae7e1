"""``shedlight train`` and ``shedlight retrain``."""

import json
import sys
from pathlib import Path

import pytest

pytest.importorskip("torch")

import serve.cli.main
from data.errors import ErrorCode, ShedlightError
from data.io.files import exclusive
from model.registry.registry import Registry, RegistryError
from tests.helpers.model.versions import SHIPPED_NAME
from tests.helpers.training.tiny_retraining import label_crops, make_tiny, promote_always


def run(monkeypatch: pytest.MonkeyPatch, *arguments: object) -> int:
    """The exit status of ``shedlight ARGUMENTS``."""
    monkeypatch.setattr(sys, "argv", ["shedlight", *map(str, arguments)])
    with pytest.raises(SystemExit) as caught:
        serve.cli.main.main()
    return int(caught.value.code or 0)


@pytest.fixture
def labels(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    make_tiny(monkeypatch)
    monkeypatch.setenv("SHEDLIGHT_MODELS", str(tmp_path / "models"))
    return label_crops(tmp_path / "labels", range(2), each=1)


def active(tmp_path: Path) -> str:
    return Registry(tmp_path / "models").champion().name


@pytest.mark.parametrize(
    ("command", "key"),
    [
        (["train"], "--synthetic"),
        (["train", "--synthetic", "renders", "--backgrounds", "grounds"], "--network line-finder"),
        (["train", "--synthetic", "renders", "--network", "vgg"], "--network"),
        (["retrain", "labels", "--out", "labels/run"], "--out"),
        (["retrain", "labels", "--out", "labels"], "--out"),
        (["retrain", "labels", "--arch", "vgg"], "--arch"),
    ],
)
def test_bad_usage_is_one_sentence_and_nothing_is_made(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    command: list[str],
    key: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "labels").mkdir()
    assert run(monkeypatch, command[0], "--out", "run", *command[1:]) == 1
    error = capsys.readouterr().err
    assert key in error
    assert error.strip().count("\n") == 0
    assert [path.name for path in tmp_path.rglob("*")] == ["labels"]


def test_retraining_without_labels_fails(
    labels: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    missing, empty = tmp_path / "missing", tmp_path / "empty"
    assert run(monkeypatch, "retrain", missing, "--out", tmp_path / "run") == 1
    assert str(missing) in capsys.readouterr().err
    assert not (tmp_path / "run").exists()
    empty.mkdir()
    assert run(monkeypatch, "retrain", empty, "--out", tmp_path / "run") == 1
    printed = capsys.readouterr().out
    assert str(empty) in printed
    assert SHIPPED_NAME in printed
    assert not (tmp_path / "models").exists()


@pytest.mark.parametrize("command", ["retrain", "train"])
def test_a_second_training_into_one_folder_is_refused(
    labels: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    command: str,
) -> None:
    out = tmp_path / "run"
    (labels / "truth.jsonl").touch()  # as in a folder of renders
    data = [labels] if command == "retrain" else ["--synthetic", labels]
    with exclusive(out):
        assert run(monkeypatch, command, *data, "--out", out) == 1
    error = capsys.readouterr().err
    assert error.startswith(str(out))
    assert error.strip().count("\n") == 0
    assert [path.name for path in out.iterdir()] == [".lock"]


def test_a_better_version_can_be_promoted_by_hand(
    labels: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    promote_always(monkeypatch)
    command = ("retrain", labels, "--out", tmp_path / "run")
    assert run(monkeypatch, *command, "--no-promote") == 0
    printed = capsys.readouterr().out
    assert active(tmp_path) == SHIPPED_NAME
    outcome = json.loads((tmp_path / "run/outcome.json").read_text("utf-8"))
    assert (outcome["verdict"], outcome["promoted"]) == ("better", False)
    assert f"shedlight models promote {outcome['challenger']}" in printed
    assert run(monkeypatch, "models", "promote", outcome["challenger"]) == 0
    assert active(tmp_path) == outcome["challenger"]
    assert run(monkeypatch, *command) == 0
    assert active(tmp_path) == outcome["challenger"]


@pytest.mark.parametrize(
    "error", [ShedlightError(ErrorCode.MODEL_REFUSED), RegistryError("There is another.")]
)
def test_an_error_is_one_sentence_on_the_screen_and_in_progress_json(
    labels: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    error: Exception,
) -> None:
    def fail(_: object) -> None:
        raise error

    monkeypatch.setattr("training.retrain.retrain.load_network", fail)
    assert run(monkeypatch, "retrain", labels, "--out", tmp_path / "run") == 1
    printed = capsys.readouterr().err
    assert str(error) in printed
    assert "Traceback" not in printed
    progress = json.loads((tmp_path / "run/progress.json").read_text("utf-8"))
    assert (progress["state"], progress["message"]) == ("failed", str(error))
    assert active(tmp_path) == SHIPPED_NAME
