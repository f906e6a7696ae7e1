"""How many labels there are to learn from, and how many are needed."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from datetime import datetime

from serve.store.correction import CorrectionKind
from serve.store.training_labels import LabelledPhoto

LEAST_LABELS, LEAST_OF_KIND = 30, 5
"""What training asks for before it lets a model take another's place (training/teach); the second
of telogen and of anagen hairs each. A test holds them to that."""
_KINDS = {
    CorrectionKind.TELOGEN: "telogen",
    CorrectionKind.ANAGEN: "anagen",
    CorrectionKind.MISSHAPEN: "anagen",
    CorrectionKind.NO_BULB: "anagen",
    CorrectionKind.NOT_HAIR: "not_hair",
}


@dataclass(frozen=True)
class TrainingLabelCounts:
    """Labels by kind, and how many of them are newer than the last training's."""

    telogen: int = 0
    anagen: int = 0
    not_hair: int = 0
    waiting: int = 0

    @property
    def by_kind(self) -> dict[str, int]:
        """Without those waiting, who are among them."""
        return {kind: number for kind, number in asdict(self).items() if kind != "waiting"}

    @property
    def missing(self) -> str | None:
        """What is needed before a training is worth while, as a sentence; None if nothing is."""
        total = sum(self.by_kind.values())
        if total >= LEAST_LABELS and min(self.telogen, self.anagen) >= LEAST_OF_KIND:
            return None
        return (
            f"There are {total} labels, {self.telogen} of them telogen and {self.anagen} anagen; "
            f"{LEAST_LABELS} are needed, {LEAST_OF_KIND} of each."
        )


def count_labels(photos: Iterable[LabelledPhoto], since: datetime | None) -> TrainingLabelCounts:
    """The labels that a model can learn from; those said after ``since`` are waiting."""
    counts = TrainingLabelCounts()
    for label in (label for photo in photos for label in photo.labels):
        if label.label in _KINDS:
            kind = _KINDS[label.label]
            new = since is None or label.said_at > since
            more = {kind: getattr(counts, kind) + 1, "waiting": counts.waiting + new}
            counts = replace(counts, **more)
    return counts
