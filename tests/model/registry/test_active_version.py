"""Which version is in force after what was promoted, taken back, damaged or cut short."""

import os
from pathlib import Path

import pytest

from model.registry.history import EventKind, RegistryEvent, active_history
from model.registry.registry import ALIAS, HISTORY, Champion, Registry, RegistryError
from model.version import SHIPPED
from tests.helpers.model.versions import IN_FORCE, SHIPPED_NAME, damage, kept, make_version


def test_rollback_goes_back_step_by_step_to_the_shipped_version(registry: Registry) -> None:
    for name in ("one", "two", "one"):
        registry.promote(name, "to try it")
    found = [registry.rollback() for _ in range(3)]
    assert found == ["two", "one", SHIPPED_NAME]
    assert registry.champion() == IN_FORCE
    with pytest.raises(RegistryError, match="no earlier version"):
        registry.rollback()
    registry.promote("two", "once more")
    assert registry.champion().name == "two"
    assert registry.rollback() == SHIPPED_NAME


def test_rollback_passes_over_what_is_damaged(registry: Registry) -> None:
    for name in ("one", "two", "one"):
        registry.promote(name, "to try it")
    damage(registry, "two")
    assert registry.rollback() == SHIPPED_NAME


def test_the_history_tells_all_moves_and_is_only_added_to(registry: Registry) -> None:
    registry.promote("one", "it is better")
    before = (registry.folder / HISTORY).read_bytes()
    registry.rollback()
    assert (registry.folder / HISTORY).read_bytes().startswith(before)
    moves = registry.moves()
    assert [(move.did, move.name) for move in moves] == [
        (EventKind.ADDED, "one"),
        (EventKind.ADDED, "two"),
        (EventKind.PROMOTED, "one"),
        (EventKind.ROLLED_BACK, SHIPPED_NAME),
    ]
    assert moves[2].reason == "it is better"
    assert sorted(move.at for move in moves) == [move.at for move in moves]


def test_a_damaged_champion_gives_way_to_the_last_whole_one_and_that_is_said(
    registry: Registry,
) -> None:
    registry.promote("one", "to try it")
    registry.promote("two", "to try it")
    assert registry.champion().trouble is None
    damage(registry, "two")
    assert registry.champion() == Champion("one", kept(registry, "one"), instead_of="two")
    trouble = registry.champion().trouble
    assert trouble
    assert "two is missing or damaged; one is in force" in trouble
    damage(registry, "one")
    assert registry.champion() == Champion(SHIPPED_NAME, SHIPPED, instead_of="two")


def test_what_was_taken_back_does_not_come_into_force_by_damage(registry: Registry) -> None:
    registry.promote("one", "to try it")
    registry.promote("two", "to try it")
    registry.rollback()
    damage(registry, "one")
    assert registry.champion().name == SHIPPED_NAME


def test_rollback_from_a_damaged_champion_goes_before_the_one_in_its_place(
    registry: Registry,
) -> None:
    registry.promote("one", "to try it")
    registry.promote("two", "to try it")
    damage(registry, "two")
    assert registry.rollback() == SHIPPED_NAME


@pytest.mark.parametrize("text", ["", "\n", "{", "null", '"one"', '{"name": "one"}', "\xff\0"])
def test_an_alias_that_cannot_be_read_is_told_by_the_history(registry: Registry, text: str) -> None:
    registry.promote("one", "to try it")
    (registry.folder / ALIAS).write_text(text, "utf-8")
    assert registry.champion().name == "one"
    registry.promote("two", "to try it")
    assert registry.rollback() == "one"


def test_an_alias_that_leads_out_of_the_folder_is_not_followed(
    registry: Registry, tmp_path: Path
) -> None:
    made = make_version(tmp_path / "elsewhere", "three")
    leading_out = os.path.relpath(made, registry.folder / "versions")
    alias = RegistryEvent.now(EventKind.PROMOTED, leading_out, "to try it")
    (registry.folder / ALIAS).write_text(alias.as_line(), "utf-8")
    assert registry.champion() == Champion(SHIPPED_NAME, SHIPPED, instead_of=leading_out)


def test_who_deletes_the_alias_has_the_shipped_version(registry: Registry) -> None:
    registry.promote("one", "to try it")
    (registry.folder / ALIAS).unlink()
    assert registry.champion() == IN_FORCE


def test_a_promotion_whose_history_was_cut_short_is_told_by_the_next(registry: Registry) -> None:
    registry.promote("one", "to try it")
    history = registry.folder / HISTORY
    history.write_bytes(history.read_bytes()[:-20])  # killed in the midst of the line
    assert registry.moves()[-1].name == "one"
    registry.promote("two", "to try it")
    told = [
        move.name
        for move in map(RegistryEvent.parse, history.read_text("utf-8").splitlines())
        if move
    ]
    assert told == ["one", "two", "one", "two"]
    assert registry.rollback() == "one"


def test_a_promoted_shipped_version_stays_when_the_package_brings_another(
    registry: Registry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    registry.promote("one", "to try it")
    registry.promote(SHIPPED_NAME, "it was better")
    assert registry.champion() == IN_FORCE
    monkeypatch.setattr("model.registry.registry.SHIPPED", make_version(tmp_path, "newer"))
    upgraded = Registry(registry.folder)
    assert upgraded.champion() == Champion(SHIPPED_NAME, kept(registry, SHIPPED_NAME))
    assert [upgraded.rollback(), upgraded.rollback()] == ["one", "newer"]


def test_a_full_disk_leaves_the_old_version_in_force(
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
    assert registry.moves()[-1].name == "one"


@pytest.mark.parametrize(
    ("moves", "names"),
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
def test_what_stands_after_moves(moves: str, names: str) -> None:
    kinds = {"+": EventKind.PROMOTED, "-": EventKind.ROLLED_BACK}
    pairs = zip(moves[::2], moves[1::2], strict=True)
    told = [RegistryEvent("", kinds[sign], name, "") for sign, name in pairs]
    assert active_history(told, "s") == list(names)
