"""How much labels teach, by how many there are.

What a learning curve tells: whether more labels would help, and of which kind.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from model.labelling.hair import ALL
from training.retrain.label_probabilities import (
    ANAGEN,
    KINDS,
    LEAST_OF_KIND,
    NOTHING,
    TELOGEN,
    LabelProbabilities,
    even_weights,
)


@dataclass(frozen=True)
class CurvePoint:
    """The balanced log loss of held-out labels after fitting to so many ``labels``, and that of
    each kind (of ``KINDS``) that counts. None at all: the champion as it was."""

    labels: int
    loss: float
    by_kind: Mapping[str, float]


SHARES = (0.25, 0.5)
"""Of the labels; what becomes of none and of all is measured anyway."""


def curve_point(
    labels: int, kinds: Sequence[str], chances: Sequence[LabelProbabilities]
) -> CurvePoint:
    """The losses on held-out labels of ``kinds`` after fitting to so many ``labels``."""
    losses = np.array([each.loss(kind) for kind, each in zip(kinds, chances, strict=True)])
    named = np.array(kinds)
    by_kind = {
        kind: float(losses[named == kind].mean())
        for kind in KINDS
        if (named == kind).sum() >= LEAST_OF_KIND
    }
    return CurvePoint(labels, float(even_weights(kinds) @ losses), by_kind)


IN_WORDS = {TELOGEN: "telogen hairs", ANAGEN: "anagen hairs", NOTHING: "what is no hair"}
"""The kinds of labels, as a person reads them."""
UNKNOWN = "Whether more labels would help cannot be told from these."


def advice_of(curve: Sequence[CurvePoint], noise: Mapping[str, float]) -> str:
    """One or two sentences on what the end of a curve says, from about half of the labels to all.

    ``noise`` has the standard error of the fall of the log loss from no labels to all, of each kind
    and of ``ALL``, where it can be told. The fall from half to all is smaller and less noisy, so
    only what exceeds that is taken to be a fall (our choice).
    """
    middle = _middle(curve)
    if middle is None or ALL not in noise:
        return UNKNOWN
    last = curve[-1]
    fall = middle.loss - last.loss
    seen = (
        f"From {middle.labels} to {last.labels} labels the log loss went from {middle.loss:.2f} to "
        f"{last.loss:.2f}"
    )
    if fall > noise[ALL]:
        return f"More labels would help. {seen}.{_most_of(_falls(middle, last), noise)}"
    if fall < -noise[ALL]:
        return (
            f"{seen}, so more labels made it worse on hairs that it had not seen. Look for wrong "
            "labels before you give more."
        )
    return (
        f"It levels off. {seen}, which can be chance; more labels of hairs like these would help "
        "little."
    )


def _middle(curve: Sequence[CurvePoint]) -> CurvePoint | None:
    """The point nearest to half of the labels, between none and all."""
    between = [point for point in curve if 0 < point.labels < curve[-1].labels]
    return min(between, key=lambda p: abs(2 * p.labels - curve[-1].labels), default=None)


def _falls(middle: CurvePoint, last: CurvePoint) -> dict[str, float]:
    both = middle.by_kind.keys() & last.by_kind.keys()
    return {kind: middle.by_kind[kind] - last.by_kind[kind] for kind in IN_WORDS if kind in both}


def _most_of(falls: Mapping[str, float], noise: Mapping[str, float]) -> str:
    """The kind that gained most, if any did for sure."""
    sure = {kind: fall for kind, fall in falls.items() if kind in noise and fall > noise[kind]}
    if not sure:
        return " Of no kind does it stand out."
    return f" It fell most for {IN_WORDS[max(sure, key=sure.__getitem__)]}: label more of them."
