"""How many processors may be used."""

import os
from pathlib import Path

import pytest

from data.cpus import usable_cpus

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
