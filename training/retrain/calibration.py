"""A challenger's probabilities made to mean what they say on the photos of those who gave labels.

What is chosen here is chosen on readings of labels by networks that never saw their photos.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from data.arrays import Array
from model.labelling.joint_rule import JointRule
from model.labelling.probability import NO_BIAS
from training.calibration.calibrate import Calibration
from training.calibration.labelled_hairs import enough_of_each_label
from training.calibration.logistic import fit_club_bias
from training.calibration.thresholds import thresholds_by_tier
from training.labels.labelled_strand import Extent
from training.retrain.evaluation import LEAST_OF_KIND, even_weights
from training.retrain.label_probabilities import ANAGEN, NOTHING, TELOGEN, EvaluatedLabel

TEMPERATURES = np.geomspace(0.5, 3, 25)
"""Candidates."""
SPREAD = 0.1
"""How widely the logarithms of temperatures differ from world to world; our assumption. Narrow,
since the networks of single rounds, whose readings it is chosen on, are surer than their mean."""

Flags = NDArray[np.bool_]


def calibrate_on(labels: Sequence[EvaluatedLabel], start: Calibration) -> Calibration:
    """Temperature, lean and thresholds by ``labels``; those of ``start`` where they are too few."""
    counts = Counter(label.kind for label in labels)
    if min(counts[TELOGEN], counts[ANAGEN]) < LEAST_OF_KIND:
        return start
    temperature = _temperature(labels, start)
    hairs = _Hairs.of(labels, temperature, replace(start.rule, lean=NO_BIAS))
    if not enough_of_each_label(hairs.is_telogen):
        return Calibration(temperature, start.rule)
    rule = replace(start.rule, lean=fit_club_bias(hairs.log_odds, hairs.shaft_px, hairs.is_telogen))
    hairs = _Hairs.of(labels, temperature, rule)
    thresholds = replace(
        rule.thresholds,
        telogen=thresholds_by_tier(hairs.telogen, hairs.is_telogen, hairs.shaft_px),
        anagen=thresholds_by_tier(hairs.anagen, ~hairs.is_telogen, hairs.shaft_px),
    )
    return Calibration(temperature, replace(rule, thresholds=thresholds))


def is_of_hair(label: EvaluatedLabel) -> bool:
    """Whether it is about a hair with both its ends, as the joint rule takes it."""
    return label.hair.extent is Extent.HAIR


def _temperature(labels: Sequence[EvaluatedLabel], start: Calibration) -> float:
    """The one under which telogen and anagen labels, both weighing the same, lose least; the fewer
    labels there are, the nearer it stays to that of ``start`` (the likeliest one, if its logarithm
    is spread about that by ``SPREAD``)."""
    known = [label for label in labels if label.kind != NOTHING]
    weights = len(known) * even_weights([label.kind for label in known])
    away = (np.log(TEMPERATURES / start.temperature) / SPREAD) ** 2 / 2
    losses = [weights @ _losses(known, temperature, start.rule) for temperature in TEMPERATURES]
    return float(TEMPERATURES[int(np.argmin(losses + away))])


def _losses(labels: Sequence[EvaluatedLabel], temperature: float, rule: JointRule) -> Array:
    """Log losses (N,) of labels that say telogen or anagen, given that it is a hair."""
    chances = [label.chances(temperature, rule) for label in labels]
    said = [chance.of(label.kind) for chance, label in zip(chances, labels, strict=True)]
    real = [chance.telogen + chance.anagen for chance in chances]
    return np.asarray(-np.log(np.maximum(np.array(said) / np.maximum(real, 1e-6), 1e-4)))


@dataclass(frozen=True)
class _Hairs:
    """Labelled hairs, telogen or anagen: the chances (N,) that either is in view, and the truth."""

    telogen: Array
    anagen: Array
    shaft_px: Array
    is_telogen: Flags

    @classmethod
    def of(cls, labels: Sequence[EvaluatedLabel], temperature: float, rule: JointRule) -> "_Hairs":
        known = [each for each in labels if each.kind != NOTHING and is_of_hair(each)]
        posteriors = [label.posterior(temperature, rule) for label in known]
        return cls(
            np.array([posterior.telogen for posterior in posteriors]),
            np.array([posterior.anagen for posterior in posteriors]),
            np.array([label.hair.strand.shaft_px for label in known]),
            np.array([label.kind == TELOGEN for label in known], bool),
        )

    @property
    def log_odds(self) -> Array:
        """Log odds (N,) of a club."""
        odds = np.maximum(self.telogen, 1e-6) / np.maximum(self.anagen, 1e-6)
        return np.asarray(np.log(odds))
