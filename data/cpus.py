"""The processors that this process may use: fewer than the machine's in a container or a job."""

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
    return max(1, min([count, *map(ceil, _quotas(root))]))


def _quotas(root: Path) -> Iterator[float]:
    """The processors that each control group of this process, and those above it, may use."""
    with suppress(OSError):
        for line in (root / "proc/self/cgroup").read_text("utf-8").splitlines():
            _, controllers, group = line.split(":", 2)
            top = root / "sys/fs/cgroup" / controllers
            if controllers and "cpu" not in controllers.split(","):
                continue
            place = PurePosixPath(group.lstrip("/"))
            for folder in (top / each for each in (place, *place.parents)):
                with suppress(OSError, ValueError):  # "max" is no quota
                    yield _quota(folder, is_unified=not controllers)


def _quota(folder: Path, is_unified: bool) -> float:
    """Raises OSError without the files, and ValueError without a quota."""
    if is_unified:
        quota, period = (folder / "cpu.max").read_text("utf-8").split()
    else:
        names = ("cpu.cfs_quota_us", "cpu.cfs_period_us")
        quota, period = ((folder / name).read_text("utf-8") for name in names)
    if int(quota) <= 0 or int(period) <= 0:
        raise ValueError("no quota")
    return int(quota) / int(period)
