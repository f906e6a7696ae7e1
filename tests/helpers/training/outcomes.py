"""Handmade outcomes of retraining, for reports."""

from collections import Counter
from collections.abc import Sequence

import numpy as np

from data.strands.crop import CROP_HEIGHT, CROP_WIDTH, RootCrop
from tests.helpers.training.label_folders import strand
from training.labels.groups import LabelledPicture
from training.labels.issues import Issue, Location
from training.labels.label import HairKind, HairLabel
from training.labels.label_set import LabelSet
from training.labels.labelled_strand import Extent, LabelledStrand
from training.labels.perceptual_hash import perceptual_hash
from training.retrain.evaluation import EvaluatedLabel, Evidence, FrozenLosses
from training.retrain.label_probabilities import LabelProbabilities
from training.retrain.learning_curve import LearningPoint
from training.retrain.promotion import Decision, PromotionVerdict
from training.retrain.run_state import Outcome

IMAGE_HASH = perceptual_hash(np.zeros((64, 64, 3), np.uint8))
CURVE = (
    LearningPoint(0, 0.9, {HairKind.TELOGEN: 0.8, HairKind.ANAGEN: 1.0}),
    LearningPoint(20, 0.7, {HairKind.TELOGEN: 0.8, HairKind.ANAGEN: 0.6}),
    LearningPoint(40, 0.5, {HairKind.TELOGEN: 0.8, HairKind.ANAGEN: 0.2}),
)


def labelled_in_table(
    label: HairLabel,
    root_end: int | None = 0,
    photo: str = "a",
    row: int = 2,
    shaft_px: float = 5.0,
) -> LabelledStrand:
    """A hair with a dark end 0 and a light end 1, labelled in a table."""
    shape = (CROP_HEIGHT, CROP_WIDTH, 3)
    dark, light = (RootCrop(np.full(shape, grey, np.uint8), 5.0) for grey in (50, 200))
    return LabelledStrand(
        strand=strand(shaft_px=shaft_px),
        crops=(dark, light),
        label=label,
        extent=Extent.HAIR,
        root_end=root_end,
        photo=photo,
        file=f"{photo}.jpg",
        where=Location("labels.csv", row),
    )


def with_telogen(telogen: float, not_hair: float = 0.0) -> LabelProbabilities:
    """The rest is anagen."""
    return LabelProbabilities(telogen, 1 - telogen - not_hair, not_hair)


def evaluated_in_table(
    label: HairLabel,
    before: float,
    after: float,
    group: str = "a",
    shaft_px: float = 5.0,
    row: int = 2,
) -> EvaluatedLabel:
    """A label of telogen or anagen with the probabilities of telogen before and after."""
    hair = labelled_in_table(label, 0, group, row, shaft_px)
    return EvaluatedLabel(hair, group, with_telogen(before), with_telogen(after))


def frozen() -> FrozenLosses:
    """Two clubs and two bare ends, of which the challenger gets one wrong."""
    return FrozenLosses(
        photos=("p", "p", "q", "q"),
        classes=np.array([0, 0, 2, 2]),
        before=np.array([0.1, 0.3, 0.2, 0.4]),
        after=np.array([0.1, 0.3, 0.2, 1.2]),
        right_before=np.array([True, True, True, True]),
        right_after=np.array([True, True, True, False]),
        weights=np.full(4, 0.25),
    )


def label_set(issues: Sequence[Issue] = ()) -> LabelSet:
    """Two photos of two groups, with three labels."""
    pictures = tuple(LabelledPicture(name, (), frozenset(), IMAGE_HASH) for name in "ab")
    given = Counter({HairLabel.TELOGEN: 2, HairLabel.NO_BULB: 1})
    return LabelSet({}, given, (), pictures, 0, {"a": "one", "b": "two"}, tuple(issues))


def outcome(
    labels: Sequence[EvaluatedLabel],
    decision: Decision = Decision(PromotionVerdict.BETTER, "REASON"),
    given: LabelSet | None = None,
    promoted: bool = True,
) -> Outcome:
    """Version ``11aa`` challenged by ``22bb``."""
    evidence = Evidence(tuple(labels), frozen(), 40)
    return Outcome(
        given or label_set(), evidence, decision, CURVE, "11aa", "22bb", "rootnet", promoted
    )
