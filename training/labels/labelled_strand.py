"""A strand with what a person taught of it: what training on labels takes."""

from dataclasses import dataclass
from enum import StrEnum

from data.strands.strand import Strand
from training.datasets.examples import BARE, NOT_HAIR, UNTRAINED, ClassPair, CropPair
from training.labels.issues import Location
from training.labels.label import HairLabel


class Extent(StrEnum):
    """What a label is about: one end (of a crop), one hair, or every hair of a photo."""

    END = "end"
    HAIR = "hair"
    PHOTO = "photo"


@dataclass(frozen=True)
class LabelledStrand:
    """A strand that a person's label met, with the crops of its ends, None where one is not
    visible.

    An ``Example`` knows what its strand is; here a label may leave that open, so ``fits`` has every
    answer that would be right. ``root_end`` is the end that the label is about, 0 or 1, None if
    either may be the root. ``photo`` is the SHA-256 of the picture's file, and ``file`` what its
    user calls it; ``where`` the label stands. Of the strand's path only the ends are kept.
    """

    strand: Strand
    crops: CropPair
    said: HairLabel
    extent: Extent
    root_end: int | None
    photo: str
    file: str
    where: Location

    @property
    def fits(self) -> tuple[ClassPair, ...]:
        """Every pair of classes of its ends under which the label is right, ``UNTRAINED`` for an
        end of which it says nothing.

        The loss of the joint rule is minus the log of the sum over these of the product of both
        ends' likelihoods, which is 1 for an end that is ``UNTRAINED`` or has no crop. A hair has
        one root, so its other end is bare; in a photo whose hairs are all of one class, a strand
        may also be no hair.
        """
        pairs = {(kind, self._other(kind)) for kind in self.said.kinds}
        if self.extent is Extent.PHOTO:
            pairs.add((NOT_HAIR, NOT_HAIR))
        turned = {(other, root) for root, other in pairs}
        either = {0: pairs, 1: turned, None: pairs | turned}
        return tuple(sorted(either[self.root_end]))

    @property
    def end_classes(self) -> ClassPair:
        """The class of each end that has a crop and on which all ``fits`` agree, else
        ``UNTRAINED``."""
        first, second = (self._agreed(k) for k in (0, 1))
        return first, second

    def _other(self, root: int) -> int:
        if self.extent is Extent.END:
            return UNTRAINED
        return NOT_HAIR if root == NOT_HAIR else BARE

    def _agreed(self, k: int) -> int:
        classes = {pair[k] for pair in self.fits}
        return classes.pop() if len(classes) == 1 and self.crops[k] is not None else UNTRAINED
