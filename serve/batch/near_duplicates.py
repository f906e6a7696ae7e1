"""Finds photos of a run that show the picture of an earlier one: saved again, or resized.

Two files of one picture have other bytes, but their hairs lie in the same places. A picture's own
look is no help: sparse hairs on a plain card look much like any others to a perceptual hash.
Turned, mirrored and cropped copies are not found.
"""

from collections import defaultdict
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from data.io.jsonl import Json
from data.quality.assess import PARTLY_DAMAGED

TOLERANCE = 0.01
"""Distance between the same ends in two files, as a share of the photo's longer side."""
MIN_SHARE = 1 / 3
"""Share of the hairs of the file with fewer that must lie where the other's do.

Both are measured on 15 photos and four copies of each (docs/batch.md).
"""
MIN_HAIRS = 2
"""Hairs that must match, unless a photo has one only: one may match by chance."""
MAX_RATIO_CHANGE = 0.02
"""The same picture has the same ratio of its sides, up to rounding."""
MAX_PHOTOS, MAX_HAIRS, _INDEXED_HAIRS = 50_000, 32, 4
"""Photos to compare with, the first of a run; the longest hairs of each that are compared, and
those by which it is found. They limit the memory to about 60 MB. Our assumptions."""

_CELL = 2 * TOLERANCE
_Hairs = NDArray[np.float32]
"""(N, 4): x, y of both ends, as shares of the longer side, the end with the smaller x first."""
_Rank = tuple[bool, int]
"""Of a file: whether it is whole, and its pixels."""


class NearDuplicates:
    """The pictures of a run so far. Deterministic: only the lines of the results count."""

    def __init__(self) -> None:
        self._names: list[str] = []
        self._hairs: list[NDArray[np.float16]] = []
        self._ratios: list[float] = []
        self._cells: defaultdict[tuple[int, ...], list[int]] = defaultdict(list)
        self._groups: dict[str, list[tuple[_Rank, str]]] = {}
        self._first: dict[str, str] = {}

    def add(self, record: Json) -> str | None:
        """The first photo with the picture of this line of results, None if there is none.

        None for a photo without hairs. Leave out lines with ``duplicate_of``.
        """
        hairs = _hairs_of(record)
        if not len(hairs):
            return None
        name, ratio = record["photo"], record["width"] / record["height"]
        found = self._find(hairs, ratio)
        if found is not None:
            first = self._first.get(self._names[found], self._names[found])
            self._first[name] = first
            self._groups[first].append((_rank(record), name))
        if len(self._names) < MAX_PHOTOS:
            number = len(self._names)
            self._names.append(name)
            self._hairs.append(hairs.astype(np.float16))
            self._ratios.append(ratio)
            for hair in hairs[:_INDEXED_HAIRS]:
                self._cells[tuple((hair // _CELL).astype(int).tolist())].append(number)
            if found is None:
                self._groups[name] = [(_rank(record), name)]
        return None if found is None else first

    def other_copies(self) -> frozenset[str]:
        """All photos of each picture but the one with the most pixels, the first of several. A
        damaged file counts only if all are."""
        copies: set[str] = set()
        for group in self._groups.values():
            best = max(group, key=lambda each: each[0])
            copies |= {name for _, name in group} - {best[1]}
        return frozenset(copies)

    def _find(self, hairs: _Hairs, ratio: float) -> int | None:
        candidates = {
            number
            for hair in hairs
            for cell in _cells_near(hair)
            for number in self._cells.get(cell, [])
        }
        for number in sorted(candidates):
            if abs(ratio / self._ratios[number] - 1) <= MAX_RATIO_CHANGE and _is_same(
                hairs, self._hairs[number].astype(np.float32)
            ):
                return number
        return None


def _rank(record: Json) -> _Rank:
    found = {finding["code"] for finding in record.get("quality", ())}
    return PARTLY_DAMAGED.code not in found, record["width"] * record["height"]


def _hairs_of(record: Json) -> _Hairs:
    """The longest hairs of a line of results, the longest first."""
    if not record["hairs"]:
        return np.empty((0, 4), np.float32)
    ends = [sorted((end["x"], end["y"]) for end in hair["ends"]) for hair in record["hairs"]]
    hairs = np.array(ends, np.float32).reshape(-1, 4) / max(record["width"], record["height"])
    length = np.hypot(hairs[:, 2] - hairs[:, 0], hairs[:, 3] - hairs[:, 1])
    longest: _Hairs = hairs[np.argsort(-length, kind="stable")[:MAX_HAIRS]]
    return longest


def _cells_near(hair: NDArray[np.float32]) -> Iterator[tuple[int, ...]]:
    """The cells in which a hair within the tolerance may lie, its ends in either order."""
    swapped = np.abs(hair[0] - hair[2]) <= TOLERANCE
    for ends in (hair, hair[[2, 3, 0, 1]]) if swapped else (hair,):
        low = ((ends - TOLERANCE) // _CELL).astype(int)
        high = ((ends + TOLERANCE) // _CELL).astype(int)
        choices = [sorted({a, b}) for a, b in zip(low.tolist(), high.tolist(), strict=True)]
        for a in choices[0]:
            for b in choices[1]:
                for c in choices[2]:
                    yield from ((a, b, c, d) for d in choices[3])


def _is_same(one: _Hairs, other: _Hairs) -> bool:
    """Whether enough hairs have both ends in the same places; each is used once."""
    direct = np.abs(one[:, None] - other[None]).max(axis=2)
    swapped = np.abs(one[:, None] - other[None][:, :, [2, 3, 0, 1]]).max(axis=2)
    near = np.minimum(direct, swapped) <= TOLERANCE
    matched = 0
    free = np.ones(len(other), bool)
    for row in near:
        partners = np.flatnonzero(row & free)
        if len(partners):
            free[partners[0]] = False
            matched += 1
    fewer = min(len(one), len(other))
    return matched >= min(MIN_HAIRS, fewer) and matched >= MIN_SHARE * fewer
