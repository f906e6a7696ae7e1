"""Two runs read side by side, photo by photo.

Which hair of one report is which of another on the same photo.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from heapq import heappush, heappushpop
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from data.io.jsonl import Json, LineIndex, read_lines
from model.labelling.hair import Hair, Label
from model.report_json import hair_of
from serve.reports.crops import HairInPhoto, end_shown

NEAR_SHAFTS, NEAR_PX = 2.0, 4.0
"""Two paths whose points lie that near to the other on average, in shaft widths or in pixels,
whichever is more, run along the same hair: neighbours lie further apart, and two readings of one
hair differ by less. Our assumption."""

Pair = tuple[Hair | None, Hair | None]


def pair_hairs(before: Sequence[Hair], after: Sequence[Hair]) -> list[Pair]:
    """Each hair of either side once, with the same hair of the other side or None; the nearest
    pairs first, then those that are alone."""
    near = sorted(
        (apart, i, k)
        for i, one in enumerate(before)
        for k, other in enumerate(after)
        if (apart := _apart_px(one, other)) <= _limit_px(one, other)
    )
    of_before: dict[int, int] = {}
    taken: set[int] = set()
    for _, i, k in near:
        if i not in of_before and k not in taken:
            of_before[i] = k
            taken.add(k)
    pairs: list[Pair] = [(before[i], after[k]) for i, k in of_before.items()]
    pairs += [(hair, None) for i, hair in enumerate(before) if i not in of_before]
    return pairs + [(None, hair) for k, hair in enumerate(after) if k not in taken]


def _limit_px(one: Hair, other: Hair) -> float:
    return max(NEAR_PX, NEAR_SHAFTS * max(one.strand.shaft_px, other.strand.shaft_px))


def _apart_px(one: Hair, other: Hair) -> float:
    """How far the points of either path lie from the other path's, on average; the greater of
    both ways, so that a piece of a hair is not the hair."""
    paths = one.strand.path, other.strand.path
    if _boxes_apart_px(*paths) > _limit_px(one, other):
        return np.inf
    way = np.linalg.norm(paths[0][:, None] - paths[1][None], axis=2)
    return float(max(way.min(axis=1).mean(), way.min(axis=0).mean()))


def _boxes_apart_px(one: NDArray[np.float64], other: NDArray[np.float64]) -> float:
    gaps = np.maximum(one.min(axis=0) - other.max(axis=0), other.min(axis=0) - one.max(axis=0))
    return float(gaps.max())


KEPT = 60
"""Hairs that are shown: those whose probabilities differ most."""
NAMED = 100
"""Photos that are named at most, of those that came out otherwise."""


@dataclass(frozen=True)
class Change:
    """A hair that the runs label differently, or that one of them does not list (None).

    ``amount``, from 0 to 1: the probability that one gives to other kinds than the other does.
    """

    place: HairInPhoto
    before: Hair | None
    after: Hair | None

    @property
    def amount(self) -> float:
        """Half the sum of the differences of telogen, anagen and "cannot tell"."""
        one, other = map(_chances, (self.before, self.after))
        return sum(abs(a - b) for a, b in zip(one, other, strict=True)) / 2


@dataclass
class Comparison:
    """What two runs say of the same photos.

    ``labels`` counts hairs by both labels, None where a run does not list the hair. ``otherwise``:
    the first photos with another status, as (photo, before, after). ``same`` photos have the same
    hairs with the same labels.
    """

    both: int = 0
    same: int = 0
    only: tuple[int, int] = (0, 0)
    other_bytes: int = 0
    labels: Counter[tuple[Label | None, Label | None]] = field(default_factory=Counter)
    otherwise: list[tuple[str, str, str]] = field(default_factory=list)
    _changes: list[tuple[float, int, Change]] = field(default_factory=list)

    @property
    def changes(self) -> list[Change]:
        """The hairs kept, those that changed most first."""
        return [change for *_, change in sorted(self._changes, key=lambda c: c[:2], reverse=True)]

    def add(self, before: Json, after: Json) -> None:
        """Compares two lines on one photo."""
        self.both += 1
        if before["sha256"] != after["sha256"]:
            self.other_bytes += 1
            return
        if before["status"] != after["status"] and len(self.otherwise) < NAMED:
            self.otherwise.append((before["photo"], before["status"], after["status"]))
        pairs = pair_hairs(*([hair_of(hair) for hair in r["hairs"]] for r in (before, after)))
        self.same += all(_label(one) is _label(other) for one, other in pairs)
        for pair in pairs:
            self._add_pair(before["photo"], before["sha256"], pair)

    def _add_pair(self, photo: str, sha256: str, pair: Pair) -> None:
        one, other = pair
        self.labels[_label(one), _label(other)] += 1
        shown = one or other
        if _label(one) is _label(other) or shown is None or end_shown(shown) is None:
            return
        change = Change(HairInPhoto(photo, sha256, shown), one, other)
        entry = (change.amount, -sum(self.labels.values()), change)  # the first of equals
        keep = heappush if len(self._changes) < KEPT else heappushpop
        keep(self._changes, entry)


def compare_files(before: Path, after: Path) -> Comparison:
    """Reads two files of results; raises RefusedError and OSError.

    Photos are the same by name. Of the second file only the names are kept; its lines are read
    again, each when its photo's turn comes.
    """
    comparison, index, met = Comparison(), LineIndex(after, "photo"), 0
    for record in read_lines(before):
        other = index.get(record["photo"])
        if other is None:
            comparison.only = (comparison.only[0] + 1, 0)
            continue
        met += 1
        comparison.add(record, other)
    comparison.only = (comparison.only[0], len(index) - met)
    return comparison


def _label(hair: Hair | None) -> Label | None:
    return None if hair is None else hair.label


def _chances(hair: Hair | None) -> Iterator[float]:
    """Of telogen, of anagen, and of neither."""
    telogen, anagen = (0.0, 0.0) if hair is None else (hair.p_telogen, hair.p_anagen)
    yield from (telogen, anagen, 1 - telogen - anagen)
