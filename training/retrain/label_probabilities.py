"""What a model thinks that a labelled hair is: the figures by which two models are compared.

A labelled hair and what a network read at its ends, before any calibration.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

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
from model.networks.root_net import EndNet
from training.fitting.readings import logits_of
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
