"""Checks the visible ends of hairs: contrast, blur, and roots outside the photo."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from data.images.photo import Photo
from data.quality.finding import Finding, box_around
from data.strands.crop import CROP_HEIGHT, CROP_SHAFT_PX, END_X, RootCrop, crop_end, edge_widths
from data.strands.strand import End, EndState, Strand

MIN_CONTRAST = 26.0
"""Grey levels between root and background below which an end is faint: measured in
docs/how-it-works/photo-quality.md."""
MAX_FAINT_SHARE = 0.4
"""From this share of faint ends on, the photo has low contrast: a hair has at most one root, and
its tip may be faint. Our assumption."""
MAX_EDGE_WIDTHS = 0.85
"""Edge over shaft width above which an end is blurred: measured in
docs/how-it-works/photo-quality.md."""
MIN_MEASURED_SHAFT_PX = 4.0
"""Thinner shafts look blurred in any photo, so their blur is not measured. Our assumption."""
MAX_BLURRED_SHARE = 0.2
"""From this share of blurred ends on, the photo is blurred. Our assumption."""
MAX_CUT_OFF_SHARE = 0.25
"""From this share of hairs on that lost their root at the border, the framing is wrong: measured in
docs/how-it-works/photo-quality.md."""

_ROOT_FROM_X, _ROOT_TO_X = int(END_X - 3 * CROP_SHAFT_PX), int(END_X)
_MIDDLE, _ROOT_REACH = CROP_HEIGHT // 2, int(1.5 * CROP_SHAFT_PX)
_BACKGROUND_FROM, _BACKGROUND_TO = int(3 * CROP_SHAFT_PX), int(5 * CROP_SHAFT_PX)
"""Rows of a root, and of the background beside it, counted from the middle one."""
_MID_GREY = 128.0
_MARGIN_WIDTHS = 4.0


@dataclass(frozen=True)
class EndMeasurement:
    """Measurements of a visible ``end`` of a shaft ``shaft_px`` wide in the photo.

    ``edge_widths`` is its blur (data/strands/crop.py). ``root_level`` is the grey level of its last
    three shaft widths, where a root would be, and ``background_level`` that beside it.
    """

    end: End
    shaft_px: float
    edge_widths: float
    root_level: float
    background_level: float

    @property
    def contrast(self) -> float:
        """Difference between root and background, in grey levels."""
        return abs(self.root_level - self.background_level)


def measure_ends(photo: Photo, strands: Sequence[Strand]) -> list[EndMeasurement]:
    """The measurements of all visible ends."""
    measured = []
    for strand in strands:
        for k, end in enumerate(strand.ends):
            if end.state is EndState.VISIBLE:
                crop = crop_end(photo, strand, k)
                levels = root_and_background(crop)
                measured.append(EndMeasurement(end, strand.shaft_px, edge_widths(crop), *levels))
    return measured


def root_and_background(crop: RootCrop) -> tuple[float, float]:
    """The grey levels of a root and of its background.

    Rows are averaged along the shaft. Of the rows in which a root may lie, the one that differs
    most from the background counts.
    """
    grey = cv2.cvtColor(crop.pixels, cv2.COLOR_BGR2GRAY)[:, _ROOT_FROM_X:_ROOT_TO_X]
    rows = np.asarray(cv2.reduce(grey, 1, cv2.REDUCE_AVG, dtype=cv2.CV_64F)).ravel()
    above = rows[_MIDDLE - _BACKGROUND_TO : _MIDDLE - _BACKGROUND_FROM]
    below = rows[_MIDDLE + _BACKGROUND_FROM : _MIDDLE + _BACKGROUND_TO]
    background = float(np.median(np.concatenate([above, below])))
    root = rows[_MIDDLE - _ROOT_REACH : _MIDDLE + _ROOT_REACH]
    return float(root[np.abs(root - background).argmax()]), background


def contrast_quantile(ends: Sequence[EndMeasurement]) -> float:
    """The contrast that ``MAX_FAINT_SHARE`` of the ends do not exceed; 255 without ends."""
    levels = [end.contrast for end in ends]
    return float(np.quantile(levels, MAX_FAINT_SHARE, method="lower")) if levels else 255.0


def check_contrast(photo: Photo, ends: Sequence[EndMeasurement]) -> Finding | None:
    """Reports many faint ends, with their box, and a better background."""
    faint = [end for end in ends if end.contrast < MIN_CONTRAST]
    if not faint or len(faint) < MAX_FAINT_SHARE * len(ends):
        return None
    is_pale = np.median([end.background_level for end in faint]) >= _MID_GREY
    places = np.array([(end.end.x, end.end.y) for end in faint])
    margin = _MARGIN_WIDTHS * max(end.shaft_px for end in faint)
    return Finding(
        "low_contrast",
        {
            "part": len(faint),
            "count": len(ends),
            "variant": "darker" if is_pale else "paler",
        },
        box_around(photo, places, margin),
    )


def edge_width_quantile(ends: Sequence[EndMeasurement]) -> float:
    """The edge width that ``MAX_BLURRED_SHARE`` of the ends reach; 0 without ends."""
    edges = [end.edge_widths for end in ends if end.shaft_px >= MIN_MEASURED_SHAFT_PX]
    return float(np.quantile(edges, 1 - MAX_BLURRED_SHARE, method="higher")) if edges else 0.0


def check_blur(photo: Photo, ends: Sequence[EndMeasurement]) -> Finding | None:
    """Reports blurred ends, with their box."""
    measured = [end for end in ends if end.shaft_px >= MIN_MEASURED_SHAFT_PX]
    blurred = [end for end in measured if end.edge_widths > MAX_EDGE_WIDTHS]
    if not blurred or len(blurred) < MAX_BLURRED_SHARE * len(measured):
        return None
    places = np.array([(end.end.x, end.end.y) for end in blurred])
    margin = _MARGIN_WIDTHS * max(end.shaft_px for end in blurred)
    return Finding(
        "blurred",
        {"part": len(blurred), "count": len(measured)},
        box_around(photo, places, margin),
    )


def cut_off_share(strands: Sequence[Strand], root_not_seen: Sequence[bool]) -> float:
    """The share of strands whose root is not in view and may lie past the border."""
    return len(_cut_off(strands, root_not_seen)) / len(strands)


def check_framing(
    photo: Photo, strands: Sequence[Strand], root_not_seen: Sequence[bool]
) -> Finding | None:
    """Reports hairs that leave the photo without a root in it, with a box where they leave it."""
    cut_off = _cut_off(strands, root_not_seen)
    if len(cut_off) < MAX_CUT_OFF_SHARE * len(strands):
        return None
    ends = [end for strand in cut_off for end in strand.ends if _is_out(end)]
    places = np.array([(end.x, end.y) for end in ends])
    margin = _MARGIN_WIDTHS * max(strand.shaft_px for strand in cut_off)
    return Finding(
        "ends_out_of_photo",
        {"part": len(cut_off), "count": len(strands)},
        box_around(photo, places, margin),
    )


def _cut_off(strands: Sequence[Strand], root_not_seen: Sequence[bool]) -> list[Strand]:
    pairs = zip(strands, root_not_seen, strict=True)
    return [strand for strand, unseen in pairs if unseen and any(map(_is_out, strand.ends))]


def _is_out(end: End) -> bool:
    return end.state is EndState.OUT_OF_PHOTO
