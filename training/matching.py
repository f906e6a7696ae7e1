"""Which hair of the truth a strand is, and what its ends are."""

import numpy as np
from numpy.typing import NDArray

from data.strand import End, EndState, Strand
from training.example import BARE, CLUB, MISSHAPEN, NOT_HAIR, UNTRAINED, Labelled
from training.truth import Facts, TruthHair, TruthPhoto, distance_to_line

CLASS_OF_ROOT = {"telogen": CLUB, "misshapen": MISSHAPEN, "bare": BARE}

_ON_HAIR, _OFF_HAIR = 0.6, 0.2
"""Share of a strand's path along one hair that makes it that hair, or no hair at all."""
_AT_WIDTHS, _AT_PX = 4.0, 6.0
"""This near to an end of a hair, an end shows it in the middle of its crop."""
_CLEAR_WIDTHS = 12.0
"""This far from both ends of a hair, a crop shows nothing but shaft."""
_ROOT_WIDTHS, _ROOT_PX = 10.0, 15.0
"""How near a strand has to end to a root to be counted as that hair."""


def match(strand: Strand, photo: TruthPhoto) -> Labelled:
    """A strand with what it truly is, and what its two ends are."""
    on = [_share_along(strand, hair) for hair in photo.hairs]
    best = int(np.argmax(on)) if on else -1
    if best < 0 or on[best] < _OFF_HAIR:
        return Labelled(strand, "not_hair", (NOT_HAIR, NOT_HAIR), Facts(ground=photo.ground))
    hair = photo.hairs[best]
    if on[best] < _ON_HAIR:
        return Labelled(strand, "fragment", (UNTRAINED, UNTRAINED), hair.facts)
    first, second = strand.ends
    classes = (_class_of(first, hair), _class_of(second, hair))
    return Labelled(strand, _truth_of(strand, hair), classes, hair.facts)


def _share_along(strand: Strand, hair: TruthHair) -> float:
    points = strand.path[:: max(1, len(strand.path) // 25)]
    near = distance_to_line(points, hair.line) <= max(8, 2 * hair.shaft_px)
    return float((near | (distance_to_line(points, _bulb(hair)) <= 3 * hair.shaft_px)).mean())


def _truth_of(strand: Strand, hair: TruthHair) -> str:
    if not hair.root_in_photo:
        return "rootless"
    reach = max(_ROOT_PX, _ROOT_WIDTHS * hair.shaft_px)
    seen = [end for end in strand.ends if end.state is EndState.VISIBLE]
    at_root = any(_distance(end, _bulb(hair)) <= reach for end in seen)
    return hair.root if at_root else "fragment"


def _class_of(end: End, hair: TruthHair) -> int:
    """The class of a visible end; an end in the midst of a shaft is no end of a hair."""
    near = max(_AT_PX, _AT_WIDTHS * hair.shaft_px)
    to_root, to_tip = _distance(end, _bulb(hair)), _distance(end, hair.tip_xy[None])
    if end.state is not EndState.VISIBLE:
        return UNTRAINED
    if to_root <= near and hair.root_in_photo:
        return CLASS_OF_ROOT[hair.root]
    if to_tip <= near and hair.tip_in_photo:
        return BARE
    is_clear = min(to_root, to_tip) > _CLEAR_WIDTHS * hair.shaft_px
    return NOT_HAIR if is_clear else UNTRAINED


def _bulb(hair: TruthHair) -> NDArray[np.float64]:
    return np.stack([hair.root_xy, hair.root_tip_xy])


def _distance(end: End, line: NDArray[np.float64]) -> float:
    here = np.array([[end.x, end.y]])
    if len(line) == 1:
        return float(np.linalg.norm(here - line))
    return float(distance_to_line(here, line)[0])
