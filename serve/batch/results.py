"""``results.jsonl``: one line per photo, appended as photos are scored and read for the reports."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import zip_longest
from pathlib import Path

from data.io.jsonl import Json, read_lines, write_line
from model.labelling.hair import Hair
from model.report import PhotoReport, Status, hair_of
from serve.batch.groups import GroupKey, Groups
from serve.batch.near_duplicates import NearDuplicates
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
        self._pictures = NearDuplicates()
        self._file.touch()
        for record, photo in zip_longest(read_lines(self._file), photos):
            if record is None:
                break
            if photo is None or record.get("photo") != photo.name:
                line = self.photos + 1
                raise CommandError(f"{self._file}, line {line}: this line is not from this run.")
            self._count(record["sha256"], record["photo"], Status(record["status"]))
            if "duplicate_of" not in record:
                self._pictures.add(record)

    @property
    def photos(self) -> int:
        """The number of lines."""
        return self.statuses.total()

    def other_copies(self) -> frozenset[str]:
        """The photos that show the same picture as a larger one, or as an earlier one."""
        return self._pictures.other_copies()

    def write(self, reports: Iterable[PhotoReport]) -> Iterator[PhotoReport]:
        """Yields each report once it is on disk, with ``duplicate_of`` if its bytes came before.

        With ``near_duplicate_of`` if an earlier photo shows the same picture.
        """
        with self._file.open("a", encoding="utf-8") as results:
            for report in reports:
                first = self._count(report.sha256, report.photo, report.status)
                if first != report.photo:
                    report = replace(report, duplicate_of=first)
                elif picture := self._pictures.add(report.as_json()):
                    report = replace(report, near_duplicate_of=picture)
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
    """A line of results (format ``shedlight/1``), the photo's group, and whether it counts.

    A photo does not count if an earlier one has the same bytes, or if copies count once.
    """

    record: Json
    key: GroupKey
    counts: bool

    @property
    def photo(self) -> str:
        """The photo's name."""
        return str(self.record["photo"])

    @cached_property
    def hairs(self) -> tuple[Hair, ...]:
        """The hairs with the labels of the model."""
        return tuple(map(hair_of, self.record["hairs"]))


def read_results(
    results: Path, groups: Groups, not_counted: Collection[str] = ()
) -> Iterator[PhotoResult]:
    """The lines of a results file, one by one; raises JsonLinesError and OSError.

    Duplicates and the photos ``not_counted`` do not count.
    """
    for record in read_lines(results):
        name = record["photo"]
        counts = "duplicate_of" not in record and name not in not_counted
        yield PhotoResult(record, groups.key_of(name), counts)
