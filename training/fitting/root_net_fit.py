"""Fits the root network to early features of augmented crops, from ImageNet weights on."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional
from torch.utils.data import Dataset

from model.networks.root_net import RootNet, ViewNet
from training.datasets.example_files import NO_PART
from training.fitting.early_features import EarlyFeatures
from training.fitting.loop import Batch, FittingPlan, channels_last, fit_network, in_bfloat16
from training.fitting.pretrained import load_pretrained

_STYLE_SHARES = torch.distributions.Beta(0.1, 0.1)
"""Of a crop's own style in a mixed one; the value of the paper on MixStyle."""


@dataclass(frozen=True)
class RootFitPlan(FittingPlan):
    """How to fit: ``views`` augmented crops, of which each epoch draws some."""

    epochs: int = 16
    draws: int = 5_000
    batch: int = 64
    weight_decay: float = 0.02
    learning_rate: float = 1e-3
    workers: int = 0
    views: int = 60_000
    averaged: float = 0.5
    label_smoothing: float = 0.02
    parts_weight: float = 0.3
    """Weight of the loss of the map of parts. Our choice."""
    mixed_styles: float = 0.5
    """Share of the batches in which styles are mixed."""


class _FeatureDataset(Dataset[tuple[Tensor, Tensor, Tensor, Tensor]]):
    def __init__(self, features: EarlyFeatures, rows: NDArray[np.int64]) -> None:
        self._features, self._rows = features, rows

    def __len__(self) -> int:
        return len(self._rows)

    def __getitem__(self, i: int) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        row, all_rows = self._rows[i], self._features
        return (
            torch.from_numpy(np.array(all_rows.features[row])),
            torch.from_numpy(np.array(all_rows.scale[row])),
            torch.tensor(int(all_rows.classes[row])),
            torch.from_numpy(np.array(all_rows.parts[row])),
        )


def fit_root_net(
    features: EarlyFeatures,
    rows: NDArray[np.int64],
    run: Path,
    plan: RootFitPlan = RootFitPlan(),
    start: RootNet | None = None,
) -> RootNet:
    """A network fitted to ``rows`` of the features, from ``run``'s checkpoint if there is one.

    ``start`` is the network to fit in place, by default one with ImageNet weights. Its first stages
    must be those of ``starting_net``, from which the features are.
    """
    net = start or starting_net(plan.seed)
    rng = np.random.default_rng(plan.seed)
    weights = features.balancing_weights()[rows]
    order = rng.choice(rows, plan.epochs * plan.draws, p=weights / weights.sum())
    of_class = nn.CrossEntropyLoss(label_smoothing=plan.label_smoothing)

    def loss_of(batch: Batch) -> Tensor:
        early, scale, classes, parts = batch
        losses = [
            loss_of_view(view, early[:, k], scale, classes, cells)
            for k, (view, cells) in enumerate(zip(net.views, parts_of_views(parts), strict=True))
        ]
        return torch.stack(losses).mean()

    def loss_of_view(
        view: ViewNet, early: Tensor, scale: Tensor, classes: Tensor, parts: Tensor
    ) -> Tensor:
        with in_bfloat16():
            early = channels_last(early)
            if torch.rand(()) < plan.mixed_styles:
                early = mix_styles(early)
            late = view.late(early)
            logits, maps = view.classify(late, scale), net.parts(early, late)
        of_cells = functional.cross_entropy(
            maps.float(), parts.long(), ignore_index=NO_PART, reduction="sum"
        )
        known_cells = (parts != NO_PART).sum().clamp(min=1)
        loss: Tensor = of_class(logits.float(), classes)
        return loss + plan.parts_weight * of_cells / known_cells

    def draws_of(epoch: int) -> Dataset[tuple[Tensor, Tensor, Tensor, Tensor]]:
        return _FeatureDataset(features, order[epoch * plan.draws : (epoch + 1) * plan.draws])

    fit_network(net, run, plan, draws_of, loss_of)
    return net


def parts_of_views(parts: Tensor) -> tuple[Tensor, Tensor]:
    """Maps of parts (N, 36, 60) of both views, from those of the wide one."""
    height, width = parts.shape[1:]
    middle = parts[:, height // 4 : 3 * height // 4, width // 4 : 3 * width // 4]
    return parts, middle.repeat_interleave(2, dim=1).repeat_interleave(2, dim=2)


def mix_styles(features: Tensor) -> Tensor:
    """Features (N, C, H, W) with the mean and spread of each channel moved towards those of another
    of the N crops: MixStyle (Zhou et al. 2021, "Domain generalization with MixStyle").

    The looks of the makers of photos differ in these figures more than the shapes of roots do.
    """
    mean = features.mean(dim=(2, 3), keepdim=True)
    spread = (features.var(dim=(2, 3), keepdim=True, correction=0) + 1e-6).sqrt()
    share = _STYLE_SHARES.sample((len(features), 1, 1, 1))
    other = torch.randperm(len(features))
    mixed_mean = share * mean + (1 - share) * mean[other]
    mixed_spread = share * spread + (1 - share) * spread[other]
    return (features - mean) / spread * mixed_spread + mixed_mean


def starting_net(seed: int) -> RootNet:
    """The network with ImageNet weights and a random head."""
    torch.manual_seed(seed)
    net = RootNet()
    load_pretrained(net)
    freeze_early_stages(net)
    return net


def freeze_early_stages(net: RootNet) -> None:
    """Excludes the stages that are never changed from fitting."""
    for module in (net.stem, net.stages):
        module.requires_grad_(False)
