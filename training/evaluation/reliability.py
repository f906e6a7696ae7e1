"""Calibration of predicted probabilities, and the risk of labels by their coverage."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from data.arrays import Array, Indices, Mask
from model.labelling.hair import Hair, Label
from training.calibration.labelled_hairs import balancing_weights
from training.evaluation.predictions import EndPrediction, HairPrediction

BINS = 10
MIN_LABELLED = 20
"""A risk-coverage curve starts at this many labelled hairs; with fewer it is noise. Our choice."""


@dataclass(frozen=True)
class Bin:
    """Predictions of similar probability: the mean ``predicted`` probability, the ``observed``
    frequency, and their ``count``. Means are weighted, ``count`` is not."""

    predicted: float
    observed: float
    count: int


@dataclass(frozen=True)
class PredictedOutcomes:
    """Predicted ``probability`` (N,) from 0 to 1, whether each came ``true`` (N,), and ``weights``
    (N,) under which every class, or label, counts the same."""

    probability: Array
    true: Mask
    weights: Array


def outcomes_of_ends(ends: Sequence[EndPrediction]) -> PredictedOutcomes:
    """The predicted class of every end."""
    return PredictedOutcomes(
        probability=np.array([end.confidence for end in ends]),
        true=np.array([end.is_right for end in ends], bool),
        weights=balancing_weights(np.array([end.truth for end in ends], np.int64)),
    )


def outcomes_of_hairs(hairs: Sequence[HairPrediction]) -> PredictedOutcomes:
    """That a hair is telogen, given that its root is in view, of every hair that is listed."""
    listed = [(row.hair, row.truth is Label.TELOGEN) for row in hairs if row.hair]
    is_telogen = np.array([telogen for _, telogen in listed], bool)
    return PredictedOutcomes(
        probability=np.array([telogen_probability(hair) for hair, _ in listed]),
        true=is_telogen,
        weights=balancing_weights(is_telogen),
    )


def telogen_probability(hair: Hair) -> float:
    """The probability that its root is a club, given that the root is in view, as it is for
    knowable hairs. 0.5 if both labels have probability 0."""
    return (hair.p_telogen + 1e-12) / (hair.p_telogen + hair.p_anagen + 2e-12)


def calibration_error(outcomes: PredictedOutcomes) -> float:
    """Expected calibration error in even bins (Guo et al. 2017): the mean distance of the
    predicted probability from the observed frequency."""
    gaps = outcomes.weights * (outcomes.true - outcomes.probability)
    return float(np.abs(np.bincount(_bin_numbers(outcomes), gaps, BINS)).sum())


def reliability(outcomes: PredictedOutcomes) -> list[Bin]:
    """Even bins (Guo et al. 2017), without those that are empty."""
    numbers, bins = _bin_numbers(outcomes), []
    for number in np.unique(numbers):
        rows = numbers == number
        weights = outcomes.weights[rows]
        predicted = float(np.average(outcomes.probability[rows], weights=weights))
        observed = float(np.average(outcomes.true[rows], weights=weights))
        bins.append(Bin(predicted, observed, int(rows.sum())))
    return bins


def _bin_numbers(outcomes: PredictedOutcomes) -> Indices:
    return np.minimum((outcomes.probability * BINS).astype(np.intp), BINS - 1)


@dataclass(frozen=True)
class RiskCurve:
    """Risk and coverage of one label as its threshold falls.

    ``coverage`` (N,) is the share of all knowable hairs that would get the label, ``risk`` (N,) the
    share of those that are wrong. Telogen and anagen hairs weigh the same. ``point`` is
    (coverage, risk) of the labels that were given, None if there are none. It lies left of the
    curve where the joint rule abstains for other reasons than the probability.
    """

    coverage: Array
    risk: Array
    point: tuple[float, float] | None


def risk_curve(
    hairs: Sequence[HairPrediction], label: Label, min_labelled: int = MIN_LABELLED
) -> RiskCurve:
    """The risk-coverage curve of one label (El-Yaniv and Wiener 2010).

    It starts at ``min_labelled`` labelled hairs.
    """
    weights = balancing_weights(np.array([row.truth is Label.TELOGEN for row in hairs], bool))
    wrong = np.array([row.truth is not label for row in hairs], bool)
    confidence = np.array([_confidence_in(label, row.hair) for row in hairs])
    order = np.argsort(-confidence, kind="stable")[: int((confidence > 0).sum())]
    coverage = np.cumsum(weights[order])
    risk = np.cumsum(weights[order] * wrong[order]) / np.maximum(coverage, 1e-12)
    given = np.array([row.predicted is label for row in hairs], bool)
    given_share = float(weights[given].sum())
    point = (
        (given_share, float(weights[given & wrong].sum()) / given_share) if given_share else None
    )
    return RiskCurve(coverage[min_labelled - 1 :], risk[min_labelled - 1 :], point)


def _confidence_in(label: Label, hair: Hair | None) -> float:
    """The probability of the label, 0 where the other one is likelier."""
    if hair is None:
        return 0.0
    own, other = hair.p_telogen, hair.p_anagen
    if label is Label.ANAGEN:
        own, other = other, own
    return own if own >= other else 0.0
