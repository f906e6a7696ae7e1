"""Which photos a batch holds, and how each is called."""

import logging
import os
import unicodedata
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from data.images.limits import ReadLimits
from serve.inputs.remote_files import AnyPath, RemotePath, bytes_at

_READ = (".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".webp", ".heic", ".heif")
_REFUSED = (".avif", ".bmp", ".gif", ".tif", ".tiff")
MAX_NAME = 120
NAMELESS = "photo"
IMAGE_SUFFIXES = frozenset(_READ + _REFUSED)
"""Files of a folder with one of these are tried; kinds that are not read are then refused."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class NamedPhoto:
    """A file to score and its name in the results: its path relative to the folder given."""

    path: AnyPath
    name: str

    def read(self, limits: ReadLimits) -> bytes:
        """The file's bytes; raises ShedlightError."""
        return bytes_at(self.path, limits)


_Met = tuple[AnyPath, str, str, bool]
"""A file: as found, where it truly is, its name, and whether it is tried."""


class PhotoWalk:
    """The photos among paths (files, and folders with all below them, sorted), one by one.

    A file that was given itself is always met, even a missing one; one that is met twice comes
    once. Hidden files are skipped, and so are the folders ``left_out``. Of each photo met, only
    the texts of its place and its name are kept.
    """

    def __init__(self, paths: Sequence[AnyPath], left_out: Collection[Path] = ()) -> None:
        self._paths = paths
        self._left_out = {os.path.realpath(folder) for folder in left_out}
        self._places: set[str] = set()
        self._names: set[str] = set()
        self._passed_over: set[str] = set()

    @property
    def skipped(self) -> int:
        """How many other files the folders hold, as far as they were walked."""
        return len(self._passed_over - self._places)

    def __iter__(self) -> Iterator[NamedPhoto]:
        for given in self._paths:
            for file, place, name, wanted in self._files(given):
                if not wanted:
                    self._passed_over.add(place)
                elif place not in self._places:
                    self._places.add(place)
                    yield NamedPhoto(file, self._free(name, given))

    def _files(self, given: AnyPath) -> Iterator[_Met]:
        """Each file at or below a path."""
        if isinstance(given, RemotePath):
            yield from _remote_files(given)
            return
        if not given.is_dir():
            yield given, os.path.realpath(given), given.name, True
            return
        for folder, below, files in os.walk(given, onerror=_say_unreadable):
            place = os.path.realpath(folder)
            below[:] = sorted(name for name in below if not self._is_left_out(place, name))
            for file in (Path(folder, name) for name in sorted(files)):
                name = file.relative_to(given).as_posix()
                yield file, _place(file, place), name, _is_wanted(file.name)

    def _is_left_out(self, place: str, name: str) -> bool:
        return name.startswith(".") or os.path.realpath(f"{place}/{name}") in self._left_out

    def _free(self, name: str, given: AnyPath) -> str:
        """The name, with the given path's folder before it, then a number, while it is taken."""
        fuller = name
        if name in self._names:
            folder = _folder_name(given)
            fuller, number = f"{folder}/{name}", 2
            while fuller in self._names:
                fuller, number = f"{folder} ({number})/{name}", number + 1
        self._names.add(fuller)
        return fuller


def _remote_files(given: RemotePath) -> Iterator[_Met]:
    """Each file at or below an address, in the order in which a folder here is walked."""
    if given.is_dir():
        yield from _files_below(given, "")
    else:
        yield given, given.address, given.name, True


def _files_below(folder: RemotePath, name: str) -> Iterator[_Met]:
    """Hidden folders are left out, and with them those that are called as the way up is."""
    below, files = folder.listed()
    for each in files:
        file = folder / each
        yield file, file.address, f"{name}{each}", _is_wanted(each)
    for each in below:
        if each and not each.startswith("."):
            yield from _files_below(folder / each, f"{name}{each}/")


def _is_wanted(file: str) -> bool:
    return Path(file).suffix.lower() in IMAGE_SUFFIXES and not file.startswith(".")


@lru_cache(maxsize=1)  # a store may be far away
def _folder_name(given: AnyPath) -> str:
    """The name of a folder given, or of that in which a file given lies."""
    place = given if isinstance(given, RemotePath) else Path(os.path.realpath(given))
    return (place if place.is_dir() else place.parent).name or "root"


def _place(file: Path, folder: str) -> str:
    """Where a file truly is, in a folder that truly is at ``folder``: only links are looked up."""
    return os.path.realpath(file) if file.is_symlink() else f"{folder}/{file.name}"


def _say_unreadable(error: OSError) -> None:
    _log.warning("The folder %s cannot be read and is left out.", error.filename)


def photo_name(sent: str | None) -> str:
    """The base name of an upload, without path, control or direction characters."""
    base = (sent or "").replace("\\", "/").rpartition("/")[2]
    shown = "".join(c for c in unicodedata.normalize("NFC", base) if c.isprintable())
    name = shown.strip(" .")[-MAX_NAME:]
    return name or NAMELESS


def distinct(names: list[str]) -> list[str]:
    """The names, told apart by a number where one comes again (phones call them all alike)."""
    taken: set[str] = set()
    result = []
    for name in names:
        stem, dot, suffix = name.rpartition(".") if "." in name else (name, "", "")
        fresh, number = name, 1
        while fresh in taken:
            number += 1
            fresh = f"{stem} ({number}){dot}{suffix}"
        taken.add(fresh)
        result.append(fresh)
    return result
