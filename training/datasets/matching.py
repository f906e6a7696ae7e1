"""Which hair of the truth a strand is, and what its ends are."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from data.strands.strand import End, EndState, Strand
from training.datasets.annotations import (
    AnnotatedHair,
    AnnotatedPhoto,
    Attributes,
    distance_to_line,
)
from training.datasets.examples import BARE, CLUB, MISSHAPEN, NOT_HAIR, UNTRAINED, Labelled

CLASS_OF_ROOT = {"telogen": CLUB, "misshapen": MISSHAPEN, "bare": BARE}

_ON_HAIR, _OFF_HAIR = 0.6, 0.2
"""Share of a strand's path along one hair that makes it that hair, or no hair at all."""
_AT_WIDTHS, _AT_PX = 4.0, 6.0
"""This near to an end of a hair, an end shows it in the middle of its crop."""
_CLEAR_WIDTHS = 12.0
"""This far from both ends of a hair, a crop shows nothing but shaft."""
_ALONG_WIDTHS = 7.0
"""So far before its end a strand is asked on which hair it comes."""
_ROOT_WIDTHS, _ROOT_PX = 10.0, 15.0
"""How near a strand has to end to a root to be counted as that hair."""


def match(strand: Strand, photo: AnnotatedPhoto) -> Labelled:
    """A strand with what it truly is, and what its two ends are."""
    on = [_share_along(strand, hair) for hair in photo.hairs]
    best = int(np.argmax(on)) if on else -1
    if best < 0 or on[best] < _OFF_HAIR:
        first, second = (_class_off_hair(end, photo.hairs) for end in strand.ends)
        return Labelled(strand, "not_hair", (first, second), Attributes(ground=photo.ground))
    hair = photo.hairs[best]
    if on[best] < _ON_HAIR:
        return Labelled(strand, "fragment", (UNTRAINED, UNTRAINED), hair.facts)
    first, second = (_class_of(strand, k, hair, photo.hairs) for k in (0, 1))
    return Labelled(strand, _truth_of(strand, hair), (first, second), hair.facts)


def _share_along(strand: Strand, hair: AnnotatedHair) -> float:
    points = strand.path[:: max(1, len(strand.path) // 25)]
    near = distance_to_line(points, hair.line) <= max(8, 2 * hair.shaft_px)
    return float((near | (distance_to_line(points, _bulb(hair)) <= 3 * hair.shaft_px)).mean())


def _truth_of(strand: Strand, hair: AnnotatedHair) -> str:
    if not hair.root_in_photo:
        return "rootless"
    reach = max(_ROOT_PX, _ROOT_WIDTHS * hair.shaft_px)
    seen = [end for end in strand.ends if end.state is EndState.VISIBLE]
    at_root = any(_distance(end, _bulb(hair)) <= reach for end in seen)
    return hair.root if at_root else "fragment"


def _class_of(strand: Strand, k: int, hair: AnnotatedHair, hairs: Sequence[AnnotatedHair]) -> int:
    """The class of the visible end ``k`` of a strand along ``hair``; an end in the midst of a shaft
    is no end of a hair. A strand that ran on into the next hair may end where that one does."""
    end = strand.ends[k]
    if end.state is not EndState.VISIBLE:
        return UNTRAINED
    here = _end_at(end, hair)
    if here is not None:
        return here
    for other in hairs:
        there = _end_at(end, other)
        if there is not None and _comes_along(strand, k, other):
            return there
    is_clear = _to_ends(end, hair) > _CLEAR_WIDTHS * hair.shaft_px
    return NOT_HAIR if is_clear and not _is_at_any(end, hairs) else UNTRAINED


def _class_off_hair(end: End, hairs: Sequence[AnnotatedHair]) -> int:
    """The class of an end of what is no hair: a crop may still show the end of one beside it."""
    return UNTRAINED if _is_at_any(end, hairs) else NOT_HAIR


def _is_at_any(end: End, hairs: Sequence[AnnotatedHair]) -> bool:
    return any(_end_at(end, hair) is not None for hair in hairs)


def _end_at(end: End, hair: AnnotatedHair) -> int | None:
    """The class of the end of ``hair`` that lies where ``end`` does, or None."""
    near = max(_AT_PX, _AT_WIDTHS * hair.shaft_px)
    if hair.root_in_photo and _distance(end, _bulb(hair)) <= near:
        return CLASS_OF_ROOT[hair.root]
    if hair.tip_in_photo and _distance(end, hair.tip_xy[None]) <= near:
        return BARE
    return None


def _to_ends(end: End, hair: AnnotatedHair) -> float:
    return min(_distance(end, _bulb(hair)), _distance(end, hair.tip_xy[None]))


def _comes_along(strand: Strand, k: int, hair: AnnotatedHair) -> bool:
    """Whether a strand arrives at its end ``k`` on the shaft of ``hair``."""
    path = strand.path if k == 0 else strand.path[::-1]
    back = np.linalg.norm(path - path[0], axis=1) >= _ALONG_WIDTHS * hair.shaft_px
    last = path[int(back.argmax())][None]
    return bool(distance_to_line(last, hair.line)[0] <= 2 * hair.shaft_px)


def _bulb(hair: AnnotatedHair) -> NDArray[np.float64]:
    return np.stack([hair.root_xy, hair.root_tip_xy])


def _distance(end: End, line: NDArray[np.float64]) -> float:
    here = np.array([[end.x, end.y]])
    if len(line) == 1:
        return float(np.linalg.norm(here - line))
    return float(distance_to_line(here, line)[0])
