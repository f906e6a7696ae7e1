"""Where the batches of a server lie, and those of others that share the place.

The folder of one batch: what was sent, how far it is, and what came out.

The results of a batch as one zip, made while it is sent.
"""

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
from serve.jobs.batches.state import BatchState
from serve.zip_stream import StreamBuffer


class ResultFile(StrEnum):
    """What can be fetched of a batch that is done."""

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
_STATE, _GONE = "state.json", "."


@dataclass(frozen=True)
class BatchFolder:
    """All there is of a batch; without its state, there is no batch."""

    path: Path

    @property
    def id(self) -> str:
        """What it is called by; who knows it, may."""
        return self.path.name

    @property
    def photos(self) -> Path:
        """The folder of what was sent, while it is needed."""
        return self.path / "photos"

    @property
    def out(self) -> Path:
        """The folder of the results."""
        return self.path / "out"

    def state(self) -> BatchState:
        """How far it is; raises ShedlightError (BATCH_NOT_FOUND)."""
        try:
            return BatchState.of_json(json.loads((self.path / _STATE).read_text("utf-8")))
        except FileNotFoundError as error:
            raise ServerError(ServerErrorCode.BATCH_NOT_FOUND) from error

    def put(self, state: BatchState) -> None:
        """Writes how far it is; raises FileNotFoundError when it was deleted meanwhile."""
        with atomic_writer(self.path / _STATE) as file:
            json.dump(state.as_json(), file)

    def answer(self) -> Json:
        """What all photos say together; raises BATCH_NOT_FOUND, BATCH_NOT_DONE."""
        state = self.state()
        if state.answer is None:
            raise ServerError(ServerErrorCode.BATCH_NOT_DONE)
        return state.answer

    def results(self) -> Path:
        """The folder of the results once they are whole; raises as ``answer`` does."""
        self.answer()
        return self.out

    def drop_photos(self) -> None:
        """Deletes what was sent, and where it lay."""
        for folder in (self.photos, self.out / RUN):
            shutil.rmtree(folder, ignore_errors=True)

    def delete(self) -> None:
        """Deletes all of it, at once for all who ask; raises BATCH_NOT_FOUND."""
        gone = self.path.with_name(_GONE + self.id)
        try:
            self.path.rename(gone)
        except FileNotFoundError as error:
            raise ServerError(ServerErrorCode.BATCH_NOT_FOUND) from error
        shutil.rmtree(gone, ignore_errors=True)


PREFIX = "shedlight-batches-"
ID_BYTES = 16
_ID = re.compile(r"[A-Za-z0-9_-]{22}")
_LOCK = "lock"

_log = logging.getLogger(__name__)


class BatchStore:
    """One private folder for each server that lives, with a folder for each of its batches.

    A server holds a lock in its folder for as long as it lives, so that a folder whose lock is
    free is left over from one that was killed. Only folders of our own user count: others may
    write into a place such as /tmp. May be used from several threads.
    """

    def __init__(self, place: Path) -> None:
        """In ``place`` nothing is made before a batch comes."""
        self._place = place
        self._ours: Path | None = None
        self._held: IO[str] | None = None
        self._making = Lock()

    def new(self) -> BatchFolder:
        """A fresh folder under an id that nobody can guess; raises OSError."""
        with self._making:
            if self._ours is None:
                self._make()
            assert self._ours is not None
        folder = BatchFolder(self._ours / secrets.token_urlsafe(ID_BYTES))
        folder.photos.mkdir(mode=0o700, parents=True)
        return folder

    def find(self, batch_id: str) -> BatchFolder:
        """The folder of a batch of any server here; raises BATCH_NOT_FOUND."""
        for server in self._servers() if _ID.fullmatch(batch_id) else ():
            if (server / batch_id).is_dir():
                return BatchFolder(server / batch_id)
        raise ServerError(ServerErrorCode.BATCH_NOT_FOUND)

    def tidy(self, now: datetime) -> None:
        """Deletes our batches whose time is up, and all of servers that are gone."""
        for server in self._servers():
            if server != self._ours:
                _delete_if_left(server)
        for path in list(self._ours.iterdir()) if self._ours else ():
            with suppress(ShedlightError):
                folder = BatchFolder(path)
                end = folder.state().expires_at if path.is_dir() else None
                if end is not None and end <= now:
                    folder.delete()

    def close(self) -> None:
        """Deletes all batches of this server."""
        with self._making:
            if self._ours and self._held:
                shutil.rmtree(self._ours, ignore_errors=True)
                self._held.close()
            self._ours = self._held = None

    def _make(self) -> None:
        """The lock has its name only when it is held: before, nobody takes it for left over."""
        self._place.mkdir(mode=0o700, parents=True, exist_ok=True)
        ours = Path(mkdtemp(prefix=PREFIX, dir=self._place))  # for our user alone
        part = ours / f"{_LOCK}{PART}"
        self._held = try_lock(part)
        part.rename(ours / _LOCK)
        self._ours = ours

    def _servers(self) -> Iterator[Path]:
        for folder in self._place.glob(f"{PREFIX}*"):
            with suppress(OSError):  # gone meanwhile
                if folder.is_dir() and folder.lstat().st_uid == os.getuid():
                    yield folder


def _delete_if_left(server: Path) -> None:
    """Deletes the folder of a server that was killed; one without a lock is just starting."""
    with suppress(OSError):  # deleted meanwhile
        if (server / _LOCK).exists() and (lock := try_lock(server / _LOCK)):
            with lock:
                shutil.rmtree(server, ignore_errors=True)
            _log.warning("Deleted the batches of a server that was killed.")


_CHUNK = 1 << 20


def archive(results: Path) -> Iterator[bytes]:
    """The files in a folder of results. Raises OSError when it is deleted meanwhile: what was sent
    by then cannot be taken for a whole zip."""
    pipe = StreamBuffer()
    with ZipFile(pipe, "w", ZIP_DEFLATED) as packed:
        for name in ResultFile:
            with (
                (results / name).open("rb") as file,
                packed.open(name, "w", force_zip64=True) as to,
            ):
                while piece := file.read(_CHUNK):
                    to.write(piece)
                    yield pipe.drained()
    yield pipe.drained()
