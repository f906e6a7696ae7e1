"""Pins this process to one core, and measures memory of processes. Linux only."""

import os
from pathlib import Path

import cv2

_STATUS, _CLEAR = Path("/proc/self/status"), Path("/proc/self/clear_refs")
_RESET_PEAK = "5"
"""Resets the peak when written to ``clear_refs``; see proc(5)."""


def pin_to_one_core() -> None:
    """Makes this process, and OpenCV in it, use a single core."""
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    cv2.setNumThreads(1)


def resident_mib() -> float:
    """Resident memory of this process in MiB."""
    return _status_mib("VmRSS")


def peak_mib() -> float:
    """Peak resident memory of this process in MiB, since its start or ``reset_peak``.

    Unlike ru_maxrss of getrusage, it does not start from the memory of the parent process.
    """
    return _status_mib("VmHWM")


def reset_peak() -> None:
    """Sets the peak to the current memory."""
    _CLEAR.write_text(_RESET_PEAK)


def _status_mib(field: str) -> float:
    lines = _STATUS.read_text().splitlines()
    (line,) = (line for line in lines if line.startswith(f"{field}:"))
    return int(line.split()[1]) / 1024


def process_tree_mib(pid: int) -> float:
    """Memory of a process and its children in MiB; shared pages count once (Pss)."""
    process = Path("/proc", str(pid))
    tasks = (process / "task").iterdir()
    children = [child for task in tasks for child in (task / "children").read_text().split()]
    rollup = (process / "smaps_rollup").read_text().splitlines()
    (own,) = (int(line.split()[1]) / 1024 for line in rollup if line.startswith("Pss:"))
    return own + sum(process_tree_mib(int(child)) for child in children)


def worker_mib(pid: int) -> dict[int, float]:
    """Resident memory in MiB of each worker process of ``pid``, by process id."""
    memory = {}
    try:
        for task in Path("/proc", str(pid), "task").iterdir():
            for child in (task / "children").read_text().split():
                if b"spawn_main" in Path("/proc", child, "cmdline").read_bytes():
                    status = Path("/proc", child, "status").read_text().splitlines()
                    sizes = [line.split()[1] for line in status if line.startswith("VmRSS:")]
                    memory.update({int(child): int(kib) / 1024 for kib in sizes})
    except OSError:  # a worker ended meanwhile
        pass
    return memory
