"""Fits the root network to all makers' photos, and once more without each maker.

Photos of a maker that a network never saw are a better sign for real photos than photos like those
it was fitted to. So temperature, joint rule and thresholds are chosen on
the predictions of the networks that left a maker out.
"""

from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import torch

from data.machine import usable_cpus
from model.networks.root_net import RootNet
from training.continued import first_plan, network_of
from training.datasets.examples import CLUB, MISSHAPEN
from training.fitting.early_features import EarlyFeatures, load_early_features
from training.fitting.root_net_fit import RootFitPlan, fit_root_net

MIN_ROOTS = 100
"""Clubs and misshapen roots each that a maker needs to be left out in turn; views of the same root
count once."""
SHORTER = 0.4
"""Length of a fit without one maker, as a share of the fit to all: it has fewer photos."""
_WEIGHTS = "weights.pt"
Job = tuple[Path, Path, str | None, RootFitPlan, Path | None]
PROCESSES = 2


@dataclass(frozen=True, eq=False)
class FittedNets:
    """``net`` is fitted to all makers, those of ``without`` to all but the maker of that name."""

    net: RootNet
    without: dict[str, RootNet]


def fit_with_each_left_out(
    features: EarlyFeatures, folder: Path, run: Path, plan: RootFitPlan, start: Path | None = None
) -> FittedNets:
    """Fits all networks, two at a time, from the checkpoints in ``run`` if there are any.

    ``folder`` holds the ``features``. Fewer than two makers with enough roots: none is left out.
    ``start`` is a version's folder: the network of all makers starts from its weights. Those that
    leave one out start from ImageNet's all the same, since no version has left it out.
    """
    makers = left_out_makers(features)
    epochs = max(1, round(SHORTER * plan.epochs))
    of_all = first_plan(plan) if start else plan
    jobs: list[Job] = [(folder, run, None, of_all, start)]
    jobs += [
        (folder, run / f"without_{maker}", maker, replace(plan, epochs=epochs, quiet=True), None)
        for maker in makers
    ]
    processes = min(PROCESSES, usable_cpus(), len(jobs))
    if processes > 1:
        # Spawned, because a fork of a process in which torch has threads may hang.
        with ProcessPoolExecutor(processes, get_context("spawn")) as pool:
            list(pool.map(_fit, jobs))
    else:
        for job in jobs:
            _fit(job)
    net, *others = (_load(run, start) for _, run, _, _, start in jobs)
    return FittedNets(net, dict(zip(makers, others, strict=True)))


def left_out_makers(features: EarlyFeatures) -> Sequence[str]:
    """The makers with enough roots, none if it is only one: without it nothing would be left."""
    makers = [
        maker
        for maker in np.unique(features.makers).tolist()
        if all(
            len(np.unique(features.rows[(features.makers == maker) & (features.classes == kind)]))
            >= MIN_ROOTS
            for kind in (CLUB, MISSHAPEN)
        )
    ]
    return makers if len(makers) > 1 else []


def _fit(job: Job) -> None:
    folder, run, maker, plan, start = job
    if (run / _WEIGHTS).exists():
        return
    features = load_early_features(folder)
    rows = np.arange(len(features.classes)) if maker is None else features.rows_without(maker)
    net = fit_root_net(features, rows, run, plan, network_of(start) if start else None)
    torch.save(net.state_dict(), run / _WEIGHTS)


def _load(run: Path, start: Path | None) -> RootNet:
    net = network_of(start) if start else RootNet()
    net.load_state_dict(torch.load(run / _WEIGHTS, map_location="cpu", weights_only=True))
    return net.eval()
