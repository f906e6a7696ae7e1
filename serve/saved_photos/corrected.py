"""The hairs of a saved photo after all corrections, and their summary."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from statistics import median

import numpy as np

from data.io.jsonl import Json
from data.strands.crop import CROP_SHAFT_PX
from data.strands.strand import End, EndState, Strand
from model.labelling.hair import Hair, Label, RootType
from model.report import ModelName, PhotoReport, Status, hair_of
from model.share.summary import Summary

Pool = Callable[[Iterable[PhotoReport]], Summary]
"""Summarizes photos, as ``PhotoScorer.pool`` does."""
_LABELS = {
    "telogen": (Label.TELOGEN, RootType.CLUB),
    "misshapen": (Label.ANAGEN, RootType.MISSHAPEN),
    "no_bulb": (Label.ANAGEN, RootType.NONE),
    "anagen": (Label.ANAGEN, None),
    "unsure": (Label.UNSURE, None),
}


def apply_corrections(photo: Json) -> PhotoReport:
    """The report of a corrected photo (``store.replay``), with labels by people in it.

    Hairs labelled ``not_hair`` are left out. A missed root becomes a hair without a shaft, since
    only its root is known.
    """
    listed = [with_label(record) for record in photo["hairs"] if _is_hair(record)]
    shaft_px = median([hair.strand.shaft_px for hair in listed] or [CROP_SHAFT_PX])
    missed = [_missed_hair(root, shaft_px) for root in photo["missed_roots"] if _is_hair(root)]
    return PhotoReport(
        photo=photo["photo"],
        sha256=photo["sha256"],
        status=Status.SCORED if listed or missed else Status.NO_HAIRS,
        model=ModelName(**photo["model"]),
        width=photo["width"],
        height=photo["height"],
        hairs=(*listed, *missed),
    )


def with_label(record: Json) -> Hair:
    """A hair of a corrected report, with the label and the root by people, if any.

    ``not_hair`` changes nothing: there is no label then.
    """
    hair = hair_of(record)
    if (root := record.get("corrected_root")) is not None:
        ends = [(end.x, end.y) for end in hair.strand.ends]
        hair = replace(hair, root_end=ends.index((root["x"], root["y"])))
    if (corrected := record.get("corrected_label")) not in _LABELS:
        return hair
    label, root_type = _LABELS[corrected]
    return replace(hair, label=label, root_type=root_type, reason=None, by_person=True)


def corrected_summary(photo: Json, pool: Pool) -> Json:
    """The summary of a corrected report; ``pool`` is that of the scorer.

    Without labels by people it is the model's.
    """
    records = [*photo["hairs"], *photo["missed_roots"]]
    if not any("corrected_label" in record for record in records):
        summary: Json = photo["summary"]
        return summary
    return pool([apply_corrections(photo)]).as_json()


def _is_hair(record: Json) -> bool:
    return record.get("corrected_label") != "not_hair"


def _missed_hair(record: Json, shaft_px: float) -> Hair:
    x, y = record["root"]["x"], record["root"]["y"]
    ends = End(x, y, 0.0, EndState.VISIBLE), End(x, y, 0.0, EndState.HIDDEN)
    strand = Strand(np.array([(x, y), (x, y)], np.float64), shaft_px, ends, contrast=0.0)
    label, root_type = _LABELS[record["corrected_label"]]
    return Hair(strand, (None, None), label, None, 0.0, 0.0, root_type, 0, by_person=True)
