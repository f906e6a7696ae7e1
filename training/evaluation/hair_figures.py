"""Figures of hairs whose truth is known: labels, doubt, and chances."""

from collections.abc import Sequence

import numpy as np

from model.labelling.hair import Label
from training.calibration.labelled_hairs import even_weights
from training.calibration.thresholds import RISK
from training.evaluation.predictions import JudgedHair
from training.evaluation.reliability import calibration_error, claims_of_hairs

TYPICAL_CLUBS = ("club",)
ATYPICAL_CLUBS = ("club_tail", "club_sheath", "club_both")
"""Kinds of telogen roots as the renderer names them; the latter carry an epithelial tail, remnants
of a sheath, or both."""


def figures_of_hairs(hairs: Sequence[JudgedHair], tier: str) -> dict[str, float]:
    """By name: the hairs' calibration error, recall of each label, coverage and the labels' risk,
    each in a ``tier`` of shaft width; what cannot be counted is left out."""
    metrics = _recalls(hairs, tier)
    for label in (Label.TELOGEN, Label.ANAGEN):
        if any(row.said is label for row in hairs):
            metrics[f"hair_risk_{label.value}_{tier}"] = risk_of(hairs, label)
    if any(row.hair for row in hairs):
        metrics[f"hair_calibration_error_{tier}"] = calibration_error(claims_of_hairs(hairs))
    return metrics


def figures_of_clubs(hairs: Sequence[JudgedHair]) -> dict[str, float]:
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


def risk_of(hairs: Sequence[JudgedHair], label: Label) -> float:
    """The share that is wrong of the hairs given ``label`` (one at least), if as many of ``hairs``
    were telogen as anagen."""
    weights = even_weights(np.array([row.truth is Label.TELOGEN for row in hairs]))
    given = np.array([row.said is label for row in hairs])
    wrong = given & np.array([row.truth is not label for row in hairs])
    return float(weights[wrong].sum() / weights[given].sum())


def _recalls(hairs: Sequence[JudgedHair], tier: str) -> dict[str, float]:
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
