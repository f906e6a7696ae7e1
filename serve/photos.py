"""Which photos a batch holds, and how each is called."""

import logging
import os
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

_READ = (".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".webp", ".heic", ".heif")
_REFUSED = (".avif", ".bmp", ".gif", ".tif", ".tiff")
IMAGE_SUFFIXES = frozenset(_READ + _REFUSED)
"""Files of a folder with one of these are tried; kinds that are not read are then refused."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class NamedPhoto:
    """A file to score and its name in the results: its path relative to the folder given."""

    path: Path
    name: str


class PhotoWalk:
    """The photos among paths (files, and folders with all below them, sorted), one by one.

    A file that was given itself is always met, even a missing one; one that is met twice comes
    once. Hidden files are skipped, and so are the folders ``left_out``. Of each photo met, only
    the texts of its place and its name are kept.
    """

    def __init__(self, paths: Sequence[Path], left_out: Collection[Path] = ()) -> None:
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

    def _files(self, given: Path) -> Iterator[tuple[Path, str, str, bool]]:
        """Each file at or below a path: as found, where it truly is, its name, if it is tried."""
        if not given.is_dir():
            yield given, os.path.realpath(given), given.name, True
            return
        for folder, below, files in os.walk(given, onerror=_say_unreadable):
            place = os.path.realpath(folder)
            below[:] = sorted(name for name in below if not self._is_left_out(place, name))
            for file in (Path(folder, name) for name in sorted(files)):
                wanted = file.suffix.lower() in IMAGE_SUFFIXES and not file.name.startswith(".")
                yield file, _place(file, place), file.relative_to(given).as_posix(), wanted

    def _is_left_out(self, place: str, name: str) -> bool:
        return name.startswith(".") or os.path.realpath(f"{place}/{name}") in self._left_out

    def _free(self, name: str, given: Path) -> str:
        """The name, with the given path's folder before it, then a number, while it is taken."""
        fuller = name
        if name in self._names:
            place = Path(os.path.realpath(given))
            folder = (place if place.is_dir() else place.parent).name or "root"
            fuller, number = f"{folder}/{name}", 2
            while fuller in self._names:
                fuller, number = f"{folder} ({number})/{name}", number + 1
        self._names.add(fuller)
        return fuller


def _place(file: Path, folder: str) -> str:
    """Where a file truly is, in a folder that truly is at ``folder``: only links are looked up."""
    return os.path.realpath(file) if file.is_symlink() else f"{folder}/{file.name}"


def _say_unreadable(error: OSError) -> None:
    _log.warning("The folder %s cannot be read and is left out.", error.filename)
