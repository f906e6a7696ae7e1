"""Whether chances mean what they say.

What a label costs: how often it is wrong, by how many hairs get it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from data.arrays import Array
from model.labelling.hair import Hair, Label
from training.calibration.labelled_hairs import even_weights
from training.evaluation.predictions import EndPrediction, HairPrediction

BINS = 10

Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Bin:
    """Chances of about the same height: their mean, how often they came true, how many they are.

    Means are weighted, ``count`` is not.
    """

    said: float
    came_true: float
    count: int


@dataclass(frozen=True)
class ProbabilityClaims:
    """What was said with a chance: ``said`` (N,) from 0 to 1, whether each is ``true`` (N,), and
    ``weights`` (N,) under which every class, or label, counts the same."""

    said: Array
    true: Flags
    weights: Array


def claims_of_ends(ends: Sequence[EndPrediction]) -> ProbabilityClaims:
    """The likeliest class of every end."""
    return ProbabilityClaims(
        said=np.array([end.sure for end in ends]),
        true=np.array([end.is_right for end in ends], bool),
        weights=even_weights(np.array([end.truth for end in ends], np.int64)),
    )


def claims_of_hairs(hairs: Sequence[HairPrediction]) -> ProbabilityClaims:
    """That a hair is telogen, its root being in view, of every hair that is listed."""
    rows = [
        (telogen_probability(row.hair), row.truth is Label.TELOGEN) for row in hairs if row.hair
    ]
    return ProbabilityClaims(
        said=np.array([said for said, _ in rows]),
        true=np.array([true for _, true in rows], bool),
        weights=even_weights(np.array([true for _, true in rows], bool)),
    )


def telogen_probability(hair: Hair) -> float:
    """The chance that its root is a club, given that the root is in view, as it is of the hairs
    whose ends tell what they are. Even where nothing speaks for either."""
    return (hair.p_telogen + 1e-12) / (hair.p_telogen + hair.p_anagen + 2e-12)


def calibration_error(claims: ProbabilityClaims) -> float:
    """Expected calibration error in even bins (Guo et al. 2017): how far what was said lies from
    the share that came true."""
    gaps = claims.weights * (claims.true - claims.said)
    return float(np.abs(np.bincount(_places(claims), gaps, BINS)).sum())


def reliability(claims: ProbabilityClaims) -> list[Bin]:
    """Even bins (Guo et al. 2017), without those that are empty."""
    place = _places(claims)
    return [_bin(claims, place == k) for k in range(BINS) if (place == k).any()]


def _bin(claims: ProbabilityClaims, rows: Flags) -> Bin:
    weights = claims.weights[rows]
    return Bin(
        said=float(np.average(claims.said[rows], weights=weights)),
        came_true=float(np.average(claims.true[rows], weights=weights)),
        count=int(rows.sum()),
    )


def _places(claims: ProbabilityClaims) -> NDArray[np.int64]:
    return np.minimum((claims.said * BINS).astype(np.int64), BINS - 1)


LEAST = 20
"""A curve begins where so many hairs have the label; before that it is noise. Our choice."""


@dataclass(frozen=True)
class RiskCurve:
    """For a falling threshold: ``coverage`` (N,), the share of all knowable hairs that would be
    given the label, and ``risk`` (N,), the share of those that are wrong. Telogen and anagen weigh
    the same. ``point`` is (coverage, risk) of the labels that were given, None if there are none:
    it lies left of the curve where the rule has other reasons for doubt than the chance."""

    coverage: Array
    risk: Array
    point: tuple[float, float] | None


def risk_curve(hairs: Sequence[HairPrediction], label: Label) -> RiskCurve:
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
