"""Photo files given to a run: which there are, and the name of each in the results."""

import logging
import os
import unicodedata
from collections import deque
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import count
from pathlib import Path

from data.images.photo import ReadLimits
from data.images.sniff import IMAGE_SUFFIXES
from data.io.system_folders import is_system_folder
from serve.inputs.left_out import (
    OVERLAY_FOLDER,
    LeftOut,
    LeftOutFiles,
    is_own_folder,
    own_pictures,
    reason_by_name,
)
from serve.inputs.paths import AnyPath, bytes_at, place_of
from serve.inputs.remote_files import RemotePath
from serve.inputs.zip_path import ZipPath

MAX_NAME = 120
NAMELESS = "photo"

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class NamedPhoto:
    """A file to score and its name in the results: its path relative to the folder given."""

    path: AnyPath
    name: str

    def read(self, limits: ReadLimits) -> bytes:
        """The file's bytes; raises ShedlightError."""
        return bytes_at(self.path, limits)


@dataclass(frozen=True)
class _File:
    """A file found; ``place`` is its path without links, ``is_photo`` goes by its name.

    ``name`` is its path below the one given, in Unicode's composed form.
    """

    path: AnyPath
    place: str
    name: str
    is_photo: bool


class DistinctNames:
    """Names of photos, all different."""

    def __init__(self) -> None:
        self._taken: set[str] = set()

    def add(self, name: str, variants: Iterable[str]) -> str:
        """``name``, or the first of the ``variants`` if it is taken; taken from now on."""
        if name in self._taken:
            name = next(variant for variant in variants if variant not in self._taken)
        self._taken.add(name)
        return name


class PhotoWalk:
    """The photos in ``paths``, one by one: files, and folders with all below them, sorted.

    A file given itself always counts as a photo, even a missing one; each file comes once. Hidden
    files, the folders ``left_out``, our own pictures and folders of the system are skipped
    (serve/inputs/left_out.py). Linked folders come after the others, each once; a link to a folder
    that was searched, or to one that holds the link, is not followed. Only paths and names stay in
    memory.
    """

    def __init__(
        self,
        paths: Sequence[AnyPath],
        left_out: Collection[Path] = (),
        tables: Collection[AnyPath] = (),
    ) -> None:
        """``tables`` are files that the run reads; they do not count as skipped."""
        self.left_out = LeftOutFiles()
        self._paths = paths
        self._outputs = {os.path.realpath(folder) for folder in left_out}
        self._searched: set[str] = set()
        self._photos: set[str] = set()
        self._others: set[str] = set()
        self._tables = set(map(place_of, tables))
        self._names = DistinctNames()

    @property
    def skipped(self) -> int:
        """Number of other files met so far."""
        return len(self._others - self._photos - self._tables)

    def __iter__(self) -> Iterator[NamedPhoto]:
        for given in self._paths:
            for file in self._files(given):
                if not file.is_photo:
                    self._others.add(file.place)
                elif file.place not in self._photos:
                    self._photos.add(file.place)
                    name = self._names.add(file.name, _names_with_folder(given, file.name))
                    yield NamedPhoto(file.path, name)

    def _files(self, given: AnyPath) -> Iterator[_File]:
        """Each file at or below a path."""
        if not given.is_dir():
            yield _File(given, place_of(given), _composed(given.name), True)
        elif len(self._paths) > 1 and is_system_folder(given.name):  # a shell's * finds them, too
            self._leave_out(given, LeftOut.SYSTEM_FOLDERS)
        elif not isinstance(given, Path):
            yield from self._listed_files(given, "", given.name == OVERLAY_FOLDER)
        else:
            links: deque[Path] = deque()
            yield from self._local_files(given, given, links)
            while links:
                link = links.popleft()
                target = os.path.realpath(link)
                if target in self._searched or link.parent.resolve().is_relative_to(target):
                    self.left_out.links_left_out += 1
                elif reason := reason_by_name(Path(target).name):
                    self._leave_out(link, reason)
                else:
                    self.left_out.links_followed += 1
                    yield from self._local_files(link, given, links)

    def _local_files(self, top: Path, given: Path, links: deque[Path]) -> Iterator[_File]:
        """Each file below ``top``, a folder at or below ``given``; adds to the ``links`` met."""
        for folder, below, files in os.walk(top, onerror=_log_unreadable):
            place = os.path.realpath(folder)
            if place in self._searched:
                below.clear()
                continue
            self._searched.add(place)
            parts = (Path(place).name, given.name, *Path(folder).relative_to(given).parts)
            own = self._own_pictures(files, OVERLAY_FOLDER in parts)
            for path in (Path(folder, name) for name in sorted(files) if name not in own):
                target = os.path.realpath(path) if path.is_symlink() else f"{place}/{path.name}"
                name = _composed(path.relative_to(given).as_posix())
                yield _File(path, target, name, is_photo(path.name))
            below[:] = sorted(
                name
                for name in below
                if os.path.realpath(f"{place}/{name}") not in self._outputs
                and not self._is_left_out(Path(folder, name), files)
            )
            links += [Path(folder, name) for name in below if Path(folder, name).is_symlink()]

    def _listed_files(
        self, folder: RemotePath | ZipPath, prefix: str, in_overlays: bool
    ) -> Iterator[_File]:
        """Each file below a remote folder or in a zip, in the order of a local walk; folders named
        "..", which would lead up, count as hidden."""
        below, files = folder.list_names()
        own = self._own_pictures(files, in_overlays)
        for name in (name for name in files if name not in own):
            path = folder / name
            yield _File(path, path.address, _composed(f"{prefix}{name}"), is_photo(name))
        for name in filter(None, below):
            if not self._is_left_out(folder / name, files):
                inside = in_overlays or name == OVERLAY_FOLDER
                yield from self._listed_files(folder / name, f"{prefix}{name}/", inside)

    def _own_pictures(self, files: Sequence[str], in_overlays: bool) -> set[str]:
        own = own_pictures(files, in_overlays, is_photo)
        self.left_out.files[LeftOut.EARLIER_RESULTS] += len(own)
        return own

    def _is_left_out(self, folder: AnyPath, beside: Sequence[str]) -> bool:
        """Whether a folder with the files ``beside`` it is left out; counts its files if so."""
        reason = reason_by_name(folder.name)
        if is_own_folder(folder.name, beside):
            reason = LeftOut.EARLIER_RESULTS
        if reason:
            self._leave_out(folder, reason)
        return reason is not None

    def _leave_out(self, folder: AnyPath, reason: LeftOut) -> None:
        """Counts the files in a folder. One in a remote store counts as one: a listing costs."""
        self.left_out.files[reason] += _file_count(folder)


