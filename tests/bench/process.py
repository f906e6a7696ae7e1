"""One core, and the memory of this process or of another with its children. Linux only."""

import os
from pathlib import Path

import cv2

_STATUS, _CLEAR = Path("/proc/self/status"), Path("/proc/self/clear_refs")
_FORGET_PEAK = "5"
"""What proc(5) says resets the peak."""


def pin_to_one_core() -> None:
    """Makes this process, and OpenCV in it, use a single core."""
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    cv2.setNumThreads(1)


def resident_mib() -> float:
    """The memory that this process has, in MiB."""
    return _status_mib("VmRSS")


def peak_mib() -> float:
    """The most it has had since it started, or since ``forget_peak``.

    That is the counter behind getrusage's ru_maxrss, but for this program alone: ru_maxrss starts
    from what the process that launched it had.
    """
    return _status_mib("VmHWM")


def forget_peak() -> None:
    """Lets the peak begin again from what the process has."""
    _CLEAR.write_text(_FORGET_PEAK)


def _status_mib(field: str) -> float:
    lines = _STATUS.read_text().splitlines()
    (line,) = (line for line in lines if line.startswith(f"{field}:"))
    return int(line.split()[1]) / 1024


def family_mib(pid: int) -> float:
    """The memory of a process and its children in MiB, what they share counted once (Pss)."""
    process = Path("/proc", str(pid))
    tasks = (process / "task").iterdir()
    children = [child for task in tasks for child in (task / "children").read_text().split()]
    rollup = (process / "smaps_rollup").read_text().splitlines()
    (own,) = (int(line.split()[1]) / 1024 for line in rollup if line.startswith("Pss:"))
    return own + sum(family_mib(int(child)) for child in children)


def worker_mib(pid: int) -> dict[int, float]:
    """Resident MiB of each child process that works for ``pid``, by its id."""
    found = {}
    try:
        for task in Path("/proc", str(pid), "task").iterdir():
            for child in (task / "children").read_text().split():
                if b"spawn_main" in Path("/proc", child, "cmdline").read_bytes():
                    status = Path("/proc", child, "status").read_text().splitlines()
                    held = [line.split()[1] for line in status if line.startswith("VmRSS:")]
                    found.update({int(child): int(kib) / 1024 for kib in held})
    except OSError:  # one of them ended while we looked
        pass
    return found
