"""The folder with the pictures of saved photos."""

import logging
import re
from dataclasses import dataclass
from pathlib import Path

from data.io.files import replace_file, sync_folder
from serve.error_codes import ServerError, ServerErrorCode

IDENTITY_FILE = "store-identity"
_SUFFIX = ".jpg"
_PICTURE_NAME = re.compile(r"[A-Za-z0-9_-]{22}\.jpg(\.part)?")
_FILE_PERMISSIONS, _FOLDER_PERMISSIONS = 0o600, 0o700

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class PictureFolder:
    """Pictures by the id of their photo, readable only by the server's user.

    The folder holds the name of its store and is refused if that is another's: in a folder that is
    not mounted all pictures would seem lost, and in another store's all would seem left over.
    """

    path: Path

    def claim(self, name: str) -> None:
        """Makes this the folder of the new store called ``name``, unless it has a name."""
        self.path.mkdir(mode=_FOLDER_PERMISSIONS, parents=True, exist_ok=True)
        if not (self.path / IDENTITY_FILE).exists():
            replace_file(self.path / IDENTITY_FILE, name, _FILE_PERMISSIONS)

    def check(self, name: str) -> None:
        """Raises ShedlightError (STORE_UNAVAILABLE) if this is not the folder of that store."""
        file = self.path / IDENTITY_FILE
        if not file.is_file() or file.read_text("ascii", errors="replace") != name:
            _log.error("%s is not the folder of this store's pictures.", self.path)
            raise ServerError(ServerErrorCode.STORE_UNAVAILABLE)

    def put(self, photo_id: str, jpeg: bytes) -> None:
        """Writes a picture, which is on the disk when this returns."""
        replace_file(self._file(photo_id), jpeg, _FILE_PERMISSIONS)

    def get(self, photo_id: str) -> bytes:
        """A picture's JPEG; raises FileNotFoundError."""
        return self._file(photo_id).read_bytes()

    def remove(self, photo_id: str) -> None:
        """Deletes a picture if it exists."""
        self._file(photo_id).unlink(missing_ok=True)
        sync_folder(self.path)

    def tidy(self, ids: set[str]) -> set[str]:
        """Deletes unfinished pictures and those of no photo in ``ids``.

        Returns the ids whose picture is missing. Does not touch files with other names.
        """
        found = {file.name for file in self.path.iterdir() if _PICTURE_NAME.fullmatch(file.name)}
        expected = {photo_id + _SUFFIX: photo_id for photo_id in ids}
        for name in found - expected.keys():
            (self.path / name).unlink(missing_ok=True)
        return {photo_id for name, photo_id in expected.items() if name not in found}

    def _file(self, photo_id: str) -> Path:
        return self.path / (photo_id + _SUFFIX)
