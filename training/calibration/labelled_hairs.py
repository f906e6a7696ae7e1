"""Hairs whose truth is known, as the joint rule reads them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from data.arrays import Array
from model.labelling.joint_rule import HairScores, JointRule, Posterior
from model.labelling.photo_rule import photo_posteriors
from training.datasets.examples import Example
from training.datasets.splits import by_photo

MIN_HAIRS = 30
"""Fewer hairs than this tell nothing about a threshold."""

Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class LabelledHairs:
    """The posteriors of hairs whose truth is known."""

    examples: list[Example]
    posteriors: list[Posterior]

    @property
    def telogen(self) -> Array:
        """The chances (N,) of a club."""
        return np.array([posterior.telogen for posterior in self.posteriors])

    @property
    def anagen(self) -> Array:
        """The chances (N,) of none."""
        return np.array([posterior.anagen for posterior in self.posteriors])

    @property
    def shaft_px(self) -> Array:
        """Widths (N,)."""
        return np.array([example.strand.shaft_px for example in self.examples])

    @property
    def is_telogen(self) -> Flags:
        """The truth (N,)."""
        return np.array([example.labelled.truth == "telogen" for example in self.examples], bool)


def labelled_hairs(
    examples: Sequence[Example], readings: Sequence[HairScores], rule: JointRule
) -> LabelledHairs:
    """Those among ``examples`` of which the ends tell what they are, as ``rule`` reads them."""
    posteriors = posteriors_of(examples, readings, rule)
    known = [i for i, example in enumerate(examples) if example.labelled.is_knowable]
    return LabelledHairs([examples[i] for i in known], [posteriors[i] for i in known])


def posteriors_of(
    examples: Sequence[Example], readings: Sequence[HairScores], rule: JointRule
) -> list[Posterior]:
    """What ``rule`` makes of each example, photo by photo."""
    found: dict[int, Posterior] = {}
    for rows in by_photo(examples):
        strands, pairs = [examples[i].strand for i in rows], [readings[i] for i in rows]
        found |= zip(rows, photo_posteriors(strands, pairs, rule), strict=True)
    return [found[i] for i in range(len(examples))]


def enough_of_each_label(which: Flags) -> bool:
    """Whether there are enough hairs (N,) of either kind."""
    return bool(min(which.sum(), (~which).sum()) >= MIN_HAIRS)


def even_weights(kinds: NDArray[np.int64] | Flags) -> Array:
    """Weights (N,) under which every kind (N,) that occurs counts the same; they sum to 1."""
    _, places, counts = np.unique(kinds, return_inverse=True, return_counts=True)
    return np.asarray(1 / counts[places] / max(len(counts), 1))
