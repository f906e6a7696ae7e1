"""The folder of the one training of a server: its labels, how far it is, and what came of it.

lock             held for as long as anybody is at it
run/started      when its labels were gathered (ISO 8601, UTC)
run/labels.zip   the labels, until it ends
run/stop         is there once somebody wants it to stop
run/words.txt    what the command said
run/out/         of the command: progress.json, outcome.json, report.html
run/end.json     how it ended, where the command itself did not say
"""

import json
import shutil
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from time import sleep
from typing import IO

from data.io.files import is_locked, replace_file, try_lock
from data.io.jsonl import Json
from serve.jobs.training.state import TrainingStage, TrainingState

GATHERING = "Gathering the labels"
PROGRESS, OUTCOME, REPORT = "progress.json", "outcome.json", "report.html"
LOCK_ATTEMPTS, LOCK_POLL_INTERVAL_S = 10, 0.02
"""``is_busy`` holds the lock, too, for less than a millisecond."""
_LOCK = "lock"


@dataclass(frozen=True)
class TrainingFolder:
    """Nothing is made before the first training."""

    path: Path

    @property
    def run(self) -> Path:
        """The folder of the last training."""
        return self.path / "run"

    @property
    def out(self) -> Path:
        """What the command writes into."""
        return self.run / "out"

    @property
    def labels(self) -> Path:
        """What is trained on: photos of people, so it goes when the training ends."""
        return self.run / "labels.zip"

    @property
    def words(self) -> Path:
        """What the command said."""
        return self.run / "words.txt"

    @property
    def report(self) -> Path:
        """The report of the last training that was done."""
        return self.out / REPORT

    def taken(self) -> IO[str] | None:
        """The lock, to be held while a training is on; None when somebody has it."""
        self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        for _ in range(LOCK_ATTEMPTS):
            if lock := try_lock(self.path / _LOCK):
                return lock
            sleep(LOCK_POLL_INTERVAL_S)
        return None

    def is_busy(self) -> bool:
        """Whether a training is on, of whatever server here."""
        return is_locked(self.path / _LOCK)

    def clear(self, now: datetime) -> None:
        """Makes room for a training that starts; for who holds the lock."""
        shutil.rmtree(self.run, ignore_errors=True)
        self.out.mkdir(mode=0o700, parents=True)
        (self.run / "started").write_text(now.isoformat(), "utf-8")

    def started(self) -> datetime | None:
        """When the labels of the last training were gathered."""
        with suppress(FileNotFoundError):
            return datetime.fromisoformat((self.run / "started").read_text("utf-8"))
        return None

    def state(self) -> TrainingState:
        """How far it is; one that nobody is at any more without an end was stopped."""
        busy = self.is_busy()  # asked first: who ends it has written all by then
        if not self.run.is_dir():
            return (
                TrainingState(TrainingStage.RUNNING, GATHERING)
                if busy
                else TrainingState(TrainingStage.IDLE)
            )
        told = next(self._told(), TrainingState(TrainingStage.RUNNING, GATHERING))
        if busy:
            return TrainingState(TrainingStage.RUNNING, told.step, told.done)
        return (
            TrainingState(TrainingStage.STOPPED, told.step, told.done)
            if not told.has_ended
            else told
        )

    def told(self) -> TrainingState | None:
        """What the command said of itself last."""
        return _state_in(self.out / PROGRESS)

    def end(self, state: TrainingState) -> None:
        """Writes how it ended, for a command that did not say."""
        replace_file(self.run / "end.json", json.dumps(state.as_json()))

    def outcome(self) -> Json | None:
        """What came of the last training, if it was done."""
        if self.state().stage is not TrainingStage.DONE:
            return None
        return _json_in(self.out / OUTCOME)

    def ask_to_stop(self) -> None:
        """Whoever is at it stops soon."""
        with suppress(FileNotFoundError):
            (self.run / "stop").touch()

    def is_to_stop(self) -> bool:
        """Whether somebody wants it to stop."""
        return (self.run / "stop").exists()

    def drop_labels(self) -> None:
        """Deletes what it was trained on, and all that was made of it but what is told."""
        self.labels.unlink(missing_ok=True)
        kept = {PROGRESS, OUTCOME, REPORT}
        for path in list(self.out.iterdir()) if self.out.is_dir() else ():
            if path.is_dir():
                shutil.rmtree(path, ignore_errors=True)
            elif path.name not in kept:
                path.unlink(missing_ok=True)

    def _told(self) -> Iterator[TrainingState]:
        for file in (self.run / "end.json", self.out / PROGRESS):
            if state := _state_in(file):
                yield state


def _state_in(file: Path) -> TrainingState | None:
    told = _json_in(file)
    return TrainingState.of_json(told) if told else None


def _json_in(file: Path) -> Json | None:
    try:
        return dict(json.loads(file.read_text("utf-8")))
    except FileNotFoundError:
        return None
