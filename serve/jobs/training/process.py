"""Supervises a training from start to end, as a process.

``python -m serve.jobs.training.process FOLDER LOCK COMMAND...``: LOCK is the number of the open
lock file. The command inherits it, so the lock is free when both processes have ended and not
before. The training stops when the server that started it ends, however it ends: this closes the
pipe that is the standard input.
"""

import os
import signal
import subprocess
import sys
from pathlib import Path
from select import select

from serve.jobs.state import TrainingStage, TrainingState
from serve.jobs.training.storage import TrainingFolder

NICENESS = 10
"""Of 19: scoring photos comes first. Our choice."""
POLL_INTERVAL_S = 0.2
STOP_LIMIT_S = 20.0
"""Seconds for the command to save its work before it is killed. Our assumption."""
NO_MESSAGE = "Training stopped without an error message. See the log {log} on the server."


def supervise(folder: TrainingFolder, lock: int, command: list[str]) -> None:
    """Runs the command until it ends or should stop, and deletes its labels."""
    os.nice(NICENESS)
    with folder.log.open("wb") as log:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
            pass_fds=(lock,),
        )
    stopped = _should_stop_early(process, folder)
    if stopped:
        _stop(process)
    last = folder.progress() or TrainingState(TrainingStage.RUNNING)
    if not last.has_ended:
        stage = TrainingStage.STOPPED if stopped else TrainingStage.FAILED
        message = None if stopped else _error_message(process.returncode, folder)
        folder.end(TrainingState(stage, last.step, last.done, message))
    folder.drop_labels()


def _should_stop_early(process: subprocess.Popen[bytes], folder: TrainingFolder) -> bool:
    """Waits until the command ends (False) or should be stopped (True)."""
    while process.poll() is None:
        server_has_ended = bool(select([sys.stdin], [], [], POLL_INTERVAL_S)[0])
        if server_has_ended or folder.should_stop():
            return True
    return False


def _stop(process: subprocess.Popen[bytes]) -> None:
    """Terminates the command and its child processes, and kills them if that takes too long."""
    for sign, limit_s in ((signal.SIGTERM, STOP_LIMIT_S), (signal.SIGKILL, None)):
        try:
            os.killpg(process.pid, sign)
            process.wait(limit_s)
        except (ProcessLookupError, subprocess.TimeoutExpired):
            continue


def _error_message(status: int, folder: TrainingFolder) -> str:
    """The sentence with which our command ends on an expected error, without a traceback."""
    output = folder.log.read_text("utf-8", errors="replace").strip()
    last = output.splitlines()[-1] if output else ""
    is_sentence = status == 1 and last.endswith(".") and "Traceback" not in output
    return last if is_sentence else NO_MESSAGE.format(log=folder.log)


if __name__ == "__main__":
    path, number, *arguments = sys.argv[1:]
    supervise(TrainingFolder(Path(path)), int(number), arguments)
