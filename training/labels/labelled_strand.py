"""A strand with its label, checked and free of conflicts: the input of retraining."""

from dataclasses import dataclass
from enum import StrEnum

from data.strands.strand import Strand
from training.datasets.examples import BARE, NOT_HAIR, UNTRAINED, ClassPair, CropPair
from training.labels.issues import Location
from training.labels.label import HairKind, HairLabel


class Extent(StrEnum):
    """What a label is about: one end (of a crop), one hair, or every hair of a photo."""

    END = "end"
    HAIR = "hair"
    PHOTO = "photo"


@dataclass(frozen=True)
class LabelledStrand:
    """A strand with a person's label and the crops of its ends, None for an end out of view.

    Unlike an ``Example``, whose classes are known, a label may leave them open: ``fits`` lists
    every answer that would be right. ``root_end`` is the labelled end, 0 or 1, or None if either
    may be the root. ``photo`` is the SHA-256 of the picture's file, ``file`` its name for the user,
    ``where`` the location of the label. The strand's path is reduced to its two ends.
    """

    strand: Strand
    crops: CropPair
    label: HairLabel
    extent: Extent
    root_end: int | None
    photo: str
    file: str
    where: Location

    @property
    def kind(self) -> HairKind:
        """The kind of hair."""
        assert self.label.kind is not None, "an unsure label makes no labelled strand"
        return self.label.kind

    @property
    def is_evidence(self) -> bool:
        """Whether models may be compared on it.

        The label of a whole photo is too vague: a strand found in the photo may be no hair.
        """
        return self.extent is not Extent.PHOTO

    @property
    def fits(self) -> tuple[ClassPair, ...]:
        """Every pair of end classes under which the label is right, ``UNTRAINED`` for an end that
        the label leaves open.

        The loss of the joint rule is minus the log of the sum over these pairs of the product of
        both ends' likelihoods; an end that is ``UNTRAINED`` or has no crop counts as 1. A hair has
        one root, so its other end is bare. In a photo labelled as a whole, a strand may also be no
        hair.
        """
        pairs: set[ClassPair] = set()
        for root in self.label.root_classes:
            other = NOT_HAIR if root == NOT_HAIR else BARE
            pairs.add((root, UNTRAINED if self.extent is Extent.END else other))
        if self.extent is Extent.PHOTO:
            pairs.add((NOT_HAIR, NOT_HAIR))
        reversed_pairs = {(other, root) for root, other in pairs}
        by_root_end = {0: pairs, 1: reversed_pairs, None: pairs | reversed_pairs}
        return tuple(sorted(by_root_end[self.root_end]))

    @property
    def end_classes(self) -> ClassPair:
        """The class of each end that has a crop and on which all of ``fits`` agree, else
        ``UNTRAINED``."""
        classes = [{pair[k] for pair in self.fits} for k in (0, 1)]
        first, second = (
            found.pop() if len(found) == 1 and crop is not None else UNTRAINED
            for found, crop in zip(classes, self.crops, strict=True)
        )
        return first, second
