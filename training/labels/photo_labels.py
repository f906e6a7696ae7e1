"""A photo's labels become taught hairs."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from data.images.photo import Photo
from data.strands.crop import crop_end
from data.strands.strand import EndState, Strand
from model.inference.finder import Finder
from training.datasets.examples import CropPair
from training.labels.conflicts import agree
from training.labels.issues import Remark
from training.labels.labelled_strand import TaughtHair
from training.labels.matching import Met, NotMetError, as_cut, meet
from training.labels.raw_label import GivenLabel
from training.labels.said import Said


@dataclass(frozen=True)
class Taught:
    """The hairs of a photo that labels met, those that people were unsure of left out, and what
    there is to tell of labels that met none or contradict each other."""

    hairs: tuple[TaughtHair, ...]
    problems: tuple[Remark, ...]


def teach(photo: Photo, labels: Sequence[GivenLabel], finder: Finder) -> Taught:
    """What ``labels`` say of the strands that ``finder`` proposes; ``photo`` carries the SHA-256 of
    its file."""
    cut = None if any(label.places for label in labels) else as_cut(photo)
    strands = [cut] if cut else finder(photo)
    of_strand: dict[int, list[Met]] = {}
    problems: list[Remark] = []
    for label in labels:
        try:
            for met in meet(label, photo, strands):
                of_strand.setdefault(met.strand, []).append(met)
        except NotMetError as error:
            problems.append(Remark(label.where, str(error)))
    hairs: list[TaughtHair] = []
    for i, mets in of_strand.items():
        stands, remark = agree(mets)
        problems += [remark] if remark else []
        if stands and stands.label.said is not Said.UNSURE:
            hairs.append(_taught(photo, strands[i], stands))
    return Taught(tuple(hairs), tuple(problems))


def _taught(photo: Photo, strand: Strand, met: Met) -> TaughtHair:
    ends = np.array([[end.x, end.y] for end in strand.ends])
    return TaughtHair(
        strand=replace(strand, path=ends),
        crops=_crops(photo, strand),
        said=met.label.said,
        extent=met.extent,
        root_end=met.root_end,
        photo=photo.sha256,
        file=met.label.picture.where.file,
        where=met.label.where,
    )


def _crops(photo: Photo, strand: Strand) -> CropPair:
    first, second = (
        crop_end(photo, strand, k) if strand.ends[k].state is EndState.VISIBLE else None
        for k in (0, 1)
    )
    return first, second
