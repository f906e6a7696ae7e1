"""The hairs of a run that are most in doubt, a bounded number of each label.

The photos of a run that could not be read: the first of them by name.
"""

from collections.abc import Sequence
from heapq import heappush, heappushpop

from model.labelling.hair import Hair, Label
from serve.batch.results import ScoredLine
from serve.reports.crops import HairInPhoto, end_shown

MOST_DOUBTFUL = 30
"""Hairs of each label: as many as a person looks through, and under a megabyte of crops."""

_Entry = tuple[float, int, int, HairInPhoto]


class LeastConfident:
    """Keeps the most doubtful hairs with an end in view; of equals, those that came first."""

    def __init__(self) -> None:
        self._heaps: dict[Label, list[_Entry]] = {label: [] for label in Label}
        self._number = 0

    def add(self, line: ScoredLine) -> None:
        """Looks at a photo's hairs; those of a duplicate were seen."""
        self._number += 1
        for index, hair in enumerate(line.hairs if line.counts else ()):
            if end_shown(hair) is not None:
                told = HairInPhoto(line.photo, line.record["sha256"], hair)
                self._keep((_doubt(hair), -self._number, -index, told))

    def most(self, label: Label) -> Sequence[HairInPhoto]:
        """The hairs kept of one label, the most doubtful first."""
        return [entry[3] for entry in sorted(self._heaps[label], key=_place, reverse=True)]

    def _keep(self, entry: _Entry) -> None:
        heap = self._heaps[entry[3].hair.label]
        if len(heap) < MOST_DOUBTFUL:
            heappush(heap, entry)
        else:
            heappushpop(heap, entry)


def _doubt(hair: Hair) -> float:
    """What the greater of a hair's two probabilities leaves open, from 0 to 1."""
    return 1 - max(hair.p_telogen, hair.p_anagen)


def _place(entry: _Entry) -> tuple[float, int, int]:
    return entry[:3]


MOST_FAILURES = 200
"""So many are named in the report; the table of photos has them all."""


class Failures:
    """Keeps the first failures, in order, as (photo, status, message)."""

    def __init__(self) -> None:
        self.first: list[tuple[str, str, str]] = []
        self.count = 0

    def add(self, line: ScoredLine) -> None:
        """Looks whether a photo failed."""
        error = line.record["error"]
        if error is None:
            return
        self.count += 1
        if len(self.first) < MOST_FAILURES:
            self.first.append((line.photo, line.record["status"], error["message"]))
