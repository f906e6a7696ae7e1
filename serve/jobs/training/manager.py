"""Starts the training of a server, and stops it with the server."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from importlib.util import find_spec
from threading import Lock
from typing import IO, Annotated, cast

from fastapi import Depends, Request

from data.errors import ShedlightError
from serve.error_codes import ServerError, ServerErrorCode
from serve.jobs.training.label_counts import TrainingLabelCounts, count_labels
from serve.jobs.training.state import TrainingStage
from serve.jobs.training.storage import TrainingFolder
from serve.saved_photos.export import exported_photos, label_archive
from serve.settings import Settings
from serve.store.store import Store

COMMAND = (sys.executable, "-m", "serve", "retrain")
"""What trains; it takes the labels, ``--out``, ``--models`` and ``--no-promote``."""
NEEDED = ("torch", "torchvision", "albumentations", "sklearn", "matplotlib", "onnx")
"""What the extra ``train`` brings."""
NOT_INSTALLED = "Teaching needs packages that are not here; install 'shedlight[train]'."
BUSY = "A training is running already; wait until it is done, or stop it."
STOPPING_S = 30.0


class TrainingJobManager:
    """One training at a time among all servers that share the folder; its methods block."""

    def __init__(self, settings: Settings) -> None:
        self.folder = TrainingFolder(settings.training_folder.absolute())
        self._models = settings.models.expanduser().absolute()
        self._lock = Lock()
        self._attendant: subprocess.Popen[bytes] | None = None

    def counts(self, store: Store | None) -> TrainingLabelCounts:
        """The labels there are; raises ShedlightError (STORE_UNAVAILABLE)."""
        if store is None:
            return TrainingLabelCounts()
        learned = self.folder.state().stage in (TrainingStage.DONE, TrainingStage.RUNNING)
        return count_labels(store.export(), self.folder.started() if learned else None)

    def start(self, store: Store | None) -> None:
        """Starts a training on all labels that the store has by now.

        Raises ShedlightError: TRAINING_CONFLICT when one is running, too little is labelled or a
        package is missing; STORE_UNAVAILABLE.
        """
        with self._taken() as lock:
            if not all(find_spec(name) for name in NEEDED):
                raise refused(NOT_INSTALLED)
            missing = self.counts(store).missing
            if store is None or missing:
                raise refused(missing or TrainingLabelCounts().missing or "")
            now = datetime.now(UTC)
            self.folder.clear(now)
            try:
                self._gather(store, now)
                self._send(lock)
            except BaseException:
                self.folder.drop_labels()
                raise

    def stop(self) -> None:
        """Stops the training if one is running, of whatever server; it ends soon after."""
        if self.folder.is_busy():
            self.folder.ask_to_stop()

    def tidy(self) -> None:
        """Deletes the labels that a training left behind which was killed with its server."""
        if self.folder.run.is_dir() and (lock := self.folder.taken()):
            with lock:
                self.folder.drop_labels()

    def close(self) -> None:
        """Ends the training that this server started, and waits for that."""
        with self._lock:
            self._let_go()

    @contextmanager
    def _taken(self) -> Iterator[IO[str]]:
        lock = self.folder.taken()
        if lock is None:
            raise refused(BUSY)
        with lock:
            yield lock

    def _gather(self, store: Store, now: datetime) -> None:
        with self.folder.labels.open("wb") as file:
            for piece in label_archive(exported_photos(store), now):
                file.write(piece)

    def _send(self, lock: IO[str]) -> None:
        """Starts the command with somebody who stays with it and holds the lock from now on."""
        attendant = (sys.executable, "-m", "serve.jobs.training.process")
        folder, number = str(self.folder.path), lock.fileno()
        with self._lock:
            self._let_go()  # of an earlier one, which has ended: the lock was free
            self._attendant = subprocess.Popen(
                [*attendant, folder, str(number), *self._command()],
                stdin=subprocess.PIPE,
                start_new_session=True,
                pass_fds=(number,),
            )

    def _command(self) -> list[str]:
        labels, out, models = (str(p) for p in (self.folder.labels, self.folder.out, self._models))
        return [*COMMAND, labels, "--out", out, "--models", models, "--no-promote"]

    def _let_go(self) -> None:
        """Closing the pipe is what tells the attendant to end."""
        if self._attendant and self._attendant.stdin:
            self._attendant.stdin.close()
            with suppress(subprocess.TimeoutExpired):
                self._attendant.wait(STOPPING_S)
            self._attendant = None


def refused(why: str) -> ShedlightError:
    """The error that says why teaching cannot be done now."""
    return ServerError(ServerErrorCode.TRAINING_CONFLICT, why=why)


async def _training_jobs(request: Request) -> TrainingJobManager:
    return cast(TrainingJobManager, request.app.state.training_jobs)


TrainingJobsDep = Annotated[TrainingJobManager, Depends(_training_jobs)]
