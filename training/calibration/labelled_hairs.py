"""Knowable hairs with their posteriors under the joint rule."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from data.arrays import Array, Mask
from model.labelling.joint_rule import HairScores, JointRule, Posterior
from model.labelling.photo_rule import photo_posteriors
from training.datasets.examples import Example
from training.datasets.splits import rows_by_photo

MIN_HAIRS = 30
"""Minimum number of hairs to choose a threshold or fit a parameter on."""


@dataclass(frozen=True)
class LabelledHairs:
    """The posteriors of hairs whose label is known."""

    examples: list[Example]
    posteriors: list[Posterior]

    @property
    def telogen(self) -> Array:
        """The probabilities (N,) of a club."""
        return np.array([posterior.telogen for posterior in self.posteriors])

    @property
    def anagen(self) -> Array:
        """The probabilities (N,) of a root without a club."""
        return np.array([posterior.anagen for posterior in self.posteriors])

    @property
    def shaft_px(self) -> Array:
        """Widths (N,)."""
        return np.array([example.strand.shaft_px for example in self.examples])

    @property
    def makers(self) -> NDArray[np.str_]:
        """The makers (N,) of the photos."""
        return np.array([example.annotated.attributes.maker for example in self.examples], np.str_)

    @property
    def is_telogen(self) -> Mask:
        """The truth (N,)."""
        return np.array([example.annotated.truth == "telogen" for example in self.examples], bool)


def labelled_hairs(
    examples: Sequence[Example], scores: Sequence[HairScores], rule: JointRule
) -> LabelledHairs:
    """The knowable hairs among ``examples``, with their posteriors under ``rule``."""
    posteriors = posteriors_of(examples, scores, rule)
    known = [i for i, example in enumerate(examples) if example.annotated.is_knowable]
    return LabelledHairs([examples[i] for i in known], [posteriors[i] for i in known])


def posteriors_of(
    examples: Sequence[Example], scores: Sequence[HairScores], rule: JointRule
) -> list[Posterior]:
    """The posterior of each example under ``rule``, photo by photo."""
    found: dict[int, Posterior] = {}
    for rows in rows_by_photo(examples):
        strands, pairs = [examples[i].strand for i in rows], [scores[i] for i in rows]
        found |= zip(rows, photo_posteriors(strands, pairs, rule), strict=True)
    return [found[i] for i in range(len(examples))]


def enough_of_each_label(is_telogen: Mask) -> bool:
    """Whether there are at least ``MIN_HAIRS`` hairs (N,) of either label."""
    return bool(min(is_telogen.sum(), (~is_telogen).sum()) >= MIN_HAIRS)


def balancing_weights(classes: NDArray[np.int64] | Mask) -> Array:
    """Weights (N,) that sum to 1, under which every class that occurs in ``classes`` (N,) has the
    same total weight."""
    _, indices, counts = np.unique(classes, return_inverse=True, return_counts=True)
    return np.asarray(1 / counts[indices] / max(len(counts), 1))
