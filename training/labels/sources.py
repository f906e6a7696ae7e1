"""Where labels lie: a folder or a zip, which is only ever read."""

import os
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

from data.errors import ErrorCode, ShedlightError
from data.images.limits import ReadLimits
from data.images.read import read_bytes
from training.labels.issues import Issue, Location

MOST_FILES, MOST_UNPACKED_BYTES = 100_000, 50_000_000_000
"""More files in one folder or zip, or more bytes in a zip once unpacked, are refused. Our
assumptions."""
_BROKEN = (zipfile.BadZipFile, NotImplementedError, OSError, EOFError, ValueError)
"""What opening a file that is no whole zip raises."""


class SourceError(Exception):
    """A folder or zip cannot be read at all; the message is one sentence."""


class Source(Protocol):
    """Files by their names: relative paths with ``/``, sorted, hidden ones left out."""

    @property
    def path(self) -> Path:
        """The folder or zip itself."""

    @property
    def names(self) -> tuple[str, ...]:
        """Of all files that may be read."""

    @property
    def problems(self) -> tuple[Issue, ...]:
        """What was left out, and why."""

    def read(self, name: str, limits: ReadLimits) -> bytes:
        """The bytes of one of ``names``; raises ShedlightError."""

    def close(self) -> None:
        """Gives back what is open."""


def open_source(path: Path) -> Source:
    """The folder or zip at ``path``. Raises SourceError when it is neither, or holds too much."""
    if path.is_dir():
        return FolderFiles(path)
    if not path.exists():
        raise SourceError("There is nothing of this name.")
    return ZipFiles(path)


def where_in(source: Source, name: str, row: int | None = None) -> Location:
    """A place in a file of ``source``."""
    return Location(str(source.path / name), row)


class FolderFiles:
    """The files of a folder and of all folders below it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        unread: list[Issue] = []
        found: list[str] = []
        for name in self._walk(unread):
            found.append(name)
            _check_count(len(found))
        self.names = tuple(sorted(found))
        self.problems = tuple(unread)

    def read(self, name: str, limits: ReadLimits) -> bytes:
        """See ``Source``."""
        return read_bytes(self.path / name, limits)

    def close(self) -> None:
        """Nothing is open."""

    def _walk(self, unread: list[Issue]) -> Iterator[str]:
        def tell(error: OSError) -> None:
            unread.append(Issue(Location(str(error.filename)), "The folder cannot be read."))

        for folder, below, files in os.walk(self.path, onerror=tell):
            below[:] = sorted(name for name in below if not _is_hidden(name))
            for file in (Path(folder, name) for name in files if not _is_hidden(name)):
                yield file.relative_to(self.path).as_posix()


class ZipFiles:
    """The files of a zip, read where they are: none is ever unpacked to the disk."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self._zip = zipfile.ZipFile(path)
        except _BROKEN as error:
            raise SourceError("This is neither a folder nor a whole zip file.") from error
        members = {each.filename for each in self._zip.infolist() if not each.is_dir()}
        _check_count(len(members))
        if sum(each.file_size for each in self._zip.infolist()) > MOST_UNPACKED_BYTES:
            raise SourceError("There is too much in the zip; unpack it, and give a part of it.")
        out = {name for name in members if _leads_out(name)}
        sentence = "The path leads out of the zip; the file is left out."
        self.problems = tuple(Issue(where_in(self, name), sentence) for name in sorted(out))
        shown = (name for name in members - out if not any(map(_is_hidden, name.split("/"))))
        self.names = tuple(sorted(shown))

    def read(self, name: str, limits: ReadLimits) -> bytes:
        """See ``Source``. ``zipfile`` never unpacks more of a member than it claims to hold."""
        limits.check_bytes(self._zip.getinfo(name).file_size)
        try:
            with self._zip.open(name) as file:
                return file.read()
        except Exception as error:  # every way of packing raises errors of its own
            raise ShedlightError(ErrorCode.UNREADABLE_FILE) from error

    def close(self) -> None:
        """Closes the zip."""
        self._zip.close()


def _check_count(files: int) -> None:
    if files > MOST_FILES:
        raise SourceError(f"There are more than {MOST_FILES:,} files in it; give a part of them.")


def _is_hidden(name: str) -> bool:
    return name.startswith(".") or name == "__MACOSX"


def _leads_out(name: str) -> bool:
    parts = name.replace("\\", "/").split("/")
    return parts[0] == "" or ":" in parts[0] or ".." in parts
