"""Fits a network to people's labels while it keeps its predictions on rendered hairs."""

import copy
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional
from torch.utils.data import Dataset

from data.arrays import Array
from model.networks.root_net import EndNet
from training.datasets.examples import Example
from training.fitting.loop import Batch as LoopBatch
from training.fitting.loop import FittingPlan, fit_network, in_bfloat16
from training.labels.label import NOISE_RATE
from training.labels.labelled_strand import LabelledStrand
from training.retrain.training_data import (
    Batch,
    CachedFeatures,
    SamplingDataset,
    features_of_labels,
    features_of_renders,
)

RENDERED_VIEWS, MAX_LABELLED_CROPS = 1, 6000
"""Views of each rendered crop; and views of labelled crops that are cached, at 60 kB each. Our
choice."""
MIN_KIND_SHARE = 0.15
"""All kinds are sampled equally often, but a rare kind as if it had at least this share of the
labels: five labels are not repeated a thousand times each."""


@dataclass(frozen=True)
class RetrainPlan(FittingPlan):
    """How long and how hard to fit. Half of each batch are labelled strands, half rendered ones."""

    epochs: int = 5
    draws: int = 2400
    """Strands sampled per epoch, unless there are many labels."""
    batch: int = 48
    weight_decay: float = 0.02
    learning_rate: float = 5e-4
    workers: int = 0
    quiet: bool = True
    replay_weight: float = 3.0
    """Weight of the loss on rendered strands."""
    interpolation: float = 0.8
    """Share of the way from the starting network to the fitted one: it learns a little less and
    forgets much less (WiSE-FT, Wortsman et al. 2022)."""
    draws_per_label: int = 3
    max_label_draws: int = 6000
    """Per epoch each of many labels is drawn ``draws_per_label`` times, up to this many draws."""
    min_draws: int = 400
    """Also for the smallest share of the labels in the learning curve."""
    max_views: int = 12
    """Views of each labelled crop; fewer if there are many labels."""
    distillation_epochs: int = 40
    distillation_rate: float = 3e-3
    """How another architecture is fitted to the shipped model before it sees labels. Our choice."""

    def scaled(self, labels: int, share: float = 1.0) -> "RetrainPlan":
        """The plan for a fit to ``labels`` labels, a ``share`` of all: the fit is as much
        shorter."""
        wanted = 2 * min(self.draws_per_label * labels, self.max_label_draws)
        draws = int(share * max(self.draws, wanted)) // 2 * 2
        return replace(self, draws=max(self.min_draws, draws))


