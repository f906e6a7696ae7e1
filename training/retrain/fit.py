"""All that a challenger is fitted to.

Fitting a network to people's labels, while it keeps to what it knew.
"""

import copy
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional
from torch.utils.data import Dataset

from data.arrays import Array
from model.networks.root_net import EndNet
from training.datasets.examples import Example
from training.fitting.loop import Batch as LoopBatch
from training.fitting.loop import Plan, channels_last, fit_network, in_bfloat16
from training.labels.labelled_strand import LabelledStrand
from training.retrain.label_probabilities import NOISE_RATE, kind_of
from training.retrain.training_data import (
    Batch,
    CachedFeatures,
    SamplingDataset,
    features_of_labels,
    features_of_renders,
)


@dataclass(frozen=True)
class RetrainPlan(Plan):
    """How to fit. Half of each batch are labelled strands, half are rendered ones."""

    epochs: int = 5
    draws: int = 2400
    batch: int = 48
    weight_decay: float = 0.02
    learning_rate: float = 5e-4
    workers: int = 0
    quiet: bool = True
    held: float = 3.0
    """The weight of what was said before on rendered strands."""
    way: float = 0.8
    """How much of the way from the network it begins with to what was fitted is gone: a little less
    is learned, and much less forgotten (Wortsman et al. 2022, WiSE-FT)."""


