"""What a photo gives to training: its hairs with what people said of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from serve.store.correction import CorrectionEvent, CorrectionKind, Point
from serve.store.replay import CurrentLabel, current_labels
from serve.store.saved_photo import SavedPhoto


class RootFrom(StrEnum):
    """Who says which end is the root."""

    MACHINE = "machine"
    PERSON = "person"
    NOBODY = "nobody"


@dataclass(frozen=True)
class TrainingLabel:
    """One hair of which a person said something.

    ``root`` and ``other_end`` are its ends in pixels of the upright photo; with ``root_from``
    NOBODY either may be the root. ``other_end`` is None for a root that the finder missed,
    ``label`` when the person only moved the root, ``machine_label`` (of the same words) when the
    machine did not list the hair. ``said_at``, ``said_by`` and ``model_version`` are those of the
    last word.
    """

    hair: int
    root: Point
    other_end: Point | None
    root_from: RootFrom
    label: CorrectionKind | None
    said_at: datetime
    said_by: str | None
    model_version: str
    machine_label: CorrectionKind | None

    def as_row(self, photo_id: str) -> dict[str, str | int | float | None]:
        """The hair as a row of a table, with None where nothing is known; times in ISO 8601."""
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
            "said_by": self.said_by,
            "said_at": self.said_at.isoformat(),
            "model_version": self.model_version,
            "machine_label": self.machine_label and self.machine_label.value,
        }


@dataclass(frozen=True)
class LabelledPhoto:
    """A photo whose sender agreed that it improves the model, with at least one label."""

    photo: SavedPhoto
    labels: tuple[TrainingLabel, ...]


def final_labels(photo: SavedPhoto, events: Sequence[CorrectionEvent]) -> tuple[TrainingLabel, ...]:
    """The hairs that people said something of, by number, after all ``events``."""
    said = sorted(current_labels(events, photo.hairs).items())
    return tuple(_label(photo, hair, opinion) for hair, opinion in said)


def _label(photo: SavedPhoto, hair: int, opinion: CurrentLabel) -> TrainingLabel:
    listed = photo.report["hairs"][hair] if hair < photo.hairs else None
    root, other, root_from = _ends(listed, opinion)
    return TrainingLabel(
        hair=hair,
        root=root,
        other_end=other,
        root_from=root_from,
        label=opinion.label,
        said_at=opinion.last.said_at,
        said_by=opinion.last.said_by,
        model_version=opinion.last.model_version,
        machine_label=None if listed is None else _said_by_machine(listed),
    )


def _ends(listed: Any, opinion: CurrentLabel) -> tuple[Point, Point | None, RootFrom]:
    """Root, other end, and who says so."""
    if opinion.place:
        return opinion.place, None, RootFrom.PERSON
    ends = [Point(end["x"], end["y"]) for end in listed["ends"]]
    if opinion.root_end is not None:
        return ends[opinion.root_end], ends[1 - opinion.root_end], RootFrom.PERSON
    if listed["root"] is None:
        return ends[0], ends[1], RootFrom.NOBODY
    at = ends.index(Point(listed["root"]["x"], listed["root"]["y"]))
    return ends[at], ends[1 - at], RootFrom.MACHINE


def _said_by_machine(listed: Any) -> CorrectionKind:
    if listed["label"] != CorrectionKind.ANAGEN:
        return CorrectionKind(listed["label"])
    return CorrectionKind.NO_BULB if listed["root_type"] == "none" else CorrectionKind.MISSHAPEN
