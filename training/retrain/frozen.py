"""What becomes of the frozen set of rendered ends, on which nothing was ever fitted."""

from collections.abc import Sequence

import numpy as np

from model.inference.root_classifier import softmax
from model.networks.root_net import EndNet
from training.datasets.ends import trained_ends
from training.datasets.examples import UNTRAINED, Example
from training.fitting.readings import logits_of
from training.retrain.evaluation import Array, FrozenLosses

_LEAST = 1e-6


def frozen_losses(
    examples: Sequence[Example], before: tuple[EndNet, float], after: tuple[EndNet, float]
) -> FrozenLosses:
    """The losses at the ends of ``examples`` under two networks, each with its temperature."""
    ends = trained_ends(examples)
    was, is_now = (softmax(logits_of(net, ends.crops) / t) for net, t in (before, after))
    rows = np.arange(len(ends.classes))
    return FrozenLosses(
        photos=tuple(_photos(examples)),
        classes=ends.classes,
        before=_loss(was[rows, ends.classes]),
        after=_loss(is_now[rows, ends.classes]),
        right_before=was.argmax(axis=1) == ends.classes,
        right_after=is_now.argmax(axis=1) == ends.classes,
        weights=ends.balancing_weights(),
    )


def _loss(chances: Array) -> Array:
    return np.asarray(-np.log(np.maximum(chances, _LEAST)))


def _photos(examples: Sequence[Example]) -> list[str]:
    """The photo of each end, in the order of ``trained_ends``."""
    return [
        example.photo
        for example in examples
        for crop, kind in zip(example.crops, example.labelled.end_classes, strict=True)
        if crop is not None and kind != UNTRAINED
    ]
