"""Reports hairs that still grow in skin: their openings look like clubs, but they were not shed.

A dermatoscope's picture is full of skin, its hairs come out of it in groups, and the classifier
takes most of their ends for no hair's. Shed hairs on a palm lie apart and are mostly read.
"""

from collections.abc import Sequence

import cv2
import numpy as np

from data.images.photo import Photo
from data.quality.finding import Finding
from data.strands.strand import EndState, Strand

_MAX_SAMPLES = 200
"""Approximate number of samples along the longer side."""
_BLACK_LEVEL = 25
"""The rim around a round field of view is darker, and does not count."""
_RED, _BLUE, _MIN_RED_OVER_BLUE = (133, 185), (80, 128), 8
"""Skin of any shade in Cr and Cb, after Chai and Ngan (IEEE T. CSVT 9(4), 1999), wider for the red
light of dermatoscopes. Wood, cork and beige cloth lie within it as well."""
MIN_SKIN_SHARE, MIN_STRANDS, MIN_DROPPED_SHARE = 0.85, 12, 0.7
MIN_GROUPED_SHARE, MIN_CONFIDENCE = 0.1, 0.53
"""Set on drawn scenes and renders: docs/how-it-works/photo-quality.md."""
_GROUP_WIDTHS = 3.0
"""Hairs from one opening end this near to each other."""

HAIRS_IN_SKIN = Finding("hairs_in_skin")


def grow_in_skin(photo: Photo, strands: Sequence[Strand], dropped: Sequence[bool]) -> bool:
    """Whether the strands are hairs that grow in the skin that they are seen on.

    ``dropped`` are the strands that the classifier took for no hair.
    """
    return (
        len(strands) >= MIN_STRANDS
        and float(np.mean(dropped)) >= MIN_DROPPED_SHARE
        and float(np.median([strand.confidence for strand in strands])) >= MIN_CONFIDENCE
        and grouped_share(strands) >= MIN_GROUPED_SHARE
        and skin_share(photo) >= MIN_SKIN_SHARE
    )


def skin_share(photo: Photo) -> float:
    """The share of the photo, without a black rim, that has a colour of skin."""
    step = max(1, round(max(photo.width, photo.height) / _MAX_SAMPLES))
    sample = np.ascontiguousarray(photo.pixels[::step, ::step])
    level, red, blue = (
        part.astype(int) for part in cv2.split(cv2.cvtColor(sample, cv2.COLOR_BGR2YCrCb))
    )
    seen = level > _BLACK_LEVEL
    in_range = (red >= _RED[0]) & (red <= _RED[1]) & (blue >= _BLUE[0]) & (blue <= _BLUE[1])
    skin = seen & in_range & (red - blue > _MIN_RED_OVER_BLUE)
    return float(skin.sum() / max(1, seen.sum()))


def grouped_share(strands: Sequence[Strand]) -> float:
    """The share of ends in the photo near which another strand ends; 0 without any."""
    owned = [
        (k, end)
        for k, strand in enumerate(strands)
        for end in strand.ends
        if end.state is not EndState.OUT_OF_PHOTO
    ]
    if not owned:
        return 0.0
    owner = np.array([k for k, _ in owned])
    xy = np.array([(end.x, end.y) for _, end in owned])
    reach = _GROUP_WIDTHS * np.array([strands[k].shaft_px for k in owner])
    apart = np.linalg.norm(xy[:, None] - xy[None], axis=2)
    apart[owner[:, None] == owner[None]] = np.inf
    return float((apart.min(axis=1) < reach).mean())
