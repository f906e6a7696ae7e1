"""All that a challenger is fitted to."""

import copy
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from model.networks.root_net import EndNet
from training.datasets.examples import Example
from training.labels.labelled_strand import TaughtHair
from training.retrain.fitting import TeachPlan, teach_network
from training.retrain.label_probabilities import kind_of
from training.retrain.training_data import Lesson, lesson_of_labels, lesson_of_renders

MOST_VIEWS, RENDERED_VIEWS, MOST_CROPS = 12, 3, 6000
"""Views of each labelled crop and of each rendered one; with many labels fewer, so that at most so
many are kept in memory, at 60 kB each. Our choice."""
LEAST_SHARE = 0.15
"""Labels of a rare kind are drawn as often as the others, but as if they were at least this share:
five labels are not shown a thousand times each."""
LABEL_DRAWS, MOST_DRAWS = 3, 6000
"""Per epoch each label is drawn so often where they are many, up to so many draws in all."""

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Material:
    """``start`` is the network to begin with, of which each fit takes a copy; ``labelled`` has the
    N labels, each drawn by its weight in ``weights`` (N,); ``rendered`` what is not to be
    forgotten."""

    start: EndNet
    labelled: Lesson
    weights: Array
    rendered: Lesson

    def let_start_know(self, run: Path, plan: TeachPlan) -> None:
        """Fits ``start`` itself to what is not to be forgotten, and to no labels. For networks that
        look at pixels alone: what others see depends on what they were fitted to."""
        rendered = self.rendered, np.ones(len(self.rendered.crops))
        teach_network(self.start, rendered, rendered, run, plan)

    def fitted(self, rows: Sequence[int], run: Path, plan: TeachPlan) -> EndNet:
        """A network fitted to the labels in ``rows``, from ``run``'s checkpoint on."""
        net = copy.deepcopy(self.start)
        weights = np.zeros_like(self.weights)
        weights[list(rows)] = self.weights[list(rows)]
        all_alike = np.ones(len(self.rendered.crops))
        teach_network(net, (self.labelled, weights), (self.rendered, all_alike), run, plan)
        _go_part_of_the_way(self.start, net, plan.way)
        return net


def material_of(
    hairs: Sequence[TaughtHair],
    renders: Sequence[Example],
    start: EndNet,
    teacher: EndNet,
    seed: int,
) -> Material:
    """``start`` is to learn what people said of ``hairs``, and what ``teacher`` says of
    ``renders``."""
    crops = sum(crop is not None for hair in hairs for crop in hair.crops)
    views = int(np.clip(MOST_CROPS // max(crops, 1), 2, MOST_VIEWS))
    start.eval()
    return Material(
        start=start,
        labelled=lesson_of_labels(hairs, start, views, 2 * seed),
        weights=draw_weights(hairs),
        rendered=lesson_of_renders(renders, start, teacher, RENDERED_VIEWS, 2 * seed + 1),
    )


def draw_weights(hairs: Sequence[TaughtHair]) -> Array:
    """How often each label (N,) is drawn: every kind as often, within bounds."""
    kinds = np.array([kind_of(hair.said) for hair in hairs])
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


def plan_for(plan: TeachPlan, labels: int) -> TeachPlan:
    """The plan with as many draws as so many labels need; half of the draws are of labels."""
    wanted = 2 * min(LABEL_DRAWS * labels, MOST_DRAWS)
    return replace(plan, draws=max(plan.draws, wanted))