def _file_count(folder: AnyPath) -> int:
    if isinstance(folder, RemotePath):
        return 1
    if isinstance(folder, ZipPath):
        below, files = folder.list_names()
        return len(files) + sum(_file_count(folder / name) for name in below)
    return sum(len(files) for _, _, files in os.walk(folder))


def photo_name(sent: str | None) -> str:
    """The base name of an upload, without path, control or direction characters."""
    base = (sent or "").replace("\\", "/").rpartition("/")[2]
    shown = "".join(c for c in unicodedata.normalize("NFC", base) if c.isprintable())
    name = shown.strip(" .")[-MAX_NAME:]
    return name or NAMELESS


def distinct(names: Iterable[str]) -> list[str]:
    """The names with a number added to each repeated one: phones reuse names."""
    taken = DistinctNames()
    return [taken.add(name, _numbered(name)) for name in names]


def _numbered(name: str) -> Iterator[str]:
    """``a (2).jpg``, ``a (3).jpg`` and so on."""
    stem, dot, suffix = name.rpartition(".") if "." in name else (name, "", "")
    return (f"{stem} ({number}){dot}{suffix}" for number in count(2))


def _names_with_folder(given: AnyPath, name: str) -> Iterator[str]:
    """The name below that of the path given: ``two/a.jpg``, ``two (2)/a.jpg`` and so on."""
    folder = _composed(_folder_name(given))
    yield f"{folder}/{name}"
    yield from (f"{folder} ({number})/{name}" for number in count(2))


@lru_cache(maxsize=1)  # a remote store may be slow
def _folder_name(given: AnyPath) -> str:
    """The name of a folder given, or of the folder of a file given."""
    place = Path(os.path.realpath(given)) if isinstance(given, Path) else given
    return (place if place.is_dir() else place.parent).name or "root"


def _composed(name: str) -> str:
    """The form in which names are compared: macOS and some programs decompose accents."""
    return unicodedata.normalize("NFC", name)


def is_photo(file: str) -> bool:
    """Whether a file of this name in a folder is taken for a photo."""
    return Path(file).suffix.lower() in IMAGE_SUFFIXES and not file.startswith(".")


def _log_unreadable(error: OSError) -> None:
    _log.warning("Skipped the folder %s: it cannot be read.", error.filename)
