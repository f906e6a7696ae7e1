"""The labelled hairs of a saved photo, for training."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from serve.store.correction import CorrectionEvent, CorrectionKind, Point
from serve.store.replay import CurrentLabel, current_labels
from serve.store.saved_photo import SavedPhoto


class RootFrom(StrEnum):
    """The source of which end is the root."""

    MACHINE = "machine"
    PERSON = "person"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class TrainingLabel:
    """One hair that a person corrected.

    ``root`` and ``other_end`` are its ends in pixels of the upright photo; with ``root_from``
    UNKNOWN either may be the root. ``other_end`` is None for a root that the model missed,
    ``label`` if the person only moved the root, ``machine_label`` if the model did not list the
    hair.
    ``labelled_at``, ``labelled_by`` and ``model_version`` are those of the last correction.
    """

    hair: int
    root: Point
    other_end: Point | None
    root_from: RootFrom
    label: CorrectionKind | None
    labelled_at: datetime
    labelled_by: str | None
    model_version: str
    machine_label: CorrectionKind | None

    def as_row(self, photo_id: str) -> dict[str, str | int | float | None]:
        """The row of the label table, with None for unknown values; times in ISO 8601."""
        other = self.other_end
        return {
            "photo": photo_id,
            "hair": self.hair,
            "root_x": self.root.x,
            "root_y": self.root.y,
            "other_end_x": None if other is None else other.x,
            "other_end_y": None if other is None else other.y,
            "root_from": self.root_from.value,
            "label": self.label and self.label.value,
            "labelled_by": self.labelled_by,
            "labelled_at": self.labelled_at.isoformat(),
            "model_version": self.model_version,
            "machine_label": self.machine_label and self.machine_label.value,
        }


@dataclass(frozen=True)
class LabelledPhoto:
    """A photo that may improve the model, with at least one label."""

    photo: SavedPhoto
    labels: tuple[TrainingLabel, ...]


def training_labels(
    photo: SavedPhoto, events: Sequence[CorrectionEvent]
) -> tuple[TrainingLabel, ...]:
    """The corrected hairs after all ``events``, by number."""
    labels = sorted(current_labels(events, photo.hairs).items())
    return tuple(_training_label(photo, hair, label) for hair, label in labels)


def _training_label(photo: SavedPhoto, hair: int, label: CurrentLabel) -> TrainingLabel:
    listed = photo.report["hairs"][hair] if hair < photo.hairs else None
    root, other, root_from = _ends(listed, label)
    return TrainingLabel(
        hair=hair,
        root=root,
        other_end=other,
        root_from=root_from,
        label=label.label,
        labelled_at=label.last.created_at,
        labelled_by=label.last.client,
        model_version=label.last.model_version,
        machine_label=None if listed is None else _machine_label(listed),
    )


def _ends(listed: Any, label: CurrentLabel) -> tuple[Point, Point | None, RootFrom]:
    """The root, the other end, and the source of this order."""
    if label.place:
        return label.place, None, RootFrom.PERSON
    ends = [Point(end["x"], end["y"]) for end in listed["ends"]]
    if label.root_end is not None:
        return ends[label.root_end], ends[1 - label.root_end], RootFrom.PERSON
    if listed["root"] is None:
        return ends[0], ends[1], RootFrom.UNKNOWN
    root = ends.index(Point(listed["root"]["x"], listed["root"]["y"]))
    return ends[root], ends[1 - root], RootFrom.MACHINE


def _machine_label(listed: Any) -> CorrectionKind:
    """The model's label of a listed hair, as a correction would name it."""
    if listed["label"] != CorrectionKind.ANAGEN:
        return CorrectionKind(listed["label"])
    return CorrectionKind.NO_BULB if listed["root_type"] == "none" else CorrectionKind.MISSHAPEN
