"""Checks the hairs of a photo: their number, width and tangles."""

from collections.abc import Sequence

import numpy as np

from data.arrays import Array
from data.images.photo import Photo
from data.quality.finding import Finding, box_around
from data.strands.strand import End, EndState, Strand

MAX_CROWDED_SHARE = 0.43
"""From this share of crowded ends on, the photo is tangled: measured in
docs/how-it-works/photo-quality.md."""
_FREE_WIDTHS = 3.0
"""No other hair passes a free end this closely: it would lie over a root."""
_POINT_EVERY_WIDTHS = 2.0
_MARGIN_WIDTHS = 4.0


def crowded_ends(strands: Sequence[Strand]) -> tuple[list[End], int]:
    """The crowded ends in the photo, and the number of all ends in it.

    An end is crowded if it is hidden, if another strand passes it closely, or if its strand is
    tangled.
    """
    points = []
    for strand in strands:  # points about two widths apart
        step_px = strand.length_px / max(1, len(strand.path) - 1)
        stride = max(1, int(_POINT_EVERY_WIDTHS * strand.shaft_px / max(step_px, 1e-9)))
        points.append(strand.path[::stride])
    everywhere = np.vstack(points)
    owner = np.repeat(np.arange(len(strands)), [len(line) for line in points])
    crowded, count = [], 0
    for k, strand in enumerate(strands):
        inside = [end for end in strand.ends if end.state is not EndState.OUT_OF_PHOTO]
        others = everywhere[owner != k]
        crowded += [end for end in inside if _is_crowded(strand, end, others)]
        count += len(inside)
    return crowded, count


def _is_crowded(strand: Strand, end: End, others: Array) -> bool:
    """``others`` (N, 2) are points along all other strands."""
    if strand.tangled or end.state is EndState.HIDDEN:
        return True
    gaps = others - (end.x, end.y)
    reach_px = _FREE_WIDTHS * strand.shaft_px
    return bool((gaps[:, 0] ** 2 + gaps[:, 1] ** 2 < reach_px**2).any())


def crowded_share(strands: Sequence[Strand]) -> float:
    """The share of the ends in the photo that are crowded; 0 without any."""
    crowded, ends = crowded_ends(strands)
    return len(crowded) / max(1, ends)


def check_tangles(photo: Photo, strands: Sequence[Strand]) -> Finding | None:
    """Reports that many ends are crowded, with their box."""
    crowded, ends = crowded_ends(strands)
    if len(strands) < 2 or not crowded or len(crowded) < MAX_CROWDED_SHARE * ends:
        return None  # a single hair is not tangled
    places = np.array([(end.x, end.y) for end in crowded])
    margin = _MARGIN_WIDTHS * max(strand.shaft_px for strand in strands)
    return Finding(
        "tangled",
        {"part": len(crowded), "count": ends},
        box_around(photo, places, margin),
    )


MIN_HAIRS = 20
"""Fewer hairs seldom have the ten readable roots that a verdict needs: measured in
docs/how-it-works/photo-quality.md."""

NO_HAIRS = Finding("no_hairs_seen")


def check_hair_count(strands: Sequence[Strand]) -> Finding | None:
    """Reports that there are too few hairs."""
    count = len(strands)
    if count >= MIN_HAIRS:
        return None
    return Finding("few_hairs", {"count": count})


MIN_SHAFT_PX = 4.0
"""Below this, roots can hardly be classified: measured in docs/how-it-works/photo-quality.md."""
GOOD_SHAFT_PX = 8.0
"""From this width on, a root shows its full shape (docs/how-it-works/domain.md, sizes)."""


def median_shaft_px(strands: Sequence[Strand]) -> float:
    """The median width of the strands' shafts, in pixels."""
    return float(np.median([strand.shaft_px for strand in strands]))


def check_shaft_width(strands: Sequence[Strand]) -> Finding | None:
    """Reports that the hairs are too small, and how much nearer to go, in halves."""
    shaft_px = median_shaft_px(strands)
    if shaft_px >= MIN_SHAFT_PX:
        return None
    nearer = max(1.5, round(2 * GOOD_SHAFT_PX / shaft_px) / 2)
    return Finding("hairs_too_small", {"shaft_px": round(shaft_px), "nearer": nearer})


MAX_SHAFT_SHARE = 1 / 22
"""Shafts wider than this share of the photo's shorter side lose labels: measured in
docs/how-it-works/photo-quality.md."""
_GOOD_SHAFT_SHARE = 1 / 40
"""Where a hair is to be: a row of them, with room for each root. Our assumption."""


def check_nearness(photo: Photo, strands: Sequence[Strand]) -> Finding | None:
    """Reports that the hairs are too near, and how much farther to go, in halves."""
    share = median_shaft_px(strands) / min(photo.width, photo.height)
    if share <= MAX_SHAFT_SHARE:
        return None
    return Finding("too_near", {"farther": round(2 * share / _GOOD_SHAFT_SHARE) / 2})
