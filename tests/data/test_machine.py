"""How many processors and how much memory may be used."""

import os
from pathlib import Path

import pytest

from data.machine import free_memory, usable_cpus

ALL = 16


@pytest.fixture(autouse=True)
def sixteen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(ALL)), raising=False)


def machine(root: Path, cgroup: str, files: dict[str, str]) -> Path:
    for name, text in {"proc/self/cgroup": cgroup, **files}.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    return root


@pytest.mark.parametrize(
    ("group", "limits", "cpus"),
    [
        ("/", {}, ALL),
        ("/", {"": "max 100000"}, ALL),
        ("/", {"": "200000 100000"}, 2),
        ("/", {"": "150000 100000"}, 2),
        ("/", {"": "10000 100000"}, 1),
        ("/job/step", {"job": "300000 100000", "job/step": "max 100000"}, 3),
        ("/job/step", {"job": "max 100000", "job/step": "500000 100000"}, 5),
        ("/not/visible", {"": "400000 100000"}, 4),
        ("/", {"": "6400000 100000"}, ALL),
        ("/", {"": "nonsense"}, ALL),
    ],
)
def test_quotas_of_unified_control_groups_count(
    tmp_path: Path, group: str, limits: dict[str, str], cpus: int
) -> None:
    files = {f"sys/fs/cgroup/{name}/cpu.max": f"{limit}\n" for name, limit in limits.items()}
    assert usable_cpus(machine(tmp_path, f"0::{group}\n", files)) == cpus


@pytest.mark.parametrize(("quota", "cpus"), [("-1", ALL), ("250000", 3)])
def test_quotas_of_older_control_groups_count(tmp_path: Path, quota: str, cpus: int) -> None:
    folder = "sys/fs/cgroup/cpu,cpuacct/docker/1"
    files = {f"{folder}/cpu.cfs_quota_us": quota, f"{folder}/cpu.cfs_period_us": "100000"}
    text = "5:memory:/docker/1\n4:cpu,cpuacct:/docker/1\n0::/\n"
    assert usable_cpus(machine(tmp_path, text, files)) == cpus


def test_the_scheduler_limits_without_control_groups(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {3}, raising=False)
    assert usable_cpus(tmp_path) == 1


MEMINFO = "MemTotal:       24000000 kB\nMemAvailable:   20000000 kB\n"
AVAILABLE = 20_000_000 * 1024


@pytest.mark.parametrize(
    ("cgroup", "files", "free"),
    [
        ("0::/\n", {}, AVAILABLE),
        ("0::/job\n", {"job/memory.max": "max", "job/memory.current": "5"}, AVAILABLE),
        ("0::/job\n", {"job/memory.max": "4000", "job/memory.current": "1000"}, 3000),
        ("0::/job\n", {"job/memory.max": "4000", "job/memory.current": "5000"}, 0),
        (
            "3:memory:/docker/1\n",
            {
                "memory/docker/1/memory.limit_in_bytes": "4000",
                "memory/docker/1/memory.usage_in_bytes": "1500",
            },
            2500,
        ),
    ],
)
def test_free_memory_is_the_least_of_the_limits(
    tmp_path: Path, cgroup: str, files: dict[str, str], free: int
) -> None:
    groups = {f"sys/fs/cgroup/{name}": text for name, text in files.items()}
    root = machine(tmp_path, cgroup, {"proc/meminfo": MEMINFO, **groups})
    assert free_memory(root) == free


def test_free_memory_may_be_unknown(tmp_path: Path) -> None:
    assert free_memory(tmp_path) is None
