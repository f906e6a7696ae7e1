"""A labelled hair and what a network read at its ends, before any calibration."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from data.strands.focus import edge_widths
from model.inference.root_classifier import softmax
from model.labelling.hair import EndProbabilities
from model.labelling.joint_rule import EndReading, JointRule, Posterior, Readings, read_together
from model.networks.root_net import EndNet
from training.fitting.readings import logits_of
from training.labels.labelled_strand import TaughtHair
from training.retrain.label_probabilities import LabelChances, chances_of

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class ReadLabel:
    """A hair, its ``kind`` (one of ``KINDS``), and the logits (4,) of each end, None without a
    crop; ``edge_widths`` likewise."""

    hair: TaughtHair
    kind: str
    logits: tuple[Array | None, Array | None]
    edge_widths: tuple[float, float]

    def readings(self, temperature: float) -> Readings:
        """What was read, calibrated."""
        first, second = (self._reading(k, temperature) for k in (0, 1))
        return first, second

    def chances(self, temperature: float, rule: JointRule) -> LabelChances:
        """What is thought of the hair."""
        return chances_of(self.hair, self.readings(temperature), rule)

    def posterior(self, temperature: float, rule: JointRule) -> Posterior:
        """What the joint rule makes of the hair by itself."""
        return read_together(self.hair.strand, self.readings(temperature), rule)

    def _reading(self, k: int, temperature: float) -> EndReading | None:
        logits = self.logits[k]
        if logits is None:
            return None
        chances = softmax(logits[None] / temperature)[0]
        return EndReading(EndProbabilities(*map(float, chances)), self.edge_widths[k])


def read_labels(net: EndNet, hairs: Sequence[TaughtHair], kinds: Sequence[str]) -> list[ReadLabel]:
    """What ``net`` reads at the ends of hairs that are of ``kinds``."""
    crops = [crop for hair in hairs for crop in hair.crops if crop is not None]
    rows = iter(logits_of(net, crops))
    return [
        ReadLabel(hair, kind, _each(hair, rows), _edges(hair))
        for hair, kind in zip(hairs, kinds, strict=True)
    ]


def _each(hair: TaughtHair, rows: Iterator[Array]) -> tuple[Array | None, Array | None]:
    first, second = (None if crop is None else next(rows) for crop in hair.crops)
    return first, second


def _edges(hair: TaughtHair) -> tuple[float, float]:
    first, second = (0.0 if crop is None else edge_widths(crop) for crop in hair.crops)
    return first, second
