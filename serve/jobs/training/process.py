"""Stays with a training from beginning to end, as a process of its own.

``python -m serve.jobs.training.process FOLDER LOCK COMMAND...``: LOCK is the number of the open
lock
file, which the command inherits, so that the lock is free when both are gone and no sooner. The
training stops when the server that started it ends, however it ends: then the pipe that is the
standard input is closed.
"""

import os
import signal
import subprocess
import sys
from pathlib import Path
from select import select

from serve.jobs.training.state import TrainingStage, TrainingState
from serve.jobs.training.storage import TrainingFolder

NICENESS = 10
"""Photos are read first: our choice of the 19 steps that there are."""
LOOK_S = 0.2
STOPPING_S = 20.0
"""Time for the command to keep what it has, before it is killed. Our assumption."""
SILENT = "It broke off without saying why; what it said before stands in {words} on the server."


def supervise(folder: TrainingFolder, lock: int, command: list[str]) -> None:
    """Runs the command to its end, or stops it, and leaves none of its labels behind."""
    os.nice(NICENESS)
    with folder.words.open("wb") as words:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=words,
            stderr=words,
            start_new_session=True,
            pass_fds=(lock,),
        )
    stopped = _stopped_early(process, folder)
    if stopped:
        _stop(process)
    state = folder.told() or TrainingState(TrainingStage.RUNNING)
    if not state.has_ended:
        folder.end(_end(state, stopped, process.returncode, folder))
    folder.drop_labels()


def _stopped_early(process: subprocess.Popen[bytes], folder: TrainingFolder) -> bool:
    """Waits; whether it is to be stopped before its end."""
    while process.poll() is None:
        server_is_gone = bool(select([sys.stdin], [], [], LOOK_S)[0])
        if server_is_gone or folder.is_to_stop():
            return True
    return False


def _stop(process: subprocess.Popen[bytes]) -> None:
    """Asks the command and all that it started to end, and then makes them."""
    for sign, patience_s in ((signal.SIGTERM, STOPPING_S), (signal.SIGKILL, None)):
        try:
            os.killpg(process.pid, sign)
            process.wait(patience_s)
        except (ProcessLookupError, subprocess.TimeoutExpired):
            continue


def _end(state: TrainingState, stopped: bool, status: int, folder: TrainingFolder) -> TrainingState:
    if stopped:
        return TrainingState(TrainingStage.STOPPED, state.step, state.done)
    return TrainingState(TrainingStage.FAILED, state.step, state.done, _why(status, folder))


def _why(status: int, folder: TrainingFolder) -> str:
    """The sentence with which a command of ours ends that cannot be done; no traceback."""
    said = folder.words.read_text("utf-8", errors="replace").strip()
    last = said.splitlines()[-1] if said else ""
    is_sentence = status == 1 and last.endswith(".") and "Traceback" not in said
    return last if is_sentence else SILENT.format(words=folder.words)


if __name__ == "__main__":
    place, number, *asked = sys.argv[1:]
    supervise(TrainingFolder(Path(place)), int(number), asked)