class MixedDataset(Dataset[Batch]):
    """Labelled and rendered strands in turn."""

    def __init__(self, labelled: SamplingDataset, rendered: SamplingDataset) -> None:
        self._parts = labelled, rendered

    def __len__(self) -> int:
        return sum(map(len, self._parts))

    def __getitem__(self, i: int) -> Batch:
        return self._parts[i % 2][i // 2]


Weighted = tuple[CachedFeatures, Array]
"""Strands, and how often each of them (N,) is sampled."""


def fit_challenger(
    net: EndNet, labelled: Weighted, rendered: Weighted, run: Path, plan: RetrainPlan
) -> None:
    """Fits ``net`` in place; continues from the checkpoint in ``run`` if there is one.

    It learns the labels of ``labelled`` strands, and reproduces the ``targets`` of ``rendered``
    ones (learning without forgetting, Li and Hoiem 2016).
    """
    device = best_device()

    def loss_of(batch: LoopBatch) -> Tensor:
        fits, has_crop, features, scale, targets = batch
        with in_bfloat16(device):
            logits = net.classify(features.float(), scale)
        predicted = torch.log_softmax(logits.float(), 1)
        has_label, has_target = fits.any(dim=(1, 2)), ~targets.isnan().any(dim=1)
        losses = label_loss(predicted, has_crop, fits)[has_label]
        replay = functional.kl_div(
            predicted[has_target], targets[has_target], reduction="batchmean", log_target=True
        )
        loss: Tensor = losses.sum() / has_label.sum().clamp(min=1) + plan.replay_weight * replay
        return loss

    def draws_of(epoch: int) -> Dataset[Batch]:
        seed, half = 1000 * plan.seed + epoch, plan.draws // 2
        return MixedDataset(
            SamplingDataset(*labelled, half, 2 * seed),
            SamplingDataset(*rendered, half, 2 * seed + 1),
        )

    fit_network(net, run, plan, draws_of, loss_of, collate, device)


def best_device() -> torch.device:
    """The graphics card if torch can use one, else the processor."""
    if torch.accelerator.is_available() and (found := torch.accelerator.current_accelerator()):
        return found
    return torch.device("cpu")


def label_loss(predicted: Tensor, has_crop: Tensor, fits: Tensor) -> Tensor:
    """Minus the log of the probability (N,) of a label: the sum over all that ``fits`` (N, 5, 5)
    of the product of both ends' probabilities, if a share ``NOISE_RATE`` of labels is wrong.

    ``predicted`` (C, 4) are the log probabilities of the crops in order, ``has_crop`` (N, 2) which
    ends have one.
    """
    ends = predicted.new_zeros(*has_crop.shape, fits.shape[-1])
    ends[has_crop] = functional.pad(predicted, (0, 1))
    pairs = (ends[:, 0, :, None] + ends[:, 1, None, :]).masked_fill(~fits, -torch.inf)
    probability = torch.logsumexp(pairs.flatten(1), dim=1).exp()
    return -torch.log((1 - NOISE_RATE) * probability + NOISE_RATE / fits.shape[-1])


def collate(strands: Sequence[Batch]) -> list[Tensor]:
    """A batch of strands."""
    fits, has_crop, *of_crops = zip(*strands, strict=True)
    return [torch.stack(fits), torch.stack(has_crop), *map(torch.cat, of_crops)]


@dataclass(frozen=True, eq=False)
class TrainingSet:
    """``start`` is the network that each fit copies; ``labelled`` has the N labels, each sampled by
    its weight in ``weights`` (N,); ``rendered`` what must not be forgotten."""

    start: EndNet
    labelled: CachedFeatures
    weights: Array
    rendered: CachedFeatures

    def distill_start(self, run: Path, plan: RetrainPlan) -> None:
        """Fits ``start`` to the rendered strands, without labels. For networks all of whose layers
        are fitted: the features of others depend on what they were fitted to."""
        rendered = self.rendered, np.ones(len(self.rendered.crops))
        fit_challenger(self.start, rendered, rendered, run, plan)

    def fit(self, rows: Sequence[int], run: Path, plan: RetrainPlan) -> EndNet:
        """A network fitted to the labels in ``rows``; continues from the checkpoint in ``run``."""
        net = copy.deepcopy(self.start)
        weights = np.zeros_like(self.weights)
        weights[list(rows)] = self.weights[list(rows)]
        uniform = np.ones(len(self.rendered.crops))
        fit_challenger(net, (self.labelled, weights), (self.rendered, uniform), run, plan)
        with torch.no_grad():
            for old, new in zip(_parameters(self.start), _parameters(net), strict=True):
                new.copy_(torch.lerp(old, new, plan.interpolation))
        return net


def training_set_of(
    hairs: Sequence[LabelledStrand],
    renders: Sequence[Example],
    start: EndNet,
    shipped: EndNet,
    plan: RetrainPlan,
) -> TrainingSet:
    """For ``start`` to learn the labels of ``hairs`` and the predictions of ``shipped`` on
    ``renders``."""
    crops = sum(crop is not None for hair in hairs for crop in hair.crops)
    views = int(np.clip(MAX_LABELLED_CROPS // max(crops, 1), 2, plan.max_views))
    start.eval()
    return TrainingSet(
        start=start,
        labelled=features_of_labels(hairs, start, views, 2 * plan.seed),
        weights=sampling_weights(hairs),
        rendered=features_of_renders(renders, start, shipped, RENDERED_VIEWS, 2 * plan.seed + 1),
    )


def sampling_weights(hairs: Sequence[LabelledStrand]) -> Array:
    """How often each label (N,) is sampled: every kind equally often, within limits."""
    kinds = np.array([hair.kind for hair in hairs])
    counts = {kind: (kinds == kind).sum() for kind in set(kinds.tolist())}
    min_count = MIN_KIND_SHARE * len(kinds)
    return np.array([1 / max(counts[kind], min_count) for kind in kinds.tolist()])


def mean_of(nets: Sequence[EndNet]) -> EndNet:
    """A network whose parameters are the means of those of ``nets``."""
    mean = copy.deepcopy(nets[0])
    with torch.no_grad():
        for each, *others in zip(_parameters(mean), *map(_parameters, nets), strict=True):
            each.copy_(torch.stack(others).mean(dim=0))
    return mean


def _parameters(net: EndNet) -> list[Tensor]:
    """Parameters, and the statistics of normalizations if there are any."""
    return [part for part in net.state_dict().values() if part.is_floating_point()]
