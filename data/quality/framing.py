"""Roots that lie outside the picture."""

from collections.abc import Sequence

import numpy as np

from data.images.photo import Photo
from data.quality.finding import Finding, box_around, some_are
from data.strands.strand import End, EndState, Strand

SOME_OUT = 0.25
"""A smaller share of hairs that lost their root at the border is no fault of the photo: measured
in docs/retake.md."""
_MARGIN_WIDTHS = 4.0


def out_share(strands: Sequence[Strand], root_not_seen: Sequence[bool]) -> float:
    """The share of strands whose root is not seen and may lie past the border."""
    return len(_lost(strands, root_not_seen)) / len(strands)


def roots_out(
    photo: Photo, strands: Sequence[Strand], root_not_seen: Sequence[bool]
) -> Finding | None:
    """Hairs leave the picture and show no root in it: where they leave it."""
    lost = _lost(strands, root_not_seen)
    if len(lost) < SOME_OUT * len(strands):
        return None
    places = np.array([(end.x, end.y) for strand in lost for end in strand.ends if _is_out(end)])
    margin = _MARGIN_WIDTHS * max(strand.shaft_px for strand in lost)
    return Finding(
        "ends_out_of_photo",
        f"{some_are(len(lost), len(strands), 'hair')} cut off by the edge of the photo and "
        f"{'shows' if len(lost) == 1 else 'show'} no root; lay all root ends on one side and keep "
        "that side in the picture.",
        box_around(photo, places, margin),
    )


def _lost(strands: Sequence[Strand], root_not_seen: Sequence[bool]) -> list[Strand]:
    pairs = zip(strands, root_not_seen, strict=True)
    return [strand for strand, unseen in pairs if unseen and any(map(_is_out, strand.ends))]


def _is_out(end: End) -> bool:
    return end.state is EndState.OUT_OF_PHOTO
