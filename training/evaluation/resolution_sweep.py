"""Resolution sweep: the same ends with ever fewer pixels, where the confidence has to fall.

A network that stays confident about what is no longer visible is of no use; one that becomes
confident of a wrong class does harm.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from data.strands.crop import CROP_HEIGHT, CROP_SHAFT_PX, CROP_WIDTH, RootCrop
from training.datasets.examples import NOT_HAIR
from training.evaluation.predictions import ClassifyCrops, EndPrediction

SHAFT_WIDTHS_PX = (16.0, 8.0, 4.0, 2.0)
"""Shaft widths at which an end is shown. A crop has no detail above ``CROP_SHAFT_PX``, so the
first two differ only in the width that the network gets."""
MAX_ENDS = 400
"""More would take minutes and say no more."""
MIN_SHAFT_PX = 12.0
"""Only ends of hairs at least this wide are used: their crops have full detail. Our choice."""
CONFIDENT = 0.9
"""A wrong class with at least this probability is confidently wrong. Our choice."""

TABLE_HEADER = (
    "shaft",
    "mean probability of the true class",
    "mean probability of the predicted class",
    "share predicted right",
    f"wrong with {CONFIDENT:.0%} or more",
)


@dataclass(frozen=True)
class ResolutionPoint:
    """The predictions at one shaft width, over ``ends`` ends: mean probabilities of the true and of
    the predicted class, shares (0-1) that are right and wrong with at least ``CONFIDENT``."""

    shaft_px: float
    ends: int
    mean_true_probability: float
    mean_confidence: float
    accuracy: float
    confidently_wrong: float


def sweep_resolutions(
    classify: ClassifyCrops, ends: Sequence[EndPrediction]
) -> tuple[ResolutionPoint, ...]:
    """One point for each of ``SHAFT_WIDTHS_PX`` over the ``wide_ends``; empty without any."""
    wide = wide_ends(ends)
    if not wide:
        return ()
    truths = np.array([end.truth for end in wide])
    points = []
    for shaft_px in SHAFT_WIDTHS_PX:
        probabilities = classify([at_shaft_px(end.crop, shaft_px) for end in wide])
        confidence, is_right = probabilities.max(axis=1), probabilities.argmax(axis=1) == truths
        point = ResolutionPoint(
            shaft_px=shaft_px,
            ends=len(wide),
            mean_true_probability=float(probabilities[np.arange(len(wide)), truths].mean()),
            mean_confidence=float(confidence.mean()),
            accuracy=float(is_right.mean()),
            confidently_wrong=float((~is_right & (confidence >= CONFIDENT)).mean()),
        )
        points.append(point)
    return tuple(points)


def wide_ends(ends: Sequence[EndPrediction]) -> list[EndPrediction]:
    """The ends that are used: of hairs at least ``MIN_SHAFT_PX`` wide, at most ``MAX_ENDS``."""
    wide = [e for e in ends if e.truth != NOT_HAIR and e.crop.shaft_px >= MIN_SHAFT_PX]
    return wide[:: -(-len(wide) // MAX_ENDS)] if wide else []


def at_shaft_px(crop: RootCrop, shaft_px: float) -> RootCrop:
    """The crop as if its shaft had been ``shaft_px`` wide in the photo: its pixels averaged to
    that size and enlarged again, without another camera's blur, noise or compression."""
    scale = min(1.0, shaft_px / CROP_SHAFT_PX)
    size = (round(CROP_WIDTH * scale), round(CROP_HEIGHT * scale))
    small = cv2.resize(crop.pixels, size, interpolation=cv2.INTER_AREA)
    full = cv2.resize(small, (CROP_WIDTH, CROP_HEIGHT), interpolation=cv2.INTER_LINEAR)
    return RootCrop(np.asarray(full, np.uint8), shaft_px)


def sweep_metrics(points: Sequence[ResolutionPoint]) -> dict[str, float]:
    """The sweep's metrics by name, such as ``resolution_accuracy_4px``."""
    metrics = {"resolution_ends": float(points[0].ends)} if points else {}
    for point in points:
        metrics |= {
            f"resolution_{name}_{point.shaft_px:g}px": float(value)
            for name, value in vars(point).items()
            if name not in ("shaft_px", "ends")
        }
    return metrics


def point_row(point: ResolutionPoint) -> list[str]:
    """A point as cells under ``TABLE_HEADER``."""
    means = (point.mean_true_probability, point.mean_confidence, point.accuracy)
    wrong = f"{point.confidently_wrong:.1%} ({round(point.confidently_wrong * point.ends)})"
    return [f"{point.shaft_px:g} px", *(f"{mean:.2f}" for mean in means), wrong]
