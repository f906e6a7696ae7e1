"""What a model thinks that a labelled hair is: the figures by which two models are compared.

A labelled hair and what a network read at its ends, before any calibration.

A challenger's probabilities made to mean what they say on the photos of those who gave labels.

What is chosen here is chosen on readings of labels by networks that never saw their photos.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from data.arrays import Array
from data.strands.crop import edge_widths
from model.inference.root_classifier import softmax
from model.labelling.hair import EndProbabilities
from model.labelling.joint_rule import (
    PRIOR_MISSHAPEN,
    PRIOR_NO_BULB,
    PRIOR_TELOGEN,
    EndScores,
    HairScores,
    JointRule,
    Posterior,
    joint_posterior,
)
from model.labelling.probability import NO_BIAS
from model.networks.root_net import EndNet
from training.calibration.calibrate import Calibration, fit_club_bias
from training.calibration.labelled_hairs import enough_of_each_label
from training.calibration.thresholds import thresholds_by_width
from training.fitting.root_net import logits_of
from training.labels.label import HairLabel
from training.labels.labelled_strand import Extent, LabelledStrand

TELOGEN, ANAGEN, NOTHING = "telogen", "anagen", "not_hair"
KINDS = (TELOGEN, ANAGEN, NOTHING)
"""What a label says a hair is, as far as labels are compared; ``HairLabel`` has kinds of anagen."""
_KIND_OF = {
    HairLabel.TELOGEN: TELOGEN,
    HairLabel.MISSHAPEN: ANAGEN,
    HairLabel.NO_BULB: ANAGEN,
    HairLabel.ANAGEN: ANAGEN,
    HairLabel.NOT_HAIR: NOTHING,
}
NOTHING_CUT = 0.2
"""How often a crop that a person cut is of no hair, before it is looked at. Our assumption: of it
the finder said nothing."""
NOISE_RATE = 0.05
"""So many labels are taken to be slips, of whatever kind: a wrong one shall neither pull a network
far nor decide between two. Our assumption."""
LEAST_OF_KIND = 5
"""Fewer labels of a kind tell nothing of it."""


def kind_of(said: HairLabel) -> str | None:
    """The kind that a label says, None for ``unsure``."""
    return _KIND_OF.get(said)


@dataclass(frozen=True)
class LabelProbabilities:
    """Chances that a labelled hair is telogen, anagen, or no hair; they sum to 1."""

    telogen: float
    anagen: float
    not_hair: float

    @property
    def likeliest(self) -> str:
        """The kind with the greatest chance."""
        return max(KINDS, key=self.of)

    def of(self, kind: str) -> float:
        """The chance of one of ``KINDS``."""
        return {TELOGEN: self.telogen, ANAGEN: self.anagen, NOTHING: self.not_hair}[kind]

    def doubted(self, temperature: float) -> "LabelProbabilities":
        """The same, less sure (or more, below 1) whether it is telogen or anagen."""
        powers = np.maximum([self.telogen, self.anagen], 1e-9) ** (1 / temperature)
        telogen, anagen = ((1 - self.not_hair) * powers / powers.sum()).tolist()
        return LabelProbabilities(telogen, anagen, self.not_hair)

    def loss(self, kind: str) -> float:
        """Minus the log of the chance that the hair is said to be what it is said to be, if
        ``NOISE_RATE`` of all labels are slips."""
        return float(-np.log((1 - NOISE_RATE) * self.of(kind) + NOISE_RATE / len(KINDS)))


def label_probabilities(
    hair: LabelledStrand, readings: HairScores, rule: JointRule
) -> LabelProbabilities:
    """What is thought of a hair by itself, given what was read at its ends.

    Of a label on one end (a crop) nothing is known of the other, so that end is judged alone.
    """
    if hair.extent is Extent.END:
        read = next((reading for reading in readings if reading is not None), None)
        return _nothing_known() if read is None else _of_end(read.probabilities, rule)
    posterior = joint_posterior(hair.strand, readings, rule)
    real, unseen = 1 - posterior.not_hair, posterior.unseen / 2
    return LabelProbabilities(
        telogen=real * (posterior.telogen + unseen),
        anagen=real * (posterior.anagen + unseen),
        not_hair=posterior.not_hair,
    )


def _of_end(p: EndProbabilities, rule: JointRule) -> LabelProbabilities:
    """As the joint rule would have it, if the other end could be anything that fits."""
    mix = rule.class_mix
    club = (1 - NOTHING_CUT) * PRIOR_TELOGEN * p.club / mix.club
    torn = (1 - NOTHING_CUT) * (
        PRIOR_MISSHAPEN * p.misshapen / mix.misshapen + PRIOR_NO_BULB * p.bare / mix.bare
    )
    none = NOTHING_CUT * p.not_hair / mix.not_hair
    total = max(club + torn + none, 1e-12)
    return LabelProbabilities(club / total, torn / total, none / total)


def _nothing_known() -> LabelProbabilities:
    return LabelProbabilities((1 - NOTHING_CUT) / 2, (1 - NOTHING_CUT) / 2, NOTHING_CUT)


@dataclass(frozen=True, eq=False)
class EvaluatedLabel:
    """A hair, its ``kind`` (one of ``KINDS``), and the logits (4,) of each end, None without a
    crop; ``edge_widths`` likewise."""

    hair: LabelledStrand
    kind: str
    logits: tuple[Array | None, Array | None]
    edge_widths: tuple[float, float]

    def readings(self, temperature: float) -> HairScores:
        """What was read, calibrated."""
        first, second = (self._reading(k, temperature) for k in (0, 1))
        return first, second

    def chances(self, temperature: float, rule: JointRule) -> LabelProbabilities:
        """What is thought of the hair."""
        return label_probabilities(self.hair, self.readings(temperature), rule)

    def posterior(self, temperature: float, rule: JointRule) -> Posterior:
        """What the joint rule makes of the hair by itself."""
        return joint_posterior(self.hair.strand, self.readings(temperature), rule)

    def _reading(self, k: int, temperature: float) -> EndScores | None:
        logits = self.logits[k]
        if logits is None:
            return None
        chances = softmax(logits[None] / temperature)[0]
        return EndScores(EndProbabilities(*map(float, chances)), self.edge_widths[k])


def evaluate_labels(
    net: EndNet, hairs: Sequence[LabelledStrand], kinds: Sequence[str]
) -> list[EvaluatedLabel]:
    """What ``net`` reads at the ends of hairs that are of ``kinds``."""
    crops = [crop for hair in hairs for crop in hair.crops if crop is not None]
    rows = iter(logits_of(net, crops))
    return [
        EvaluatedLabel(hair, kind, _each(hair, rows), _edges(hair))
        for hair, kind in zip(hairs, kinds, strict=True)
    ]


def _each(hair: LabelledStrand, rows: Iterator[Array]) -> tuple[Array | None, Array | None]:
    first, second = (None if crop is None else next(rows) for crop in hair.crops)
    return first, second


def _edges(hair: LabelledStrand) -> tuple[float, float]:
    first, second = (0.0 if crop is None else edge_widths(crop) for crop in hair.crops)
    return first, second


def even_weights(kinds: Sequence[str]) -> Array:
    """Weights (N,) of labels of these kinds, which sum to 1, or are all 0 if there is too little.

    Telogen and anagen count the same, however many labels each has; that there is no hair counts
    by its share of the labels, but no more than either: of it there are few labels, and one of six
    would else weigh as much as ten others. A kind with fewer than ``LEAST_OF_KIND`` labels counts
    nothing.
    """
    counts = Counter(kinds)
    counted = [kind for kind in KINDS if counts[kind] >= LEAST_OF_KIND]
    if not counted:
        return np.zeros(len(kinds))
    share = dict.fromkeys(counted, 1 / len(counted))
    if NOTHING in counted and len(counted) > 1:
        share[NOTHING] = min(share[NOTHING], counts[NOTHING] / sum(counts[k] for k in counted))
        for kind in set(counted) - {NOTHING}:
            share[kind] = (1 - share[NOTHING]) / (len(counted) - 1)
    return np.array([share[k] / counts[k] if k in share else 0.0 for k in kinds], np.float64)


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
    hairs = _Hairs.of(labels, temperature, replace(start.rule, club_bias=NO_BIAS))
    if not enough_of_each_label(hairs.is_telogen):
        return Calibration(temperature, start.rule)
    rule = replace(
        start.rule, club_bias=fit_club_bias(hairs.log_odds, hairs.shaft_px, hairs.is_telogen)
    )
    hairs = _Hairs.of(labels, temperature, rule)
    thresholds = replace(
        rule.thresholds,
        telogen=thresholds_by_width(hairs.telogen, hairs.is_telogen, hairs.shaft_px),
        anagen=thresholds_by_width(hairs.anagen, ~hairs.is_telogen, hairs.shaft_px),
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
