"""What a challenger is compared with the champion by: labels, and the frozen set of renders."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from data.arrays import Array, Mask
from model.inference.root_classifier import softmax
from model.networks.root_net import EndNet
from training.datasets.examples import UNTRAINED, Example, trained_ends
from training.fitting.apply import logits_of
from training.labels.label import HairKind
from training.labels.labelled_strand import LabelledStrand
from training.retrain.label_probabilities import LabelProbabilities, kind_weights


@dataclass(frozen=True)
class EvaluatedLabel:
    """A labelled strand with its probabilities ``before``, by the champion, and ``after``, by a
    challenger that never saw its ``group`` of photos."""

    hair: LabelledStrand
    group: str
    before: LabelProbabilities
    after: LabelProbabilities

    @property
    def kind(self) -> HairKind:
        """The kind that the label gives."""
        return self.hair.kind


@dataclass(frozen=True)
class FrozenLosses:
    """Log losses (N,) at the ends of the frozen set, by photo: the champion's ``before``, the
    challenger's ``after``; ``weights`` (N,) by which every class weighs the same; ``right_before``
    and ``right_after``: whether the most likely class was the true one."""

    photos: tuple[str, ...]
    classes: NDArray[np.int64]
    before: Array
    after: Array
    right_before: Mask
    right_after: Mask
    weights: Array

    def growth(self) -> tuple[float, float]:
        """The growth of the balanced log loss, and its standard error, photo by photo."""
        grown = self.weights * (self.after - self.before)
        names = np.array(self.photos)
        by_photo = [grown[names == photo].sum() for photo in sorted(set(self.photos))]
        spread = float(np.std(by_photo, ddof=1)) if len(by_photo) > 1 else 0.0
        return float(grown.sum()), spread * len(by_photo) ** 0.5


@dataclass(frozen=True)
class Evidence:
    """Every label that counts, predicted once by a challenger that never saw its group, and the
    losses on the frozen set. ``fitted`` is the number of labels that the challenger was fitted
    to."""

    labels: tuple[EvaluatedLabel, ...]
    frozen: FrozenLosses
    fitted: int

    @property
    def counts(self) -> Counter[HairKind]:
        """The number of labels of each kind."""
        return Counter(each.kind for each in self.labels)

    def weights(self) -> Array:
        """``kind_weights`` of the labels (N,)."""
        return kind_weights([each.kind for each in self.labels])

    def metrics(self) -> dict[str, float]:
        """By name: counts, and the balanced log loss and accuracy before and after."""
        weights = self.weights()
        metrics = {f"labels_{kind}": float(count) for kind, count in self.counts.items()}
        if not weights.any():
            return metrics
        kinds = [each.kind for each in self.labels]
        for when in ("before", "after"):
            predicted = list(zip((getattr(e, when) for e in self.labels), kinds, strict=True))
            losses = np.array([p.loss(kind) for p, kind in predicted])
            right = np.array([p.most_likely is kind for p, kind in predicted])
            metrics[f"loss_{when}"] = float(weights @ losses)
            metrics[f"right_{when}"] = float(weights @ right)
        return metrics


def frozen_set_losses(
    examples: Sequence[Example], before: tuple[EndNet, float], after: tuple[EndNet, float]
) -> FrozenLosses:
    """The losses at the ends of ``examples`` under two networks, each with its temperature."""
    ends = trained_ends(examples)
    old, new = (softmax(logits_of(net, ends.crops) / t) for net, t in (before, after))
    rows = np.arange(len(ends.classes))
    losses = [-np.log(np.maximum(p[rows, ends.classes], 1e-6)) for p in (old, new)]
    photos = tuple(  # of each end, in the order of ``trained_ends``
        example.photo
        for example in examples
        for crop, end_class in zip(example.crops, example.annotated.end_classes, strict=True)
        if crop is not None and end_class != UNTRAINED
    )
    return FrozenLosses(
        photos=photos,
        classes=ends.classes,
        before=losses[0],
        after=losses[1],
        right_before=old.argmax(axis=1) == ends.classes,
        right_after=new.argmax(axis=1) == ends.classes,
        weights=ends.balancing_weights(),
    )


NOISE_SHARES = np.linspace(0, 0.5, 101)
"""Candidates."""
_LOG_LIKELIHOOD_DROP = 1.645**2 / 2
"""Below the maximum of the log likelihood, where the one-sided interval of 95 % ends."""


def label_noise(labels: Sequence[EvaluatedLabel]) -> tuple[float, float]:
    """The most likely share of labels that confuse telogen and anagen, and its lower limit (95 %,
    profile likelihood); 0 and 0 without labels.

    Each label is right or wrong with the probabilities of the challenger that had not seen it. An
    overconfident network also seems to find label errors, so they are a reason to check the labels,
    not a proof that they are wrong.
    """
    known = [each for each in labels if each.kind is not HairKind.NOT_HAIR]
    if not known:
        return 0.0, 0.0
    of_label = np.array([each.after.of(each.kind) for each in known])
    real = np.array([each.after.telogen + each.after.anagen for each in known])
    right = (of_label / np.maximum(real, 1e-9))[:, None]
    probabilities = right * (1 - NOISE_SHARES) + (1 - right) * NOISE_SHARES
    likelihoods = np.log(np.maximum(probabilities, 1e-9)).sum(axis=0)
    best = int(np.argmax(likelihoods))
    low = int(np.argmax(likelihoods >= likelihoods[best] - _LOG_LIKELIHOOD_DROP))
    return float(NOISE_SHARES[best]), float(NOISE_SHARES[low])
