"""Making the network's probabilities mean what they say, and finding where to abstain.

Everything is chosen on held-out photos. What comes of it is measured on others still
(training/evaluation/predictions.py).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from data.arrays import Array
from data.strands.strand import EndState
from model.inference.root_classifier import softmax
from model.labelling.hair import EndProbabilities
from model.labelling.joint_rule import HairScores, JointRule
from model.labelling.probability import NO_BIAS, ClubBias, LogisticModel
from model.networks.root_net import RootNet
from training.calibration.labelled_hairs import (
    MIN_HAIRS,
    enough_of_each_label,
    labelled_hairs,
    posteriors_of,
)
from training.calibration.logistic import fit_club_bias, fit_logistic
from training.calibration.thresholds import START, choose_thresholds
from training.datasets.examples import NOT_HAIR, UNTRAINED, Ends, Example
from training.datasets.splits import by_photo
from training.fitting.readings import logits_of, readings_of

_EVEN_MIX = EndProbabilities(0.25, 0.25, 0.25, 0.25)
"""Temperature and fit weigh all classes the same."""
_START = JointRule(
    class_mix=_EVEN_MIX,
    prior_not_hair=LogisticModel.always(0.2),
    photo_spread=0.0,
    false_end=LogisticModel.always(0.02),
    lean=NO_BIAS,
    thresholds=START,
)
"""What holds where the held-out photos are too few to tell; our assumption."""


_SPREADS = np.linspace(0, 2, 9)
"""Candidates; at 2 a photo's odds of no hair may well be a seventh or seven times the usual."""


@dataclass(frozen=True)
class Calibration:
    """The temperature of the logits and the joint rule that goes with it."""

    temperature: float
    rule: JointRule


def calibrate(net: RootNet, ends: Ends, examples: Sequence[Example]) -> Calibration:
    """From held-out ends and the held-out strands to which they belong."""
    temperature = best_temperature(logits_of(net, ends.crops), ends)
    readings = readings_of(net, examples, temperature)
    prior = _prior_not_hair(examples)
    rule = replace(_START, prior_not_hair=prior, false_end=_false_end(examples))
    rule = replace(rule, photo_spread=_photo_spread(examples, readings, rule))
    rule = replace(rule, lean=_lean(examples, readings, rule))
    return Calibration(
        temperature, replace(rule, thresholds=choose_thresholds(examples, readings, rule))
    )


def best_temperature(logits: Array, ends: Ends) -> float:
    """The temperature with the least negative log-likelihood, every class weighing the same; 1
    where there are no ends to tell."""
    if not len(logits):
        return 1.0
    candidates = np.geomspace(0.3, 5, 113)
    losses = [_loss(logits / temperature, ends) for temperature in candidates]
    return float(candidates[int(np.argmin(losses))])


def _loss(logits: Array, ends: Ends) -> float:
    chances = softmax(logits)[np.arange(len(logits)), ends.classes]
    return float(-(np.log(np.maximum(chances, 1e-12)) * ends.balancing_weights()).sum())


def _prior_not_hair(examples: Sequence[Example]) -> LogisticModel:
    """How the share of the finder's strands with no true end goes by how sure the finder was."""
    rows = [
        (e.strand.best_end_confidence, e.strand.confidence, kinds == {NOT_HAIR})
        for e in examples
        if e.found and (kinds := _kinds(e))
    ]
    return _fitted(rows, _START.prior_not_hair)


def _photo_spread(
    examples: Sequence[Example], readings: Sequence[HairScores], rule: JointRule
) -> float:
    """The spread under which what is no hair is told best once the ends are read.

    Not the one that fits the photos' shares of nothings best: readings of one photo err together,
    and count for less than so many.
    """
    rows = [i for i, e in enumerate(examples) if e.found and _kinds(e)]
    if len(by_photo([examples[i] for i in rows])) < MIN_HAIRS:
        return _START.photo_spread
    is_nothing = np.array([_kinds(examples[i]) == {NOT_HAIR} for i in rows])
    losses = []
    for spread in _SPREADS:
        read = posteriors_of(examples, readings, replace(rule, photo_spread=float(spread)))
        chances = np.array([read[i].not_hair for i in rows])
        right = np.clip(np.where(is_nothing, chances, 1 - chances), 1e-4, 1)
        losses.append(-np.log(right).mean())
    return float(_SPREADS[int(np.argmin(losses))])


def _false_end(examples: Sequence[Example]) -> LogisticModel:
    """The same for visible ends at which no hair ends, of strands with a true one."""
    rows = [
        (end.confidence, kind == NOT_HAIR)
        for e in examples
        if e.found and _kinds(e) - {NOT_HAIR}
        for end, kind in zip(e.strand.ends, e.labelled.end_classes, strict=True)
        if end.state is EndState.VISIBLE and kind != UNTRAINED
    ]
    return _fitted(rows, _START.false_end)


def _kinds(example: Example) -> set[int]:
    """What its visible ends are, as far as anybody can name them."""
    ends = zip(example.crops, example.labelled.end_classes, strict=True)
    return {kind for crop, kind in ends if crop is not None and kind != UNTRAINED}


def _fitted(rows: Sequence[tuple[float, ...]], start: LogisticModel) -> LogisticModel:
    """Odds fitted to rows of what the finder saw and whether it was nothing, if they suffice."""
    if len(rows) < MIN_HAIRS:
        return start
    table = np.array(rows, np.float64)
    if not 0 < table[:, -1].mean() < 1:
        return start
    return fit_logistic(table[:, :-1], table[:, -1])


def _lean(examples: Sequence[Example], readings: Sequence[HairScores], rule: JointRule) -> ClubBias:
    """Fitted to what is left of the chance of a club once the root is in view."""
    hairs = labelled_hairs(examples, readings, rule)
    if not enough_of_each_label(hairs.is_telogen):
        return NO_BIAS
    odds = np.maximum(hairs.telogen, 1e-6) / np.maximum(hairs.anagen, 1e-6)
    return fit_club_bias(np.log(odds), hairs.shaft_px, hairs.is_telogen)
