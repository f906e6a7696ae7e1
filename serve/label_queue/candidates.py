"""The hairs of one photo that a person could label: the job of a worker."""

from collections.abc import Sequence
from dataclasses import replace
from typing import cast

import numpy as np
from numpy.typing import NDArray

from data.images.limits import ReadLimits
from data.images.photo import Photo
from data.images.read import read_photo
from data.strands.crop import crop_end
from data.strands.strand import EndState, Strand
from model.active_learning import EndCrops, candidate_of
from model.labelling.joint_rule import HairScores
from model.labelling.photo_rule import photo_posteriors
from model.scorer import Scorer, score_ends
from serve.inputs.photo_files import NamedPhoto
from serve.label_queue.queue_item import QueueItem
from serve.scoring.interfaces import PhotoScorer

CLEAR_WIDTHS, CLEAR_PX = 1.0, 2.0
"""Where another strand ends within so many shaft widths and pixels, nobody could say which hair a
label at that place is about (docs/labels.md)."""


def hairs_of_photo(scorer: PhotoScorer, named: NamedPhoto, limits: ReadLimits) -> list[QueueItem]:
    """All strands of a file with an end in view that no other strand's end lies beside.

    ``scorer`` has to be a ``model.scorer.Scorer``. Raises ShedlightError for what is no photo.
    """
    photo, ours = read_photo(named.read(limits), limits), cast(Scorer, scorer)
    strands = ours.strands(photo)
    readings = score_ends(ours.classifier, photo, strands)
    posteriors = photo_posteriors(strands, readings, ours.rule)
    shown = shown_ends(strands, readings)
    return [
        QueueItem(
            photo=named.name,
            sha256=photo.sha256,
            strand=_without_path(strands[i]),
            shown=k,
            candidate=candidate_of(
                photo.sha256, strands[i], readings[i], posteriors[i], _crops(photo, strands[i])
            ),
        )
        for i, k in shown.items()
    ]


def shown_ends(strands: Sequence[Strand], readings: Sequence[HairScores]) -> dict[int, int]:
    """Of each strand that can be asked for, the end that is most like a root."""
    places = np.array([[(end.x, end.y) for end in strand.ends] for strand in strands])
    shown: dict[int, int] = {}
    for i, ends in enumerate(readings):
        roots = {
            k: read.probabilities.club + read.probabilities.misshapen
            for k, read in enumerate(ends)
            if read is not None and _is_clear(i, k, strands, places)
        }
        if roots:
            shown[i] = max(roots, key=roots.__getitem__)
    return shown


def _is_clear(i: int, k: int, strands: Sequence[Strand], places: NDArray[np.float64]) -> bool:
    """Whether no other strand ends beside that end; ``places`` (N, 2, 2) has all ends' x, y."""
    others = np.delete(places, i, axis=0).reshape(-1, 2)
    gaps = np.linalg.norm(others - places[i, k], axis=1)
    return bool((gaps > CLEAR_WIDTHS * strands[i].shaft_px + CLEAR_PX).all())


def _crops(photo: Photo, strand: Strand) -> EndCrops:
    first, second = (
        crop_end(photo, strand, k) if strand.ends[k].state is EndState.VISIBLE else None
        for k in (0, 1)
    )
    return first, second


def _without_path(strand: Strand) -> Strand:
    return replace(strand, path=np.array([[end.x, end.y] for end in strand.ends]))
