"""``results.jsonl``: one line per photo, appended as photos are scored and read for the reports."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import zip_longest
from pathlib import Path

from data.io.jsonl import Json, read_lines, write_line
from model.labelling.hair import Hair
from model.report import PhotoReport, Status, hair_of
from serve.batch.groups import GroupKey, Groups
from serve.errors import CommandError
from serve.inputs.photo_files import NamedPhoto

RESULTS = "results.jsonl"


class ResultWriter:
    """Appends reports to a file of results. ``statuses`` counts the lines in it."""

    def __init__(self, file: Path, photos: Iterable[NamedPhoto]) -> None:
        """Raises CommandError if the lines in the file are not those of the first ``photos``."""
        self.statuses: Counter[Status] = Counter()
        self._file = file
        self._first_names: dict[bytes, str] = {}
        self._file.touch()
        for record, photo in zip_longest(read_lines(self._file), photos):
            if record is None:
                break
            if photo is None or record.get("photo") != photo.name:
                line = self.photos + 1
                raise CommandError(f"{self._file}, line {line}: this line is not from this run.")
            self._count(record["sha256"], record["photo"], Status(record["status"]))

    @property
    def photos(self) -> int:
        """The number of lines."""
        return self.statuses.total()

    def write(self, reports: Iterable[PhotoReport]) -> Iterator[PhotoReport]:
        """Yields each report once it is on disk, with ``duplicate_of`` if its bytes came before."""
        with self._file.open("a", encoding="utf-8") as results:
            for report in reports:
                first = self._count(report.sha256, report.photo, report.status)
                if first != report.photo:
                    report = replace(report, duplicate_of=first)
                write_line(results, report.as_json())
                yield report

    def _count(self, sha256: str | None, photo: str, status: Status) -> str:
        """Counts a photo and returns the name of the first photo with the same bytes."""
        self.statuses[status] += 1
        if sha256 is None:
            return photo
        return self._first_names.setdefault(bytes.fromhex(sha256), photo)


@dataclass(frozen=True)
class PhotoResult:
    """A line of results (format ``shedlight/1``) and the photo's group."""

    record: Json
    key: GroupKey

    @property
    def photo(self) -> str:
        """The photo's name."""
        return str(self.record["photo"])

    @property
    def is_duplicate(self) -> bool:
        """Whether an earlier photo has the same bytes; such a photo is not counted."""
        return "duplicate_of" in self.record

    @cached_property
    def hairs(self) -> tuple[Hair, ...]:
        """The hairs with the labels of the model."""
        return tuple(map(hair_of, self.record["hairs"]))


def read_results(results: Path, groups: Groups) -> Iterator[PhotoResult]:
    """The lines of a results file, one by one; raises JsonLinesError and OSError."""
    for record in read_lines(results):
        yield PhotoResult(record, groups.key_of(record["photo"]))
