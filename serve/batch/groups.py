"""Groups of photos: by folder, or by a CSV file with each photo's person and date."""

import csv
import posixpath
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from serve.errors import CommandError
from serve.inputs.remote_files import AnyPath

GROUPS_FILE = "groups.csv"
TOP_FOLDER = "(top folder)"
NO_PERSON = "(no person)"


@dataclass(frozen=True)
class GroupKey:
    """A group of photos, or its photos of one day; ``date`` as year-month-day, None if unknown."""

    group: str
    date: str | None = None


class FolderGroups:
    """Photos of one folder are a group."""

    missing: Sequence[str] = ()

    def key_of(self, photo: str) -> GroupKey:
        """The group of the photo of that name."""
        return GroupKey(posixpath.dirname(photo) or TOP_FOLDER)


@dataclass
class ListedGroups:
    """Photos are grouped by a list of names."""

    keys: Mapping[str, GroupKey]
    _found: set[str] = field(default_factory=set)

    @property
    def missing(self) -> Sequence[str]:
        """Listed names that no photo has had so far, in the order of the list."""
        return [name for name in self.keys if name not in self._found]

    def key_of(self, photo: str) -> GroupKey:
        """The group of the photo of that name; that of ``NO_PERSON`` if it is not listed."""
        self._found.add(photo)
        return self.keys.get(photo, GroupKey(NO_PERSON))


Groups = FolderGroups | ListedGroups


def load_groups(file: Path | None, paths: Sequence[AnyPath]) -> Groups:
    """The groups of ``file``, else of a ``groups.csv`` in one of the folders, else by folder.

    Raises CommandError for a file that cannot be understood, and OSError.
    """
    given = file or next((f for f in (path / GROUPS_FILE for path in paths) if f.is_file()), None)
    return FolderGroups() if given is None else ListedGroups(dict(_rows(given)))


def _rows(file: AnyPath) -> Iterator[tuple[str, GroupKey]]:
    """Photos and their groups; the columns are ``photo``, ``person``, ``date`` (2026-01-31)."""
    found: set[str] = set()
    with file.open(encoding="utf-8-sig", newline="") as text:
        rows = csv.DictReader(text)
        try:
            if "photo" not in (names := rows.fieldnames or ()) or not {"person", "date"} & {*names}:
                raise ValueError("the first line must name the columns photo, person, date")
            for row in rows:
                photo, person, day = (
                    (row.get(column) or "").strip() for column in ("photo", "person", "date")
                )
                if not photo or photo in found:
                    raise ValueError(
                        f"the photo {photo!r} is listed twice" if photo else "no photo"
                    )
                found.add(photo)
                iso_date = date.fromisoformat(day).isoformat() if day else None
                yield photo, GroupKey(person or NO_PERSON, iso_date)
        except (ValueError, csv.Error) as error:
            raise CommandError(f"{file}, line {rows.line_num}: {error}.") from error
