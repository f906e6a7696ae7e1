"""Groups of photos: by folder, or by a CSV file with each photo's person and date."""

import posixpath
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from unicodedata import normalize

from data.errors import ErrorCode, ShedlightError
from data.images.photo import ReadLimits
from data.io.csv_table import MAX_TABLE_BYTES, PERSON_ALIASES, PHOTO_ALIASES, Table, read_table
from data.io.dates import date_in
from data.io.photo_names import PhotoNames, comparable_name
from serve.errors import CommandError
from serve.inputs.paths import AnyPath, bytes_at
from serve.inputs.zip_path import ZipPath

GROUPS_FILE = "groups.csv"
TOP_FOLDER = "(top folder)"
NO_PERSON = "(no person)"
_ALIASES = {
    "photo": PHOTO_ALIASES,
    "person": (*PERSON_ALIASES, "group", "name"),
    "date": (
        *("date_taken", "taken", "taken_at", "taken_on", "day", "datetime", "date_time", "time"),
        *("timestamp", "photo_date", "visit_date", "capture_date", "captured_at", "created"),
        *("datetimeoriginal", "date_time_original", "createdate", "create_date", "datum"),
        *("aufnahmedatum", "aufgenommen", "aufgenommen_am"),
    ),
}


@dataclass(frozen=True)
class GroupKey:
    """A group of photos, or its photos of one day; ``date`` as year-month-day, None if unknown."""

    group: str
    date: str | None = None


@dataclass(frozen=True)
class ListedPhoto:
    """A row of a list (the header is row 1): its photo, as written, and that photo's group."""

    row: int
    photo: str
    key: GroupKey


class FolderGroups:
    """Photos of one folder are a group."""

    tables: Sequence[AnyPath] = ()
    unmatched: Sequence[ListedPhoto] = ()

    def match(self, photos: Iterable[str]) -> None:
        """No photo needs to be known before."""

    def key_of(self, photo: str) -> GroupKey:
        """The group of the photo of that name."""
        return GroupKey(posixpath.dirname(photo) or TOP_FOLDER)


class ListedGroups:
    """Photos are grouped by the rows of a list.

    ``tables`` holds the file of the list, and ``unmatched`` the rows that no photo of the run
    matches.
    """

    def __init__(self, rows: Sequence[ListedPhoto], file: AnyPath, folder: str = "") -> None:
        """``folder``: that of the list, below the folder or zip given."""
        self.tables: Sequence[AnyPath] = (file,)
        self._rows, self._folder = rows, folder
        self._keys: dict[str, GroupKey] = {}
        self.unmatched: Sequence[ListedPhoto] = rows

    def match(self, photos: Iterable[str]) -> None:
        """Finds the photo of each row among the names of all ``photos`` of the run.

        A row with a longer or shorter path than the name counts if it alone fits that photo. Of
        rows that differ in the case of letters, the one written as the name does, else the first.
        """
        names = PhotoNames(photos)
        fitting = {
            row.row: name
            for row in self._rows
            if (name := names.find(row.photo, self._folder) or names.find(row.photo))
        }
        row_of: dict[str, int] = {}
        for row in self._rows:
            name = fitting.get(row.row)
            if name and (name not in row_of or comparable_name(row.photo) == comparable_name(name)):
                row_of[name] = row.row
        direct = {row: name for name, row in row_of.items()}
        similar = {
            row.row: name
            for row in self._rows
            if row.row not in fitting and (name := _with_longer_path(row.photo, names))
        }
        taken = Counter([*direct.values(), *similar.values()])
        found = direct | {row: name for row, name in similar.items() if taken[name] == 1}
        self._keys = {found[row.row]: row.key for row in self._rows if row.row in found}
        self.unmatched = tuple(row for row in self._rows if row.row not in found)

    def key_of(self, photo: str) -> GroupKey:
        """The group of the photo of that name; that of ``NO_PERSON`` if it is not listed."""
        return self._keys.get(photo, GroupKey(NO_PERSON))


