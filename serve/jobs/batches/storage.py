"""Folders of batches on the disk: one for each server, with a folder for each of its batches."""

import json
import logging
import os
import re
import secrets
import shutil
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from tempfile import mkdtemp
from threading import Lock
from typing import IO
from zipfile import ZIP_DEFLATED, ZipFile

from data.errors import ShedlightError
from data.io.files import PART, atomic_writer, try_lock
from data.io.jsonl import Json
from serve.batch import RESULTS
from serve.batch.report import REPORT
from serve.batch.run import SUMMARY
from serve.batch.run_folder import RUN
from serve.batch.tables import HAIRS, PHOTOS
from serve.error_codes import ServerError, ServerErrorCode
from serve.jobs.state import BatchState
from serve.zip_stream import StreamBuffer

PREFIX = "shedlight-batches-"
ID_BYTES = 16
_ID = re.compile(r"[A-Za-z0-9_-]{22}")
_STATE, _LOCK, _DELETED_PREFIX = "state.json", "lock", "."
_CHUNK_BYTES = 1 << 20

_log = logging.getLogger(__name__)


class ResultFile(StrEnum):
    """The files of a finished batch that can be downloaded."""

    RESULTS = RESULTS
    PHOTOS = PHOTOS
    HAIRS = HAIRS
    SUMMARY = SUMMARY
    REPORT = REPORT


MEDIA_TYPES = {
    ResultFile.RESULTS: "application/x-ndjson",
    ResultFile.PHOTOS: "text/csv",
    ResultFile.HAIRS: "text/csv",
    ResultFile.SUMMARY: "application/json",
    ResultFile.REPORT: "text/html",
}


@dataclass(frozen=True)
class BatchFolder:
    """Everything stored about a batch. A batch exists as long as its state file does."""

    path: Path

    @property
    def id(self) -> str:
        """Unguessable id. Anyone who has it can see and delete the batch."""
        return self.path.name

    @property
    def photos(self) -> Path:
        """The folder of the uploaded files, until they are scored."""
        return self.path / "photos"

    @property
    def out(self) -> Path:
        """The folder of the results."""
        return self.path / "out"

    def state(self) -> BatchState:
        """The current state; raises ShedlightError (BATCH_NOT_FOUND)."""
        try:
            return BatchState.parse((self.path / _STATE).read_bytes())
        except FileNotFoundError as error:
            raise ServerError(ServerErrorCode.BATCH_NOT_FOUND) from error

    def put(self, state: BatchState) -> None:
        """Writes the state; raises FileNotFoundError if the batch was deleted."""
        with atomic_writer(self.path / _STATE) as file:
            json.dump(state.as_json(), file)

    def answer(self) -> Json:
        """The summary of all photos; raises BATCH_NOT_FOUND, BATCH_NOT_DONE."""
        state = self.state()
        if state.answer is None:
            raise ServerError(ServerErrorCode.BATCH_NOT_DONE)
        return state.answer

    def results(self) -> Path:
        """The folder of the results once they are complete; raises as ``answer`` does."""
        self.answer()
        return self.out

    def drop_photos(self) -> None:
        """Deletes the uploaded files and the record of their paths."""
        for folder in (self.photos, self.out / RUN):
            shutil.rmtree(folder, ignore_errors=True)

    def delete(self) -> None:
        """Deletes the batch, in one step for all servers; raises BATCH_NOT_FOUND."""
        deleted = self.path.with_name(_DELETED_PREFIX + self.id)
        try:
            self.path.rename(deleted)
        except FileNotFoundError as error:
            raise ServerError(ServerErrorCode.BATCH_NOT_FOUND) from error
        shutil.rmtree(deleted, ignore_errors=True)


class BatchStore:
    """The batches of this server, and access to those of other servers in the same root folder.

    A server holds a lock in its private folder for as long as it lives, so a folder whose lock is
    free belongs to a server that was killed. Folders of other users are ignored: they may write
    into a root such as /tmp. May be used from several threads.
    """

    def __init__(self, root: Path) -> None:
        """Makes nothing in ``root`` before the first batch."""
        self._root = root
        self._folder: Path | None = None
        self._lock_file: IO[str] | None = None
        self._making = Lock()

    def new(self) -> BatchFolder:
        """Makes a folder under an unguessable id; raises OSError."""
        with self._making:
            if self._folder is None:
                self._folder = self._make_folder()
            folder = BatchFolder(self._folder / secrets.token_urlsafe(ID_BYTES))
        folder.photos.mkdir(mode=0o700, parents=True)
        return folder

    def find(self, batch_id: str) -> BatchFolder:
        """The folder of a batch of any server here; raises BATCH_NOT_FOUND."""
        for server in self._server_folders() if _ID.fullmatch(batch_id) else ():
            if (server / batch_id).is_dir():
                return BatchFolder(server / batch_id)
        raise ServerError(ServerErrorCode.BATCH_NOT_FOUND)

    def expire(self, now: datetime) -> None:
        """Deletes this server's expired batches, and all batches of servers that were killed."""
        for server in self._server_folders():
            if server != self._folder:
                _delete_if_unlocked(server)
        for path in list(self._folder.iterdir()) if self._folder else ():
            with suppress(ShedlightError):
                batch = BatchFolder(path)
                expires_at = batch.state().expires_at if path.is_dir() else None
                if expires_at is not None and expires_at <= now:
                    batch.delete()

    def close(self) -> None:
        """Deletes all batches of this server."""
        with self._making:
            if self._folder and self._lock_file:
                shutil.rmtree(self._folder, ignore_errors=True)
                self._lock_file.close()
            self._folder = self._lock_file = None

    def _make_folder(self) -> Path:
        """The lock gets its name when it is held, so that no other server deletes the folder."""
        self._root.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder = Path(mkdtemp(prefix=PREFIX, dir=self._root))  # only the server's user may enter
        part = folder / f"{_LOCK}{PART}"
        self._lock_file = try_lock(part)
        part.rename(folder / _LOCK)
        return folder

    def _server_folders(self) -> Iterator[Path]:
        for folder in self._root.glob(f"{PREFIX}*"):
            with suppress(OSError):  # deleted meanwhile
                if folder.is_dir() and folder.lstat().st_uid == os.getuid():
                    yield folder


def _delete_if_unlocked(server: Path) -> None:
    """Deletes the folder of a server that was killed; one without a lock is just starting."""
    with suppress(OSError):  # deleted meanwhile
        if (server / _LOCK).exists() and (lock := try_lock(server / _LOCK)):
            with lock:
                shutil.rmtree(server, ignore_errors=True)
            _log.warning("Deleted the batches of a server that was killed.")


def results_zip(results: Path) -> Iterator[bytes]:
    """A zip of the result files, made while it is sent.

    Raises OSError when the folder is deleted meanwhile; the part sent is not a valid zip then.
    """
    buffer = StreamBuffer()
    with ZipFile(buffer, "w", ZIP_DEFLATED) as archive:
        for name in ResultFile:
            with (
                (results / name).open("rb") as source,
                archive.open(name, "w", force_zip64=True) as target,
            ):
                while chunk := source.read(_CHUNK_BYTES):
                    target.write(chunk)
                    yield buffer.drain()
    yield buffer.drain()
