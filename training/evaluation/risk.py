"""What a label costs: how often it is wrong, by how many hairs get it."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from model.labelling.hair import Hair, Label
from training.calibration.labelled_hairs import even_weights
from training.evaluation.predictions import JudgedHair

LEAST = 20
"""A curve begins where so many hairs have the label; before that it is noise. Our choice."""

Array = NDArray[np.float64]


@dataclass(frozen=True)
class RiskCurve:
    """For a falling threshold: ``coverage`` (N,), the share of all knowable hairs that would be
    given the label, and ``risk`` (N,), the share of those that are wrong. Telogen and anagen weigh
    the same. ``point`` is (coverage, risk) of the labels that were given, None if there are none:
    it lies left of the curve where the rule has other reasons for doubt than the chance."""

    coverage: Array
    risk: Array
    point: tuple[float, float] | None


def risk_curve(hairs: Sequence[JudgedHair], label: Label) -> RiskCurve:
    """The risk-coverage curve of one label (El-Yaniv and Wiener 2010)."""
    weights = even_weights(np.array([row.truth is Label.TELOGEN for row in hairs], bool))
    wrong = np.array([row.truth is not label for row in hairs], bool)
    sure = np.array([_sure(row.hair, label) for row in hairs])
    order = np.argsort(-sure, kind="stable")[: int((sure > 0).sum())]
    coverage = np.cumsum(weights[order])
    risk = np.cumsum(weights[order] * wrong[order]) / np.maximum(coverage, 1e-12)
    given = np.array([row.said is label for row in hairs], bool)
    return RiskCurve(coverage[LEAST - 1 :], risk[LEAST - 1 :], _point(weights, wrong, given))


def _sure(hair: Hair | None, label: Label) -> float:
    """The chance of the label, 0 where the other one is likelier."""
    if hair is None:
        return 0.0
    ours, other = hair.p_telogen, hair.p_anagen
    if label is Label.ANAGEN:
        ours, other = other, ours
    return ours if ours >= other else 0.0


def _point(
    weights: Array, wrong: NDArray[np.bool_], given: NDArray[np.bool_]
) -> tuple[float, float] | None:
    coverage = float(weights[given].sum())
    return (coverage, float(weights[given & wrong].sum()) / coverage) if coverage else None
