"""Compares two runs photo by photo and hair by hair."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from heapq import heappush, heappushpop
from pathlib import Path

import numpy as np

from data.io.jsonl import Json, LineIndex, read_lines
from model.labelling.hair import Hair, Label
from model.report import hair_of
from serve.reports.crops import HairInPhoto

NEAR_SHAFTS, NEAR_PX = 2.0, 4.0
"""Two paths are of the same hair if their points are at most this far from the other path on
average, in shaft widths or in pixels, whichever is more. Neighbours are further apart, and two
reports of one hair differ by less. Our assumption."""
MAX_CHANGES = 60
"""Changed hairs to show: those whose probabilities differ most."""
MAX_NAMED = 100
"""Photos to list whose status differs."""

Pair = tuple[Hair | None, Hair | None]


def pair_hairs(before: Sequence[Hair], after: Sequence[Hair]) -> list[Pair]:
    """Pairs each hair of either report with the same hair of the other one, or with None.

    The nearest pairs come first, then hairs of ``before`` alone, then those of ``after`` alone.
    """
    near = sorted(
        (distance, i, k)
        for i, one in enumerate(before)
        for k, other in enumerate(after)
        if (distance := _distance_px(one, other)) <= _limit_px(one, other)
    )
    partner: dict[int, int] = {}
    taken: set[int] = set()
    for _, i, k in near:
        if i not in partner and k not in taken:
            partner[i] = k
            taken.add(k)
    pairs: list[Pair] = [(before[i], after[k]) for i, k in partner.items()]
    pairs += [(hair, None) for i, hair in enumerate(before) if i not in partner]
    return pairs + [(None, hair) for k, hair in enumerate(after) if k not in taken]


def _limit_px(one: Hair, other: Hair) -> float:
    return max(NEAR_PX, NEAR_SHAFTS * max(one.strand.shaft_px, other.strand.shaft_px))


def _distance_px(one: Hair, other: Hair) -> float:
    """The mean distance of the points of one path from the other path.

    The greater of both directions, so that a piece of a hair does not match the whole hair;
    infinity if even the bounding boxes are too far apart.
    """
    a, b = one.strand.path, other.strand.path
    box_gaps = np.maximum(a.min(axis=0) - b.max(axis=0), b.min(axis=0) - a.max(axis=0))
    if box_gaps.max() > _limit_px(one, other):
        return np.inf
    distances = np.linalg.norm(a[:, None] - b[None], axis=2)
    return float(max(distances.min(axis=1).mean(), distances.min(axis=0).mean()))


@dataclass(frozen=True)
class ChangedHair:
    """A hair with different labels in the two runs, or listed by one of them only (else None).

    ``shown`` is the hair of ``before`` or, failing that, of ``after``.
    """

    shown: HairInPhoto
    before: Hair | None
    after: Hair | None

    @property
    def amount(self) -> float:
        """Total variation distance between the probabilities of telogen, anagen and neither."""
        one, other = map(_probabilities, (self.before, self.after))
        return sum(abs(a - b) for a, b in zip(one, other, strict=True)) / 2


@dataclass
class Comparison:
    """Differences between two runs.

    ``both`` counts photos in both runs, ``same`` those of them with the same hairs and labels,
    ``only`` those in the first and in the second run alone, ``changed_files`` those with other
    bytes. ``labels`` counts hairs by both labels, None where a run does not list the hair.
    ``status_changes``: the first photos whose status differs, as (photo, before, after).
    """

    both: int = 0
    same: int = 0
    only: tuple[int, int] = (0, 0)
    changed_files: int = 0
    labels: Counter[tuple[Label | None, Label | None]] = field(default_factory=Counter)
    status_changes: list[tuple[str, str, str]] = field(default_factory=list)
    _changes: list[tuple[float, int, ChangedHair]] = field(default_factory=list)

    @property
    def changes(self) -> list[ChangedHair]:
        """The hairs that changed most, in this order; at most ``MAX_CHANGES``."""
        entries = sorted(self._changes, key=lambda entry: entry[:2], reverse=True)
        return [change for *_, change in entries]

    def add(self, before: Json, after: Json) -> None:
        """Compares two lines of results on one photo."""
        self.both += 1
        if before["sha256"] != after["sha256"]:
            self.changed_files += 1
            return
        if before["status"] != after["status"] and len(self.status_changes) < MAX_NAMED:
            self.status_changes.append((before["photo"], before["status"], after["status"]))
        pairs = pair_hairs(*([hair_of(hair) for hair in r["hairs"]] for r in (before, after)))
        self.same += all(_label(one) is _label(other) for one, other in pairs)
        for pair in pairs:
            self._add_pair(before["photo"], before["sha256"], pair)

    def _add_pair(self, photo: str, sha256: str, pair: Pair) -> None:
        one, other = pair
        self.labels[_label(one), _label(other)] += 1
        hair = one or other
        if _label(one) is _label(other) or hair is None or hair.shown_end is None:
            return
        change = ChangedHair(HairInPhoto(photo, sha256, hair), one, other)
        push = heappush if len(self._changes) < MAX_CHANGES else heappushpop
        push(self._changes, (change.amount, -self.labels.total(), change))  # first among equals


def compare_files(before: Path, after: Path) -> Comparison:
    """Compares two files of results; raises JsonLinesError and OSError.

    Photos are matched by name. Of the second file only names and offsets are held in memory.
    """
    comparison, index, matched = Comparison(), LineIndex(after, "photo"), 0
    for record in read_lines(before):
        other = index.get(record["photo"])
        if other is None:
            comparison.only = (comparison.only[0] + 1, 0)
            continue
        matched += 1
        comparison.add(record, other)
    comparison.only = (comparison.only[0], len(index) - matched)
    return comparison


def _label(hair: Hair | None) -> Label | None:
    return None if hair is None else hair.label


def _probabilities(hair: Hair | None) -> Iterator[float]:
    """Of telogen, of anagen, and of neither."""
    telogen, anagen = (0.0, 0.0) if hair is None else (hair.p_telogen, hair.p_anagen)
    yield from (telogen, anagen, 1 - telogen - anagen)
