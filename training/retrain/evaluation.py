"""What speaks for a challenger, and what against it."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from training.labels.labelled_strand import Extent, TaughtHair
from training.retrain.label_probabilities import KINDS, NOTHING, LabelChances, kind_of

Array = NDArray[np.float64]
LEAST_OF_KIND = 5
"""Fewer labels of a kind tell nothing of it."""


@dataclass(frozen=True)
class JudgedLabel:
    """A labelled hair, its ``kind`` (one of ``KINDS``), the ``group`` of photos that is never
    divided, and what the champion (``before``) and a challenger that never saw the group
    (``after``) think of it."""

    hair: TaughtHair
    kind: str
    group: str
    before: LabelChances
    after: LabelChances


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


def even_weights(kinds: Sequence[str]) -> Array:
    """Weights (N,) of labels of these kinds, which sum to 1, or are all 0 if there is too little.

    Telogen and anagen count the same, however many labels each has; that there is no hair counts
    by its share of the labels, but no more than either: of it there are few labels, and one of six
    would else weigh as much as ten others. A kind with fewer than ``LEAST_OF_KIND`` labels counts
    nothing.
    """
    counts = Counter(kinds)
    counted = [kind for kind in KINDS if counts[kind] >= LEAST_OF_KIND]
    if not counted:
        return np.zeros(len(kinds))
    share = dict.fromkeys(counted, 1 / len(counted))
    if NOTHING in counted and len(counted) > 1:
        share[NOTHING] = min(share[NOTHING], counts[NOTHING] / sum(counts[k] for k in counted))
        for kind in set(counted) - {NOTHING}:
            share[kind] = (1 - share[NOTHING]) / (len(counted) - 1)
    return np.array([share[k] / counts[k] if k in share else 0.0 for k in kinds], np.float64)


def counted_kind(hair: TaughtHair) -> str | None:
    """The kind of a label that counts as evidence.

    That a photo shows hairs of one class is too vague to judge a model by: a strand in it may be
    no hair.
    """
    return None if hair.extent is Extent.PHOTO else kind_of(hair.said)
