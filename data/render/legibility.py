"""How well each root can be seen in a finished photo: its area in view, contrast and outline."""

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from data.render import labels
from data.render.labels import LabelPicture

Array = NDArray[np.float64]
ROOT_LABELS = (labels.BULB, labels.SHEATHED_BULB, labels.SHEATH, labels.TAIL)
SHAFT_LABELS = (labels.SHAFT, labels.SHEATHED_SHAFT)
BULB_LABELS = (labels.BULB, labels.SHEATHED_BULB)
SHEATHED_LABELS = (*BULB_LABELS, labels.SHEATH)
REACH, TOUCH, RING = 6.0, 0.8, 1.5
"""Shaft widths: how far a root reaches, how near to the shaft's end it begins, how wide the ring
of ground is that it is compared with."""
NECK, ELONGATED, MIN_PIXELS = 0.8, 1.25, 12
"""How near the shaft's end, in shaft widths, an outline does not count; from which ratio of its
axes on a bulb has a direction; and how many pixels an outline needs."""


def with_legibility(line: dict[str, Any], jpeg: bytes, mask: LabelPicture) -> dict[str, Any]:
    """The line of truth with `root_area` and `root_contrast` for every hair, and `root_flaw`,
    `sheathed_flaw` and `root_bend_deg` for those with a bulb in view.

    `root_area` is the area in view of the bulb, sheath and tail, or of the last shaft width of a
    bare end, in squared shaft widths; 0 for a root that is covered or out of the photo.
    `root_contrast` is how far its median colour lies from that of the ground around it, as a
    distance in Lab (0 where there is nothing to compare). `root_flaw` is the share of the bulb's
    area by which its outline differs from that of an ellipse, `root_bend_deg` how far its long axis
    is turned from the shaft's (0 if it has none). `sheathed_flaw` is `root_flaw` for the outline of
    bulb and sheath together.
    """
    picture = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR)
    if picture is None:
        raise ValueError("the photo cannot be read back")
    for hair in line["hairs"]:
        area, contrast = _seen(np.asarray(picture, dtype=np.uint8), mask, hair)
        hair["root_area"], hair["root_contrast"] = round(area, 3), round(contrast, 2)
        bare, sheathed = (_outline(mask, hair, kinds) for kinds in (BULB_LABELS, SHEATHED_LABELS))
        if bare is not None and sheathed is not None:
            hair["root_flaw"], hair["root_bend_deg"] = round(bare[0], 3), round(bare[1], 1)
            hair["sheathed_flaw"] = round(sheathed[0], 3)
    return line


def _seen(
    picture: NDArray[np.uint8], mask: LabelPicture, hair: dict[str, Any]
) -> tuple[float, float]:
    root, shaft_px = np.array(hair["root_xy"]), max(float(hair["shaft_px"]), 1.0)
    reach = REACH * shaft_px
    low = np.maximum(np.floor(root - reach).astype(int), 0)
    high = np.minimum(np.ceil(root + reach).astype(int) + 1, mask.shape[::-1])
    if not hair["root_in_photo"] or np.any(high - low < 2):
        return 0.0, 0.0
    window = (slice(low[1], high[1]), slice(low[0], high[0]))
    there = mask[window]
    y, x = np.mgrid[low[1] : high[1], low[0] : high[0]] + 0.5
    away = np.hypot(x - root[0], y - root[1])
    if hair["root"] == "bare":
        own = np.isin(there, SHAFT_LABELS) & (away < shaft_px)
    else:
        own = _touching(np.isin(there, ROOT_LABELS), away < max(TOUCH * shaft_px, 1.5))
    area = float(own.sum()) / shaft_px**2
    size = 2 * int(np.ceil(RING * shaft_px)) + 1
    near = cv2.dilate(own.astype(np.uint8), np.ones((size, size), np.uint8)) > 0
    ground = near & (there == labels.BACKGROUND)
    if not own.any() or not ground.any():
        return area, 0.0
    lab = cv2.cvtColor(picture[window].astype(np.float32) / 255, cv2.COLOR_BGR2LAB)
    gap = np.median(lab[own], axis=0) - np.median(lab[ground], axis=0)
    return area, float(np.linalg.norm(gap))


def _outline(
    mask: LabelPicture, hair: dict[str, Any], kinds: tuple[int, ...]
) -> tuple[float, float] | None:
    """Flaw and bend of the part of a root that has the labels ``kinds``, None where it cannot be
    seen."""
    root, shaft_px = np.array(hair["root_xy"]), max(float(hair["shaft_px"]), 1.0)
    low = np.maximum(np.floor(root - REACH * shaft_px).astype(int), 0)
    high = np.minimum(np.ceil(root + REACH * shaft_px).astype(int) + 1, mask.shape[::-1])
    if hair["root"] == "bare" or not hair["root_in_photo"] or np.any(high - low < 2):
        return None
    y, x = np.mgrid[low[1] : high[1], low[0] : high[0]] + 0.5
    away = np.hypot(x - root[0], y - root[1])
    is_part = np.isin(mask[low[1] : high[1], low[0] : high[0]], kinds)
    own = _touching(is_part, away < max(TOUCH * shaft_px, 1.5))
    if own.sum() < MIN_PIXELS:
        return None
    points = np.stack([x[own], y[own]])
    middle = points.mean(axis=1)
    spread = np.cov(points) + np.eye(2) / 12  # of whole pixels
    gap = np.stack([x - middle[0], y - middle[1]])
    in_ellipse = np.einsum("iyx,ij,jyx->yx", gap, np.linalg.inv(spread), gap) <= 4
    differs = (own ^ in_ellipse) & (away > NECK * shaft_px)
    squares, axes = np.linalg.eigh(spread)
    bend = 0.0
    if squares[1] > ELONGATED**2 * squares[0]:
        line = np.array(hair["polyline"])
        along = root - line[min(1, len(line) - 1)]
        cosine = abs(axes[:, 1] @ along) / max(float(np.linalg.norm(along)), 1e-9)
        bend = float(np.degrees(np.arccos(min(cosine, 1.0))))
    return float(differs.sum() / own.sum()), bend


def _touching(parts: NDArray[np.bool_], seed: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """The connected parts that have a pixel in `seed`."""
    _, numbers = cv2.connectedComponents(parts.astype(np.uint8), connectivity=8)
    wanted = np.unique(numbers[seed & parts])
    return np.asarray(np.isin(numbers, wanted) & parts)
