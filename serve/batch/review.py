"""What a run's report shows for review: the least certain hairs and the photos that failed."""

from collections.abc import Sequence
from heapq import heappush, heappushpop

from data.io.jsonl import Json
from model.labelling.hair import Label
from serve.batch.results import PhotoResult
from serve.reports.crops import HairInPhoto

MAX_PER_LABEL = 30
"""Least certain hairs of each label: as many as a person looks through, and less than a megabyte
of crops."""
MAX_FAILURES = 200
"""Failures listed in the report; photos.csv lists them all."""

_Entry = tuple[float, int, int, HairInPhoto]


class LeastConfident:
    """Collects the least certain hairs with an end in view; among equals, the first ones."""

    def __init__(self) -> None:
        self._heaps: dict[Label, list[_Entry]] = {label: [] for label in Label}
        self._photos = 0

    def add(self, result: PhotoResult) -> None:
        """Considers the hairs of a photo that counts."""
        self._photos += 1
        for index, hair in enumerate(result.hairs if result.counts else ()):
            if hair.shown_end is None:
                continue
            uncertainty = 1 - max(hair.p_telogen, hair.p_anagen)
            found = HairInPhoto(result.photo, result.record["sha256"], hair)
            heap = self._heaps[hair.label]
            push = heappush if len(heap) < MAX_PER_LABEL else heappushpop
            push(heap, (uncertainty, -self._photos, -index, found))

    def of(self, label: Label) -> Sequence[HairInPhoto]:
        """The hairs with one label, the least certain first."""
        entries = sorted(self._heaps[label], key=lambda entry: entry[:3], reverse=True)
        return [hair for *_, hair in entries]


class FirstFailures:
    """Collects the first failures, as (photo, status, error), and counts all."""

    def __init__(self) -> None:
        self.first: list[tuple[str, str, Json]] = []
        self.count = 0

    def add(self, result: PhotoResult) -> None:
        """Considers a photo."""
        error = result.record["error"]
        if error is None:
            return
        self.count += 1
        if len(self.first) < MAX_FAILURES:
            self.first.append((result.photo, result.record["status"], error))
