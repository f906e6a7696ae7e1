"""What is wrong with a photo, and how to take a better one."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from data.focus import end_edge_widths
from data.photo import Photo
from data.strand import EndState, Strand

DARK_LEVEL, DARK_PERCENTILE = 70, 99.5
"""Dark: hardly a pixel brighter than this grey level, on whatever card. Our assumption."""
CLIPPED_LEVEL, CLIPPED_SHARE = 253, 0.4
"""Bright: this share of the pixels burnt out in every colour. Our assumption."""
_SAMPLED = 4
"""Light is judged on every so many pixels both ways."""
LEAST_SHAFT_PX, GOOD_SHAFT_PX = 4.0, 8.0
"""Under 4 px a club can hardly be told, from 8 px its full shape shows (docs/domain.md)."""
BLURRED_EDGE_WIDTHS = 0.58
"""Edge over shaft width. On shafts drawn and blurred by us it is passed at a Gaussian blur of
about 0.3 shaft widths, where a tail or a ragged root begins to melt; the use of it is our
assumption."""
LEAST_CONTRAST = 20.0
"""Grey levels between shaft and ground. Our assumption."""
SOME = 0.2
"""Fewer hairs or ends than this share are no fault of the photo. Our assumption."""
MOST = 0.5
"""The share of hairs, or of ends, from which a fault is one of the whole photo. Our assumption."""
MOST_ENDS_OUT = 0.6
"""Roots laid in view let half of the ends leave the picture; more is a fault. Our assumption."""


@dataclass(frozen=True)
class Finding:
    """One thing that makes a photo hard to read.

    ``box`` is (x, y, width, height) in pixels of the upright photo, None for the whole of it.
    """

    code: str
    message: str
    box: tuple[int, int, int, int] | None = None


def judge(photo: Photo, strands: Sequence[Strand]) -> tuple[Finding, ...]:
    """What makes the photo hard to read, the fault that hides most first; empty for a good one.

    ``strands`` are those that are taken for hairs.
    """
    found = [_exposure(photo.pixels)]
    if strands:
        found += [
            _thin_shafts(strands),
            _blur(photo, strands),
            _contrast(strands),
            _tangles(photo, strands),
            _ends_out_of_photo(strands),
        ]
    else:
        found.append(_NO_HAIRS)
    return tuple(finding for finding in found if finding is not None)


_NO_HAIRS = Finding(
    "no_hairs_seen",
    "No hairs with an end in the photo were seen; lay dry hairs in one layer on a plain, "
    "mid-tone matte card and move near enough for them to fill the photo.",
)


def _exposure(pixels: NDArray[np.uint8]) -> Finding | None:
    sample = np.ascontiguousarray(pixels[::_SAMPLED, ::_SAMPLED])
    grey = np.asarray(cv2.cvtColor(sample, cv2.COLOR_BGR2GRAY))
    if (grey < DARK_LEVEL).mean() > DARK_PERCENTILE / 100:
        return Finding(
            "too_dark", "The photo is dark; take it again by a window in daylight, without flash."
        )
    clipped = cv2.inRange(sample, (CLIPPED_LEVEL,) * 3, (255,) * 3)
    if np.mean(clipped > 0) > CLIPPED_SHARE:
        return Finding(
            "too_bright",
            "Much of the photo is burnt out to white; use softer light, "
            "or tap on the brightest part before taking it.",
        )
    return None


def _thin_shafts(strands: Sequence[Strand]) -> Finding | None:
    shaft_px = float(np.median([strand.shaft_px for strand in strands]))
    if shaft_px >= LEAST_SHAFT_PX:
        return None
    nearer = max(2, round(GOOD_SHAFT_PX / shaft_px))
    return Finding(
        "hairs_too_small",
        f"The hairs are only about {shaft_px:.0f} pixels wide, too thin to show their roots; "
        f"move about {nearer} times nearer, with the macro lens if there is one.",
    )


def _blur(photo: Photo, strands: Sequence[Strand]) -> Finding | None:
    """Shafts under 4 px look blurred in any photo, so they are not asked."""
    ends = [
        (strand, i)
        for strand in strands
        for i in (0, 1)
        if strand.ends[i].state is EndState.VISIBLE and strand.shaft_px >= LEAST_SHAFT_PX
    ]
    blurred = [end for end in ends if end_edge_widths(photo, *end) > BLURRED_EDGE_WIDTHS]
    if not blurred or len(blurred) < SOME * len(ends):
        return None
    places = np.array([(s.ends[i].x, s.ends[i].y) for s, i in blurred])
    margin = 4 * max(strand.shaft_px for strand, _ in blurred)
    return Finding(
        "blurred",
        f"{_some(len(blurred), len(ends), 'hair end')} out of focus; "
        "rest the phone on something, tap on the root ends to focus, and take it again.",
        None if len(blurred) > MOST * len(ends) else _box(photo, places, margin),
    )


def _contrast(strands: Sequence[Strand]) -> Finding | None:
    faint = [strand for strand in strands if abs(strand.contrast) < LEAST_CONTRAST]
    if len(faint) <= MOST * len(strands):
        return None
    dark = sum(strand.contrast < 0 for strand in faint) >= len(faint) / 2
    return Finding(
        "low_contrast",
        "The hairs hardly stand out from what they lie on; lay them on a matte card that is "
        f"{'paler' if dark else 'darker'} than they are.",
    )


def _tangles(photo: Photo, strands: Sequence[Strand]) -> Finding | None:
    tangled = [strand for strand in strands if strand.tangled]
    if not tangled or len(tangled) < SOME * len(strands):
        return None
    places = np.vstack([strand.path for strand in tangled])
    return Finding(
        "tangled",
        f"{_some(len(tangled), len(strands), 'hair')} tangled; "
        "spread them out in one layer, so that each root end lies free.",
        None if len(tangled) > MOST * len(strands) else _box(photo, places, 0),
    )


def _ends_out_of_photo(strands: Sequence[Strand]) -> Finding | None:
    states = [end.state for strand in strands for end in strand.ends]
    if states.count(EndState.OUT_OF_PHOTO) <= MOST_ENDS_OUT * len(states):
        return None
    return Finding(
        "ends_out_of_photo",
        "Most hair ends lie outside the photo; lay the hairs with all root ends on one side "
        "and keep that side in the picture.",
    )


def _some(part: int, whole: int, noun: str) -> str:
    """The subject of a sentence: "3 of 12 hairs are"."""
    return f"{part} of {whole} {noun}{'s' * (whole > 1)} {'is' if part == 1 else 'are'}"


def _box(photo: Photo, places: NDArray[np.float64], margin: float) -> tuple[int, int, int, int]:
    """The box around (N, 2) places with a margin, within the photo and at least one pixel."""
    last = np.array([photo.width - 1, photo.height - 1])
    low = np.clip(np.floor(places.min(axis=0) - margin), 0, last).astype(int)
    high = np.clip(np.ceil(places.max(axis=0) + margin), 0, last).astype(int)
    return int(low[0]), int(low[1]), int(high[0] - low[0]) + 1, int(high[1] - low[1]) + 1
