"""The hairs of a kept photo as they stand after all that people said, and what they amount to."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from statistics import median

import numpy as np

from data.io.jsonl import Json
from data.strands.crop import CROP_SHAFT_PX
from data.strands.strand import End, EndState, Strand
from model.labelling.hair import Hair, Label, RootType
from model.report import ModelName, PhotoReport, Status
from model.report_json import hair_of
from model.share.summary import Summary

Pool = Callable[[Iterable[PhotoReport]], Summary]
"""Sums up photos, as ``PhotoScorer.pool`` does."""
_MEANING = {
    "telogen": (Label.TELOGEN, RootType.CLUB),
    "misshapen": (Label.ANAGEN, RootType.MISSHAPEN),
    "no_bulb": (Label.ANAGEN, RootType.NONE),
    "anagen": (Label.ANAGEN, None),
    "unsure": (Label.UNSURE, None),
}


def apply_corrections(photo: Json) -> PhotoReport:
    """A corrected report (``store.replay``) with people's words in place of the machine's.

    What is no hair is left out. A root that the finder missed becomes a hair without a shaft: of it
    only the root is known.
    """
    listed = [with_label(record) for record in photo["hairs"] if _is_hair(record)]
    shaft_px = median([hair.strand.shaft_px for hair in listed] or [CROP_SHAFT_PX])
    missed = [_missed(root, shaft_px) for root in photo["missed_roots"] if _is_hair(root)]
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
    """A hair of a corrected report, with the label and the root that people gave it, if any.

    ``not_hair`` changes nothing here: it says that there is nothing to label.
    """
    hair = hair_of(record)
    if (root := record.get("corrected_root")) is not None:
        places = [(end.x, end.y) for end in hair.strand.ends]
        hair = replace(hair, root_end=places.index((root["x"], root["y"])))
    if (said := record.get("corrected_label")) not in _MEANING:
        return hair
    label, root_type = _MEANING[said]
    return replace(hair, label=label, root_type=root_type, reason=None, by_person=True)


def pool_of(photo: Json, pool: Pool) -> Json:
    """The summary of a corrected report; ``pool`` is that of the scorer.

    It is the machine's own as long as no label of a person stands.
    """
    records = [*photo["hairs"], *photo["missed_roots"]]
    if not any("corrected_label" in record for record in records):
        summary: Json = photo["summary"]
        return summary
    return pool([apply_corrections(photo)]).as_json()


def _is_hair(record: Json) -> bool:
    return record.get("corrected_label") != "not_hair"


def _missed(record: Json, shaft_px: float) -> Hair:
    x, y = record["root"]["x"], record["root"]["y"]
    ends = End(x, y, 0.0, EndState.VISIBLE), End(x, y, 0.0, EndState.HIDDEN)
    strand = Strand(np.array([(x, y), (x, y)], np.float64), shaft_px, ends, contrast=0.0)
    label, root_type = _MEANING[record["corrected_label"]]
    return Hair(strand, (None, None), label, None, 0.0, 0.0, root_type, 0, by_person=True)
