"""Metrics of a network on photos that it was not fitted to."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from model.labelling.hair import ALL, WIDTH_BINS, Label
from model.share.confusion import Confusion, Row
from model.version import CLASSES
from training.calibration.labelled_hairs import balancing_weights
from training.calibration.thresholds import RISK
from training.evaluation.predictions import EndPrediction, HairPrediction, Predictions
from training.evaluation.reliability import calibration_error, outcomes_of_ends, outcomes_of_hairs

TYPICAL_CLUBS = ("club",)
ATYPICAL_CLUBS = ("club_tail", "club_sheath", "club_both")
"""Kinds of telogen roots as the renderer names them. The atypical ones have an epithelial tail,
remnants of a sheath, or both."""
WIDTH_RANGES = WIDTH_BINS | {ALL: (0.0, np.inf)}
"""Shaft widths in px by bin, and all of them together."""

Counts = NDArray[np.int64]


@dataclass(frozen=True)
class Evaluation:
    """``metrics`` by name; ``ends`` (4, 4) counts of true by predicted class; ``confusion`` of
    hairs by width bin."""

    metrics: dict[str, float]
    ends: Counts
    confusion: dict[str, Confusion]


def evaluate(predictions: Predictions) -> Evaluation:
    """Metrics of the ends, and of the hairs as the joint rule labels them.

    With thresholds chosen on these very photos, a network looks better than it is. Use
    ``training.evaluation.predictions.cross_fitted_predictions``.
    """
    metrics = {"ends": float(len(predictions.ends))}
    for width in WIDTH_RANGES:
        metrics |= _end_metrics([end for end in predictions.ends if _is_in(width, end)], width)
    metrics["ends_calibration_error"] = calibration_error(outcomes_of_ends(predictions.ends))
    hairs_by_width = {
        width: [row for row in predictions.hairs if _is_in(width, row)] for width in WIDTH_RANGES
    }
    for width, hairs in hairs_by_width.items():
        metrics |= hair_metrics(hairs, width)
    metrics |= club_metrics(predictions.hairs)
    makers = {row.example.annotated.attributes.maker for row in predictions.hairs} - {""}
    for maker in sorted(makers):
        of_maker = [e for e in predictions.hairs if e.example.annotated.attributes.maker == maker]
        metrics |= hair_metrics(of_maker, f"on_{maker}") | {f"hairs_on_{maker}": len(of_maker)}
    if predictions.not_hair_listed:
        metrics["not_hair_listed"] = float(np.mean(predictions.not_hair_listed))
    counts = np.zeros((len(CLASSES), len(CLASSES)), np.int64)
    for end in predictions.ends:
        counts[end.truth, end.likeliest] += 1
    confusion = {width: _confusion(hairs) for width, hairs in hairs_by_width.items()}
    return Evaluation(metrics, counts, confusion)


def hair_metrics(hairs: Sequence[HairPrediction], width: str) -> dict[str, float]:
    """The hairs' calibration error, recall of each label among the hairs given one, coverage, and
    the labels' risk. Names end in ``width``; metrics without hairs to count are left out."""
    metrics = {}
    labelled = [row for row in hairs if row.predicted is not Label.UNSURE]
    for label in (Label.TELOGEN, Label.ANAGEN):
        rows = [row for row in labelled if row.truth is label]
        if rows:
            right = sum(row.predicted is label for row in rows)
            metrics[f"hair_recall_{label.value}_{width}"] = right / len(rows)
    if hairs:
        metrics[f"hair_coverage_{width}"] = len(labelled) / len(hairs)
    for label in (Label.TELOGEN, Label.ANAGEN):
        if any(row.predicted is label for row in hairs):
            metrics[f"hair_risk_{label.value}_{width}"] = risk_of(hairs, label)
    if any(row.hair for row in hairs):
        metrics[f"hair_calibration_error_{width}"] = calibration_error(outcomes_of_hairs(hairs))
    return metrics


def club_metrics(hairs: Sequence[HairPrediction]) -> dict[str, float]:
    """Coverage of typical and of atypical clubs and recall among the labelled ones; and ``RISK``,
    to compare the labels' risk with."""
    metrics = {"hair_risk_stated": RISK}
    for name, kinds in (("typical", TYPICAL_CLUBS), ("atypical", ATYPICAL_CLUBS)):
        rows = [row for row in hairs if row.example.annotated.attributes.kind in kinds]
        labelled = [row for row in rows if row.predicted is not Label.UNSURE]
        if rows:
            metrics[f"hair_coverage_{name}_clubs"] = len(labelled) / len(rows)
        if labelled:
            right = sum(row.predicted is Label.TELOGEN for row in labelled)
            metrics[f"hair_recall_{name}_clubs"] = right / len(labelled)
    return metrics


def risk_of(hairs: Sequence[HairPrediction], label: Label) -> float:
    """The share that is wrong of the hairs given ``label`` (at least one), if as many of ``hairs``
    were telogen as anagen."""
    weights = balancing_weights(np.array([row.truth is Label.TELOGEN for row in hairs]))
    given = np.array([row.predicted is label for row in hairs])
    wrong = given & np.array([row.truth is not label for row in hairs])
    return float(weights[wrong].sum() / weights[given].sum())


def confusion_row(predicted: Counter[Label]) -> Row:
    """Shares of the labels, with one hair added to each, so that no share is 0."""
    total = predicted.total() + len(Label)
    telogen, anagen, unsure = (round((predicted[label] + 1) / total, 5) for label in Label)
    return telogen, anagen, unsure


def _is_in(width: str, row: EndPrediction | HairPrediction) -> bool:
    low, high = WIDTH_RANGES[width]
    return low <= row.example.strand.shaft_px < high


def _end_metrics(ends: Sequence[EndPrediction], width: str) -> dict[str, float]:
    """Recall of each class that occurs, and their mean."""
    recalls = {
        f"recall_{name}_{width}": float(np.mean([e.is_right for e in ends if e.truth == kind]))
        for kind, name in enumerate(CLASSES)
        if any(end.truth == kind for end in ends)
    }
    if not recalls:
        return {}
    return recalls | {f"ends_balanced_{width}": float(np.mean(list(recalls.values())))}


def _confusion(hairs: Sequence[HairPrediction]) -> Confusion:
    telogen, anagen = (
        Counter(row.predicted for row in hairs if row.truth is truth)
        for truth in (Label.TELOGEN, Label.ANAGEN)
    )
    totals = telogen.total(), anagen.total()
    return Confusion(confusion_row(telogen), confusion_row(anagen), totals)
