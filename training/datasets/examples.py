"""Strands with their ground truth and the crops of their ends."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from data.arrays import Array, Mask
from data.strands.crop import RootCrop
from data.strands.strand import EndState, Strand
from model.labelling.hair import width_bin
from model.version import CLASSES
from training.datasets.annotations import NO_ATTRIBUTES, Attributes

CLUB, MISSHAPEN, BARE, NOT_HAIR = range(len(CLASSES))
UNTRAINED = -1
"""The class of an end whose true class is ambiguous."""

TRUTHS = ("telogen", "misshapen", "bare", "not_hair", "fragment", "rootless", "ambiguous")
"""What a strand can be. ``fragment``: it lies on a hair without reaching its root, which is in
the photo; ``rootless``: the root of its hair is outside the photo; ``ambiguous``: its root is
misshapen and looks like a club."""

FOUND_WEIGHT = 2.0
"""Weight of an end that the finder proposed, against one made from the annotations: in use the
network gets only the former. Our choice."""

ClassPair = tuple[int, int]
CropPair = tuple[RootCrop | None, RootCrop | None]
PartsMap = NDArray[np.uint8]
"""(36, 60): the index in ``PARTS`` (model/networks/parts.py) of each cell of a crop."""
PartsPair = tuple[PartsMap | None, PartsMap | None]


@dataclass(frozen=True)
class AnnotatedStrand:
    """A strand and its ground truth: ``truth`` is one of ``TRUTHS``, ``end_classes`` are indices
    into ``CLASSES`` or ``UNTRAINED``."""

    strand: Strand
    truth: str
    end_classes: ClassPair
    attributes: Attributes = NO_ATTRIBUTES

    @property
    def is_hair(self) -> bool:
        """Whether it ends at a root of a known kind."""
        return self.truth in TRUTHS[:3]

    @property
    def is_knowable(self) -> bool:
        """Whether its ends show which label is right. A bare root needs the other end in view."""
        both_visible = all(end.state is EndState.VISIBLE for end in self.strand.ends)
        return self.truth in TRUTHS[:2] or (self.truth == "bare" and both_visible)


@dataclass(frozen=True)
class Example:
    """An annotated strand of a photo with the crops of its ends, None where one is not visible.

    ``found``: the finder proposed it; else it was made from the annotations. ``parts`` are the true
    maps of parts of the crops, None where the photo has no label picture.
    """

    annotated: AnnotatedStrand
    photo: str
    found: bool
    crops: CropPair
    parts: PartsPair = (None, None)

    @property
    def strand(self) -> Strand:
        """The strand itself."""
        return self.annotated.strand

    @property
    def width_bin(self) -> str:
        """The bin of its shaft width (``model.labelling.hair.WIDTH_BINS``)."""
        return width_bin(self.strand.shaft_px)

    @property
    def trained_crops(self) -> list[tuple[RootCrop, int]]:
        """The crops of its ends that have a class, with that class."""
        pairs = zip(self.crops, self.annotated.end_classes, strict=True)
        return [(crop, kind) for crop, kind in pairs if crop is not None and kind != UNTRAINED]


@dataclass(frozen=True)
class Ends:
    """Crops with their classes: ``classes`` and ``found`` are (N,), ``found`` as in Example, and so
    are ``parts``. ``makers`` (N,) are the makers of the photos."""

    crops: Sequence[RootCrop]
    classes: NDArray[np.int64]
    found: Mask
    parts: Sequence[PartsMap | None] = ()
    makers: Sequence[str] = ()

    @property
    def shaft_px(self) -> Array:
        """Widths (N,) of the shafts in the photo."""
        return np.array([crop.shaft_px for crop in self.crops])

    def balancing_weights(self) -> Array:
        """Weights (N,) that sum to 1. Every class that occurs has the same total weight, within a
        class every maker, and of these an end that the finder proposed weighs ``FOUND_WEIGHT``
        times as much as one made from the annotations."""
        weights = np.where(self.found, FOUND_WEIGHT, 1.0)
        groups = self.classes
        if self.makers:
            maker_of_row = np.unique(self.makers, return_inverse=True)[1]
            groups = groups + len(CLASSES) * maker_of_row
            weights = weights / np.bincount(groups, weights)[groups]
        per_class = np.bincount(self.classes, weights, minlength=len(CLASSES))
        weights = weights / per_class[self.classes]
        return np.asarray(weights / weights.sum())


def trained_ends(examples: Sequence[Example]) -> Ends:
    """The ends that have a crop and a class."""
    rows = [
        (crop, kind, example.found, parts, example.annotated.attributes.maker)
        for example in examples
        for crop, kind, parts in zip(
            example.crops, example.annotated.end_classes, example.parts, strict=True
        )
        if crop is not None and kind != UNTRAINED
    ]
    return Ends(
        [crop for crop, *_ in rows],
        np.array([kind for _, kind, *_ in rows], np.int64),
        np.array([found for _, _, found, *_ in rows], bool),
        [parts for *_, parts, _ in rows],
        [maker for *_, maker in rows],
    )


def crops_of(examples: Sequence[Example]) -> list[RootCrop]:
    """All crops of the examples, in order."""
    return [crop for example in examples for crop in example.crops if crop is not None]
