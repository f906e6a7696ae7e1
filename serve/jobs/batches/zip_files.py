"""A zip from a stranger: its photos unpacked under our own names, the rest refused or skipped.

Nothing that the zip says of itself is believed: bytes are counted while they are unpacked, paths
are labels and no places on the disk, and its table of contents is bounded before it is read.

How much a batch may hold.
"""

import stat
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from secrets import token_hex
from typing import BinaryIO, cast

from data.errors import ErrorCode, ShedlightError
from data.images.limits import ReadLimits
from serve.error_codes import ServerError, ServerErrorCode
from serve.inputs.photo_files import IMAGE_SUFFIXES, photo_name

OTHERS_PER_PHOTO = 10
"""For each photo that a batch may have, so many other files may lie in its zips: to pass over
millions takes time and memory, too. Our assumption."""
MB = 1_000_000


class UnpackQuota:
    """What is left of the photos, and of the unpacked bytes, that a batch may have."""

    def __init__(self, photos: int, unpacked_bytes: int) -> None:
        self._photos, self._bytes = photos, unpacked_bytes
        self._others = photos * OTHERS_PER_PHOTO
        self._most_photos, self._most_bytes = photos, unpacked_bytes

    def take_photo(self) -> None:
        """Takes the place of one; raises TOO_MANY_FILES."""
        self._photos -= 1
        if self._photos < 0:
            raise self._too_many()

    def take_other(self) -> None:
        """Takes the place of a file that is passed over; raises TOO_MANY_FILES."""
        self._others -= 1
        if self._others < 0:
            raise self._too_many()

    def take_bytes(self, count: int) -> None:
        """Takes the place of some; raises TOO_MUCH_IN_ZIP."""
        self._bytes -= count
        if self._bytes < 0:
            raise self.too_much()

    def too_much(self) -> ShedlightError:
        """The error of a zip that unpacks to more than it may."""
        limit_mb = self._most_bytes / MB
        return ServerError(ServerErrorCode.TOO_MUCH_IN_ZIP, field="files", limit_mb=limit_mb)

    def _too_many(self) -> ShedlightError:
        return ServerError(ServerErrorCode.TOO_MANY_FILES, field="files", limit=self._most_photos)


MOST_CONTENTS_BYTES = 4_000_000
"""Bytes of a table of contents: each entry takes 46 and its name, and some 500 in memory."""
MOST_RATIO, FREE_BYTES = 50, 1_000_000
"""A zip may unpack to so many times its bytes, and so many beside: photos are packed already and
shrink by a few per cent. Our assumption; plain drawn ones shrink more."""
_MOST_FOLDERS, _CHUNK = 16, 1 << 16
_STARTS = (b"PK\x03\x04", b"PK\x05\x06")
_READ_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
"""Others may ask for gigabytes of memory before the first byte comes out."""
_LEADS_OUT = "its path leads out of the zip"


@dataclass(frozen=True)
class Entry:
    """A file by its label: where it lies, or why it is refused; neither for what is skipped."""

    name: str
    path: Path | None = None
    error: ShedlightError | None = None

    @property
    def skipped(self) -> bool:
        """Whether it is no picture, and nobody need be told."""
        return self.path is None and self.error is None


def is_zip(path: Path, name: str) -> bool:
    """Whether a file is meant to be a zip, by its first bytes or its name."""
    with path.open("rb") as file:
        return file.read(4) in _STARTS or name.lower().endswith(".zip")


def unpacked(
    path: Path, name: str, folder: Path, room: UnpackQuota, limits: ReadLimits
) -> Iterator[Entry]:
    """What a zip called ``name`` holds, in the order of a folder that is walked; photos lie in
    ``folder``. A zip that cannot be opened is an entry itself.

    Raises ShedlightError (TOO_MANY_FILES, TOO_MUCH_IN_ZIP) where no part of it may be read.
    """
    with path.open("rb") as file:
        try:
            archive = zipfile.ZipFile(cast(BinaryIO, _BoundedFile(file, room)))
        except ShedlightError:
            raise
        except Exception:  # zipfile raises whatever it trips over
            room.take_photo()
            yield Entry(name, error=ServerError(ServerErrorCode.DAMAGED_ZIP, field="files"))
            return
        unpacking = _Unpacking(archive, path.stat().st_size, folder, room, limits)
        for info in sorted(archive.infolist(), key=lambda info: _place(info.filename)):
            if not info.is_dir():
                yield unpacking.entry(info)


