"""The trained ends of examples, as a table."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from data.strands.crop import RootCrop
from model.version import CLASSES
from training.datasets.examples import UNTRAINED, Example

FOUND_OFTENER = 2.0
"""Ends as the finder proposes them are all that a photo ever shows the network. Our choice."""


@dataclass(frozen=True)
class Ends:
    """Crops with their classes: ``classes`` and ``found`` are (N,), ``found`` as in Example."""

    crops: Sequence[RootCrop]
    classes: NDArray[np.int64]
    found: NDArray[np.bool_]

    @property
    def shaft_px(self) -> NDArray[np.float64]:
        """Widths (N,) of the shafts in the photo."""
        return np.array([crop.shaft_px for crop in self.crops])

    def balancing_weights(self) -> NDArray[np.float64]:
        """Weights (N,) under which every class that occurs counts the same, and within a class
        an end as the finder proposed it ``FOUND_OFTENER`` times as much; they sum to 1."""
        weights = np.where(self.found, FOUND_OFTENER, 1.0)
        per_class = np.bincount(self.classes, weights, minlength=len(CLASSES))
        weights = weights / per_class[self.classes]
        return np.asarray(weights / weights.sum())


def trained_ends(examples: Sequence[Example]) -> Ends:
    """The ends that have a crop and a class."""
    rows = [
        (crop, kind, example.found)
        for example in examples
        for crop, kind in zip(example.crops, example.labelled.end_classes, strict=True)
        if crop is not None and kind != UNTRAINED
    ]
    return Ends(
        [crop for crop, _, _ in rows],
        np.array([kind for _, kind, _ in rows], np.int64),
        np.array([found for _, _, found in rows], bool),
    )
