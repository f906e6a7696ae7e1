"""Photos in remote stores: files that fsspec opens by an address, such as s3://bucket/folder."""

import logging
import posixpath
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, cast

from data.errors import ErrorCode, ShedlightError
from data.images.photo import ReadLimits
from serve.error_codes import ServerError, ServerErrorCode
from serve.errors import CommandError, require_extra

_RETRY_S = 60

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class RemotePath:
    """A remote file or folder, with the part of pathlib's interface that a run needs.

    Credentials come from fsspec's settings and environment. Methods raise CommandError if the store
    is unreachable.
    """

    address: str

    @classmethod
    def parse(cls, address: str) -> "RemotePath":
        """An address as a person wrote it, normalised."""
        with _command_errors(address):
            fs, path = _file_system(address)
            return cls(fs.unstrip_protocol(path))

    def __str__(self) -> str:
        return self.address

    @property
    def name(self) -> str:
        """The last part of the address."""
        return posixpath.basename(self.address)

    @property
    def parent(self) -> "RemotePath":
        """The parent folder."""
        return RemotePath(posixpath.dirname(self.address))

    def __truediv__(self, name: str) -> "RemotePath":
        return RemotePath(f"{self.address}/{name}")

    def is_dir(self) -> bool:
        """True for an existing folder."""
        return self._type() == "directory"

    def is_file(self) -> bool:
        """True for an existing file."""
        return self._type() == "file"

    def list_names(self) -> tuple[list[str], list[str]]:
        """The names of the folders and of the files in the folder, sorted."""
        with _command_errors(self.address):
            fs, path = _file_system(self.address)
            found = fs.ls(path, detail=True)
        kinds: dict[bool, set[str]] = {True: set(), False: set()}
        for each in found:
            place = each["name"].rstrip("/")
            if place != path.rstrip("/"):  # some stores list a folder in itself
                kinds[each["type"] == "directory"].add(posixpath.basename(place))
        return sorted(kinds[True]), sorted(kinds[False])

    def read(self, limits: ReadLimits) -> bytes:
        """The bytes; the size is checked before any are fetched.

        Raises ShedlightError; NOT_READY if the store is unreachable: the file is not at fault.
        """
        try:
            fs, path = _file_system(self.address)
            limits.check_bytes(fs.info(path)["size"])
            return cast(bytes, fs.cat_file(path))
        except ShedlightError:
            raise
        except (FileNotFoundError, IsADirectoryError, PermissionError) as error:
            raise ShedlightError(ErrorCode.UNREADABLE_FILE) from error
        except Exception as error:  # file systems raise errors of any kind
            _log.warning("%s is unreachable: %s", self.address, error)
            raise ServerError(ServerErrorCode.NOT_READY, retry_s=_RETRY_S) from error

    def _type(self) -> str | None:
        with _command_errors(self.address):
            fs, path = _file_system(self.address)
            try:
                return str(fs.info(path)["type"])
            except FileNotFoundError:
                return None


def _file_system(address: str) -> tuple[Any, str]:
    """The file system of an address, without its listing cache, and the path in it."""
    with require_extra("ray"):
        import fsspec
    fs, path = fsspec.url_to_fs(address, use_listings_cache=False)
    return fs, path


@contextmanager
def _command_errors(address: str) -> Iterator[None]:
    try:
        yield
    except CommandError:
        raise
    except Exception as error:  # file systems raise errors of any kind
        raise CommandError(
            f"{address} is unreachable: {error}. Check the address and your credentials."
        ) from error
