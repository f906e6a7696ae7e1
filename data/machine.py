"""The processors and the memory that this process may use; a container may have less than all."""

import os
from collections.abc import Iterator
from contextlib import suppress
from math import ceil
from pathlib import Path, PurePosixPath


def usable_cpus(root: Path = Path("/")) -> int:
    """The number of processors by the scheduler's mask and by the quotas of control groups.

    At least 1; a part of a processor counts as one. ``root``: where ``proc`` and ``sys`` lie.
    """
    try:
        count = len(os.sched_getaffinity(0))
    except AttributeError:  # macOS and Windows
        count = os.cpu_count() or 1
    quotas = []
    for folder, is_unified in _control_groups(root, "cpu"):
        with suppress(OSError, ValueError):  # "max" is no quota
            quotas.append(ceil(_cpu_quota(folder, is_unified)))
    return max(1, min([count, *quotas]))


def free_memory(root: Path = Path("/")) -> int | None:
    """Bytes that are free on the machine and in the control groups; None if that is not known."""
    free: list[int] = []
    with suppress(OSError, ValueError, IndexError):
        text = (root / "proc/meminfo").read_text("utf-8")
        free.append(1024 * int(text.split("MemAvailable:")[1].split()[0]))
    for folder, is_unified in _control_groups(root, "memory"):
        names = ("max", "current") if is_unified else ("limit_in_bytes", "usage_in_bytes")
        with suppress(OSError, ValueError):  # "max" is no limit
            limit, used = (int((folder / f"memory.{name}").read_text("utf-8")) for name in names)
            free.append(max(0, limit - used))
    return min(free, default=None)


def _control_groups(root: Path, controller: str) -> Iterator[tuple[Path, bool]]:
    """The folders of each control group of this process, and those above it.

    The second value is False for groups of version 1.
    """
    with suppress(OSError):
        for line in (root / "proc/self/cgroup").read_text("utf-8").splitlines():
            _, controllers, group = line.split(":", 2)
            top = root / "sys/fs/cgroup" / controllers
            if controllers and controller not in controllers.split(","):
                continue
            place = PurePosixPath(group.lstrip("/"))
            for folder in (top / each for each in (place, *place.parents)):
                yield folder, not controllers


def _cpu_quota(folder: Path, is_unified: bool) -> float:
    """Raises OSError without the files, and ValueError without a quota."""
    if is_unified:
        quota, period = (folder / "cpu.max").read_text("utf-8").split()
    else:
        names = ("cpu.cfs_quota_us", "cpu.cfs_period_us")
        quota, period = ((folder / name).read_text("utf-8") for name in names)
    if int(quota) <= 0 or int(period) <= 0:
        raise ValueError("no quota")
    return int(quota) / int(period)
