"""kill -9 during promotions: the alias always names a complete version, the old or the new one."""

import random
import time
from multiprocessing.connection import Connection
from pathlib import Path

import pytest

from model.registry.history import RegistryEvent
from model.registry.registry import ALIAS, HISTORY, Registry
from model.version import load_version
from tests.helpers.model.versions import SHIPPED_NAME, promoting, registry_with

NAMES = ("one", "two")
MAX_LIFE_S = 0.1
"""Longest time from the first promotion to the kill: long enough for several promotions."""


def test_five_kills(tmp_path: Path) -> None:
    kill_again_and_again(registry_with(tmp_path, *NAMES), 5)


@pytest.mark.slow
def test_fifty_kills(tmp_path: Path) -> None:
    kill_again_and_again(registry_with(tmp_path, *NAMES), 50)


def kill_again_and_again(registry: Registry, kills: int) -> None:
    when = random.Random(0)
    for _ in range(kills):
        with promoting(registry.folder, *NAMES) as (process, answers):
            assert answers.poll(30), "nothing is promoted"
            time.sleep(when.uniform(0, MAX_LIFE_S))
            process.kill()
            process.join()
            check(registry, reported(answers))
    before = registry.champion().name
    others = [name for name in promoted_in(registry) if name != before]
    assert registry.rollback() == (others or [SHIPPED_NAME])[-1]  # none if all kills come early


def reported(answers: Connection) -> list[str]:
    names = []
    try:
        while True:
            names.append(answers.recv_bytes().decode())
    except EOFError:
        return names


def promoted_in(registry: Registry) -> list[str]:
    return [event.name for event in registry.events() if event.kind == "promoted"]


def check(registry: Registry, names: list[str]) -> None:
    """All reported promotions are done, and at most one more."""
    alias = RegistryEvent.parse((registry.folder / ALIAS).read_text("utf-8"))
    assert alias
    assert (
        load_version(registry.folder / "versions" / alias.name).manifest.name.version == alias.name
    )
    assert registry.champion().instead_of is None
    promoted = promoted_in(registry)
    assert promoted[-len(names) :] == names or promoted[-len(names) - 1 : -1] == names
    lines = (registry.folder / HISTORY).read_text("utf-8").splitlines()
    assert all(map(RegistryEvent.parse, lines[:-1]))


def test_of_two_that_promote_at_once_each_leaves_whole_files(tmp_path: Path) -> None:
    registry = registry_with(tmp_path, *NAMES)
    with (
        promoting(registry.folder, "one") as (_, one),
        promoting(registry.folder, "two") as (_, two),
    ):
        for _ in range(20):
            assert one.poll(30)
            assert two.poll(30)
            assert {one.recv_bytes(), two.recv_bytes()} == {b"one", b"two"}
            assert registry.champion().name in NAMES
            assert RegistryEvent.parse((registry.folder / ALIAS).read_text("utf-8"))
    lines = (registry.folder / HISTORY).read_text("utf-8").splitlines()
    assert all(map(RegistryEvent.parse, lines[:-1]))
    alias = RegistryEvent.parse((registry.folder / ALIAS).read_text("utf-8"))
    assert alias in registry.events()[-1:]
