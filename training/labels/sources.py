"""Where labels are stored: a folder, a zip or a table with its photos, which is only read."""

import os
import posixpath
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

from data.errors import ErrorCode, ShedlightError
from data.images.photo import ReadLimits
from data.images.read import read_bytes
from data.io.system_folders import is_system_folder
from data.io.zip_paths import is_folder, member_path
from training.labels.issues import Issue, Location

MAX_FILES, MAX_UNPACKED_BYTES = 100_000, 50_000_000_000
"""Limits of a folder or zip, and of a zip once unpacked. Our assumptions."""
_ANNOTATION_SUFFIXES = (".json", ".xml")
_ANNOTATION_FOLDERS = frozenset({"annotations", "labels"})
_BROKEN_ZIP = (zipfile.BadZipFile, NotImplementedError, OSError, EOFError, ValueError)
"""What opening a file that is not a complete zip raises."""


class SourceError(Exception):
    """A folder or zip cannot be read; the message is one or two sentences."""


class LabelSource(Protocol):
    """Files by name: relative paths with ``/``, sorted, without hidden and system files."""

    @property
    def path(self) -> Path:
        """The folder or zip; the folder of a table."""

    @property
    def names(self) -> tuple[str, ...]:
        """The files that may be read."""

    @property
    def problems(self) -> tuple[Issue, ...]:
        """The files that are left out, and why."""

    def read(self, name: str, limits: ReadLimits) -> bytes:
        """The bytes of one of ``names``; raises ShedlightError."""

    def close(self) -> None:
        """Closes open files."""


def open_source(path: Path) -> LabelSource:
    """The folder, zip or table at ``path``. Raises SourceError if it is none, or too large."""
    if path.is_dir():
        return FolderFiles(path)
    if not path.exists():
        raise SourceError("There is no such file or folder.")
    if is_table(path.name) or path.suffix.lower() in _ANNOTATION_SUFFIXES:
        return LabelFile(path)
    return ZipFiles(path)


def is_table(name: str) -> bool:
    """Whether a file is a CSV table, by its suffix."""
    return name.lower().endswith((".csv", ".tsv"))


def near_top(source: LabelSource) -> Iterator[str]:
    """The files in the deepest folder that holds all files, or in a folder directly below it."""
    top = posixpath.commonpath([posixpath.dirname(name) for name in source.names] or [""])
    for name in source.names:
        if name.removeprefix(f"{top}/").count("/") <= 1:
            yield name


def location_in(source: LabelSource, name: str, row: int | None = None) -> Location:
    """A location in a file of ``source``."""
    return Location(str(source.path / name), row)


class FolderFiles:
    """The files of a folder and of all folders below it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        problems: list[Issue] = []
        found: list[str] = []
        for name in self._walk(problems):
            found.append(name)
            _check_count(len(found))
        self.names = tuple(sorted(found))
        self.problems = tuple(problems)

    def read(self, name: str, limits: ReadLimits) -> bytes:
        """See ``LabelSource``."""
        return read_bytes(self.path / name, limits)

    def close(self) -> None:
        """Nothing is open."""

    def _walk(self, problems: list[Issue]) -> Iterator[str]:
        def report(error: OSError) -> None:
            problems.append(Issue(Location(str(error.filename)), "The folder cannot be read."))

        for folder, below, files in os.walk(self.path, onerror=report):
            below[:] = sorted(name for name in below if not _is_hidden(name))
            for link in (Path(folder, name) for name in below if Path(folder, name).is_symlink()):
                message = "This linked folder is not searched. Give it as a further folder."
                problems.append(Issue(Location(str(link)), message))
            for file in (Path(folder, name) for name in files if not _is_hidden(name)):
                yield file.relative_to(self.path).as_posix()


class LabelFile(FolderFiles):
    """A table, JSON or XML file given by itself, and the files beside it and below, without other
    files of these kinds.

    A file in ``annotations`` or ``labels`` with a folder ``images`` beside that folder has its
    pictures there, as COCO's tools lay them.
    """

    def __init__(self, path: Path) -> None:
        above = path.absolute().parent.parent
        is_apart = path.absolute().parent.name.casefold() in _ANNOTATION_FOLDERS
        super().__init__(above if is_apart and (above / "images").is_dir() else path.parent)
        self.is_table = is_table(path.name)
        suffixes = (".csv", ".tsv", *_ANNOTATION_SUFFIXES)
        others = (name for name in self.names if not name.lower().endswith(suffixes))
        own = path.absolute().relative_to(self.path.absolute()).as_posix()
        self.names = tuple(sorted({own, *others}))


class ZipFiles:
    """The files of a zip, read from the zip: none is unpacked to the disk."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self._zip = zipfile.ZipFile(path)
        except _BROKEN_ZIP as error:
            raise SourceError(
                "This is neither a folder, a complete zip file nor a CSV, JSON or XML file."
            ) from error
        files = [each for each in self._zip.infolist() if not is_folder(each)]
        _check_count(len(files))
        if sum(each.file_size for each in files) > MAX_UNPACKED_BYTES:
            raise SourceError("The zip is too large. Unpack it and give a part of it.")
        self._members: dict[str, zipfile.ZipInfo] = {}
        problems: list[Issue] = []
        for each in files:
            name = member_path(each)
            if name is None:
                message = "The path leads out of the zip. The file is left out."
                problems.append(Issue(location_in(self, each.filename), message))
            elif name in self._members:
                message = "Another file has the same path. This file is left out."
                problems.append(Issue(location_in(self, name), message))
            elif not any(map(_is_hidden, name.split("/"))):
                self._members[name] = each
        self.problems = tuple(sorted(problems, key=lambda issue: issue.where.file))
        self.names = tuple(sorted(self._members))

    def read(self, name: str, limits: ReadLimits) -> bytes:
        """See ``LabelSource``. ``zipfile`` unpacks no more of a member than its stated size."""
        limits.check_bytes(self._members[name].file_size)
        try:
            with self._zip.open(self._members[name]) as file:
                return file.read()
        except Exception as error:  # each compression method raises different errors
            raise ShedlightError(ErrorCode.UNREADABLE_FILE) from error

    def close(self) -> None:
        """Closes the zip."""
        self._zip.close()


def _check_count(files: int) -> None:
    if files > MAX_FILES:
        raise SourceError(f"There are more than {MAX_FILES:,} files. Give a part of them.")


def _is_hidden(name: str) -> bool:
    return name.startswith(".") or is_system_folder(name)
