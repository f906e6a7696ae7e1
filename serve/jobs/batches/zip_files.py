"""Unpacks the photos of an untrusted zip under names of the server's choice.

Nothing that the zip states about itself is trusted: bytes are counted while they are unpacked,
paths are labels and not places on the disk, and the size of the central directory is limited before
it is read.
"""

import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from secrets import token_hex
from typing import BinaryIO, cast

from data.errors import ErrorCode, ShedlightError
from data.images.photo import ReadLimits
from data.images.sniff import IMAGE_SUFFIXES
from data.io.system_folders import is_system_folder
from data.io.zip_paths import is_folder, member_path
from serve.batch.groups import GROUPS_FILE
from serve.error_codes import ServerError, ServerErrorCode
from serve.inputs.left_out import left_out_members
from serve.inputs.photo_files import is_photo, photo_name
from serve.inputs.zip_members import EntryProblem, is_regular, problem_of_content

OTHERS_PER_PHOTO = 10
"""Files other than photos that the zips may hold per photo allowed in a batch: skipping millions
takes time and memory, too. Our assumption."""
MAX_DIRECTORY_BYTES = 4_000_000
"""Bytes of a central directory: an entry takes 46 and its name, and about 500 in memory."""
MAX_RATIO, FREE_BYTES = 50, 1_000_000
"""A zip may unpack to MAX_RATIO times its bytes plus FREE_BYTES. Photos are compressed already and
shrink by a few per cent. Our assumption; plain drawings shrink more."""
MB = 1_000_000
_MAX_LABEL_PARTS, _CHUNK_BYTES = 16, 1 << 16


class UnpackQuota:
    """The photos and unpacked bytes that a batch may still have."""

    def __init__(self, photos: int, unpacked_bytes: int) -> None:
        self._max_photos, self._max_bytes = photos, unpacked_bytes
        self._photos, self._bytes = photos, unpacked_bytes
        self._others = photos * OTHERS_PER_PHOTO

    def take_photo(self) -> None:
        """Counts a photo; raises TOO_MANY_FILES."""
        self._photos -= 1
        if self._photos < 0:
            raise self._too_many()

    def take_other(self) -> None:
        """Counts a file that is skipped; raises TOO_MANY_FILES."""
        self._others -= 1
        if self._others < 0:
            raise self._too_many()

    def take_bytes(self, count: int) -> None:
        """Counts unpacked bytes; raises TOO_MUCH_IN_ZIP."""
        self._bytes -= count
        if self._bytes < 0:
            raise self.too_much()

    def too_much(self) -> ShedlightError:
        """The error for a zip that unpacks to more than it may."""
        limit_mb = self._max_bytes / MB
        return ServerError(ServerErrorCode.TOO_MUCH_IN_ZIP, field="files", limit_mb=limit_mb)

    def _too_many(self) -> ShedlightError:
        return ServerError(ServerErrorCode.TOO_MANY_FILES, field="files", limit=self._max_photos)


@dataclass(frozen=True)
class Entry:
    """A file by its label: its path on the disk, or the error for which it is refused.

    A file that is skipped has neither. ``groups``: it is a list of the photos' persons and dates,
    and ``name`` is its path in the zip.
    """

    name: str
    path: Path | None = None
    error: ShedlightError | None = None
    groups: bool = False

    @property
    def skipped(self) -> bool:
        """Whether it is not an image, so that it gets no line in the results."""
        return self.path is None and self.error is None and not self.groups


def unpacked(
    path: Path, name: str, folder: Path, quota: UnpackQuota, limits: ReadLimits
) -> Iterator[Entry]:
    """Unpacks the photos of a zip called ``name`` into ``folder``; yields its files in path order.

    A zip that cannot be opened is an entry itself. Raises ShedlightError (TOO_MANY_FILES,
    TOO_MUCH_IN_ZIP) for a zip that is too large.
    """
    with path.open("rb") as file:
        try:
            archive = zipfile.ZipFile(cast(BinaryIO, _LimitedReader(file, quota)))
        except ShedlightError:
            raise
        except Exception:  # zipfile raises errors of many kinds
            quota.take_photo()
            yield Entry(name, error=ServerError(ServerErrorCode.DAMAGED_ZIP, field="files"))
            return
        unpacker = _Unpacker(archive, path.stat().st_size, folder, quota, limits)
        members = [(member_path(info), info) for info in archive.infolist() if not is_folder(info)]
        paths = [path for path, _ in members if path]
        drawn, groups = left_out_members(paths, is_photo), groups_member(paths)
        for member, info in sorted(members, key=_path_order):
            if member in drawn:
                quota.take_other()
                yield Entry(member)
            elif groups and member == groups:
                groups = ""  # another of the same path is no list
                yield unpacker.groups_entry(member, info)
            else:
                yield unpacker.entry(member, info)


