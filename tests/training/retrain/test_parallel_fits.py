"""Fits in processes of their own."""

import os
import signal
from collections.abc import Callable, Iterator
from dataclasses import replace
from multiprocessing import active_children, get_context
from pathlib import Path
from threading import Thread
from time import monotonic, sleep

import pytest
import torch

from model.networks.root_net import EndNet
from model.version import SHIPPED, load_version
from tests.helpers.training.examples import examples
from tests.helpers.training.labels import taught
from training.fitting.loop import CHECKPOINT
from training.labels.label import HairLabel
from training.retrain.fit import RetrainPlan, TrainingSet, training_set_of
from training.retrain.parallel_fits import Fit, fit_in_parallel
from training.retrain.versions import net_of

PLAN = RetrainPlan(epochs=1, draws=8, batch=8)


@pytest.fixture
def material(monkeypatch: pytest.MonkeyPatch) -> TrainingSet:
    monkeypatch.setattr("training.retrain.fit.MOST_VIEWS", 2)
    net = net_of(load_version(SHIPPED))
    hairs = [
        taught(said, seed=k) for k, said in enumerate([HairLabel.TELOGEN, HairLabel.NO_BULB] * 2)
    ]
    return training_set_of(hairs, examples(1), net, net, 0)


def fits_in(folder: Path, plan: RetrainPlan = PLAN) -> list[Fit]:
    return [Fit(rows, folder / str(k), plan) for k, rows in enumerate(([0, 1], [2, 3], [0, 3]))]


def numbers(net: EndNet) -> list[torch.Tensor]:
    return list(net.state_dict().values())


def test_the_networks_are_those_of_one_fit_after_the_other(
    material: TrainingSet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("os.cpu_count", lambda: 2)
    begun: list[int] = []
    fits = fits_in(tmp_path / "ahead")
    fit_in_parallel(material, fits, begun.append)
    assert begun == [0, 1, 2, 3]
    assert active_children() == []
    written = [(fit.run / CHECKPOINT).stat().st_mtime_ns for fit in fits]
    for fit, alone in zip(fits, fits_in(tmp_path / "alone"), strict=True):
        one, other = (material.fitted(each.rows, each.run, each.plan) for each in (fit, alone))
        assert all(map(torch.equal, numbers(one), numbers(other)))
    assert [(fit.run / CHECKPOINT).stat().st_mtime_ns for fit in fits] == written, "not again"


def test_with_one_core_nothing_is_fitted_ahead(
    material: TrainingSet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("os.cpu_count", lambda: 1)
    fit_in_parallel(material, fits_in(tmp_path), lambda _: pytest.fail("told of a fit"))
    assert list(tmp_path.iterdir()) == []


class TestLong:
    """Fits that would go on for minutes."""

    PLAN = replace(PLAN, epochs=1_000)

    @pytest.fixture(autouse=True)
    def two_cores(self, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
        monkeypatch.setattr("os.cpu_count", lambda: 2)
        before = signal.signal(signal.SIGINT, signal.default_int_handler)  # jobs may not hear it
        yield
        signal.signal(signal.SIGINT, before)

    def test_ctrl_c_ends_them_all(self, material: TrainingSet, tmp_path: Path) -> None:
        presses = once_there_are_two(lambda: os.kill(os.getpid(), signal.SIGINT))
        with pytest.raises(KeyboardInterrupt):
            fit_in_parallel(material, fits_in(tmp_path, self.PLAN), lambda _: presses.start())
        assert active_children() == []

    def test_where_a_process_dies_the_rest_goes_on_without(
        self, material: TrainingSet, tmp_path: Path
    ) -> None:
        kills = once_there_are_two(lambda: active_children()[0].kill())
        fit_in_parallel(material, fits_in(tmp_path, self.PLAN), lambda _: kills.start())
        assert active_children() == []

    def test_whose_parent_is_killed_fits_no_more(
        self, material: TrainingSet, tmp_path: Path
    ) -> None:
        """Else two would write one checkpoint when the run goes on."""
        fits = fits_in(tmp_path, self.PLAN)
        parent = get_context("spawn").Process(target=fit_for_ever, args=(material, fits))
        parent.start()
        files = [fit.run / CHECKPOINT for fit in fits[:2]]
        until(lambda: all(file.exists() for file in files))
        parent.kill()
        parent.join()
        sleep(1)
        written = [file.stat().st_mtime_ns for file in files]
        sleep(2)
        assert [file.stat().st_mtime_ns for file in files] == written


def fit_for_ever(material: TrainingSet, fits: list[Fit]) -> None:
    """In a process of its own; two at once, however many cores there are."""
    os.cpu_count = lambda: 2
    fit_in_parallel(material, fits, lambda _: None)


def until(is_so: Callable[[], bool]) -> None:
    end = monotonic() + 60
    while not is_so():
        assert monotonic() < end
        sleep(0.02)


def once_there_are_two(act: Callable[[], None]) -> Thread:
    """Acts when two processes are there."""

    def wait() -> None:
        while len(active_children()) < 2:
            sleep(0.01)
        act()

    return Thread(target=wait, daemon=True)