class _BoundedFile:
    """A file of which the table of contents cannot be read when it is too large.

    ``zipfile`` reads the table in one go, of the size that the zip claims, and makes an object of
    each entry: a zip of 100 MB could so take a gigabyte of memory.
    """

    def __init__(self, file: BinaryIO, room: UnpackQuota) -> None:
        self.seek, self.tell, self.seekable = file.seek, file.tell, file.seekable
        self._file, self._room = file, room

    def read(self, size: int = -1) -> bytes:
        """As of a file; raises TOO_MUCH_IN_ZIP."""
        if size > MOST_CONTENTS_BYTES:
            raise self._room.too_much()
        return self._file.read(size)


class _Unpacking:
    """One zip on its way into a folder."""

    def __init__(
        self,
        archive: zipfile.ZipFile,
        size: int,
        folder: Path,
        room: UnpackQuota,
        limits: ReadLimits,
    ) -> None:
        self._archive, self._folder = archive, folder
        self._room, self._limits = room, limits
        self._left = size * MOST_RATIO + FREE_BYTES
        self._met: set[str] = set()

    def entry(self, info: zipfile.ZipInfo) -> Entry:
        """One file of the zip."""
        name = _label(info.filename)
        if (why := self._why_refused(info)) is not None:
            self._room.take_photo()
            return Entry(name, error=ServerError(ServerErrorCode.REFUSED_IN_ZIP, why=why))
        if _is_skipped(info.filename):
            self._room.take_other()
            return Entry(name)
        self._room.take_photo()
        self._met.add(info.filename)
        try:
            return Entry(name, self._unpack(info))
        except ShedlightError as error:
            if error.code is not ErrorCode.FILE_TOO_LARGE:
                raise
            return Entry(name, error=error)
        except OSError:  # the disk is full
            raise
        except Exception:  # every way of packing raises errors of its own
            return Entry(name, error=ServerError(ServerErrorCode.DAMAGED_ZIP))

    def _why_refused(self, info: zipfile.ZipInfo) -> str | None:
        """Paths first: who tries to lead out is told of whatever the file is called."""
        if _leads_out(info.filename):
            return _LEADS_OUT
        if stat.S_IFMT(info.external_attr >> 16) not in (0, stat.S_IFREG):
            return "it is a link or no file at all"
        if info.filename.lower().endswith(".zip"):
            return "it is a zip itself"
        if _is_skipped(info.filename):
            return None
        if info.flag_bits & 1:
            return "it is locked with a password"
        if info.compress_type not in _READ_METHODS:
            return "it is packed in an unusual way"
        return "another file has the same path" if info.filename in self._met else None

    def _unpack(self, info: zipfile.ZipInfo) -> Path:
        """Raises FILE_TOO_LARGE and TOO_MUCH_IN_ZIP as soon as there is too much."""
        path, size = self._folder / token_hex(8), 0
        with path.open("xb") as photo, self._archive.open(info) as packed:
            while piece := packed.read(_CHUNK):
                size += len(piece)
                self._count(len(piece))
                if size > self._limits.max_bytes:
                    photo.truncate(0)
                    self._limits.check_bytes(size)
                photo.write(piece)
        return path

    def _count(self, count: int) -> None:
        self._room.take_bytes(count)
        self._left -= count
        if self._left < 0:
            raise self._room.too_much()


def _place(name: str) -> list[tuple[bool, str]]:
    """Sorts as a walk through folders: the files of each before the folders in it."""
    parts = name.split("/")
    return [(number < len(parts), part) for number, part in enumerate(parts, 1)]


def _label(name: str) -> str:
    """What an entry is called: its path, without what leads out or cannot be shown."""
    parts = [part for part in name.replace("\\", "/").split("/") if part.strip(" .")]
    return "/".join(map(photo_name, parts[-_MOST_FOLDERS:])) or photo_name(None)


def _leads_out(name: str) -> bool:
    parts = name.split("/")
    return "\\" in name or ":" in parts[0] or not parts[0] or not {".", ".."}.isdisjoint(parts)


def _is_skipped(name: str) -> bool:
    """As of a folder on the disk: what is hidden, or no picture by its name."""
    path = PurePosixPath(name)
    hidden = any(part.startswith(".") for part in path.parts)
    return hidden or path.suffix.lower() not in IMAGE_SUFFIXES
