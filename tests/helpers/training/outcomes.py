"""Outcomes of teaching made by hand."""

from collections import Counter
from collections.abc import Sequence

import numpy as np

from data.strands.crop import RootCrop
from tests.helpers.training.label_folders import strand
from training.labels.groups import LabelledPicture
from training.labels.issues import Issue, Location
from training.labels.label import HairLabel
from training.labels.label_set import LabelSet
from training.labels.labelled_strand import Extent, LabelledStrand
from training.labels.perceptual_hash import perceptual_hash
from training.retrain.evaluation import Evidence, FrozenLosses, JudgedLabel
from training.retrain.label_probabilities import LabelProbabilities
from training.retrain.learning_curve import CurvePoint
from training.retrain.promotion import Decision, Verdict
from training.retrain.run_state import Outcome

LOOK = perceptual_hash(np.zeros((64, 64, 3), np.uint8))
CURVE = (
    CurvePoint(0, 0.9, {"telogen": 0.8, "anagen": 1.0}),
    CurvePoint(20, 0.7, {"telogen": 0.8, "anagen": 0.6}),
    CurvePoint(40, 0.5, {"telogen": 0.8, "anagen": 0.2}),
)


def crop(shade: int) -> RootCrop:
    """Of one grey."""
    return RootCrop(np.full((96, 160, 3), shade, np.uint8), 5.0)


def taught(
    said: HairLabel, root_end: int | None = 0, photo: str = "a", row: int = 2, shaft_px: float = 5.0
) -> LabelledStrand:
    """A hair with a dark end 0 and a light end 1, labelled in a table."""
    file, where = f"{photo}.jpg", Location("labels.csv", row)
    crops = crop(50), crop(200)
    return LabelledStrand(
        strand(shaft_px=shaft_px), crops, said, Extent.HAIR, root_end, photo, file, where
    )


def thinks(telogen: float, not_hair: float = 0.0) -> LabelProbabilities:
    """The rest is anagen."""
    return LabelProbabilities(telogen, 1 - telogen - not_hair, not_hair)


def label(
    said: HairLabel,
    before: float,
    after: float,
    group: str = "a",
    shaft_px: float = 5.0,
    row: int = 2,
) -> JudgedLabel:
    """A label of telogen or anagen with the chances of telogen before and after."""
    kind = "telogen" if said is HairLabel.TELOGEN else "anagen"
    hair = taught(said, 0, group, row, shaft_px)
    return JudgedLabel(hair, kind, group, thinks(before), thinks(after))


def frozen() -> FrozenLosses:
    """Two clubs, two bare ends; of a bare end the challenger knows less."""
    return FrozenLosses(
        photos=("p", "p", "q", "q"),
        classes=np.array([0, 0, 2, 2]),
        before=np.array([0.1, 0.3, 0.2, 0.4]),
        after=np.array([0.1, 0.3, 0.2, 1.2]),
        right_before=np.array([True, True, True, True]),
        right_after=np.array([True, True, True, False]),
        weights=np.full(4, 0.25),
    )


def label_set(problems: Sequence[Issue] = (), notes: Sequence[Issue] = ()) -> LabelSet:
    """Two photos of two groups, with three labels."""
    pictures = tuple(LabelledPicture(name, (), frozenset(), LOOK) for name in "ab")
    given = Counter({HairLabel.TELOGEN: 2, HairLabel.NO_BULB: 1})
    groups = {"a": "one", "b": "two"}
    return LabelSet({}, given, (), pictures, 0, groups, (*problems, *notes))


def outcome(
    judged: Sequence[JudgedLabel],
    decision: Decision = Decision(Verdict.BETTER, "It is better by much."),
    labels: LabelSet | None = None,
    promoted: bool = True,
) -> Outcome:
    """Version ``11aa`` challenged by ``22bb``."""
    evidence = Evidence(tuple(judged), frozen(), 40)
    found = label_set() if labels is None else labels
    return Outcome(found, evidence, decision, CURVE, "11aa", "22bb", "rootnet", promoted)
