"""Counts the labels to train on, and compares them with what a training needs."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from datetime import datetime

from serve.store.correction import CorrectionKind
from serve.store.training_labels import LabelledPhoto

MIN_LABELS, MIN_OF_KIND = 30, 5
"""Labels that training needs to compare two models (training/retrain/promotion.py), in total and of
telogen and anagen hairs each. A test compares the numbers."""
_KINDS = {
    CorrectionKind.TELOGEN: "telogen",
    CorrectionKind.ANAGEN: "anagen",
    CorrectionKind.MISSHAPEN: "anagen",
    CorrectionKind.NO_BULB: "anagen",
    CorrectionKind.NOT_HAIR: "not_hair",
}


@dataclass(frozen=True)
class TrainingLabelCounts:
    """Labels by kind; ``waiting`` of them are newer than the last training's."""

    telogen: int = 0
    anagen: int = 0
    not_hair: int = 0
    waiting: int = 0

    @property
    def by_kind(self) -> dict[str, int]:
        """The counts of the three kinds."""
        return {kind: number for kind, number in asdict(self).items() if kind != "waiting"}

    @property
    def missing(self) -> str | None:
        """What is missing before a training can start, as a sentence; None if nothing is."""
        total = sum(self.by_kind.values())
        if total >= MIN_LABELS and min(self.telogen, self.anagen) >= MIN_OF_KIND:
            return None
        return (
            f"Too few labels: {total}, of which {self.telogen} telogen and {self.anagen} anagen. "
            f"Training needs {MIN_LABELS}, with at least {MIN_OF_KIND} of each."
        )


def count_labels(photos: Iterable[LabelledPhoto], since: datetime | None) -> TrainingLabelCounts:
    """Counts the labels that a model can learn from; those made after ``since`` are waiting."""
    counts = TrainingLabelCounts()
    for label in (label for photo in photos for label in photo.labels):
        if label.label in _KINDS:
            kind = _KINDS[label.label]
            is_new = since is None or label.labelled_at > since
            more = {kind: getattr(counts, kind) + 1, "waiting": counts.waiting + is_new}
            counts = replace(counts, **more)
    return counts
