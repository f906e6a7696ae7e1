"""Matches strands to annotated hairs: which hair a strand is, and the classes of its ends."""

from collections.abc import Sequence

import numpy as np

from data.arrays import Array
from data.strands.strand import End, EndState, Strand
from training.datasets.annotations import (
    AnnotatedHair,
    AnnotatedPhoto,
    Attributes,
    distance_to_line,
)
from training.datasets.examples import BARE, CLUB, MISSHAPEN, NOT_HAIR, UNTRAINED, AnnotatedStrand

CLASS_OF_ROOT = {"telogen": CLUB, "misshapen": MISSHAPEN, "bare": BARE}

_MIN_ON_HAIR, _MIN_NEAR_HAIR = 0.6, 0.2
"""Share of a strand's path along one hair from which it is that hair, and below which it is no
hair at all."""
_AT_END_WIDTHS, _AT_END_PX = 4.0, 6.0
"""An end this near to an end of a hair shows it in the middle of its crop."""
_CLEAR_WIDTHS = 12.0
"""At this distance from both ends of a hair, a crop shows only shaft."""
_APPROACH_WIDTHS = 7.0
"""The hair on which a strand arrives at its end is looked up this far before the end."""
_ROOT_WIDTHS, _ROOT_PX = 10.0, 15.0
"""Maximum distance from a strand's end to the root of the hair that it is counted as."""


def match(strand: Strand, photo: AnnotatedPhoto) -> AnnotatedStrand:
    """The strand with its truth and the classes of its two ends."""
    points = strand.path[:: max(1, len(strand.path) // 25)]
    shares = [_share_along(points, hair) for hair in photo.hairs]
    best = int(np.argmax(shares)) if shares else -1
    if best < 0 or shares[best] < _MIN_NEAR_HAIR:
        # The crop of what is no hair may still show the end of a hair beside it.
        first, second = (
            UNTRAINED if _is_at_any(end, photo.hairs) else NOT_HAIR for end in strand.ends
        )
        attributes = Attributes(background=photo.background, maker=photo.maker)
        return AnnotatedStrand(strand, "not_hair", (first, second), attributes)
    hair = photo.hairs[best]
    if shares[best] < _MIN_ON_HAIR:
        return AnnotatedStrand(strand, "fragment", (UNTRAINED, UNTRAINED), hair.attributes)
    first, second = (_class_of(strand, k, hair, photo.hairs) for k in (0, 1))
    return AnnotatedStrand(strand, _truth_of(strand, hair), (first, second), hair.attributes)


def _share_along(points: Array, hair: AnnotatedHair) -> float:
    """Share of the points (N, 2) that lie on the shaft or the root of the hair."""
    on_shaft = distance_to_line(points, hair.line) <= max(8, 2 * hair.shaft_px)
    on_root = distance_to_line(points, _bulb(hair)) <= 3 * hair.shaft_px
    return float((on_shaft | on_root).mean())


def _truth_of(strand: Strand, hair: AnnotatedHair) -> str:
    if not hair.root_in_photo:
        return "rootless"
    reach = max(_ROOT_PX, _ROOT_WIDTHS * hair.shaft_px)
    visible = [end for end in strand.ends if end.state is EndState.VISIBLE]
    at_root = any(_distance(end, _bulb(hair)) <= reach for end in visible)
    if not at_root:
        return "fragment"
    return "ambiguous" if hair.is_ambiguous else hair.root


def _class_of(strand: Strand, k: int, hair: AnnotatedHair, hairs: Sequence[AnnotatedHair]) -> int:
    """The class of the visible end ``k`` of a strand along ``hair``.

    An end in the middle of a shaft is ``NOT_HAIR``. A strand that continued onto another hair may
    end where that one does.
    """
    end = strand.ends[k]
    if end.state is not EndState.VISIBLE:
        return UNTRAINED
    own_class = _class_at(end, hair)
    if own_class is not None:
        return own_class
    for other in hairs:
        other_class = _class_at(end, other)
        if other_class is not None and _arrives_along(strand, k, other):
            return other_class
    gap_px = min(_distance(end, _bulb(hair)), _distance(end, hair.tip_xy[None]))
    is_clear = gap_px > _CLEAR_WIDTHS * hair.shaft_px
    return NOT_HAIR if is_clear and not _is_at_any(end, hairs) else UNTRAINED


def _is_at_any(end: End, hairs: Sequence[AnnotatedHair]) -> bool:
    return any(_class_at(end, hair) is not None for hair in hairs)


def _class_at(end: End, hair: AnnotatedHair) -> int | None:
    """The class of the end of ``hair`` that lies at ``end``, or None."""
    near = max(_AT_END_PX, _AT_END_WIDTHS * hair.shaft_px)
    if hair.root_in_photo and _distance(end, _bulb(hair)) <= near:
        is_readable = hair.root_is_legible and not hair.is_ambiguous
        return CLASS_OF_ROOT[hair.root] if is_readable else UNTRAINED
    if hair.tip_in_photo and _distance(end, hair.tip_xy[None]) <= near:
        return BARE
    return None


def _arrives_along(strand: Strand, k: int, hair: AnnotatedHair) -> bool:
    """Whether a strand arrives at its end ``k`` on the shaft of ``hair``."""
    path = strand.path if k == 0 else strand.path[::-1]
    back = np.linalg.norm(path - path[0], axis=1) >= _APPROACH_WIDTHS * hair.shaft_px
    last = path[int(back.argmax())][None]
    return bool(distance_to_line(last, hair.line)[0] <= 2 * hair.shaft_px)


def _bulb(hair: AnnotatedHair) -> Array:
    return np.stack([hair.root_xy, hair.root_tip_xy])


def _distance(end: End, line: Array) -> float:
    """Distance in px from an end to a polyline or a single point (M, 2)."""
    xy = np.array([[end.x, end.y]])
    if len(line) == 1:
        return float(np.linalg.norm(xy - line))
    return float(distance_to_line(xy, line)[0])
