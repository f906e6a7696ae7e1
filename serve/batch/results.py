"""A line of results, read again."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from data.io.jsonl import read_lines
from model.labelling.hair import Hair
from model.report_json import hair_of
from model.share.counts import HairCounts
from serve.batch.groups import Groups, Place


@dataclass(frozen=True)
class ScoredLine:
    """What stands in a line of results (format ``shedlight/1``), and where the photo belongs."""

    record: dict[str, Any]
    place: Place

    @property
    def photo(self) -> str:
        """The photo's name."""
        return str(self.record["photo"])

    @property
    def counts(self) -> bool:
        """Whether the photo counts: the same bytes count once."""
        return "duplicate_of" not in self.record

    @cached_property
    def hairs(self) -> tuple[Hair, ...]:
        """The hairs, as the machine read them."""
        return tuple(map(hair_of, self.record["hairs"]))

    @cached_property
    def tally(self) -> HairCounts:
        """What the hairs add to a pool."""
        return HairCounts.of(self.hairs if self.counts else ())


def scored_lines(results: Path, groups: Groups) -> Iterator[ScoredLine]:
    """The lines of a results file, one by one; raises RefusedError and OSError as they are read."""
    for record in read_lines(results):
        yield ScoredLine(record, groups.place_of(record["photo"]))
