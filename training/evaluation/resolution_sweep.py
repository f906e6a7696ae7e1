"""The ladder: one hair seen with ever fewer pixels, where sureness has to fall.

A network that stays sure of what it can no longer see is of no use; one that turns sure of
something wrong does harm.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from data.strands.crop import CROP_HEIGHT, CROP_SHAFT_PX, CROP_WIDTH, RootCrop
from training.datasets.examples import NOT_HAIR
from training.evaluation.predictions import Chances, EndPrediction, Read

SHAFT_WIDTHS_PX = (16.0, 8.0, 4.0, 2.0)
"""Widths of the shaft at which a hair is shown. A crop keeps no detail above ``CROP_SHAFT_PX``, so
that the first two rungs differ only in the width that the network is told."""
LEAST_SHAFT_PX = 12.0
"""Only hairs as wide as this are shown: their crops hold all that a crop can. Our choice."""
CONFIDENT = 0.9
"""From this chance on a wrong reading is confidently wrong. Our choice."""

HEADS = (
    "shaft",
    "mean chance of the true class",
    "mean chance of the likeliest class",
    "share read right",
    f"wrong with {CONFIDENT:.0%} or more",
)
"""What stands over the columns of a table of rungs."""


@dataclass(frozen=True)
class ResolutionPoint:
    """What was read at one width, over ``ends`` ends: mean chances of the true and of the
    likeliest class, shares (0-1) read right and read wrong with at least ``CONFIDENT``."""

    shaft_px: float
    ends: int
    sure_of_truth: float
    sure_of_likeliest: float
    right: float
    confidently_wrong: float


def sweep(read: Read, ends: Sequence[EndPrediction]) -> tuple[ResolutionPoint, ...]:
    """The rungs over all hairs' ends of ``LEAST_SHAFT_PX`` and more; none if there are none."""
    wide = at_resolutions(ends)
    if not wide:
        return ()
    truths = np.array([end.truth for end in wide])
    return tuple(
        _rung(shaft_px, read([shown_at(end.crop, shaft_px) for end in wide]), truths)
        for shaft_px in SHAFT_WIDTHS_PX
    )


def at_resolutions(ends: Sequence[EndPrediction]) -> list[EndPrediction]:
    """The ends that are shown: of hairs that are wide enough."""
    return [e for e in ends if e.truth != NOT_HAIR and e.crop.shaft_px >= LEAST_SHAFT_PX]


def shown_at(crop: RootCrop, shaft_px: float) -> RootCrop:
    """The crop as if its shaft had been ``shaft_px`` wide in the photo: its pixels averaged to
    that size and enlarged again, without blur, noise or compression of another camera."""
    scale = min(1.0, shaft_px / CROP_SHAFT_PX)
    size = (round(CROP_WIDTH * scale), round(CROP_HEIGHT * scale))
    small = cv2.resize(crop.pixels, size, interpolation=cv2.INTER_AREA)
    full = cv2.resize(small, (CROP_WIDTH, CROP_HEIGHT), interpolation=cv2.INTER_LINEAR)
    return RootCrop(np.asarray(full, np.uint8), shaft_px)


def metrics_of(rungs: Sequence[ResolutionPoint]) -> dict[str, float]:
    """The ladder's figures by name, as ``ladder_right_4px``."""
    metrics = {"ladder_ends": float(rungs[0].ends)} if rungs else {}
    for rung in rungs:
        figures = vars(rung).items()
        metrics |= {
            f"ladder_{name}_{rung.shaft_px:g}px": float(value)
            for name, value in figures
            if name not in ("shaft_px", "ends")
        }
    return metrics


def row_of(rung: ResolutionPoint) -> list[str]:
    """A rung in words, under ``HEADS``."""
    shares = (rung.sure_of_truth, rung.sure_of_likeliest, rung.right)
    wrong = f"{rung.confidently_wrong:.1%} ({round(rung.confidently_wrong * rung.ends)})"
    return [f"{rung.shaft_px:g} px", *(f"{share:.2f}" for share in shares), wrong]


def _rung(shaft_px: float, chances: Chances, truths: NDArray[np.int64]) -> ResolutionPoint:
    likeliest, sure = chances.argmax(axis=1), chances.max(axis=1)
    right = likeliest == truths
    return ResolutionPoint(
        shaft_px=shaft_px,
        ends=len(truths),
        sure_of_truth=float(chances[np.arange(len(truths)), truths].mean()),
        sure_of_likeliest=float(sure.mean()),
        right=float(right.mean()),
        confidently_wrong=float((~right & (sure >= CONFIDENT)).mean()),
    )
