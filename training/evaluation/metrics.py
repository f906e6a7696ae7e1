"""How good a network is, on photos it was not fitted to.

Figures of hairs whose truth is known: labels, doubt, and chances.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from model.labelling import hair as tiers
from model.labelling.hair import Label
from model.share.confusion import Confusion, Row
from model.version import CLASSES
from training.calibration.labelled_hairs import even_weights
from training.calibration.thresholds import RISK
from training.evaluation.predictions import EndPrediction, HairPrediction, Predictions
from training.evaluation.reliability import calibration_error, claims_of_ends, claims_of_hairs

TYPICAL_CLUBS = ("club",)
ATYPICAL_CLUBS = ("club_tail", "club_sheath", "club_both")
"""Kinds of telogen roots as the renderer names them; the latter carry an epithelial tail, remnants
of a sheath, or both."""


def figures_of_hairs(hairs: Sequence[HairPrediction], tier: str) -> dict[str, float]:
    """By name: the hairs' calibration error, recall of each label, coverage and the labels' risk,
    each in a ``tier`` of shaft width; what cannot be counted is left out."""
    metrics = _recalls(hairs, tier)
    for label in (Label.TELOGEN, Label.ANAGEN):
        if any(row.said is label for row in hairs):
            metrics[f"hair_risk_{label.value}_{tier}"] = risk_of(hairs, label)
    if any(row.hair for row in hairs):
        metrics[f"hair_calibration_error_{tier}"] = calibration_error(claims_of_hairs(hairs))
    return metrics


def figures_of_clubs(hairs: Sequence[HairPrediction]) -> dict[str, float]:
    """Recall among the labelled, and coverage, of typical and of atypical clubs; and ``RISK``, to
    hold the labels' risk against."""
    metrics = {"hair_risk_stated": RISK}
    for name, kinds in (("typical", TYPICAL_CLUBS), ("atypical", ATYPICAL_CLUBS)):
        rows = [row for row in hairs if row.example.labelled.facts.kind in kinds]
        labelled = [row for row in rows if row.said is not Label.UNSURE]
        if rows:
            metrics[f"hair_coverage_{name}_clubs"] = len(labelled) / len(rows)
        if labelled:
            right = sum(row.said is Label.TELOGEN for row in labelled)
            metrics[f"hair_recall_{name}_clubs"] = right / len(labelled)
    return metrics


def risk_of(hairs: Sequence[HairPrediction], label: Label) -> float:
    """The share that is wrong of the hairs given ``label`` (one at least), if as many of ``hairs``
    were telogen as anagen."""
    weights = even_weights(np.array([row.truth is Label.TELOGEN for row in hairs]))
    given = np.array([row.said is label for row in hairs])
    wrong = given & np.array([row.truth is not label for row in hairs])
    return float(weights[wrong].sum() / weights[given].sum())


def _recalls(hairs: Sequence[HairPrediction], tier: str) -> dict[str, float]:
    """Recall of each label among the hairs given one, and coverage."""
    labelled = [row for row in hairs if row.said is not Label.UNSURE]
    metrics = {}
    for label in (Label.TELOGEN, Label.ANAGEN):
        rows = [row for row in labelled if row.truth is label]
        if rows:
            right = sum(row.said is label for row in rows)
            metrics[f"hair_recall_{label.value}_{tier}"] = right / len(rows)
    if hairs:
        metrics[f"hair_coverage_{tier}"] = len(labelled) / len(hairs)
    return metrics


TIERS = tiers.WIDTH_BINS | {tiers.ALL: (0.0, np.inf)}
"""Shaft widths by tier, and all of them together."""

Counts = NDArray[np.int64]


@dataclass(frozen=True)
class Evaluation:
    """``metrics`` by name; ``ends`` (4, 4) counts of true by likeliest class; ``confusion`` of
    hairs by tier."""

    metrics: dict[str, float]
    ends: Counts
    confusion: dict[str, Confusion]


def evaluate(judged: Predictions) -> Evaluation:
    """Ends one by one, then hairs as the joint rule labels them.

    Judged under thresholds that were chosen on these very photos, a network looks better than it
    is; ``training.evaluation.predictions.cross_fitted_predictions`` gives honest ones.
    """
    metrics = {"ends": float(len(judged.ends))}
    for tier in TIERS:
        metrics |= _end_metrics([end for end in judged.ends if _is_in(tier, end)], tier)
    metrics["ends_calibration_error"] = calibration_error(claims_of_ends(judged.ends))
    for tier in TIERS:
        metrics |= figures_of_hairs([row for row in judged.hairs if _is_in(tier, row)], tier)
    metrics |= figures_of_clubs(judged.hairs)
    if judged.nothings:
        metrics["nothings_listed"] = float(np.mean(judged.nothings))
    return Evaluation(metrics, _counts(judged.ends), _confusions(judged.hairs))


def _is_in(tier: str, row: EndPrediction | HairPrediction) -> bool:
    low, high = TIERS[tier]
    return low <= row.example.strand.shaft_px < high


def _end_metrics(ends: Sequence[EndPrediction], tier: str) -> dict[str, float]:
    """Recall of each class that occurs, and their mean."""
    recalls = {
        f"recall_{name}_{tier}": float(np.mean([end.is_right for end in ends if end.truth == kind]))
        for kind, name in enumerate(CLASSES)
        if any(end.truth == kind for end in ends)
    }
    if not recalls:
        return {}
    return recalls | {f"ends_balanced_{tier}": float(np.mean(list(recalls.values())))}


def _confusions(hairs: Sequence[HairPrediction]) -> dict[str, Confusion]:
    return {tier: _confusion([row for row in hairs if _is_in(tier, row)]) for tier in TIERS}


def _confusion(hairs: Sequence[HairPrediction]) -> Confusion:
    telogen, anagen = (
        Counter(row.said for row in hairs if row.truth is truth)
        for truth in (Label.TELOGEN, Label.ANAGEN)
    )
    return Confusion(row_of(telogen), row_of(anagen), (telogen.total(), anagen.total()))


def row_of(said: Counter[Label]) -> Row:
    """Shares of the labels, with one hair added to each, so that none is thought impossible."""
    total = said.total() + len(Label)
    telogen, anagen, unsure = (round((said[label] + 1) / total, 5) for label in Label)
    return telogen, anagen, unsure


def _counts(ends: Sequence[EndPrediction]) -> Counts:
    table = np.zeros((len(CLASSES), len(CLASSES)), np.int64)
    for end in ends:
        table[end.truth, end.likeliest] += 1
    return table