class _LimitedReader:
    """A file whose central directory cannot be read if it is too large.

    ``zipfile`` reads the directory in one call, of the size that the zip claims, and makes an
    object of each entry: a zip of 100 MB could take a gigabyte of memory.
    """

    def __init__(self, file: BinaryIO, quota: UnpackQuota) -> None:
        self.seek, self.tell, self.seekable = file.seek, file.tell, file.seekable
        self._file, self._quota = file, quota

    def read(self, size: int = -1) -> bytes:
        """Reads as a file does; raises TOO_MUCH_IN_ZIP."""
        if size > MAX_DIRECTORY_BYTES:
            raise self._quota.too_much()
        return self._file.read(size)


class _Unpacker:
    """Unpacks one zip into a folder."""

    def __init__(
        self,
        archive: zipfile.ZipFile,
        size: int,
        folder: Path,
        quota: UnpackQuota,
        limits: ReadLimits,
    ) -> None:
        self._archive, self._folder = archive, folder
        self._quota, self._limits = quota, limits
        self._bytes_left = size * MAX_RATIO + FREE_BYTES
        self._unpacked: set[str] = set()

    def entry(self, member: str | None, info: zipfile.ZipInfo) -> Entry:
        """Unpacks, refuses or skips the file at path ``member``, None if it leads out of the zip.

        The entry's name is the path without unsafe parts.
        """
        shown = info.filename.replace("\\", "/") if member is None else member
        parts = [part for part in shown.split("/") if part.strip(" .")]
        name = "/".join(map(photo_name, parts[-_MAX_LABEL_PARTS:])) or photo_name(None)
        problem = EntryProblem.PATH if member is None else self._problem(member, info)
        if problem:
            self._quota.take_photo()
            error = ServerError(ServerErrorCode.REFUSED_IN_ZIP, why=problem.value)
            return Entry(name, error=error)
        if member is None or _is_skipped(member):
            self._quota.take_other()
            return Entry(name)
        self._quota.take_photo()
        self._unpacked.add(member)
        try:
            return Entry(name, self._unpack(info))
        except ShedlightError as error:
            if error.code is not ErrorCode.FILE_TOO_LARGE:
                raise
            return Entry(name, error=error)
        except OSError:  # the disk is full
            raise
        except Exception:  # each compression raises errors of other kinds
            return Entry(name, error=ServerError(ServerErrorCode.DAMAGED_ZIP))

    def groups_entry(self, member: str, info: zipfile.ZipInfo) -> Entry:
        """Unpacks the list of groups."""
        self._quota.take_other()
        if self._problem(member, info):
            return Entry(member)
        try:
            return Entry(member, self._unpack(info), groups=True)
        except (ShedlightError, OSError):
            raise
        except Exception as error:  # each compression raises errors of other kinds
            raise ServerError(ServerErrorCode.DAMAGED_ZIP, field="files") from error

    def _problem(self, member: str, info: zipfile.ZipInfo) -> EntryProblem | None:
        if not is_regular(info):
            return EntryProblem.NO_FILE
        if member.lower().endswith(".zip"):
            return EntryProblem.NESTED_ZIP
        if _is_skipped(member):
            return None
        if problem := problem_of_content(info):
            return problem
        return EntryProblem.SAME_PATH if member in self._unpacked else None

    def _unpack(self, info: zipfile.ZipInfo) -> Path:
        """Raises FILE_TOO_LARGE and TOO_MUCH_IN_ZIP as soon as a limit is exceeded."""
        path, size = self._folder / token_hex(8), 0
        with path.open("xb") as photo, self._archive.open(info) as packed:
            while chunk := packed.read(_CHUNK_BYTES):
                size += len(chunk)
                self._quota.take_bytes(len(chunk))
                self._bytes_left -= len(chunk)
                if self._bytes_left < 0:
                    raise self._quota.too_much()
                if size > self._limits.max_bytes:
                    photo.truncate(0)
                    self._limits.check_bytes(size)
                photo.write(chunk)
        return path


def _path_order(member: tuple[str | None, zipfile.ZipInfo]) -> list[tuple[bool, str]]:
    """Sort key of a folder walk: the files of each folder before the folders in it."""
    path, info = member
    parts = (info.filename if path is None else path).split("/")
    return [(number < len(parts), part) for number, part in enumerate(parts, 1)]


def groups_member(paths: Sequence[str]) -> str:
    """The path of the ``groups.csv`` (in any case) at the top, or in the only folder there; else
    empty."""
    tops = {path.partition("/")[0] for path in paths if not _is_hidden(path)}
    wanted = [GROUPS_FILE] + [f"{top}/{GROUPS_FILE}".casefold() for top in tops if len(tops) == 1]
    found = {path.casefold(): path for path in paths}
    return next((found[path] for path in wanted if path in found), "")


def _is_skipped(name: str) -> bool:
    """Whether a file is hidden, a system's, or not an image by its name, as in a folder's walk."""
    return _is_hidden(name) or PurePosixPath(name).suffix.lower() not in IMAGE_SUFFIXES


def _is_hidden(name: str) -> bool:
    return any(part.startswith(".") or is_system_folder(part) for part in name.split("/"))