Groups = FolderGroups | ListedGroups


def load_groups(given: Path | Groups | None, paths: Sequence[AnyPath]) -> Groups:
    """The groups of a file, else of a ``groups.csv`` in one of the folders, else by folder.

    In a zip that holds one folder, the list may lie in that folder. Raises CommandError for a file
    that cannot be read or understood.
    """
    if given is not None:
        return read_groups(given) if isinstance(given, Path) else given
    for path in paths:
        if file := _list_in(path):
            return read_groups(file)
        inside = path.only_folder() if isinstance(path, ZipPath) else None
        if inside and (file := _list_in(inside)):
            return read_groups(file, inside.member)
    return FolderGroups()


def _list_in(folder: AnyPath) -> AnyPath | None:
    """The list in a folder, its name in any case; in a remote store, where a listing costs, in
    lower case."""
    names = [GROUPS_FILE]
    with suppress(OSError):
        if isinstance(folder, Path) and folder.is_dir():
            names += sorted(path.name for path in folder.iterdir())
        elif isinstance(folder, ZipPath) and folder.is_dir():
            names += folder.list_names()[1]
    files = (folder / name for name in names if name.casefold() == GROUPS_FILE)
    return next((file for file in files if file.is_file()), None)


def read_groups(file: AnyPath, folder: str = "", name: str = "") -> ListedGroups:
    """The groups of a list, whose photos may be named relative to ``folder``.

    Raises CommandError, which calls the file ``name`` or else by its path.
    """
    return ListedGroups(tuple(_rows(file, name or str(file))), file, folder)


def _with_longer_path(path: str, names: PhotoNames) -> str | None:
    """The only name that ends as ``path`` does, with all folders of the shorter of the two."""
    parts = comparable_name(path).casefold().split("/")
    found: list[str] = []
    for name in names.with_last_part(path):
        others = comparable_name(name).casefold().split("/")
        shorter = min(len(parts), len(others))
        if parts[-shorter:] == others[-shorter:]:
            found.append(name)
    return found[0] if len(found) == 1 else None


def _rows(file: AnyPath, name: str) -> Iterator[ListedPhoto]:
    """Photos and their groups; the columns are ``photo``, ``person``, ``date`` (2026-01-31).

    A row that comes again counts once.
    """
    table, found = _table(file, name), dict[str, ListedPhoto]()
    for row in table.rows:
        photo, place = row["photo"], comparable_name(row["photo"])
        if not photo:
            raise _refusal(name, row.number, "No photo is named")
        try:
            time = date_in(row["date"])
        except ValueError as error:
            raise _refusal(name, row.number, str(error)) from error
        day = time.date().isoformat() if time else None
        listed = ListedPhoto(
            row.number, photo, GroupKey(normalize("NFC", row["person"]) or NO_PERSON, day)
        )
        if (other := found.setdefault(place, listed)).key != listed.key:
            message = f"The photo '{photo}' is in row {other.row} too. Delete one of the rows"
            raise _refusal(name, row.number, message)
        if other is listed:
            yield listed


def _table(file: AnyPath, name: str) -> Table:
    try:
        table = read_table(bytes_at(file, ReadLimits(max_bytes=MAX_TABLE_BYTES)), _ALIASES)
    except ShedlightError as error:
        if error.code is not ErrorCode.EMPTY_FILE:
            raise CommandError(f"{name} cannot be read: {error.message}") from error
        table = Table(frozenset(), (), ())
    if table.problems:
        number, message = table.problems[0]
        raise _refusal(name, number, message.removesuffix("."))
    if "photo" not in table.columns or not {"person", "date"} & table.columns:
        raise _refusal(name, 1, "The first row must name the columns photo, person, date")
    return table


def _refusal(file: str, row: int, message: str) -> CommandError:
    return CommandError(f"{file}, row {row}: {message}.")
