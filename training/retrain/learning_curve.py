"""How much labels teach, by how many there are."""

from collections.abc import Sequence

import numpy as np

from training.retrain.evaluation import LEAST_OF_KIND, even_weights
from training.retrain.label_probabilities import KINDS, LabelChances
from training.retrain.outcome import CurvePoint

SHARES = (0.25, 0.5)
"""Of the labels; what becomes of none and of all is measured anyway."""


def curve_point(labels: int, kinds: Sequence[str], chances: Sequence[LabelChances]) -> CurvePoint:
    """The losses on held-out labels of ``kinds`` after fitting to so many ``labels``."""
    losses = np.array([each.loss(kind) for kind, each in zip(kinds, chances, strict=True)])
    named = np.array(kinds)
    by_kind = {
        kind: float(losses[named == kind].mean())
        for kind in KINDS
        if (named == kind).sum() >= LEAST_OF_KIND
    }
    return CurvePoint(labels, float(even_weights(kinds) @ losses), by_kind)
