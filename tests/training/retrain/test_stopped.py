"""A retraining that is stopped is resumed, and gives the same version."""

import json
from pathlib import Path

import pytest

from model.registry.history import EventKind
from model.registry.registry import Registry
from tests.helpers.model.versions import SHIPPED_NAME
from tests.helpers.training import tiny_retraining as tiny
from tests.helpers.training.label_folders import finds
from training.fitting.loop import CHECKPOINT
from training.labels.label_set import LabelSet, load_labels
from training.retrain.command import retrain_and_report
from training.retrain.retrain import RetrainConfig, retrain
from training.retrain.run_state import CHECKPOINTS, OUTCOME, PROGRESS


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    tiny.use_small_data(monkeypatch)
    return tiny.label_crops(tmp_path / "labels", range(3), each=1)


@pytest.fixture
def labels(folder: Path) -> LabelSet:
    return load_labels([folder], finds())


def stop(*_: object) -> None:
    raise KeyboardInterrupt


def ignore(step: str, done: float) -> None:
    """Reports nothing."""


def written_at(run: Path) -> dict[str, int]:
    """When the checkpoint of each fit was written."""
    return {file.parent.name: file.stat().st_mtime_ns for file in run.rglob(CHECKPOINT)}


def test_finished_fits_are_not_repeated(labels: LabelSet, tmp_path: Path) -> None:
    registry, run = Registry(tmp_path / "models"), tmp_path / "run"

    def stop_at(wanted: str) -> dict[str, int]:
        def progress(step: str, _: float) -> None:
            if step == wanted:
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            retrain(labels, registry, run, tiny.CONFIG, progress)
        return written_at(run)

    first = stop_at("Fitting, fold 3 of 3")
    assert sorted(first) == ["1.00_0", "1.00_1"]
    second = stop_at("Fitting to all labels")
    assert sorted(second) == ["1.00_0", "1.00_1", "1.00_2"]
    assert {name: second[name] for name in first} == first
    assert registry.champion().name == SHIPPED_NAME
    stopped = retrain(labels, registry, run, tiny.CONFIG, ignore)
    whole = retrain(labels, registry, tmp_path / "whole", tiny.CONFIG, ignore)
    assert stopped.challenger == whole.challenger
    assert stopped.decision == whole.decision


def test_other_labels_start_from_the_beginning(
    labels: LabelSet, folder: Path, tmp_path: Path
) -> None:
    registry, run = Registry(tmp_path / "models"), tmp_path / "run"

    def stop_at_end(step: str, _: float) -> None:
        if step == "Fitting to all labels":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        retrain(labels, registry, run, tiny.CONFIG, stop_at_end)
    more = load_labels([tiny.label_crops(folder, [3], each=1)], finds())
    after = retrain(more, registry, run, tiny.CONFIG, ignore)
    whole = retrain(more, registry, tmp_path / "whole", tiny.CONFIG, ignore)
    assert after.challenger == whole.challenger


def test_progress_never_decreases(labels: LabelSet, tmp_path: Path) -> None:
    shares: list[float] = []
    retrain(
        labels,
        Registry(tmp_path / "models"),
        tmp_path / "run",
        RetrainConfig(plan=tiny.PLAN, processes=1),
        lambda _, done: shares.append(done),
    )
    assert len(shares) == 1 + 3 + 1 + 2 * 3, "preparing, folds, all labels, folds of the curve"
    assert shares == sorted(shares)
    assert shares[-1] < 1


def test_a_stop_is_reported_on_the_screen_and_in_the_file(
    folder: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr("training.retrain.experiment.frozen_set_losses", stop)
    run = tmp_path / "run"
    with pytest.raises(KeyboardInterrupt):
        retrain_and_report([folder], run, tmp_path / "models", tiny.CONFIG)
    progress = json.loads((run / PROGRESS).read_text("utf-8"))
    assert progress["state"] == "stopped"
    assert progress["done"] > 0.2
    assert progress["message"] in capsys.readouterr().err


def test_a_promotion_before_a_kill_is_reported_by_the_resumed_run(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tiny.promote_always(monkeypatch)
    registry, run = Registry(tmp_path / "models"), tmp_path / "run"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("training.retrain.command.write_retrain_report", stop)
        with pytest.raises(KeyboardInterrupt):
            retrain_and_report([folder], run, registry.folder, tiny.CONFIG)
    assert (name := registry.champion().name) != SHIPPED_NAME
    assert (run / CHECKPOINTS).exists()
    outcome = retrain_and_report([folder], run, registry.folder, tiny.CONFIG)
    assert (outcome.champion, outcome.challenger, outcome.promoted) == (SHIPPED_NAME, name, True)
    assert outcome.decision == tiny.BETTER
    assert json.loads((run / OUTCOME).read_text("utf-8"))["promoted"]
    kinds = [event.kind for event in registry.events()]
    assert kinds == [EventKind.ADDED, EventKind.PROMOTED], "once"
    assert not (run / CHECKPOINTS).exists()
