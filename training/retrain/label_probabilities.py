"""Probabilities of the kinds of labelled hairs, and their calibration on labels.

The calibration is chosen on logits of networks that never saw the photos of the labels.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from data.arrays import Array, Mask
from model.labelling.hair import EndProbabilities
from model.labelling.joint_rule import (
    PRIOR_MISSHAPEN,
    PRIOR_NO_BULB,
    PRIOR_TELOGEN,
    HairScores,
    JointRule,
    Posterior,
    joint_posterior,
)
from model.labelling.probability import NO_BIAS
from model.networks.root_net import EndNet
from training.calibration.calibrate import Calibration
from training.calibration.labelled_hairs import enough_of_each_label
from training.calibration.regression import fit_club_bias
from training.calibration.thresholds import thresholds_by_width
from training.fitting.apply import HairLogits, hair_logits, hair_scores
from training.labels.label import MIN_PER_KIND, NOISE_RATE, HairKind
from training.labels.labelled_strand import Extent, LabelledStrand

CROP_NOT_HAIR_PRIOR = 0.2
"""Prior probability that a crop which a person cut shows no hair. Our assumption: the finder has
no part in such a crop."""
TEMPERATURES = np.geomspace(0.5, 3, 25)
"""Candidates."""
TEMPERATURE_SPREAD = 0.1
"""Standard deviation of the logarithm of temperatures between photo collections; our assumption.
Narrow, since the networks of single folds, whose logits it is chosen on, are more confident than
their mean."""


@dataclass(frozen=True)
class LabelProbabilities:
    """Probabilities that a labelled hair is telogen, anagen, or no hair; they sum to 1."""

    telogen: float
    anagen: float
    not_hair: float

    @property
    def most_likely(self) -> HairKind:
        """The kind with the highest probability."""
        return max(HairKind, key=self.of)

    def of(self, kind: HairKind) -> float:
        """The probability of a kind."""
        return float(getattr(self, kind))

    def softened(self, temperature: float) -> "LabelProbabilities":
        """Less confident (more, below 1) between telogen and anagen; no hair stays as it is."""
        powers = np.maximum([self.telogen, self.anagen], 1e-9) ** (1 / temperature)
        telogen, anagen = ((1 - self.not_hair) * powers / powers.sum()).tolist()
        return LabelProbabilities(telogen, anagen, self.not_hair)

    def loss(self, kind: HairKind) -> float:
        """Minus the log of the probability of a label of this kind, if a share ``NOISE_RATE`` of
        all labels is wrong."""
        return float(-np.log((1 - NOISE_RATE) * self.of(kind) + NOISE_RATE / len(HairKind)))


@dataclass(frozen=True, eq=False)
class StrandLogits:
    """What a network predicts for a labelled strand, before calibration, at each end."""

    hair: LabelledStrand
    ends: HairLogits

    def scores(self, temperature: float) -> HairScores:
        """The calibrated scores of both ends."""
        return hair_scores([self.ends], temperature)[0]

    def probabilities(self, calibration: Calibration) -> LabelProbabilities:
        """The probabilities of the hair's kinds."""
        scores = self.scores(calibration.temperature)
        return label_probabilities(self.hair, scores, calibration.rule)

    def posterior(self, temperature: float, rule: JointRule) -> Posterior:
        """The joint rule's posterior of the hair by itself."""
        return joint_posterior(self.hair.strand, self.scores(temperature), rule)


def predict_logits(net: EndNet, hairs: Sequence[LabelledStrand]) -> list[StrandLogits]:
    """The logits of ``net`` at the ends of ``hairs``."""
    return [
        StrandLogits(hair, ends) for hair, ends in zip(hairs, hair_logits(net, hairs), strict=True)
    ]


def label_probabilities(
    hair: LabelledStrand, scores: HairScores, rule: JointRule
) -> LabelProbabilities:
    """The probabilities of the kinds of a hair by itself, given the scores of its ends.

    The label of one end (of a crop) leaves the other open, so only that end counts.
    """
    if hair.extent is Extent.END:
        score = next((score for score in scores if score is not None), None)
        if score is None:
            hair_half = (1 - CROP_NOT_HAIR_PRIOR) / 2
            return LabelProbabilities(hair_half, hair_half, CROP_NOT_HAIR_PRIOR)
        return _of_end(score.probabilities, rule)
    posterior = joint_posterior(hair.strand, scores, rule)
    real, unseen = 1 - posterior.not_hair, posterior.unseen / 2
    return LabelProbabilities(
        telogen=real * (posterior.telogen + unseen),
        anagen=real * (posterior.anagen + unseen),
        not_hair=posterior.not_hair,
    )


def _of_end(p: EndProbabilities, rule: JointRule) -> LabelProbabilities:
    """The joint rule's probabilities if the other end may be anything that fits."""
    mix = rule.class_mix
    club = (1 - CROP_NOT_HAIR_PRIOR) * PRIOR_TELOGEN * p.club / mix.club
    torn = (1 - CROP_NOT_HAIR_PRIOR) * (
        PRIOR_MISSHAPEN * p.misshapen / mix.misshapen + PRIOR_NO_BULB * p.bare / mix.bare
    )
    none = CROP_NOT_HAIR_PRIOR * p.not_hair / mix.not_hair
    total = max(club + torn + none, 1e-12)
    return LabelProbabilities(club / total, torn / total, none / total)


