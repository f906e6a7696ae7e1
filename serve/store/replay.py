"""Folds correction events into the current labels."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import count

from data.io.jsonl import Json
from serve.store.correction import CorrectionEvent, CorrectionKind, Point


@dataclass(frozen=True)
class CurrentLabel:
    """The current correction of one hair: the last label and the last root end.

    ``place`` is that of a root that the model missed. ``last`` is the last active event.
    """

    last: CorrectionEvent
    label: CorrectionKind | None = None
    root_end: int | None = None
    place: Point | None = None


def current_labels(events: Sequence[CorrectionEvent], listed: int) -> dict[int, CurrentLabel]:
    """The current label of each corrected hair, by number.

    The model's hairs have the numbers below ``listed``. Missed roots follow in the order in which
    they were marked, undone or not, so that a number never changes its hair.
    """
    hairs = affected_hairs(events, listed)
    labels: dict[int, CurrentLabel] = {}
    for event in active_events(events):
        hair = hairs[event.number]
        if hair is not None and (hair < listed or hair in labels or event.correction.place):
            labels[hair] = _updated(labels.get(hair, CurrentLabel(event)), event)
    return labels


def affected_hairs(events: Sequence[CorrectionEvent], listed: int) -> dict[int, int | None]:
    """The hair that each event corrects, by the event's number; None for an undo."""
    missed = count(listed)
    return {
        event.number: next(missed) if event.correction.place else event.correction.hair
        for event in events
    }


def corrected_report(report: Json, events: Sequence[CorrectionEvent]) -> Json:
    """The model's report with corrections added; nothing of the model's is replaced.

    A corrected hair gets ``corrected_label`` and ``corrected_root {x, y}``; ``label``, ``root`` and
    ``summary`` remain the model's. ``missed_roots`` lists the hairs that only people marked, each
    with ``id``, ``root`` and ``corrected_label``; they have no path, so they are not in ``hairs``.
    """
    labels = current_labels(events, len(report["hairs"]))
    hairs = [hair | _corrections(hair, labels.get(hair["id"])) for hair in report["hairs"]]
    missed = [
        {"id": hair, "root": label.place.as_json(), "corrected_label": label.label.value}
        for hair, label in sorted(labels.items())
        if label.place and label.label
    ]
    return report | {"hairs": hairs, "missed_roots": missed}


def active_events(events: Sequence[CorrectionEvent]) -> list[CorrectionEvent]:
    """The events that are not undone, without the undos. Undoing an undo restores its event."""
    undone, active = set(), []
    for event in reversed(events):
        if event.number in undone:
            continue
        if event.correction.kind is CorrectionKind.UNDO:
            undone.add(event.correction.undoes)
        else:
            active.append(event)
    return active[::-1]


def _updated(label: CurrentLabel, event: CorrectionEvent) -> CurrentLabel:
    correction = event.correction
    if correction.kind is CorrectionKind.ROOT_MOVED:
        return replace(label, last=event, root_end=correction.root_end)
    place = correction.place or label.place
    return replace(label, last=event, label=correction.kind, place=place)


def _corrections(hair: Json, label: CurrentLabel | None) -> Json:
    added: Json = {}
    if label and label.label:
        added["corrected_label"] = label.label.value
    if label and label.root_end is not None:
        end = hair["ends"][label.root_end]
        added["corrected_root"] = {"x": end["x"], "y": end["y"]}
    return added
