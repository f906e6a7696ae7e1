"""The learning curve: the loss by the number of labels, and whether more labels would help."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from model.labelling.hair import ALL
from training.labels.label import MIN_PER_KIND, HairKind
from training.retrain.label_probabilities import LabelProbabilities, kind_weights

SHARES = (0.25, 0.5)
"""Shares of the labels to fit to; none and all are measured by the cross-validation."""
KIND_NAMES = {
    HairKind.TELOGEN: "telogen hairs",
    HairKind.ANAGEN: "anagen hairs",
    HairKind.NOT_HAIR: "objects that are no hair",
}


@dataclass(frozen=True)
class LearningPoint:
    """The balanced log loss of held-out labels after fitting to ``labels`` labels, and the loss of
    each kind with enough labels. 0 labels: the champion."""

    labels: int
    loss: float
    by_kind: Mapping[HairKind, float]


def curve_point(
    labels: int, kinds: Sequence[HairKind], predicted: Sequence[LabelProbabilities]
) -> LearningPoint:
    """The losses on held-out labels of ``kinds`` after fitting to ``labels`` labels."""
    losses = np.array([each.loss(kind) for kind, each in zip(kinds, predicted, strict=True)])
    names = np.array(kinds)
    by_kind = {
        kind: float(losses[names == kind].mean())
        for kind in HairKind
        if (names == kind).sum() >= MIN_PER_KIND
    }
    return LearningPoint(labels, float(kind_weights(kinds) @ losses), by_kind)


class Trend(StrEnum):
    """How the loss changes from about half of the labels to all of them."""

    FALLS = "falls"
    LEVEL = "level"
    RISES = "rises"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class LabelAdvice:
    """Whether more labels would help: the trend, the kind whose loss falls significantly and most,
    and two sentences."""

    trend: Trend
    kind: HairKind | None
    text: str


UNKNOWN = LabelAdvice(Trend.UNKNOWN, None, "It is unknown whether more labels would help.")


def advice_of(curve: Sequence[LearningPoint], errors: Mapping[str, float]) -> LabelAdvice:
    """LabelAdvice by the end of a curve.

    ``errors`` has the standard error of the fall of the log loss from no labels to all, of each
    kind and of ``ALL``, if known. The fall from half to all is smaller and less noisy, so only more
    than that counts as a fall (our choice).
    """
    between = [point for point in curve if 0 < point.labels < curve[-1].labels]
    if not between or ALL not in errors:
        return UNKNOWN
    last = curve[-1]
    middle = min(between, key=lambda point: abs(2 * point.labels - last.labels))
    change = (
        f"From {middle.labels} to {last.labels} labels the log loss went from {middle.loss:.2f} "
        f"to {last.loss:.2f}"
    )
    fall = middle.loss - last.loss
    if fall < -errors[ALL]:
        return LabelAdvice(
            Trend.RISES, None, f"{change}: more labels made it worse. Check the labels for errors."
        )
    if fall <= errors[ALL]:
        return LabelAdvice(
            Trend.LEVEL,
            None,
            f"{change}, which may be chance. More labels of similar hairs would help little.",
        )
    falls = {
        kind: middle.by_kind[kind] - last.by_kind[kind]
        for kind in HairKind
        if kind in middle.by_kind and kind in last.by_kind
    }
    significant = {k: by for k, by in falls.items() if k in errors and by > errors[k]}
    kind = max(significant, key=significant.__getitem__, default=None)
    most = f" It fell most for {KIND_NAMES[kind]}: label more of them." if kind else ""
    return LabelAdvice(Trend.FALLS, kind, f"More labels would help. {change}.{most}")
