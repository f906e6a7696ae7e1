"""The folder with the pictures of kept photos."""

import logging
import re
from dataclasses import dataclass
from pathlib import Path

from data.io.files import replace_file, sync_folder
from serve.error_codes import ServerError, ServerErrorCode

IDENTITY_FILE = "store-identity"
_SUFFIX = ".jpg"
_OURS = re.compile(r"[A-Za-z0-9_-]{22}\.jpg(\.part)?")
_PRIVATE_FILE, _PRIVATE_FOLDER = 0o600, 0o700

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class PictureFolder:
    """Pictures by the id of their photo, readable by the server's user alone.

    The folder bears the name of its store, and is refused where the two do not match: in a folder
    that is not mounted all pictures seem lost, and in another store's all seem left over.
    """

    path: Path

    def claim(self, name: str) -> None:
        """Makes this the folder of the new store called ``name``, unless it has a name."""
        self.path.mkdir(mode=_PRIVATE_FOLDER, parents=True, exist_ok=True)
        if not (self.path / IDENTITY_FILE).exists():
            replace_file(self.path / IDENTITY_FILE, name, _PRIVATE_FILE)

    def check(self, name: str) -> None:
        """Raises ShedlightError (STORE_UNAVAILABLE) if this is not the folder of that store."""
        file = self.path / IDENTITY_FILE
        if not file.is_file() or file.read_text("ascii", errors="replace") != name:
            _log.error("%s is not the folder of this store's pictures.", self.path)
            raise ServerError(ServerErrorCode.STORE_UNAVAILABLE)

    def put(self, photo_id: str, jpeg: bytes) -> None:
        """Writes a picture: all of it is on the disk when this returns."""
        replace_file(self._file(photo_id), jpeg, _PRIVATE_FILE)

    def get(self, photo_id: str) -> bytes:
        """A picture's JPEG; raises FileNotFoundError."""
        return self._file(photo_id).read_bytes()

    def remove(self, photo_id: str) -> None:
        """Deletes a picture, if it is there."""
        self._file(photo_id).unlink(missing_ok=True)
        sync_folder(self.path)

    def tidy(self, ids: set[str]) -> set[str]:
        """Deletes unfinished pictures and those of no photo in ``ids``; returns whose is missing.

        Files with other names are left alone.
        """
        found = {file.name for file in self.path.iterdir() if _OURS.fullmatch(file.name)}
        wanted = {photo_id + _SUFFIX: photo_id for photo_id in ids}
        for left_over in found - wanted.keys():
            (self.path / left_over).unlink(missing_ok=True)
        return {photo_id for name, photo_id in wanted.items() if name not in found}

    def _file(self, photo_id: str) -> Path:
        return self.path / (photo_id + _SUFFIX)