class Mixed(Dataset[Batch]):
    """Labelled and rendered strands in turn."""

    def __init__(self, labelled: SamplingDataset, rendered: SamplingDataset) -> None:
        self._parts = labelled, rendered

    def __len__(self) -> int:
        return sum(map(len, self._parts))

    def __getitem__(self, i: int) -> Batch:
        return self._parts[i % 2][i // 2]


Weighted = tuple[CachedFeatures, NDArray[np.float64]]
"""A lesson, and how often each of its strands (N,) is to be drawn."""


def fit_challenger(
    net: EndNet, labelled: Weighted, rendered: Weighted, run: Path, plan: RetrainPlan
) -> None:
    """Fits ``net`` in place, from ``run``'s checkpoint on if there is one.

    On ``labelled`` strands it learns what people say, on ``rendered`` ones it keeps to what is
    ``kept`` of the network it comes from (learning without forgetting, Li and Hoiem 2016).
    """
    device = best_device()

    def loss_of(batch: LoopBatch) -> Tensor:
        fits, here, seen, scale, kept = batch
        with in_bfloat16(device):
            logits = net.judge(channels_last(seen), scale)
        said = torch.log_softmax(logits.float(), 1)
        has_label, is_kept = fits.any(dim=(1, 2)), ~kept.isnan().any(dim=1)
        told = label_loss(said, here, fits)[has_label].sum() / has_label.sum().clamp(min=1)
        held = functional.kl_div(
            said[is_kept], kept[is_kept], reduction="batchmean", log_target=True
        )
        loss: Tensor = told + plan.held * held
        return loss

    def draws_of(epoch: int) -> Dataset[Batch]:
        seed, half = 1000 * plan.seed + epoch, plan.draws // 2
        return Mixed(
            SamplingDataset(*labelled, half, 2 * seed),
            SamplingDataset(*rendered, half, 2 * seed + 1),
        )

    fit_network(net, run, plan, draws_of, loss_of, together, device)


def best_device() -> torch.device:
    """The graphics card where there is one that torch can use, else the processor."""
    if torch.accelerator.is_available() and (found := torch.accelerator.current_accelerator()):
        return found
    return torch.device("cpu")


def label_loss(said: Tensor, here: Tensor, fits: Tensor) -> Tensor:
    """Minus the log of the chance (N,) that a label is right: the sum over all that ``fits``
    (N, 5, 5) of the product of both ends' chances, of which a share ``NOISE_RATE`` is not believed.

    ``said`` (C, 4) are the log chances of the crops in order, ``here`` (N, 2) which ends have one.
    """
    ends = said.new_zeros(*here.shape, fits.shape[-1])
    ends[here] = functional.pad(said, (0, 1))
    pairs = (ends[:, 0, :, None] + ends[:, 1, None, :]).masked_fill(~fits, -torch.inf)
    chance = torch.logsumexp(pairs.flatten(1), dim=1).exp()
    return -torch.log((1 - NOISE_RATE) * chance + NOISE_RATE / fits.shape[-1])


def together(drawn: Sequence[Batch]) -> list[Tensor]:
    """A batch of strands."""
    fits, here, *of_crops = zip(*drawn, strict=True)
    return [torch.stack(fits), torch.stack(here), *map(torch.cat, of_crops)]


MOST_VIEWS, RENDERED_VIEWS, MOST_CROPS = 12, 3, 6000
"""Views of each labelled crop and of each rendered one; with many labels fewer, so that at most so
many are kept in memory, at 60 kB each. Our choice."""
LEAST_SHARE = 0.15
"""Labels of a rare kind are drawn as often as the others, but as if they were at least this share:
five labels are not shown a thousand times each."""
LABEL_DRAWS, MOST_DRAWS = 3, 6000
"""Per epoch each label is drawn so often where they are many, up to so many draws in all."""


@dataclass(frozen=True, eq=False)
class TrainingSet:
    """``start`` is the network to begin with, of which each fit takes a copy; ``labelled`` has the
    N labels, each drawn by its weight in ``weights`` (N,); ``rendered`` what is not to be
    forgotten."""

    start: EndNet
    labelled: CachedFeatures
    weights: Array
    rendered: CachedFeatures

    def let_start_know(self, run: Path, plan: RetrainPlan) -> None:
        """Fits ``start`` itself to what is not to be forgotten, and to no labels. For networks that
        look at pixels alone: what others see depends on what they were fitted to."""
        rendered = self.rendered, np.ones(len(self.rendered.crops))
        fit_challenger(self.start, rendered, rendered, run, plan)

    def fitted(self, rows: Sequence[int], run: Path, plan: RetrainPlan) -> EndNet:
        """A network fitted to the labels in ``rows``, from ``run``'s checkpoint on."""
        net = copy.deepcopy(self.start)
        weights = np.zeros_like(self.weights)
        weights[list(rows)] = self.weights[list(rows)]
        all_alike = np.ones(len(self.rendered.crops))
        fit_challenger(net, (self.labelled, weights), (self.rendered, all_alike), run, plan)
        _go_part_of_the_way(self.start, net, plan.way)
        return net


def training_set_of(
    hairs: Sequence[LabelledStrand],
    renders: Sequence[Example],
    start: EndNet,
    teacher: EndNet,
    seed: int,
) -> TrainingSet:
    """``start`` is to learn what people said of ``hairs``, and what ``teacher`` says of
    ``renders``."""
    crops = sum(crop is not None for hair in hairs for crop in hair.crops)
    views = int(np.clip(MOST_CROPS // max(crops, 1), 2, MOST_VIEWS))
    start.eval()
    return TrainingSet(
        start=start,
        labelled=features_of_labels(hairs, start, views, 2 * seed),
        weights=draw_weights(hairs),
        rendered=features_of_renders(renders, start, teacher, RENDERED_VIEWS, 2 * seed + 1),
    )


def draw_weights(hairs: Sequence[LabelledStrand]) -> Array:
    """How often each label (N,) is drawn: every kind as often, within bounds."""
    kinds = np.array([kind_of(hair.label) for hair in hairs])
    counts = {kind: (kinds == kind).sum() for kind in set(kinds.tolist())}
    return np.array([1 / max(counts[kind], LEAST_SHARE * len(kinds)) for kind in kinds.tolist()])


def mean_of(nets: Sequence[EndNet]) -> EndNet:
    """A network whose numbers are the means of those of ``nets``."""
    mean = copy.deepcopy(nets[0])
    with torch.no_grad():
        for each, *others in zip(_numbers(mean), *map(_numbers, nets), strict=True):
            each.copy_(torch.stack(others).mean(dim=0))
    return mean


def _go_part_of_the_way(start: EndNet, net: EndNet, way: float) -> None:
    """Moves the numbers of ``net`` to where such a share of the way from ``start`` ends."""
    with torch.no_grad():
        for here, there in zip(_numbers(start), _numbers(net), strict=True):
            there.copy_(torch.lerp(here, there, way))


def _numbers(net: EndNet) -> list[Tensor]:
    """Parameters, and the statistics of normalisations if it has any."""
    return [part for part in net.state_dict().values() if part.is_floating_point()]


def plan_for(plan: RetrainPlan, labels: int) -> RetrainPlan:
    """The plan with as many draws as so many labels need; half of the draws are of labels."""
    wanted = 2 * min(LABEL_DRAWS * labels, MOST_DRAWS)
    return replace(plan, draws=max(plan.draws, wanted))
