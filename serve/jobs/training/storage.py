"""The folder of the server's one training: its labels, its state and its outcome.

lock             held while a training runs
run/started      when its labels were collected (ISO 8601, UTC)
run/labels.zip   the labels, until it ends
run/stop         exists once it should stop
run/log.txt      the output of the command
run/out/         of the command: progress.json, outcome.json, report.html
run/end.json     how it ended, if the command did not write that itself
"""

import json
import shutil
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from time import sleep
from typing import IO

from data.io.files import is_locked, replace_file, try_lock
from data.io.jsonl import Json
from serve.jobs.state import TrainingStage, TrainingState

COLLECTING = "Collecting the labels"
PROGRESS, OUTCOME, REPORT = "progress.json", "outcome.json", "report.html"
LOCK_ATTEMPTS, LOCK_POLL_INTERVAL_S = 10, 0.02
"""``is_busy`` holds the lock, too, for less than a millisecond."""
_LOCK, _STARTED, _STOP, _END = "lock", "started", "stop", "end.json"


@dataclass(frozen=True)
class TrainingFolder:
    """Files of the training; none is made before the first one starts."""

    path: Path

    @property
    def run(self) -> Path:
        """The folder of the last training."""
        return self.path / "run"

    @property
    def out(self) -> Path:
        """The folder that the command writes to."""
        return self.run / "out"

    @property
    def labels(self) -> Path:
        """The training labels with people's photos; deleted when the training ends."""
        return self.run / "labels.zip"

    @property
    def log(self) -> Path:
        """The output of the command."""
        return self.run / "log.txt"

    @property
    def report(self) -> Path:
        """The report of the last training that finished."""
        return self.out / REPORT

    def acquire(self) -> IO[str] | None:
        """The lock, to be held while a training runs; None if another one runs."""
        self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        for _ in range(LOCK_ATTEMPTS):
            if lock := try_lock(self.path / _LOCK):
                return lock
            sleep(LOCK_POLL_INTERVAL_S)
        return None

    def is_busy(self) -> bool:
        """Whether a training runs, of any server here."""
        return is_locked(self.path / _LOCK)

    def clear(self, now: datetime) -> None:
        """Removes the last training before another starts; for the holder of the lock."""
        shutil.rmtree(self.run, ignore_errors=True)
        self.out.mkdir(mode=0o700, parents=True)
        (self.run / _STARTED).write_text(now.isoformat(), "utf-8")

    def started_at(self) -> datetime | None:
        """When the labels of the last training were collected."""
        with suppress(FileNotFoundError):
            return datetime.fromisoformat((self.run / _STARTED).read_text("utf-8"))
        return None

    def state(self) -> TrainingState:
        """The current state; a training that ended without a final state was stopped."""
        busy = self.is_busy()  # first: when the lock is released, all states have been written
        if not self.run.is_dir() and not busy:
            return TrainingState(TrainingStage.IDLE)
        states = (_state_in(self.run / _END), self.progress())
        last = next(filter(None, states), TrainingState(TrainingStage.RUNNING, COLLECTING))
        if busy:
            return replace(last, stage=TrainingStage.RUNNING, message=None)
        return last if last.has_ended else replace(last, stage=TrainingStage.STOPPED, message=None)

    def progress(self) -> TrainingState | None:
        """The last state that the command wrote."""
        return _state_in(self.out / PROGRESS)

    def end(self, state: TrainingState) -> None:
        """Writes the final state of a command that did not write one."""
        replace_file(self.run / _END, json.dumps(state.as_json()))

    def outcome(self) -> Json | None:
        """The outcome of the last training, if it finished."""
        if self.state().stage is not TrainingStage.DONE:
            return None
        with suppress(FileNotFoundError):
            return dict(json.loads((self.out / OUTCOME).read_text("utf-8")))
        return None

    def request_stop(self) -> None:
        """Makes the process that runs the training stop soon."""
        with suppress(FileNotFoundError):
            (self.run / _STOP).touch()

    def should_stop(self) -> bool:
        """Whether ``request_stop`` was called for this training."""
        return (self.run / _STOP).exists()

    def drop_labels(self) -> None:
        """Deletes the labels and everything made of them except progress, outcome and report."""
        self.labels.unlink(missing_ok=True)
        for path in list(self.out.iterdir()) if self.out.is_dir() else ():
            if path.is_dir():
                shutil.rmtree(path, ignore_errors=True)
            elif path.name not in (PROGRESS, OUTCOME, REPORT):
                path.unlink(missing_ok=True)


def _state_in(file: Path) -> TrainingState | None:
    try:
        return TrainingState.parse(file.read_bytes())
    except FileNotFoundError:
        return None
