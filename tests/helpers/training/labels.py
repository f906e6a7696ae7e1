"""Handmade labelled strands, and evidence made of them."""

import numpy as np

from model.labelling.hair import EndProbabilities
from model.labelling.joint_rule import EndScores, HairScores
from tests.helpers.training.examples import crop, example
from training.datasets.examples import BARE, CLUB, MISSHAPEN, NOT_HAIR
from training.labels.issues import Location
from training.labels.label import HairKind, HairLabel
from training.labels.labelled_strand import Extent, LabelledStrand
from training.retrain.evaluation import EvaluatedLabel, Evidence, FrozenLosses
from training.retrain.label_probabilities import LabelProbabilities

ROOT_CLASS = {
    HairLabel.TELOGEN: CLUB,
    HairLabel.MISSHAPEN: MISSHAPEN,
    HairLabel.ANAGEN: MISSHAPEN,
    HairLabel.NO_BULB: BARE,
    HairLabel.NOT_HAIR: NOT_HAIR,
}
LABEL_OF = {
    HairKind.TELOGEN: HairLabel.TELOGEN,
    HairKind.ANAGEN: HairLabel.MISSHAPEN,
    HairKind.NOT_HAIR: HairLabel.NOT_HAIR,
}


def labelled(
    label: HairLabel,
    photo: str = "a",
    seed: int = 0,
    extent: Extent = Extent.HAIR,
    second: bool = True,
) -> LabelledStrand:
    """A hair that looks like its label; its root is end 0."""
    shown = example(ROOT_CLASS[label], seed)
    crops = shown.crops
    if not second:
        crops = (crop(ROOT_CLASS[label], np.random.default_rng(seed)), None)
    where = Location(photo)
    return LabelledStrand(shown.strand, crops, label, extent, 0, photo, f"{photo}.jpg", where)


def scores(club: float, misshapen: float, bare: float, not_hair: float) -> EndScores:
    """The scores of a sharp end."""
    return EndScores(EndProbabilities(club, misshapen, bare, not_hair), 0.2)


BARE_END = scores(0.01, 0.01, 0.97, 0.01)
CLUB_SCORES: HairScores = (scores(0.97, 0.01, 0.01, 0.01), BARE_END)


def evaluated(kind: str, group: str, before: float, after: float) -> EvaluatedLabel:
    """A label whose own kind has these probabilities."""
    hair = labelled(LABEL_OF[HairKind(kind)], group)
    return EvaluatedLabel(hair, group, probabilities(kind, before), probabilities(kind, after))


def probabilities(kind: str, of_kind: float) -> LabelProbabilities:
    """The other two kinds share the rest evenly."""
    rest = (1 - of_kind) / 2
    return LabelProbabilities(*(of_kind if kind == name else rest for name in HairKind))


def frozen(grown: list[float], photos: list[str] | None = None) -> FrozenLosses:
    """Ends of equal weight, whose losses grow by ``grown`` from 0.5."""
    count = len(grown)
    return FrozenLosses(
        tuple(photos or [f"p{k}" for k in range(count)]),
        np.zeros(count, np.int64),
        np.full(count, 0.5),
        0.5 + np.array(grown),
        np.ones(count, bool),
        np.ones(count, bool),
        np.full(count, 1 / count),
    )


def evidence(labels: list[EvaluatedLabel], grown: list[float] | None = None) -> Evidence:
    """Labels, and a frozen set that stays about the same by default."""
    return Evidence(tuple(labels), frozen(grown or [0.01, -0.01] * 5), len(labels))
