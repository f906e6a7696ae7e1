"""From all that was said, in order, to what stands."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import count

from data.io.jsonl import Json
from serve.store.correction import CorrectionEvent, CorrectionKind, Point


@dataclass(frozen=True)
class CurrentLabel:
    """What people say of one hair: the last word on its label, and on where its root is.

    ``place`` is that of a root that the finder missed. ``last`` is the event that spoke last.
    """

    last: CorrectionEvent
    label: CorrectionKind | None = None
    root_end: int | None = None
    place: Point | None = None


def current_labels(events: Sequence[CorrectionEvent], listed: int) -> dict[int, CurrentLabel]:
    """The opinion on each hair that has one, by number.

    The machine's hairs have the numbers below ``listed``; roots that it missed go on from there in
    the order in which they were marked, undone or not, so that a number never changes its hair.
    """
    hairs = affected_hairs(events, listed)
    found: dict[int, CurrentLabel] = {}
    for event in in_force(events):
        hair = hairs[event.number]
        if hair is not None and (hair < listed or hair in found or event.correction.place):
            found[hair] = _after(found.get(hair, CurrentLabel(event)), event)
    return found


def affected_hairs(events: Sequence[CorrectionEvent], listed: int) -> dict[int, int | None]:
    """The hair that each event speaks of, by the event's number; None for an undo."""
    fresh = count(listed)
    return {
        event.number: next(fresh) if event.correction.place else event.correction.hair
        for event in events
    }


def corrected_report(report: Json, events: Sequence[CorrectionEvent]) -> Json:
    """The machine's report with what people said beside it, never in its place.

    A hair gets ``corrected_label`` and ``corrected_root {x, y}`` where a person spoke; ``label``,
    ``root`` and ``summary`` remain the machine's. ``missed_roots`` lists the hairs that only people
    saw, each with ``id``, ``root`` and ``corrected_label``; they have no path, so they are not
    among ``hairs``.
    """
    said = current_labels(events, len(report["hairs"]))
    hairs = [hair | _beside(hair, said.get(hair["id"])) for hair in report["hairs"]]
    missed = [_missed(hair, opinion) for hair, opinion in sorted(said.items()) if opinion.place]
    return report | {"hairs": hairs, "missed_roots": missed}


def in_force(events: Sequence[CorrectionEvent]) -> list[CorrectionEvent]:
    """The events that nobody took back, without the undos. What undoes an undo restores."""
    return list(_not_undone(events))[::-1]


def _not_undone(events: Sequence[CorrectionEvent]) -> Iterator[CorrectionEvent]:
    undone = set()
    for event in reversed(events):
        if event.number in undone:
            continue
        if event.correction.said is CorrectionKind.UNDO:
            undone.add(event.correction.undoes)
        else:
            yield event


def _after(opinion: CurrentLabel, event: CorrectionEvent) -> CurrentLabel:
    correction = event.correction
    if correction.said is CorrectionKind.ROOT_MOVED:
        return replace(opinion, last=event, root_end=correction.root_end)
    return replace(
        opinion, last=event, label=correction.said, place=correction.place or opinion.place
    )


def _beside(hair: Json, opinion: CurrentLabel | None) -> Json:
    said: Json = {}
    if opinion and opinion.label:
        said["corrected_label"] = opinion.label.value
    if opinion and opinion.root_end is not None:
        end = hair["ends"][opinion.root_end]
        said["corrected_root"] = {"x": end["x"], "y": end["y"]}
    return said


def _missed(hair: int, opinion: CurrentLabel) -> Json:
    assert opinion.place
    assert opinion.label
    return {
        "id": hair,
        "root": opinion.place.as_json(),
        "corrected_label": opinion.label.value,
    }
