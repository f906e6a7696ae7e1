"""Photos that lie elsewhere: what fsspec opens by an address, such as s3://bucket/folder."""

import logging
import os
import posixpath
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO, cast

from data.errors import ErrorCode, ShedlightError
from data.images.limits import ReadLimits
from data.images.read import read_bytes
from serve.error_codes import ServerError, ServerErrorCode
from serve.errors import CommandError, require_extra

_RETRY_S = 60

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class RemotePath:
    """A file or a folder by its address, in pathlib's manner as far as a batch needs it.

    Who may read it is for fsspec's own settings and environment to say. What asks for it raises
    RefusedError where it is out of reach.
    """

    address: str

    @classmethod
    def given(cls, address: str) -> "RemotePath":
        """What a person wrote, in the one form that it has here."""
        with _reached(address):
            fs, path = _opened(address)
            return cls(fs.unstrip_protocol(path))

    @property
    def name(self) -> str:
        """The last part of the address."""
        return posixpath.basename(self.address)

    @property
    def parent(self) -> "RemotePath":
        """The folder that it lies in."""
        return RemotePath(posixpath.dirname(self.address))

    def __truediv__(self, name: str) -> "RemotePath":
        return RemotePath(f"{self.address}/{name}")

    def is_dir(self) -> bool:
        """Whether there is such a folder."""
        return self._type() == "directory"

    def is_file(self) -> bool:
        """Whether there is such a file."""
        return self._type() == "file"

    def open(self, encoding: str, newline: str) -> TextIO:
        """The text in it."""
        with _reached(self.address):
            fs, path = _opened(self.address)
            return cast(TextIO, fs.open(path, "r", encoding=encoding, newline=newline))

    def listed(self) -> tuple[list[str], list[str]]:
        """The names of the folders and of the files in it, sorted."""
        with _reached(self.address):
            fs, path = _opened(self.address)
            found = fs.ls(path, detail=True)
        kinds: dict[bool, set[str]] = {True: set(), False: set()}
        for each in found:
            place = each["name"].rstrip("/")
            if place != path.rstrip("/"):  # some stores list a folder in itself
                kinds[each["type"] == "directory"].add(posixpath.basename(place))
        return sorted(kinds[True]), sorted(kinds[False])

    def read(self, limits: ReadLimits) -> bytes:
        """The bytes, none of them read when the file is too large.

        Raises ShedlightError: NOT_READY where the store is out of reach, which is no fault of the
        file's.
        """
        try:
            fs, path = _opened(self.address)
            limits.check_bytes(fs.info(path)["size"])
            return cast(bytes, fs.cat_file(path))
        except ShedlightError:
            raise
        except (FileNotFoundError, IsADirectoryError, PermissionError) as error:
            raise ShedlightError(ErrorCode.UNREADABLE_FILE) from error
        except Exception as error:  # file systems raise whatever those below them raise
            _log.warning("%s cannot be reached: %s", self.address, error)
            raise ServerError(ServerErrorCode.NOT_READY, retry_s=_RETRY_S) from error

    def _type(self) -> str | None:
        with _reached(self.address):
            fs, path = _opened(self.address)
            try:
                return str(fs.info(path)["type"])
            except FileNotFoundError:
                return None


AnyPath = Path | RemotePath
"""A file or a folder, here or elsewhere."""


def path_given(text: str) -> AnyPath:
    """What a person wrote; raises RefusedError for an address of no known kind."""
    return RemotePath.given(text) if "://" in text else Path(text)


def path_noted(text: str) -> AnyPath:
    """The path that ``note_of`` noted."""
    return RemotePath(text) if "://" in text else Path(text)


def note_of(path: AnyPath) -> str:
    """The path in whole; no link is followed."""
    if isinstance(path, RemotePath):
        return path.address
    return os.path.abspath(path)  # noqa: PTH100  # resolves no links


def bytes_at(path: AnyPath, limits: ReadLimits) -> bytes:
    """A file's bytes; raises ShedlightError."""
    return path.read(limits) if isinstance(path, RemotePath) else read_bytes(path, limits)


def _opened(address: str) -> tuple[Any, str]:
    """The file system of an address, which keeps no lists of what it saw, and the path there."""
    with require_extra("ray"):
        import fsspec
    fs, path = fsspec.url_to_fs(address, use_listings_cache=False)
    return fs, path


@contextmanager
def _reached(address: str) -> Iterator[None]:
    try:
        yield
    except CommandError:
        raise
    except Exception as error:  # file systems raise whatever those below them raise
        raise CommandError(f"{address} cannot be reached: {error}.") from error
