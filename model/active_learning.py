"""Selects the hairs that a person should label next: uncertain ones that differ from all others.

A label helps most where the model is likely wrong (margin sampling: Scheffer, Decomain, Wrobel
2001), but the most uncertain hairs of a pool are often alike, and then a second label adds little.
A few examples represent all if none of the pool is far from one of them (core sets: Sener and
Savarese, ICLR 2018, whose greedy k-centre always takes the one farthest from those taken). The
product combines both criteria, as in BADGE (Ash et al., ICLR 2020), where the size of an expected
gradient measures the uncertainty of an example, and its direction the difference: here a hair's
uncertainty times its distance to the nearest hair that is labelled or selected.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from data.arrays import Array, Floats
from data.strands.crop import CROP_SHAFT_PX, CROP_WIDTH, RootCrop
from data.strands.strand import Strand
from model.labelling.hair import EndPair, EndProbabilities, Hair, most_rootlike
from model.labelling.joint_rule import HairScores, Posterior

Embedding = Floats
EndCrops = tuple[RootCrop | None, RootCrop | None]

NOT_HAIR_WEIGHT = 0.25
"""Weight of the uncertainty between hair and no hair, relative to that between telogen and anagen:
the share depends on the latter, but "not hair" labels help, too. Our assumption."""
DOUBLING_DISTANCE = 0.5
"""Distance of two embeddings that differ only by twice the shaft width. Our assumption."""
_CELLS = CROP_WIDTH // round(CROP_SHAFT_PX), 12
"""Columns and rows of a thumbnail: cells of one shaft width."""
EMBEDDING_LENGTH = _CELLS[0] * _CELLS[1] // 2 + 9


@dataclass(frozen=True)
class Candidate:
    """A hair, or a strand that may be one.

    ``telogen`` and ``anagen`` are the probabilities that its root is in view and of that kind, if
    it is a hair; the rest to 1 is a root out of view. ``not_hair`` is the probability that it is no
    hair. All are 0 where no end is in view: its label could not be used for training.
    ``embedding``, (EMBEDDING_LENGTH,), is close for hairs that look alike: see ``embedding_of``.
    """

    photo: str
    telogen: float
    anagen: float
    not_hair: float
    embedding: Embedding

    @property
    def uncertainty(self) -> float:
        """From 0, certain, to 1: telogen as probable as anagen.

        With t and a the probabilities of a root in view, (1 - not_hair) (t + a - |t - a|) is small
        where the margin between both is wide (margin sampling: Scheffer, Decomain, Wrobel 2001) and
        where no root is in view. The uncertainty whether it is a hair, of the same form, is added
        with less weight.
        """
        root = 2 * (1 - self.not_hair) * min(self.telogen, self.anagen)
        return root + 2 * NOT_HAIR_WEIGHT * min(self.not_hair, 1 - self.not_hair)


def candidate_of(
    photo: str, strand: Strand, scores: HairScores, posterior: Posterior, crops: EndCrops
) -> Candidate:
    """The candidate for a strand of ``photo``; scores and crops are None for ends not visible."""
    one, other = (None if end is None else end.probabilities for end in scores)
    embedding = embedding_of((one, other), crops, strand.shaft_px)
    if one is None and other is None:
        return Candidate(photo, 0.0, 0.0, 0.0, embedding)
    return Candidate(photo, posterior.telogen, posterior.anagen, posterior.not_hair, embedding)


def candidate_of_hair(photo: str, hair: Hair, crops: EndCrops) -> Candidate:
    """The candidate for a hair of a report, which lacks the probability of no hair.

    The lowest ``not_hair`` of its visible ends is used: to be no hair, both ends must be none.
    """
    embedding = embedding_of(hair.ends, crops, hair.strand.shaft_px)
    not_hair = [end.not_hair for end in hair.ends if end is not None]
    if not not_hair:
        return Candidate(photo, 0.0, 0.0, 0.0, embedding)
    return Candidate(photo, hair.p_telogen, hair.p_anagen, min(not_hair), embedding)


def embedding_of(ends: EndPair, crops: EndCrops, shaft_px: float) -> Embedding:
    """Distances between embeddings measure how much hairs differ. It has three parts.

    A thumbnail of the end that looks most like a root; the square roots of both ends'
    probabilities, that end's first, so that distances between them are Hellinger's; the shaft's
    width in doublings. It uses no inner features of the network, so it depends on the version of
    the model only through the probabilities.
    """
    first = most_rootlike(ends) or 0
    roots = [_square_roots(ends[k]) for k in (first, 1 - first)]
    width = np.array([DOUBLING_DISTANCE * np.log2(shaft_px / CROP_SHAFT_PX)])
    return np.concatenate([_thumbnail(crops[first]), *roots, width]).astype(np.float32)


def _square_roots(end: EndProbabilities | None) -> Array:
    """(4,), of length sqrt(1/2), or 0 for an end that is not visible."""
    if end is None:
        return np.zeros(4)
    return np.sqrt(np.array([end.club, end.misshapen, end.bare, end.not_hair]) / 2)


def _thumbnail(crop: RootCrop | None) -> Array:
    """Grey cells of one shaft width, without their mean and of length 1; 0 for an empty crop.

    Mirrored halves are added: the network gives a hair and its mirror image the same label.
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
"""No photo gives more hairs than this before all others gave as many, or all they have: groups of
photos show whether a new model is better, so labels should spread over them. Our assumption."""
_MAX_DISTANCE = 4.0
"""The distance to the nearest selected hair while there is none: more than between any two."""


def select_for_labelling(
    candidates: Sequence[Candidate],
    already: Sequence[Candidate] = (),
    count: int | None = None,
) -> list[int]:
    """Indices of ``candidates`` in the order in which to label them, all or the first ``count``.

    ``already`` were labelled before: hairs like them come later, and they count for their photos.
    The order is deterministic; of equal candidates the first comes first. Each step takes time
    proportional to the number of candidates (10,000 of them: about a millisecond).
    """
    if not candidates:
        return []
    selection = _Selection([*already, *candidates])
    for i in range(len(already)):
        selection.add(i)
    wanted = len(candidates) if count is None else min(count, len(candidates))
    return [selection.add_best() - len(already) for _ in range(wanted)]


class _Selection:
    """The hairs selected so far, and the distances of all others from them."""

    def __init__(self, hairs: Sequence[Candidate]) -> None:
        self._embeddings: Embedding = np.stack([hair.embedding for hair in hairs])
        self._squares = np.einsum("ij,ij->i", self._embeddings, self._embeddings)
        self._uncertainty = np.array([hair.uncertainty for hair in hairs])
        self._photo = np.unique([hair.photo for hair in hairs], return_inverse=True)[1]
        self._selected_of_photo = np.zeros(self._photo.max() + 1, np.int64)
        self._distance: Floats = np.full(len(hairs), _MAX_DISTANCE, np.float32)
        self._left = np.ones(len(hairs), bool)

    def add(self, i: int) -> None:
        """Selects one of those left."""
        self._left[i] = False
        self._selected_of_photo[self._photo[i]] += 1
        products = self._embeddings @ self._embeddings[i]
        squares = self._squares + self._squares[i] - 2 * products
        self._distance = np.minimum(self._distance, np.sqrt(np.maximum(squares, 0)))

    def add_best(self) -> int:
        """Selects the most useful one, and returns its index."""
        rounds = (self._selected_of_photo // MAX_PER_PHOTO)[self._photo]
        eligible = self._left & (rounds == rounds[self._left].min())
        value = np.where(eligible, self._uncertainty * self._distance, -1.0)
        best = int(value.argmax())
        self.add(best)
        return best