def kind_weights(kinds: Sequence[HairKind]) -> Array:
    """Weights (N,) of labels of these kinds, which sum to 1, or are all 0 if there are too few.

    Telogen and anagen have the same total weight, however many labels each has. No hair weighs by
    its share of the labels, but no more than either: it has few labels, and one of six would
    otherwise weigh as much as ten others. A kind with fewer than ``MIN_PER_KIND`` labels weighs
    nothing.
    """
    counts = Counter(kinds)
    weighed = [kind for kind in HairKind if counts[kind] >= MIN_PER_KIND]
    if not weighed:
        return np.zeros(len(kinds))
    share = dict.fromkeys(weighed, 1 / len(weighed))
    none = HairKind.NOT_HAIR
    if none in weighed and len(weighed) > 1:
        share[none] = min(share[none], counts[none] / sum(counts[k] for k in weighed))
        for kind in set(weighed) - {none}:
            share[kind] = (1 - share[none]) / (len(weighed) - 1)
    return np.array([share[k] / counts[k] if k in share else 0.0 for k in kinds], np.float64)


def calibrate_on_labels(labels: Sequence[StrandLogits], start: Calibration) -> Calibration:
    """Temperature, bias to club and thresholds chosen on ``labels``; those of ``start`` where the
    labels are too few."""
    counts = Counter(label.hair.kind for label in labels)
    if min(counts[HairKind.TELOGEN], counts[HairKind.ANAGEN]) < MIN_PER_KIND:
        return start
    temperature = _best_temperature(labels, start)
    hairs = _Hairs.of(labels, temperature, replace(start.rule, club_bias=NO_BIAS))
    if not enough_of_each_label(hairs.is_telogen):
        return Calibration(temperature, start.rule)
    odds = np.maximum(hairs.telogen, 1e-6) / np.maximum(hairs.anagen, 1e-6)
    bias = fit_club_bias(np.log(odds), hairs.shaft_px, hairs.is_telogen)
    rule = replace(start.rule, club_bias=bias)
    hairs = _Hairs.of(labels, temperature, rule)
    thresholds = replace(
        rule.thresholds,
        telogen=thresholds_by_width(hairs.telogen, hairs.is_telogen, hairs.shaft_px),
        anagen=thresholds_by_width(hairs.anagen, ~hairs.is_telogen, hairs.shaft_px),
    )
    return Calibration(temperature, replace(rule, thresholds=thresholds))


def hairs_only(labels: Sequence[StrandLogits]) -> list[StrandLogits]:
    """The labels of hairs with both ends, telogen or anagen, as the joint rule takes them."""
    return [
        each
        for each in labels
        if each.hair.kind is not HairKind.NOT_HAIR and each.hair.extent is Extent.HAIR
    ]


def _best_temperature(labels: Sequence[StrandLogits], start: Calibration) -> float:
    """The most likely temperature, telogen and anagen labels weighing the same, if its logarithm
    is distributed about that of ``start`` by ``TEMPERATURE_SPREAD``: the fewer labels, the nearer
    it stays to ``start``."""
    known = [label for label in labels if label.hair.kind is not HairKind.NOT_HAIR]
    weights = len(known) * kind_weights([label.hair.kind for label in known])
    penalty = (np.log(TEMPERATURES / start.temperature) / TEMPERATURE_SPREAD) ** 2 / 2
    losses = [weights @ _losses(known, Calibration(t, start.rule)) for t in TEMPERATURES]
    return float(TEMPERATURES[int(np.argmin(losses + penalty))])


def _losses(labels: Sequence[StrandLogits], calibration: Calibration) -> Array:
    """Log losses (N,) of telogen and anagen labels, given that each is a hair."""
    predicted = [label.probabilities(calibration) for label in labels]
    right = [p.of(label.hair.kind) for p, label in zip(predicted, labels, strict=True)]
    real = [p.telogen + p.anagen for p in predicted]
    return np.asarray(-np.log(np.maximum(np.array(right) / np.maximum(real, 1e-6), 1e-4)))


@dataclass(frozen=True)
class _Hairs:
    """Labelled hairs, telogen or anagen: the probabilities (N,) that either is in view, the shaft
    widths and the labels."""

    telogen: Array
    anagen: Array
    shaft_px: Array
    is_telogen: Mask

    @classmethod
    def of(cls, labels: Sequence[StrandLogits], temperature: float, rule: JointRule) -> "_Hairs":
        known = hairs_only(labels)
        posteriors = [label.posterior(temperature, rule) for label in known]
        return cls(
            np.array([posterior.telogen for posterior in posteriors]),
            np.array([posterior.anagen for posterior in posteriors]),
            np.array([label.hair.strand.shaft_px for label in known]),
            np.array([label.hair.kind is HairKind.TELOGEN for label in known], bool),
        )
