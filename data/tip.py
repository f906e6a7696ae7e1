"""Where a strand really ends: at the far tip of bulb and tail."""

from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray

from data.crop import CROP_HEIGHT, CROP_SHAFT_PX, CROP_WIDTH, END_X, cut
from data.strand import End

_FARTHEST_WIDTHS = 9.0
"""Bulb and tail together are no longer than this (docs/domain.md, sizes)."""
_BACK_WIDTHS = 4.0
_ASIDE_WIDTHS = 4.0
_GROUND_WIDTHS = 2.5
_LEAST_NOISE = 2.0
_SHARE_OF_SHAFT = 0.35
_LEAST_DEVIATION, _MOST_DEVIATION = 3.5, 9.0
_COARSER = 2
"""The crop is looked at this many times smaller: where a tip lies needs no finer grid."""
_HEIGHT, _WIDTH = CROP_HEIGHT // _COARSER, CROP_WIDTH // _COARSER
_SHAFT_PX = CROP_SHAFT_PX / _COARSER
_END_X = (END_X + 0.5) / _COARSER - 0.5
_MIDDLE = (_HEIGHT - 1) / 2


def move_to_tip(pixels: NDArray[np.uint8], end: End, shaft_px: float) -> End:
    """The end moved along its direction to where what hangs together with the shaft stops.

    What differs from the ground and touches the shaft is taken for bulb and tail, whatever its
    tone. If it runs out at the side (another hair crosses), only what lies on the axis counts.
    """
    crop = cut(pixels, end, shaft_px).pixels
    small = cv2.resize(crop, (_WIDTH, _HEIGHT), interpolation=cv2.INTER_AREA)
    reach_px = _reach(_unlike_ground(np.asarray(small, np.uint8)))
    forward_px = (reach_px - _END_X) * shaft_px / _SHAFT_PX
    return replace(
        end,
        x=end.x + forward_px * float(np.cos(end.direction)),
        y=end.y + forward_px * float(np.sin(end.direction)),
    )


def _unlike_ground(crop: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """(48, 80) what differs from the ground at its side by more than the ground's own noise."""
    colour = cv2.cvtColor(crop, cv2.COLOR_BGR2LAB).astype(np.float32)
    aside = round(_GROUND_WIDTHS * _SHAFT_PX)
    middle = _HEIGHT // 2
    sides = np.vstack([colour[: middle - aside], colour[middle + aside :]])
    ground = cv2.GaussianBlur(np.median(sides, axis=0)[None], (0, 0), _SHAFT_PX)
    noise = float(np.median(np.linalg.norm(sides - ground, axis=2)))
    deviation = np.linalg.norm(colour - ground, axis=2) / max(noise, _LEAST_NOISE)
    shaft = _on_shaft(deviation)
    least = np.clip(_SHARE_OF_SHAFT * np.median(shaft), _LEAST_DEVIATION, _MOST_DEVIATION)
    mask = (deviation > least).astype(np.uint8)
    return cv2.morphologyEx(mask, cv2.MORPH_CLOSE, np.ones((3, 3), np.uint8)).astype(bool)


def _on_shaft(deviation: NDArray[np.float32]) -> NDArray[np.float32]:
    """The deviation on the axis, over the last widths of shaft before the end."""
    middle = _HEIGHT // 2
    stop = round(_END_X - _SHAFT_PX)
    start = round(_END_X - _BACK_WIDTHS * _SHAFT_PX)
    return deviation[middle - 1 : middle + 1, start:stop]


def _reach(unlike: NDArray[np.bool_]) -> float:
    """The last column of what hangs together with the shaft; ``_END_X`` where nothing does."""
    window, left, top = _window(unlike)
    labels = np.asarray(cv2.connectedComponents(window.astype(np.uint8))[1])
    axis = round(_MIDDLE) - top
    shaft = labels[axis - 1 : axis + 2, : round((_BACK_WIDTHS - 0.5) * _SHAFT_PX)]
    named = shaft[shaft > 0]
    if not len(named):
        return _END_X
    body = np.asarray(labels == np.bincount(named).argmax(), np.bool_)
    beyond = body[:, round((_BACK_WIDTHS + 0.5) * _SHAFT_PX) :]
    if np.any(beyond[0] | beyond[-1]) or np.any(body[:, -1]):
        return _reach_on_axis(body, axis, left)
    return float(np.flatnonzero(body.any(axis=0))[-1]) + left


def _window(unlike: NDArray[np.bool_]) -> tuple[NDArray[np.bool_], int, int]:
    """The part of the crop where bulb and tail may lie, with its left and top."""
    left = round(_END_X - _BACK_WIDTHS * _SHAFT_PX)
    right = min(_WIDTH, round(_END_X + _FARTHEST_WIDTHS * _SHAFT_PX))
    top = round(_MIDDLE - _ASIDE_WIDTHS * _SHAFT_PX)
    bottom = round(_MIDDLE + _ASIDE_WIDTHS * _SHAFT_PX) + 1
    return unlike[top:bottom, left:right], left, top


def _reach_on_axis(body: NDArray[np.bool_], axis: int, left: int) -> float:
    """As ``_reach``, following only the axis, and no farther than the end if it never stops."""
    on_axis = np.asarray(body[axis - 1 : axis + 2].max(axis=0))
    start = round((_BACK_WIDTHS - 1) * _SHAFT_PX)
    gaps = np.flatnonzero(~on_axis[start:])
    return float(start + gaps[0] - 1 + left) if len(gaps) else _END_X
