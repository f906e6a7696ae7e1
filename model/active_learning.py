"""A hair that a person could label, as ``model.active_learning`` weighs it.

Which hair a person should label next: the one that the model doubts and that is like no other.

A label teaches most where the model may well be wrong (margin sampling: Scheffer, Decomain, Wrobel
2001), but the most doubtful hairs of a pool are often alike, and then the second teaches little. A
few examples stand for all if none of the pool is far from one of them (core sets: Sener and
Savarese, ICLR 2018, whose greedy k-centre always takes what is farthest from those taken). Both
wishes are met by their product, as in BADGE (Ash et al., ICLR 2020), where the size of an expected
gradient says how doubtful an example is, and its direction how it differs: here a hair's doubt
times its distance to the nearest hair that is labelled or taken.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from data.arrays import Floats
from data.strands.crop import CROP_SHAFT_PX, CROP_WIDTH, RootCrop
from data.strands.strand import Strand
from model.labelling.hair import EndPair, EndProbabilities, Hair, most_rootlike
from model.labelling.joint_rule import HairScores, Posterior

Embedding = NDArray[np.float32]
EndCrops = tuple[RootCrop | None, RootCrop | None]

NOT_HAIR_WEIGHT = 0.25
"""How much doubt between a hair and no hair counts, beside doubt between telogen and anagen: the
share goes by the latter, but "not hair" teaches something, too. Our assumption."""
DOUBLING_DISTANCE = 0.5
"""Distance of two looks that differ in nothing but twice the shaft width. Our assumption."""
_CELLS = CROP_WIDTH // round(CROP_SHAFT_PX), 12
"""Columns and rows of a thumbnail: cells of one shaft width."""
EMBEDDING_LENGTH = _CELLS[0] * _CELLS[1] // 2 + 9


@dataclass(frozen=True)
class Candidate:
    """A hair, or a strand that may be one.

    ``telogen`` and ``anagen`` are chances that its root is in view and of that kind, if it is a
    hair: what they lack of 1 is a root out of view. ``not_hair`` is the chance that it is none. All
    are 0 where no end is in view: a label of it would train nothing. ``look``, (LOOK_LENGTH,), is
    alike for hairs that look alike: see ``embedding_of``.
    """

    photo: str
    telogen: float
    anagen: float
    not_hair: float
    look: Embedding

    @property
    def doubt(self) -> float:
        """From 0, sure, to 1: telogen as likely as anagen.

        With t and a the chances of a root in view, (1 - not_hair) (t + a - |t - a|) is small where
        the margin between both is wide (margin sampling: Scheffer, Decomain, Wrobel 2001) and where
        no root is in view. Doubt whether it is a hair, of the same form, is added with less weight.
        """
        root = 2 * (1 - self.not_hair) * min(self.telogen, self.anagen)
        return root + 2 * NOT_HAIR_WEIGHT * min(self.not_hair, 1 - self.not_hair)


def candidate_of(
    photo: str, strand: Strand, readings: HairScores, posterior: Posterior, crops: EndCrops
) -> Candidate:
    """The candidate that a strand of ``photo`` is, with None for an end that is not visible."""
    one, other = (None if read is None else read.probabilities for read in readings)
    look = embedding_of((one, other), crops, strand.shaft_px)
    if one is None and other is None:
        return Candidate(photo, 0.0, 0.0, 0.0, look)
    return Candidate(photo, posterior.telogen, posterior.anagen, posterior.not_hair, look)


def candidate_of_hair(photo: str, hair: Hair, crops: EndCrops) -> Candidate:
    """The same of a hair in a report, which does not say how likely it is none.

    For that the least ``not_hair`` of its visible ends is taken: to be none, both ends must be.
    """
    look = embedding_of(hair.ends, crops, hair.strand.shaft_px)
    nothing = [end.not_hair for end in hair.ends if end is not None]
    if not nothing:
        return Candidate(photo, 0.0, 0.0, 0.0, look)
    return Candidate(photo, hair.p_telogen, hair.p_anagen, min(nothing), look)


def embedding_of(ends: EndPair, crops: EndCrops, shaft_px: float) -> Embedding:
    """What tells hairs apart, in three parts one after the other.

    A thumbnail of the end that is most like a root; the square roots of both ends' probabilities,
    that end's first, so that distances between them are Hellinger's; the shaft's width in
    doublings. It takes no inner features of the network, so it does not change with the model's
    version more than what the model says.
    """
    first = most_rootlike(ends) or 0
    roots = [_square_roots(ends[k]) for k in (first, 1 - first)]
    width = np.array([DOUBLING_DISTANCE * np.log2(shaft_px / CROP_SHAFT_PX)])
    return np.concatenate([_thumbnail(crops[first]), *roots, width]).astype(np.float32)


def _square_roots(end: EndProbabilities | None) -> NDArray[np.float64]:
    """(4,), of length sqrt(1/2), or 0 for an end that is not visible."""
    if end is None:
        return np.zeros(4)
    return np.sqrt(np.array([end.club, end.misshapen, end.bare, end.not_hair]) / 2)


def _thumbnail(crop: RootCrop | None) -> NDArray[np.float64]:
    """Grey cells of one shaft width, without their mean and of length 1; 0 for an empty crop.

    Mirrored halves are added, since a hair and its mirror image are one to the network.
    """
    columns, rows = _CELLS
    if crop is None:
        return np.zeros(columns * rows // 2)
    grey = cv2.cvtColor(crop.pixels, cv2.COLOR_BGR2GRAY)
    cells = cv2.resize(grey.astype(np.float64), (columns, rows), interpolation=cv2.INTER_AREA)
    half = cells[: rows // 2] + cells[: rows // 2 - 1 : -1]
    levels = (half - half.mean()).ravel()
    length = float(np.linalg.norm(levels))
    return np.asarray(levels / length) if length > 1e-6 else np.zeros_like(levels)


MAX_PER_PHOTO = 10
"""No photo gives more hairs than this before all others gave as many, or all they have: whether a
new model is better is shown on groups of photos, so labels are to spread. Our assumption."""
_FAR = 4.0
"""The distance to the nearest hair taken while there is none: over that of any two."""


def select_for_labelling(
    candidates: Sequence[Candidate],
    already: Sequence[Candidate] = (),
    count: int | None = None,
) -> list[int]:
    """Indices of ``candidates`` in the order in which to label them, all or the first ``count``.

    ``already`` were labelled before: what is like them comes later, and they count for their
    photos. The same candidates give the same order; of equals the first comes first. Each step
    takes time proportional to the candidates (10,000 of them: about a millisecond).
    """
    if not candidates:
        return []
    taken = _Taken([*already, *candidates])
    for i in range(len(already)):
        taken.take(i)
    wanted = len(candidates) if count is None else min(count, len(candidates))
    return [taken.take_next() - len(already) for _ in range(wanted)]


class _Taken:
    """Which hairs of all are taken, and how far all others are from them."""

    def __init__(self, hairs: Sequence[Candidate]) -> None:
        self._looks: Embedding = np.stack([hair.look for hair in hairs])
        self._squares = np.einsum("ij,ij->i", self._looks, self._looks)
        self._doubt = np.array([hair.doubt for hair in hairs])
        self._photo = np.unique([hair.photo for hair in hairs], return_inverse=True)[1]
        self._of_photo = np.zeros(self._photo.max() + 1, np.int64)
        self._distance: Floats = np.full(len(hairs), _FAR, np.float32)
        self._left = np.ones(len(hairs), bool)

    def take(self, i: int) -> None:
        """Takes one of those left."""
        self._left[i] = False
        self._of_photo[self._photo[i]] += 1
        squares = self._squares + self._squares[i] - 2 * (self._looks @ self._looks[i])
        self._distance = np.minimum(self._distance, np.sqrt(np.maximum(squares, 0)))

    def take_next(self) -> int:
        """Takes the one that teaches most, and returns its index."""
        rounds = (self._of_photo // MAX_PER_PHOTO)[self._photo]
        open_now = self._left & (rounds == rounds[self._left].min())
        worth = np.where(open_now, self._doubt * self._distance, -1.0)
        best = int(worth.argmax())
        self.take(best)
        return best
