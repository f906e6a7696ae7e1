"""Labels made by hand, and chances for them."""

import numpy as np

from model.labelling.hair import EndProbabilities
from model.labelling.joint_rule import EndScores, HairScores
from tests.helpers.training.examples import crop, example
from training.datasets.examples import BARE, CLUB, MISSHAPEN, NOT_HAIR
from training.labels.issues import Location
from training.labels.label import HairLabel
from training.labels.labelled_strand import Extent, LabelledStrand
from training.retrain.evaluation import Evidence, FrozenLosses, JudgedLabel
from training.retrain.label_probabilities import LabelProbabilities

KIND_AT_ROOT = {
    HairLabel.TELOGEN: CLUB,
    HairLabel.MISSHAPEN: MISSHAPEN,
    HairLabel.ANAGEN: MISSHAPEN,
    HairLabel.NO_BULB: BARE,
    HairLabel.NOT_HAIR: NOT_HAIR,
}


def taught(
    said: HairLabel,
    photo: str = "a",
    seed: int = 0,
    extent: Extent = Extent.HAIR,
    second: bool = True,
) -> LabelledStrand:
    """A hair that looks like what is said of it; its root is end 0."""
    shown = example(KIND_AT_ROOT[said], seed)
    crops = shown.crops if second else (crop(KIND_AT_ROOT[said], np.random.default_rng(seed)), None)
    return LabelledStrand(
        shown.strand, crops, said, extent, 0, photo, f"{photo}.jpg", Location(photo)
    )


def reading(club: float, misshapen: float, bare: float, not_hair: float) -> EndScores:
    """What was read at a sharp end."""
    return EndScores(EndProbabilities(club, misshapen, bare, not_hair), 0.2)


BARE_END = reading(0.01, 0.01, 0.97, 0.01)
CLUB_READ: HairScores = (reading(0.97, 0.01, 0.01, 0.01), BARE_END)


def judged(kind: str, group: str, before: float, after: float) -> JudgedLabel:
    """A label whose own kind has these chances."""
    said = {
        "telogen": HairLabel.TELOGEN,
        "anagen": HairLabel.MISSHAPEN,
        "not_hair": HairLabel.NOT_HAIR,
    }[kind]
    return JudgedLabel(taught(said, group), kind, group, chance(kind, before), chance(kind, after))


def chance(kind: str, of_kind: float) -> LabelProbabilities:
    """The rest is shared evenly by the other two."""
    rest = (1 - of_kind) / 2
    return LabelProbabilities(
        *(of_kind if kind == name else rest for name in ("telogen", "anagen", "not_hair"))
    )


def frozen(grown: list[float], photos: list[str] | None = None) -> FrozenLosses:
    """Ends that count the same, whose losses grow by so much from 0.5."""
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


def evidence(labels: list[JudgedLabel], grown: list[float] | None = None) -> Evidence:
    """Labels and a frozen set that stays as it is unless told."""
    return Evidence(tuple(labels), frozen(grown or [0.01, -0.01] * 5), len(labels))
