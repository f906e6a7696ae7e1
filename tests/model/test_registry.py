import json
import os
from pathlib import Path

import pytest

from data.errors import ErrorCode, ShedlightError
from model.registry import ALIAS, HISTORY, Champion, Registry, RegistryError
from model.registry_move import Did, Move, standing
from model.version import CARD_FILE, MANIFEST_FILE, SHIPPED, WEIGHTS_FILE, load_version
from tests.model.versions import SHIPPED_NAME, make_version, registry_with

IN_FORCE = Champion(SHIPPED_NAME, SHIPPED)


@pytest.fixture
def registry(tmp_path: Path) -> Registry:
    return registry_with(tmp_path, "one", "two")


def kept(registry: Registry, name: str) -> Path:
    return registry.folder / "versions" / name


def damage(registry: Registry, name: str) -> None:
    with (kept(registry, name) / WEIGHTS_FILE).open("ab") as weights:
        weights.write(b"!")


def refused(registry: Registry, name: str) -> bool:
    with pytest.raises(ShedlightError) as caught:
        registry.promote(name, "to try it")
    return caught.value.code is ErrorCode.MODEL_REFUSED


def test_the_shipped_version_is_in_force_where_there_is_no_registry(tmp_path: Path) -> None:
    registry = Registry(tmp_path / "nowhere")
    assert registry.champion() == IN_FORCE
    (only,) = registry.versions()
    assert (only.name, only.in_force, only.added) == (SHIPPED_NAME, True, None)
    assert only.manifest == load_version(SHIPPED).manifest
    assert not (tmp_path / "nowhere").exists()


def test_what_is_added_is_listed_and_not_yet_in_force(tmp_path: Path) -> None:
    registry = registry_with(tmp_path, "two")
    assert registry.add(make_version(tmp_path / "made", "one", parent="two")) == "one"
    entries = registry.versions()
    assert [entry.name for entry in entries] == [SHIPPED_NAME, "two", "one"]  # by when they came
    assert [entry.in_force for entry in entries] == [True, False, False]
    assert entries[2].manifest
    assert entries[2].manifest.parent == "two"
    assert entries[1].added
    assert entries[2].added
    assert entries[1].added < entries[2].added
    assert registry.champion() == IN_FORCE


def test_a_version_is_copied_with_its_three_files_alone(tmp_path: Path) -> None:
    made = make_version(tmp_path, "one")
    (made / "notes.txt").touch()
    registry = Registry(tmp_path / "models")
    registry.add(made)
    assert {file.name for file in kept(registry, "one").iterdir()} == {
        WEIGHTS_FILE,
        MANIFEST_FILE,
        CARD_FILE,
    }
    (made / WEIGHTS_FILE).unlink()
    registry.promote("one", "to try it")
    assert registry.champion() == Champion("one", kept(registry, "one"))


def test_the_same_version_may_be_added_again_and_another_of_its_name_may_not(
    registry: Registry, tmp_path: Path
) -> None:
    assert registry.add(tmp_path / "made" / "one") == "one"
    (tmp_path / "made" / "one" / CARD_FILE).write_text("# Another", "utf-8")
    with pytest.raises(RegistryError, match="another version one"):
        registry.add(tmp_path / "made" / "one")
    like_the_shipped = make_version(tmp_path, SHIPPED_NAME)
    with pytest.raises(RegistryError, match=SHIPPED_NAME):
        registry.add(like_the_shipped)
    assert registry.add(SHIPPED) == SHIPPED_NAME


def test_a_damaged_version_is_mended_by_adding_it_again(registry: Registry, tmp_path: Path) -> None:
    damage(registry, "one")
    registry.add(tmp_path / "made" / "one")
    registry.promote("one", "to try it")
    assert registry.champion().name == "one"


