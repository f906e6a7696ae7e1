"""Fits a version's network on, in two parts, and takes the mean of the weights.

The three sets of weights lie so close that their mean is a network, too. It is better than any of
them on photos held out, where a longer fit is not (run 11 in docs/research/experiments.md).
"""

from dataclasses import replace
from pathlib import Path

import numpy as np
import torch

from model.networks.root_net import RootNet
from model.version import load_version
from training.datasets.examples import Ends
from training.fitting.early_features import early_features
from training.fitting.root_net_fit import (
    RootFitPlan,
    fit_root_net,
    freeze_early_stages,
    starting_net,
)
from training.retrain.versions import load_network

FIRST, SECOND = 0.5, 0.75
"""Lengths of the two parts, as shares of a fit from ImageNet's weights. Our choice."""
RATE = 3e-4
"""Their learning rate."""
_WEIGHTS = "weights.pt"


def first_plan(plan: RootFitPlan) -> RootFitPlan:
    """The plan of the first part, given that of a fit from ImageNet's weights."""
    return replace(plan, epochs=max(1, round(FIRST * plan.epochs)), learning_rate=RATE)


def network_of(version_folder: Path) -> RootNet:
    """The network of a version, with its first stages excluded from fitting."""
    net = load_network(load_version(version_folder))
    freeze_early_stages(net)
    return net


def fitted_twice(
    version_folder: Path, first: RootNet, ends: Ends, run: Path, plan: RootFitPlan
) -> RootNet:
    """The mean of the version's network, of ``first``, which was fitted on from it, and of one that
    is fitted on from ``first`` to other views of the ``ends``.

    A stopped fit continues from ``run``'s checkpoint.
    """
    length = max(1, round(SECOND * plan.epochs))
    plan = replace(plan, epochs=length, learning_rate=RATE, seed=plan.seed + 1)
    second = network_of(version_folder)
    if (run / _WEIGHTS).exists():
        weights = torch.load(run / _WEIGHTS, map_location="cpu", weights_only=True)
        second.load_state_dict(weights)
    else:
        second.load_state_dict(first.state_dict())
        folder = run / "early_features"
        features = early_features(starting_net(plan.seed), ends, folder, plan.views, plan.seed)
        fit_root_net(features, np.arange(len(features.classes)), run, plan, second)
        torch.save(second.state_dict(), run / _WEIGHTS)
    return mean_of((network_of(version_folder), first, second))


def mean_of(nets: tuple[RootNet, ...]) -> RootNet:
    """The network with the means of the weights of ``nets``; the first one is changed into it."""
    net, *others = nets
    weights = [other.state_dict() for other in others]
    means = {
        name: torch.stack([value, *(other[name] for other in weights)]).mean(dim=0)
        if value.is_floating_point()
        else value
        for name, value in net.state_dict().items()
    }
    net.load_state_dict(means)
    return net.eval()
