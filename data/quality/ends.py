"""An end of a strand that can be seen, as its crop shows it.

Roots that hardly differ from what they lie on.

Blur where the roots may be.

Roots that lie outside the picture.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from data.images.photo import Photo
from data.quality.finding import Finding, box_around, some_are
from data.strands.crop import CROP_HEIGHT, CROP_SHAFT_PX, END_X, RootCrop, crop_end, edge_widths
from data.strands.strand import End, EndState, Strand

_ROOT_FROM_X, _ROOT_TO_X = int(END_X - 3 * CROP_SHAFT_PX), int(END_X)
_MIDDLE, _ROOT_REACH = CROP_HEIGHT // 2, int(1.5 * CROP_SHAFT_PX)
_GROUND_FROM, _GROUND_TO = int(3 * CROP_SHAFT_PX), int(5 * CROP_SHAFT_PX)
"""Rows of a root, and of the ground beside it, away from the middle one."""


@dataclass(frozen=True)
class EndMeasurement:
    """A visible ``end`` of a shaft ``shaft_px`` wide in the photo; ``edge_widths`` is its blur
    (data/strands/crop.py). ``root_tone`` is the grey level of its last three shaft widths, where
    a root
    would be, and ``ground_tone`` that beside it."""

    end: End
    shaft_px: float
    edge_widths: float
    root_tone: float
    ground_tone: float

    @property
    def contrast(self) -> float:
        """By how many grey levels a root differs here from its ground."""
        return abs(self.root_tone - self.ground_tone)


def measure_ends(photo: Photo, strands: Sequence[Strand]) -> list[EndMeasurement]:
    """All visible ends of the strands."""
    return [
        _seen(strand, end, crop_end(photo, strand, k))
        for strand in strands
        for k, end in enumerate(strand.ends)
        if end.state is EndState.VISIBLE
    ]


def _seen(strand: Strand, end: End, crop: RootCrop) -> EndMeasurement:
    root, ground = root_and_background(crop)
    return EndMeasurement(end, strand.shaft_px, edge_widths(crop), root, ground)


def root_and_background(crop: RootCrop) -> tuple[float, float]:
    """The grey levels of a root and of its ground: of all rows in which a root may lie, each
    averaged along the shaft, the one that differs most."""
    grey = cv2.cvtColor(crop.pixels, cv2.COLOR_BGR2GRAY)[:, _ROOT_FROM_X:_ROOT_TO_X]
    rows = np.asarray(cv2.reduce(grey, 1, cv2.REDUCE_AVG, dtype=cv2.CV_64F)).ravel()
    beside = rows[_MIDDLE - _GROUND_TO : _MIDDLE - _GROUND_FROM]
    below = rows[_MIDDLE + _GROUND_FROM : _MIDDLE + _GROUND_TO]
    ground = float(np.median(np.concatenate([beside, below])))
    root = rows[_MIDDLE - _ROOT_REACH : _MIDDLE + _ROOT_REACH]
    return float(root[np.abs(root - ground).argmax()]), ground


MIN_CONTRAST = 26.0
"""Grey levels between root and ground below which an end is faint: measured in
docs/how-it-works/photo-quality.md."""
MAX_FAINT_SHARE = 0.4
"""A smaller share of faint ends is no fault of the photo: a hair has one root at most, and its tip
may be fine. Our assumption."""
_MID_TONE = 128.0
_MARGIN_WIDTHS = 4.0


def contrast_quantile(ends: Sequence[EndMeasurement]) -> float:
    """The contrast that the faintest ends, ``MAX_FAINT_SHARE`` of them, do not exceed; 255 without
    any."""
    levels = [end.contrast for end in ends]
    return float(np.quantile(levels, MAX_FAINT_SHARE, method="lower")) if levels else 255.0


def check_contrast(photo: Photo, ends: Sequence[EndMeasurement]) -> Finding | None:
    """Many ends hardly stand out, with their place, and the ground on which they would."""
    faint = [end for end in ends if end.contrast < MIN_CONTRAST]
    if not faint or len(faint) < MAX_FAINT_SHARE * len(ends):
        return None
    is_pale = np.median([end.ground_tone for end in faint]) >= _MID_TONE
    places = np.array([(end.end.x, end.end.y) for end in faint])
    margin = _MARGIN_WIDTHS * max(end.shaft_px for end in faint)
    return Finding(
        "low_contrast",
        f"{some_are(len(faint), len(ends), 'hair end')} hardly to be told from what lies under; "
        f"lay the hairs on a {'darker' if is_pale else 'paler'} matte card.",
        box_around(photo, places, margin),
    )


MAX_EDGE_WIDTHS = 0.85
"""Edge over shaft width from which an end is blurred: measured in
docs/how-it-works/photo-quality.md."""
MIN_MEASURED_SHAFT_PX = 4.0
"""Thinner shafts look blurred in any photo, so they are not asked. Our assumption."""
MAX_BLURRED_SHARE = 0.2
"""A smaller share of blurred ends is no fault of the photo. Our assumption."""


def edge_width_quantile(ends: Sequence[EndMeasurement]) -> float:
    """The edge width that ``MAX_BLURRED_SHARE`` of the ends reach; 0 without any."""
    edges = [end.edge_widths for end in ends if end.shaft_px >= MIN_MEASURED_SHAFT_PX]
    return float(np.quantile(edges, 1 - MAX_BLURRED_SHARE, method="higher")) if edges else 0.0


def check_blur(photo: Photo, ends: Sequence[EndMeasurement]) -> Finding | None:
    """Some ends are out of focus, with their place, or most of them."""
    asked = [end for end in ends if end.shaft_px >= MIN_MEASURED_SHAFT_PX]
    blurred = [end for end in asked if end.edge_widths > MAX_EDGE_WIDTHS]
    if not blurred or len(blurred) < MAX_BLURRED_SHARE * len(asked):
        return None
    places = np.array([(end.end.x, end.end.y) for end in blurred])
    margin = _MARGIN_WIDTHS * max(end.shaft_px for end in blurred)
    return Finding(
        "blurred",
        f"{some_are(len(blurred), len(asked), 'hair end')} out of focus; "
        "rest the phone on something, tap on the root ends to focus, and take it again.",
        box_around(photo, places, margin),
    )


MAX_CUT_OFF_SHARE = 0.25
"""A smaller share of hairs that lost their root at the border is no fault of the photo: measured
in docs/how-it-works/photo-quality.md."""


def cut_off_share(strands: Sequence[Strand], root_not_seen: Sequence[bool]) -> float:
    """The share of strands whose root is not seen and may lie past the border."""
    return len(_lost(strands, root_not_seen)) / len(strands)


def check_framing(
    photo: Photo, strands: Sequence[Strand], root_not_seen: Sequence[bool]
) -> Finding | None:
    """Hairs leave the picture and show no root in it: where they leave it."""
    lost = _lost(strands, root_not_seen)
    if len(lost) < MAX_CUT_OFF_SHARE * len(strands):
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
