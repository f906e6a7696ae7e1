"""What speaks for a challenger, and what against it.

What becomes of the frozen set of rendered ends, on which nothing was ever fitted.

How many labels say the opposite of what is seen by a model fitted to the others.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from data.arrays import Array
from model.inference.root_classifier import softmax
from model.networks.root_net import EndNet
from training.datasets.examples import UNTRAINED, Example, trained_ends
from training.fitting.root_net import logits_of
from training.labels.labelled_strand import Extent, LabelledStrand
from training.retrain.label_probabilities import NOTHING, LabelProbabilities, even_weights, kind_of


@dataclass(frozen=True)
class JudgedLabel:
    """A labelled hair, its ``kind`` (one of ``KINDS``), the ``group`` of photos that is never
    divided, and what the champion (``before``) and a challenger that never saw the group
    (``after``) think of it."""

    hair: LabelledStrand
    kind: str
    group: str
    before: LabelProbabilities
    after: LabelProbabilities


@dataclass(frozen=True)
class FrozenLosses:
    """Log losses (N,) at the ends of the frozen set, by photo: the champion's ``before``, the
    challenger's ``after``; ``weights`` (N,) by which every class counts the same; ``right_before``
    and ``right_after``: whether the likeliest class was the true one."""

    photos: tuple[str, ...]
    classes: NDArray[np.int64]
    before: Array
    after: Array
    right_before: NDArray[np.bool_]
    right_after: NDArray[np.bool_]
    weights: Array

    def rows(self, photo: str) -> NDArray[np.bool_]:
        """Which ends (N,) are of a photo."""
        return np.asarray(np.array(self.photos) == photo)


@dataclass(frozen=True)
class Evidence:
    """Every label that may count, predicted once by a model that never saw its group, and what
    becomes of the frozen set. ``fitted``: to how many labels the challenger was fitted."""

    judged: tuple[JudgedLabel, ...]
    frozen: FrozenLosses
    fitted: int

    @property
    def counts(self) -> Counter[str]:
        """How many labels of each kind there are."""
        return Counter(each.kind for each in self.judged)

    def weights(self) -> Array:
        """``even_weights`` of the labels (N,)."""
        return even_weights([each.kind for each in self.judged])


def counted_kind(hair: LabelledStrand) -> str | None:
    """The kind of a label that counts as evidence.

    That a photo shows hairs of one class is too vague to judge a model by: a strand in it may be
    no hair.
    """
    return None if hair.extent is Extent.PHOTO else kind_of(hair.label)


_LEAST = 1e-6


def frozen_set_losses(
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
        for crop, kind in zip(example.crops, example.annotated.end_classes, strict=True)
        if crop is not None and kind != UNTRAINED
    ]


SHARES = np.linspace(0, 0.5, 101)
"""Candidates."""
_NEAR = 1.645**2 / 2
"""So much below the greatest log likelihood the one-sided interval of 95 % ends."""


def label_noise(judged: Sequence[JudgedLabel]) -> tuple[float, float]:
    """The likeliest share of labels that say telogen for anagen or the other way round, and its
    lower limit (95 %, profile likelihood); 0 and 0 where there are none.

    Each label is taken for right or for a slip, by the chances of the challenger that had not seen
    it. A network that is too sure of itself seems to find slips, too: so they are a reason to look
    at labels, not a proof that they are wrong.
    """
    known = [each for each in judged if each.kind != NOTHING]
    if not known:
        return 0.0, 0.0
    said = np.array([each.after.of(each.kind) for each in known])
    real = np.array([each.after.telogen + each.after.anagen for each in known])
    right = said / np.maximum(real, 1e-9)
    chances = right[:, None] * (1 - SHARES) + (1 - right[:, None]) * SHARES
    likelihoods = np.log(np.maximum(chances, 1e-9)).sum(axis=0)
    best = int(np.argmax(likelihoods))
    low = int(np.argmax(likelihoods >= likelihoods[best] - _NEAR))
    return float(SHARES[best]), float(SHARES[low])
