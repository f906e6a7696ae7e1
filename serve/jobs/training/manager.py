"""Starts the training of a server, and stops it with the server."""

import subprocess
import sys
from contextlib import suppress
from datetime import UTC, datetime
from importlib.util import find_spec
from threading import Lock
from typing import IO, Annotated, cast

from fastapi import Depends, Request

from data.errors import ShedlightError
from model.registry.registry import expand_home
from serve.error_codes import ServerError, ServerErrorCode
from serve.jobs.state import TrainingStage
from serve.jobs.training.label_counts import TrainingLabelCounts, count_labels
from serve.jobs.training.storage import TrainingFolder
from serve.saved_photos.export import exported_photos, label_archive
from serve.settings import Settings
from serve.store.store import Store

COMMAND = (sys.executable, "-m", "serve", "retrain")
"""Retrains; takes the labels, ``--out``, ``--models`` and ``--no-promote``."""
REQUIRED_PACKAGES = (
    "torch",
    "torchvision",
    "albumentations",
    "sklearn",
    "scipy",
    "matplotlib",
    "onnx",
)
"""Packages of the extra ``train``."""
NOT_INSTALLED = "Training needs packages that are not installed. Install 'shedlight[train]'."
BUSY = "A training is already running. Wait until it is done, or stop it."
STOP_LIMIT_S = 30.0


class TrainingJobManager:
    """Runs one training at a time among all servers that share the folder; methods block."""

    def __init__(self, settings: Settings) -> None:
        self.folder = TrainingFolder(settings.training_folder.absolute())
        self._models = expand_home(settings.models).absolute()
        self._lock = Lock()
        self._supervisor: subprocess.Popen[bytes] | None = None

    def counts(self, store: Store | None) -> TrainingLabelCounts:
        """Counts the labels; raises ShedlightError (STORE_UNAVAILABLE)."""
        if store is None:
            return TrainingLabelCounts()
        learned = self.folder.state().stage in (TrainingStage.DONE, TrainingStage.RUNNING)
        return count_labels(store.labelled_photos(), self.folder.started_at() if learned else None)

    def start(self, store: Store | None) -> None:
        """Starts a training on all labels that are now in the store.

        Raises ShedlightError: TRAINING_CONFLICT if one is running, there are too few labels or a
        package is missing; STORE_UNAVAILABLE.
        """
        lock = self.folder.acquire()
        if lock is None:
            raise training_conflict(BUSY)
        with lock:
            if not all(find_spec(name) for name in REQUIRED_PACKAGES):
                raise training_conflict(NOT_INSTALLED)
            missing = self.counts(store).missing
            if store is None or missing:
                raise training_conflict(missing or TrainingLabelCounts().missing or "")
            now = datetime.now(UTC)
            self.folder.clear(now)
            try:
                with self.folder.labels.open("wb") as file:
                    file.writelines(label_archive(exported_photos(store), now))
                self._start_supervisor(lock)
            except BaseException:
                self.folder.drop_labels()
                raise

    def stop(self) -> None:
        """Requests the end of a running training, of any server; it ends soon after."""
        if self.folder.is_busy():
            self.folder.request_stop()

    def tidy(self) -> None:
        """Deletes the labels of a training that was killed together with its server."""
        if self.folder.run.is_dir() and (lock := self.folder.acquire()):
            with lock:
                self.folder.drop_labels()

    def close(self) -> None:
        """Ends the training that this server started, and waits for that."""
        with self._lock:
            self._end_supervisor()

    def _start_supervisor(self, lock: IO[str]) -> None:
        """Starts the process that runs the command and holds the lock from now on."""
        labels, out, models = (str(p) for p in (self.folder.labels, self.folder.out, self._models))
        command = [*COMMAND, labels, "--out", out, "--models", models, "--no-promote"]
        supervisor = [sys.executable, "-m", "serve.jobs.training.process"]
        with self._lock:
            self._end_supervisor()  # an earlier one, which has ended: the lock was free
            self._supervisor = subprocess.Popen(
                [*supervisor, str(self.folder.path), str(lock.fileno()), *command],
                stdin=subprocess.PIPE,
                start_new_session=True,
                pass_fds=(lock.fileno(),),
            )

    def _end_supervisor(self) -> None:
        """Closes the pipe, whereupon the supervisor stops the command and ends."""
        if self._supervisor and self._supervisor.stdin:
            self._supervisor.stdin.close()
            with suppress(subprocess.TimeoutExpired):
                self._supervisor.wait(STOP_LIMIT_S)
            self._supervisor = None


def training_conflict(why: str) -> ShedlightError:
    """The error for a training that cannot be started or promoted now."""
    return ServerError(ServerErrorCode.TRAINING_CONFLICT, why=why)


async def get_training_jobs(request: Request) -> TrainingJobManager:
    """The server's training jobs."""
    return cast(TrainingJobManager, request.app.state.training_jobs)


TrainingJobsDep = Annotated[TrainingJobManager, Depends(get_training_jobs)]
