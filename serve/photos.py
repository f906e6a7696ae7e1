"""Which photos a batch holds, and how each is called."""

import logging
import os
from collections.abc import Iterator, Sequence
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


@dataclass(frozen=True)
class PhotoList:
    """All photos of a batch in order, and how many other files of its folders were skipped."""

    photos: tuple[NamedPhoto, ...]
    skipped: int


def list_photos(paths: Sequence[Path], overlays: Path | None = None) -> PhotoList:
    """The photos among ``paths`` (files, and folders with all below them, sorted).

    A file that was given itself is always listed, even a missing one; one that is met twice is
    listed once. Hidden files are skipped, and so is the folder ``overlays`` of an earlier run.
    """
    photos: dict[str, NamedPhoto] = {}
    taken: set[str] = set()
    skipped: set[str] = set()
    for given in paths:
        for file, name, wanted in _files(given, overlays):
            place = os.path.realpath(file)
            if not wanted:
                skipped.add(place)
            elif place not in photos:
                photos[place] = NamedPhoto(file, _free(name, given, taken))
                taken.add(photos[place].name)
    return PhotoList(tuple(photos.values()), len(skipped - photos.keys()))


def _files(given: Path, overlays: Path | None) -> Iterator[tuple[Path, str, bool]]:
    """Each file at or below a path, its name, and whether it is to be tried."""
    if not given.is_dir():
        yield given, given.name, True
        return
    for folder, below, files in os.walk(given, onerror=_say_unreadable):
        below[:] = sorted(name for name in below if not _is_left_out(Path(folder, name), overlays))
        for file in (Path(folder, name) for name in sorted(files)):
            wanted = file.suffix.lower() in IMAGE_SUFFIXES and not file.name.startswith(".")
            yield file, file.relative_to(given).as_posix(), wanted


def _is_left_out(folder: Path, overlays: Path | None) -> bool:
    return folder.name.startswith(".") or Path(os.path.realpath(folder)) == overlays


def _say_unreadable(error: OSError) -> None:
    _log.warning("The folder %s cannot be read and is left out.", error.filename)


def _free(name: str, given: Path, taken: set[str]) -> str:
    """The name, with the given path's folder before it, then a number, while it is taken."""
    if name not in taken:
        return name
    place = Path(os.path.realpath(given))
    folder = (place if place.is_dir() else place.parent).name or "root"
    fuller, number = f"{folder}/{name}", 2
    while fuller in taken:
        fuller, number = f"{folder} ({number})/{name}", number + 1
    return fuller
