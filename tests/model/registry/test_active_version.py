"""Which version is active after promotions, rollbacks, damage and interruptions."""

import os
from pathlib import Path

import pytest

from model.registry.history import EventKind, RegistryEvent, active_history
from model.registry.registry import ALIAS, HISTORY, Champion, Registry, RegistryError
from model.version import SHIPPED
from tests.helpers.model.versions import (
    SHIPPED_ACTIVE,
    SHIPPED_NAME,
    damage,
    folder_of,
    make_version,
)


def test_rollback_goes_back_step_by_step_to_the_shipped_version(registry: Registry) -> None:
    for name in ("one", "two", "one"):
        registry.promote(name, "to try it")
    found = [registry.rollback() for _ in range(3)]
    assert found == ["two", "one", SHIPPED_NAME]
    assert registry.champion() == SHIPPED_ACTIVE
    with pytest.raises(RegistryError, match="earlier"):
        registry.rollback()
    registry.promote("two", "once more")
    assert registry.champion().name == "two"
    assert registry.rollback() == SHIPPED_NAME


def test_rollback_skips_damaged_versions(registry: Registry) -> None:
    for name in ("one", "two", "one"):
        registry.promote(name, "to try it")
    damage(registry, "two")
    assert registry.rollback() == SHIPPED_NAME


def test_the_history_has_all_events_and_is_only_appended_to(registry: Registry) -> None:
    registry.promote("one", "it is better")
    before = (registry.folder / HISTORY).read_bytes()
    registry.rollback()
    assert (registry.folder / HISTORY).read_bytes().startswith(before)
    events = registry.events()
    assert [(event.kind, event.name) for event in events] == [
        (EventKind.ADDED, "one"),
        (EventKind.ADDED, "two"),
        (EventKind.PROMOTED, "one"),
        (EventKind.ROLLED_BACK, SHIPPED_NAME),
    ]
    assert events[2].reason == "it is better"
    assert sorted(event.at for event in events) == [event.at for event in events]


def test_a_damaged_champion_is_replaced_by_the_last_complete_version_and_reported(
    registry: Registry,
) -> None:
    registry.promote("one", "to try it")
    registry.promote("two", "to try it")
    assert registry.champion().problem is None
    damage(registry, "two")
    assert registry.champion() == Champion("one", folder_of(registry, "one"), instead_of="two")
    problem = registry.champion().problem
    assert problem
    assert problem.index("two") < problem.index("damaged") < problem.index("one")
    damage(registry, "one")
    assert registry.champion() == Champion(SHIPPED_NAME, SHIPPED, instead_of="two")


def test_a_rolled_back_version_is_not_activated_by_damage(registry: Registry) -> None:
    registry.promote("one", "to try it")
    registry.promote("two", "to try it")
    registry.rollback()
    damage(registry, "one")
    assert registry.champion().name == SHIPPED_NAME


def test_rollback_from_a_damaged_champion_skips_its_replacement(
    registry: Registry,
) -> None:
    registry.promote("one", "to try it")
    registry.promote("two", "to try it")
    damage(registry, "two")
    assert registry.rollback() == SHIPPED_NAME


@pytest.mark.parametrize("text", ["", "\n", "{", "null", '"one"', '{"name": "one"}', "\xff\0"])
def test_an_unreadable_alias_is_recovered_from_the_history(registry: Registry, text: str) -> None:
    registry.promote("one", "to try it")
    (registry.folder / ALIAS).write_text(text, "utf-8")
    assert registry.champion().name == "one"
    registry.promote("two", "to try it")
    assert registry.rollback() == "one"


def test_an_alias_that_points_out_of_the_folder_is_not_followed(
    registry: Registry, tmp_path: Path
) -> None:
    made = make_version(tmp_path / "elsewhere", "three")
    leading_out = os.path.relpath(made, registry.folder / "versions")
    alias = RegistryEvent.now(EventKind.PROMOTED, leading_out, "to try it")
    (registry.folder / ALIAS).write_text(alias.as_line(), "utf-8")
    assert registry.champion() == Champion(SHIPPED_NAME, SHIPPED, instead_of=leading_out)


def test_deleting_the_alias_activates_the_shipped_version(registry: Registry) -> None:
    registry.promote("one", "to try it")
    (registry.folder / ALIAS).unlink()
    assert registry.champion() == SHIPPED_ACTIVE


def test_an_interrupted_history_is_completed_by_the_next_writer(registry: Registry) -> None:
    registry.promote("one", "to try it")
    history = registry.folder / HISTORY
    history.write_bytes(history.read_bytes()[:-20])  # killed while it wrote the line
    assert registry.events()[-1].name == "one"
    registry.promote("two", "to try it")
    events = map(RegistryEvent.parse, history.read_text("utf-8").splitlines())
    assert [event.name for event in events if event] == ["one", "two", "one", "two"]
    assert registry.rollback() == "one"


def test_a_promoted_shipped_version_stays_when_the_package_brings_another(
    registry: Registry, tmp_path: Path
) -> None:
    registry.promote("one", "to try it")
    registry.promote(SHIPPED_NAME, "it was better")
    assert registry.champion() == SHIPPED_ACTIVE
    upgraded = Registry(registry.folder, shipped=make_version(tmp_path, "newer"))
    assert upgraded.champion() == Champion(SHIPPED_NAME, folder_of(registry, SHIPPED_NAME))
    assert [upgraded.rollback(), upgraded.rollback()] == ["one", "newer"]


def test_a_full_disk_leaves_the_old_version_active(
    registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(*_args: object) -> None:
        raise OSError("the disk is full")

    registry.promote("one", "to try it")
    with monkeypatch.context() as patch:
        patch.setattr("os.fsync", failing)
        with pytest.raises(OSError, match="full"):
            registry.promote("two", "to try it")
    assert registry.champion().name == "one"
    assert registry.events()[-1].name == "one"


@pytest.mark.parametrize(
    ("events", "names"),
    [
        ("", "s"),
        ("+a", "sa"),
        ("+a+a", "sa"),
        ("+a+b+a", "saba"),
        ("+a+b-a", "sa"),
        ("+a+b-a-s", "s"),
        ("+a+b-s+c", "sc"),
        ("+a-z+b", "sb"),  # the shipped version that the package brought then
    ],
)
def test_the_active_history_after_events(events: str, names: str) -> None:
    kinds = {"+": EventKind.PROMOTED, "-": EventKind.ROLLED_BACK}
    pairs = zip(events[::2], events[1::2], strict=True)
    history = [RegistryEvent("", kinds[sign], name, "") for sign, name in pairs]
    assert active_history(history, "s") == list(names)
