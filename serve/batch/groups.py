"""Which photos belong together: by folder, or by a file that names people and dates."""

import csv
import posixpath
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from serve.errors import CommandError
from serve.inputs.remote_files import AnyPath

GROUPS_FILE = "groups.csv"
TOP = "(top folder)"
NOBODY = "(not said)"


@dataclass(frozen=True)
class Place:
    """Where a photo belongs; ``date`` as year-month-day, None where nobody said."""

    group: str
    date: str | None = None


class FolderGroups:
    """Photos of one folder belong together."""

    unmet: Sequence[str] = ()

    def place_of(self, photo: str) -> Place:
        """The place of a photo of that name."""
        return Place(posixpath.dirname(photo) or TOP)


@dataclass
class ListedGroups:
    """Photos belong where a list says; ``unmet``: those listed of which no photo came."""

    places: Mapping[str, Place]
    _met: set[str] = field(default_factory=set)

    @property
    def unmet(self) -> Sequence[str]:
        """Names in the list that no photo had, in its order."""
        return [name for name in self.places if name not in self._met]

    def place_of(self, photo: str) -> Place:
        """The place of a photo of that name; nobody's where the list does not have it."""
        self._met.add(photo)
        return self.places.get(photo, Place(NOBODY))


Groups = FolderGroups | ListedGroups


def groups_of(file: Path | None, paths: Sequence[AnyPath]) -> Groups:
    """The groups of ``file``, else of a ``groups.csv`` in one of the folders, else by folder.

    Raises RefusedError for a file that cannot be understood, and OSError.
    """
    given = file or next((f for f in (path / GROUPS_FILE for path in paths) if f.is_file()), None)
    return FolderGroups() if given is None else ListedGroups(dict(_rows(given)))


def _rows(file: AnyPath) -> Iterator[tuple[str, Place]]:
    """Photos with their places; the columns are ``photo``, ``person``, ``date`` (2026-01-31)."""
    met: set[str] = set()
    with file.open(encoding="utf-8-sig", newline="") as text:
        rows = csv.DictReader(text)
        try:
            if "photo" not in (names := rows.fieldnames or ()) or not {"person", "date"} & {*names}:
                raise ValueError("the first line has to name the columns photo, person, date")
            for row in rows:
                name, place = (row["photo"] or "").strip(), _place(row)
                if not name or name in met:
                    raise ValueError(
                        f"the photo {name!r} stands here twice" if name else "no photo"
                    )
                met.add(name)
                yield name, place
        except (ValueError, csv.Error) as error:
            raise CommandError(f"{file}, line {rows.line_num}: {error}.") from error


def _place(row: Mapping[str, str | None]) -> Place:
    """Raises ValueError for a date that is none."""
    person, day = ((row.get(name) or "").strip() for name in ("person", "date"))
    return Place(person or NOBODY, date.fromisoformat(day).isoformat() if day else None)
