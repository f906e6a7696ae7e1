"""Blur where the roots may be."""

from collections.abc import Sequence

import numpy as np

from data.images.photo import Photo
from data.quality.ends import SeenEnd
from data.quality.finding import Finding, box_around, some_are

BLURRED_EDGE_WIDTHS = 0.85
"""Edge over shaft width from which an end is blurred: measured in docs/retake.md."""
LEAST_ASKED_PX = 4.0
"""Thinner shafts look blurred in any photo, so they are not asked. Our assumption."""
SOME_BLURRED = 0.2
"""A smaller share of blurred ends is no fault of the photo. Our assumption."""
_MARGIN_WIDTHS = 4.0


def edge_of_some(ends: Sequence[SeenEnd]) -> float:
    """The edge width that the most blurred ends, ``SOME_BLURRED`` of them, reach; 0 without any."""
    edges = [end.edge_widths for end in ends if end.shaft_px >= LEAST_ASKED_PX]
    return float(np.quantile(edges, 1 - SOME_BLURRED, method="higher")) if edges else 0.0


def blur(photo: Photo, ends: Sequence[SeenEnd]) -> Finding | None:
    """Some ends are out of focus, with their place, or most of them."""
    asked = [end for end in ends if end.shaft_px >= LEAST_ASKED_PX]
    blurred = [end for end in asked if end.edge_widths > BLURRED_EDGE_WIDTHS]
    if not blurred or len(blurred) < SOME_BLURRED * len(asked):
        return None
    places = np.array([(end.end.x, end.end.y) for end in blurred])
    margin = _MARGIN_WIDTHS * max(end.shaft_px for end in blurred)
    return Finding(
        "blurred",
        f"{some_are(len(blurred), len(asked), 'hair end')} out of focus; "
        "rest the phone on something, tap on the root ends to focus, and take it again.",
        box_around(photo, places, margin),
    )
