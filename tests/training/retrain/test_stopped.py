"""A teaching that is stopped goes on where it was, to the same version."""

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
from training.retrain.report import OUTCOME
from training.retrain.retrain import RetrainConfig, retrain
from training.retrain.run_state import FITS, PROGRESS


@pytest.fixture
def labels(tmp_path: Path) -> Path:
    return tiny.label_crops(tmp_path / "labels", range(3), each=1)


class TestStopped:
    """At a step that the test names, in this process."""

    ORDER = RetrainConfig(curve=False)

    @pytest.fixture
    def understood(self, labels: Path, monkeypatch: pytest.MonkeyPatch) -> LabelSet:
        tiny.make_tiny(monkeypatch)
        return load_labels([labels], finds())

    def test_what_was_fitted_is_not_fitted_again(
        self, understood: LabelSet, tmp_path: Path
    ) -> None:
        registry, run = Registry(tmp_path / "models"), tmp_path / "run"
        seen: list[dict[str, int]] = []

        def say(step: str, _: float) -> None:
            if step == "Fitting to all labels":
                seen.append(times_in(run))
                raise KeyboardInterrupt

        def stop_at_third(step: str, _: float) -> None:
            if step == "Fitting, round 3 of 3":
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            retrain(understood, registry, run, self.ORDER, stop_at_third)
        first = times_in(run)
        assert sorted(first) == ["1.00_0", "1.00_1"]
        with pytest.raises(KeyboardInterrupt):
            retrain(understood, registry, run, self.ORDER, say)
        assert sorted(seen[0]) == ["1.00_0", "1.00_1", "1.00_2"]
        assert {name: seen[0][name] for name in first} == first
        assert registry.champion().name == SHIPPED_NAME
        stopped = retrain(understood, registry, run, self.ORDER, silent)
        whole = retrain(understood, registry, tmp_path / "whole", self.ORDER, silent)
        assert stopped.challenger == whole.challenger
        assert stopped.decision == whole.decision

    def test_other_labels_begin_anew(
        self, understood: LabelSet, labels: Path, tmp_path: Path
    ) -> None:
        registry, run = Registry(tmp_path / "models"), tmp_path / "run"

        def stop(step: str, _: float) -> None:
            if step == "Fitting to all labels":
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            retrain(understood, registry, run, self.ORDER, stop)
        more = load_labels([tiny.label_crops(labels, [3], each=1)], finds())
        after = retrain(more, registry, run, self.ORDER, silent)
        whole = retrain(more, registry, tmp_path / "whole", self.ORDER, silent)
        assert after.challenger == whole.challenger


def test_progress_never_goes_back(
    labels: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tiny.make_tiny(monkeypatch)
    told: list[float] = []
    retrain(
        load_labels([labels], finds()),
        Registry(tmp_path / "models"),
        tmp_path / "run",
        RetrainConfig(),
        lambda _, done: told.append(done),
    )
    assert len(told) == 1 + 3 + 1 + 2 * 3, "preparing, rounds, all labels, the curve's rounds"
    assert told == sorted(told)
    assert told[-1] < 1


def test_who_stops_it_is_told_how_to_go_on(
    labels: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    tiny.make_tiny(monkeypatch)
    monkeypatch.setattr("training.retrain.retrain.frozen_set_losses", stop)
    run = tmp_path / "run"
    with pytest.raises(KeyboardInterrupt):
        retrain_and_report([labels], run, tmp_path / "models", RetrainConfig(curve=False))
    told = json.loads((run / PROGRESS).read_text("utf-8"))
    assert (told["state"], told["message"]) == ("stopped", "Stopped; the same command goes on.")
    assert told["done"] > 0.2
    assert told["message"] in capsys.readouterr().err


def test_what_is_put_in_force_before_a_kill_is_told_after_it(
    labels: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    tiny.make_tiny(monkeypatch)
    tiny.promote_always(monkeypatch)
    registry, run = Registry(tmp_path / "models"), tmp_path / "run"
    order = RetrainConfig(curve=False)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("training.retrain.command.write_report", stop)
        with pytest.raises(KeyboardInterrupt):
            retrain_and_report([labels], run, registry.folder, order)
    assert (name := registry.champion().name) != SHIPPED_NAME
    assert (run / FITS).exists()
    told = retrain_and_report([labels], run, registry.folder, order)
    assert (told.champion, told.challenger, told.promoted) == (SHIPPED_NAME, name, True)
    assert told.decision == tiny.BETTER
    assert json.loads((run / OUTCOME).read_text("utf-8"))["promoted"]
    assert [move.did for move in registry.moves()] == [EventKind.ADDED, EventKind.PROMOTED], "once"
    assert not (run / FITS).exists()


def silent(step: str, done: float) -> None:
    """Tells nobody."""


def times_in(run: Path) -> dict[str, int]:
    """When the checkpoint of each fit was written."""
    return {file.parent.name: file.stat().st_mtime_ns for file in run.rglob(CHECKPOINT)}