@pytest.mark.parametrize("name", ["", "..", "a/b", "../one", ".one", "a b", "x" * 65])
def test_a_version_whose_name_is_no_file_name_is_refused(tmp_path: Path, name: str) -> None:
    made = make_version(tmp_path, "one")
    raw = json.loads((made / MANIFEST_FILE).read_text("utf-8"))
    (made / MANIFEST_FILE).write_text(json.dumps(raw | {"version": name}), "utf-8")
    registry = Registry(tmp_path / "models")
    with pytest.raises(ShedlightError) as caught:
        registry.add(made)
    assert caught.value.code is ErrorCode.MODEL_REFUSED
    with pytest.raises(RegistryError):
        registry.promote(name, "to try it")
    assert len(registry.versions()) == 1


def test_what_is_no_network_is_refused_though_its_hash_is_right(
    registry: Registry, tmp_path: Path
) -> None:
    from model.version import save_version, sha256
    from tests.model.examples import manifest_of

    save_version(tmp_path / "test", b"no network", manifest_of(b"no network"), "# A card")
    assert sha256(b"no network") == load_version(tmp_path / "test").manifest.name.sha256
    with pytest.raises(ShedlightError) as caught:
        registry.add(tmp_path / "test")
    assert caught.value.code is ErrorCode.MODEL_REFUSED
    (tmp_path / "test").rename(kept(registry, "test"))
    assert refused(registry, "test")
    assert registry.champion() == IN_FORCE


@pytest.mark.parametrize("file", [WEIGHTS_FILE, MANIFEST_FILE, CARD_FILE])
def test_a_half_written_version_is_refused_and_all_stays(registry: Registry, file: str) -> None:
    registry.promote("one", "to try it")
    (kept(registry, "two") / file).unlink()
    assert refused(registry, "two")
    assert registry.champion() == Champion("one", kept(registry, "one"))
    damaged = registry.versions()[-1]
    assert (damaged.name, damaged.manifest) == ("two", None)


def test_a_version_under_a_changed_name_is_refused(registry: Registry) -> None:
    """Its reports would give the other name."""
    kept(registry, "one").rename(kept(registry, "three"))
    assert refused(registry, "three")


def test_there_is_no_version_of_an_unknown_name(registry: Registry) -> None:
    with pytest.raises(RegistryError, match="no version three"):
        registry.promote("three", "to try it")
    assert registry.champion() == IN_FORCE


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
        (Did.ADDED, "one"),
        (Did.ADDED, "two"),
        (Did.PROMOTED, "one"),
        (Did.ROLLED_BACK, SHIPPED_NAME),
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
    alias = Move.now(Did.PROMOTED, leading_out, "to try it")
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
    told = [move.name for move in map(Move.parse, history.read_text("utf-8").splitlines()) if move]
    assert told == ["one", "two", "one", "two"]
    assert registry.rollback() == "one"


def test_what_a_killed_copy_left_is_no_version_and_is_cleared_away(
    registry: Registry, tmp_path: Path
) -> None:
    left = registry.folder / "versions" / ".three.part"
    left.mkdir()
    (left / WEIGHTS_FILE).write_bytes(b"half")
    assert [entry.name for entry in registry.versions()] == [SHIPPED_NAME, "one", "two"]
    registry.add(make_version(tmp_path, "three"))
    assert not left.exists()
    assert registry.versions()[-1].name == "three"


def test_a_promoted_shipped_version_stays_when_the_package_brings_another(
    registry: Registry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    registry.promote("one", "to try it")
    registry.promote(SHIPPED_NAME, "it was better")
    assert registry.champion() == IN_FORCE
    monkeypatch.setattr("model.registry.SHIPPED", make_version(tmp_path, "newer"))
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


def test_looking_writes_nothing(registry: Registry) -> None:
    files = sorted(registry.folder.rglob("*"))
    registry.champion()
    registry.versions()
    registry.moves()
    assert sorted(registry.folder.rglob("*")) == files


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
    kinds = {"+": Did.PROMOTED, "-": Did.ROLLED_BACK}
    pairs = zip(moves[::2], moves[1::2], strict=True)
    told = [Move("", kinds[sign], name, "") for sign, name in pairs]
    assert standing(told, "s") == list(names)
