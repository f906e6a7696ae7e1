"""Fits in several processes."""

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
from tests.helpers.training.labels import labelled
from training.fitting.loop import CHECKPOINT
from training.labels.label import HairLabel
from training.retrain.fit import RetrainPlan, TrainingSet, training_set_of
from training.retrain.parallel_fits import Fit, fit_in_parallel
from training.retrain.versions import load_network

PLAN = RetrainPlan(epochs=1, draws=8, batch=8, max_views=2)
LONG = replace(PLAN, epochs=1_000)
"""A fit of minutes."""
LIMIT_S = 180.0
"""For three processes to import torch on a busy machine."""


@pytest.fixture(scope="module")
def training_set() -> TrainingSet:
    net = load_network(load_version(SHIPPED))
    labels = [HairLabel.TELOGEN, HairLabel.NO_BULB] * 2
    hairs = [labelled(label, seed=k) for k, label in enumerate(labels)]
    return training_set_of(hairs, examples(1), net, net, PLAN)


@pytest.fixture
def ctrl_c() -> Iterator[None]:
    """A test that runs as a background job ignores Ctrl-C otherwise."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def fits_in(folder: Path, plan: RetrainPlan = PLAN) -> list[Fit]:
    return [Fit(rows, folder / str(k), plan) for k, rows in enumerate(([0, 1], [2, 3]))]


def parameters(net: EndNet) -> list[torch.Tensor]:
    return list(net.state_dict().values())


def test_the_networks_equal_those_of_one_fit_at_a_time(
    training_set: TrainingSet, tmp_path: Path
) -> None:
    done: list[int] = []
    fits = fits_in(tmp_path / "parallel")
    fit_in_parallel(training_set, fits, done.append, processes=2)
    assert done == [0, 1, 2]
    assert active_children() == []
    written = [(fit.run / CHECKPOINT).stat().st_mtime_ns for fit in fits]
    for fit, alone in zip(fits, fits_in(tmp_path / "alone"), strict=True):
        one, other = (training_set.fit(each.rows, each.run, each.plan) for each in (fit, alone))
        assert all(map(torch.equal, parameters(one), parameters(other)))
    assert [(fit.run / CHECKPOINT).stat().st_mtime_ns for fit in fits] == written, "not again"


def test_with_one_process_nothing_is_fitted_ahead(
    training_set: TrainingSet, tmp_path: Path
) -> None:
    fit_in_parallel(training_set, fits_in(tmp_path), lambda _: pytest.fail("reported a fit"), 1)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
def test_ctrl_c_ends_all_fits(training_set: TrainingSet, tmp_path: Path, ctrl_c: None) -> None:
    fits = fits_in(tmp_path, LONG)
    press = once_all_fit(fits, lambda: os.kill(os.getpid(), signal.SIGINT))
    with pytest.raises(KeyboardInterrupt):
        fit_in_parallel(training_set, fits, lambda done: done or press.start(), 2)
    assert active_children() == []


@pytest.mark.slow
def test_if_a_process_dies_the_caller_continues_without(
    training_set: TrainingSet, tmp_path: Path
) -> None:
    fits = fits_in(tmp_path, LONG)
    kill = once_all_fit(fits, lambda: active_children()[0].kill())
    fit_in_parallel(training_set, fits, lambda done: done or kill.start(), 2)
    assert active_children() == []


@pytest.mark.slow
def test_if_the_parent_is_killed_its_fits_end(training_set: TrainingSet, tmp_path: Path) -> None:
    """Otherwise two processes would write one checkpoint when the run is resumed."""
    fits = fits_in(tmp_path, LONG)
    parent = get_context("spawn").Process(target=fit_two_at_a_time, args=(training_set, fits))
    parent.start()
    files = [fit.run / CHECKPOINT for fit in fits]
    wait_until(lambda: all(file.exists() for file in files))
    parent.kill()
    parent.join()
    sleep(0.5)
    written = [file.stat().st_mtime_ns for file in files]
    sleep(1.5)  # many epochs
    assert [file.stat().st_mtime_ns for file in files] == written


def fit_two_at_a_time(training_set: TrainingSet, fits: list[Fit]) -> None:
    """Runs in another process."""
    fit_in_parallel(training_set, fits, lambda _: None, processes=2)


def wait_until(is_true: Callable[[], bool]) -> None:
    end = monotonic() + LIMIT_S
    while not is_true():
        assert monotonic() < end
        sleep(0.02)


def once_all_fit(fits: list[Fit], act: Callable[[], None]) -> Thread:
    """A thread that acts when every fit has written a checkpoint."""

    def wait() -> None:
        wait_until(lambda: all((fit.run / CHECKPOINT).exists() for fit in fits))
        act()

    return Thread(target=wait, daemon=True)
