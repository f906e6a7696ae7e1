"""The hairs of one photo that a person could label; runs in a worker process."""

from collections.abc import Sequence
from dataclasses import replace
from typing import cast

import numpy as np
from numpy.typing import NDArray

from data.images.photo import Photo, ReadLimits
from data.images.read import read_photo
from data.strands.crop import crop_end
from data.strands.strand import EndState, Strand
from model.active_learning import EndCrops, candidate_of
from model.labelling.hair import most_rootlike
from model.labelling.joint_rule import HairScores
from model.labelling.photo_rule import photo_posteriors
from model.scorer import Scorer, score_ends
from serve.inputs.photo_files import NamedPhoto
from serve.label_queue.queue_item import QueueItem
from serve.scoring.interfaces import PhotoScorer

CLEARANCE_WIDTHS, CLEARANCE_PX = 1.0, 2.0
"""Minimum distance to ends of other strands, in shaft widths plus pixels. Closer, a label would not
identify its hair (docs/labels.md)."""


def hairs_of_photo(scorer: PhotoScorer, named: NamedPhoto, limits: ReadLimits) -> list[QueueItem]:
    """All strands of a file with a visible end that is clear of other ends.

    ``scorer`` must be a ``model.scorer.Scorer``. Raises ShedlightError for a file that is no photo.
    """
    photo, full = read_photo(named.read(limits), limits), cast(Scorer, scorer)
    strands = full.strands(photo)
    scores = score_ends(full.classifier, photo, strands)
    posteriors = photo_posteriors(strands, scores, full.rule)
    return [
        QueueItem(
            photo=named.name,
            sha256=photo.sha256,
            strand=replace(strands[i], path=_ends(strands[i])),
            shown=k,
            candidate=candidate_of(
                photo.sha256, strands[i], scores[i], posteriors[i], _crops(photo, strands[i])
            ),
        )
        for i, k in shown_ends(strands, scores).items()
    ]


def shown_ends(strands: Sequence[Strand], scores: Sequence[HairScores]) -> dict[int, int]:
    """The end most like a root, for each strand with a clear end; keys index ``strands``."""
    places = np.array([_ends(strand) for strand in strands])
    shown: dict[int, int] = {}
    for i, ends in enumerate(scores):
        first, second = (
            None if end is None or not _is_clear(i, k, strands, places) else end.probabilities
            for k, end in enumerate(ends)
        )
        k = most_rootlike((first, second))
        if k is not None:
            shown[i] = k
    return shown


def _is_clear(i: int, k: int, strands: Sequence[Strand], places: NDArray[np.float64]) -> bool:
    """True if no other strand ends near end ``k`` of strand ``i``; ``places`` (N, 2, 2) holds the
    x, y of all ends."""
    others = np.delete(places, i, axis=0).reshape(-1, 2)
    gaps = np.linalg.norm(others - places[i, k], axis=1)
    return bool((gaps > CLEARANCE_WIDTHS * strands[i].shaft_px + CLEARANCE_PX).all())


def _crops(photo: Photo, strand: Strand) -> EndCrops:
    first, second = (
        crop_end(photo, strand, k) if strand.ends[k].state is EndState.VISIBLE else None
        for k in (0, 1)
    )
    return first, second


def _ends(strand: Strand) -> NDArray[np.float64]:
    """(2, 2) x, y of both ends, instead of the whole path."""
    return np.array([[end.x, end.y] for end in strand.ends])
