"""What a registry adds, lists and refuses."""

import json
from pathlib import Path

import pytest

from data.errors import ErrorCode, ShedlightError
from model.registry.registry import Champion, Registry, RegistryError
from model.version import CARD_FILE, MANIFEST_FILE, SHIPPED, WEIGHTS_FILE, load_version
from tests.helpers.model.versions import (
    SHIPPED_ACTIVE,
    SHIPPED_NAME,
    damage,
    folder_of,
    make_version,
    registry_with,
)


def refused(registry: Registry, name: str) -> bool:
    with pytest.raises(ShedlightError) as caught:
        registry.promote(name, "to try it")
    return caught.value.code is ErrorCode.MODEL_REFUSED


def test_the_shipped_version_is_active_without_a_registry(tmp_path: Path) -> None:
    registry = Registry(tmp_path / "nowhere")
    assert registry.champion() == SHIPPED_ACTIVE
    (only,) = registry.versions()
    assert (only.name, only.active, only.added) == (SHIPPED_NAME, True, None)
    assert only.manifest == load_version(SHIPPED).manifest
    assert not (tmp_path / "nowhere").exists()


def test_an_added_version_is_listed_and_not_active(tmp_path: Path) -> None:
    registry = registry_with(tmp_path, "two")
    assert registry.add(make_version(tmp_path / "made", "one", parent="two")) == "one"
    entries = registry.versions()
    assert [entry.name for entry in entries] == [SHIPPED_NAME, "two", "one"]  # in order of addition
    assert [entry.active for entry in entries] == [True, False, False]
    assert entries[2].manifest
    assert entries[2].manifest.parent == "two"
    assert entries[1].added
    assert entries[2].added
    assert entries[1].added < entries[2].added
    assert registry.champion() == SHIPPED_ACTIVE


def test_a_version_is_copied_with_its_three_files_alone(tmp_path: Path) -> None:
    made = make_version(tmp_path, "one")
    (made / "notes.txt").touch()
    registry = Registry(tmp_path / "models")
    registry.add(made)
    assert {file.name for file in folder_of(registry, "one").iterdir()} == {
        WEIGHTS_FILE,
        MANIFEST_FILE,
        CARD_FILE,
    }
    (made / WEIGHTS_FILE).unlink()
    registry.promote("one", "to try it")
    assert registry.champion() == Champion("one", folder_of(registry, "one"))


def test_the_same_version_may_be_added_again_and_another_of_its_name_may_not(
    registry: Registry, tmp_path: Path
) -> None:
    assert registry.add(tmp_path / "made" / "one") == "one"
    (tmp_path / "made" / "one" / CARD_FILE).write_text("# Another", "utf-8")
    with pytest.raises(RegistryError, match="version one"):
        registry.add(tmp_path / "made" / "one")
    like_the_shipped = make_version(tmp_path, SHIPPED_NAME)
    with pytest.raises(RegistryError, match=SHIPPED_NAME):
        registry.add(like_the_shipped)
    assert registry.add(SHIPPED) == SHIPPED_NAME


def test_adding_a_damaged_version_again_repairs_it(registry: Registry, tmp_path: Path) -> None:
    damage(registry, "one")
    registry.add(tmp_path / "made" / "one")
    registry.promote("one", "to try it")
    assert registry.champion().name == "one"


@pytest.mark.parametrize("name", ["", "..", "a/b", "../one", ".one", "a b", "x" * 65])
def test_a_version_with_an_unsafe_name_is_refused(tmp_path: Path, name: str) -> None:
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


def test_weights_that_are_no_network_are_refused_even_with_the_right_hash(
    registry: Registry, tmp_path: Path
) -> None:
    from model.version import save_version, sha256
    from tests.helpers.model.hairs import manifest_of

    save_version(tmp_path / "test", b"no network", manifest_of(b"no network"), "# A card")
    assert sha256(b"no network") == load_version(tmp_path / "test").manifest.name.sha256
    with pytest.raises(ShedlightError) as caught:
        registry.add(tmp_path / "test")
    assert caught.value.code is ErrorCode.MODEL_REFUSED
    (tmp_path / "test").rename(folder_of(registry, "test"))
    assert refused(registry, "test")
    assert registry.champion() == SHIPPED_ACTIVE


@pytest.mark.parametrize("file", [WEIGHTS_FILE, MANIFEST_FILE, CARD_FILE])
def test_an_incomplete_version_is_refused_without_effect(registry: Registry, file: str) -> None:
    registry.promote("one", "to try it")
    (folder_of(registry, "two") / file).unlink()
    assert refused(registry, "two")
    assert registry.champion() == Champion("one", folder_of(registry, "one"))
    damaged = registry.versions()[-1]
    assert (damaged.name, damaged.manifest) == ("two", None)


def test_a_version_under_a_changed_name_is_refused(registry: Registry) -> None:
    """Its reports would give the other name."""
    folder_of(registry, "one").rename(folder_of(registry, "three"))
    assert refused(registry, "three")


def test_there_is_no_version_of_an_unknown_name(registry: Registry) -> None:
    with pytest.raises(RegistryError, match="three"):
        registry.promote("three", "to try it")
    assert registry.champion() == SHIPPED_ACTIVE


def test_the_rest_of_a_killed_copy_is_not_listed_and_is_removed(
    registry: Registry, tmp_path: Path
) -> None:
    left = registry.folder / "versions" / ".three.part"
    left.mkdir()
    (left / WEIGHTS_FILE).write_bytes(b"half")
    assert [entry.name for entry in registry.versions()] == [SHIPPED_NAME, "one", "two"]
    registry.add(make_version(tmp_path, "three"))
    assert not left.exists()
    assert registry.versions()[-1].name == "three"


def test_queries_write_nothing(registry: Registry) -> None:
    files = sorted(registry.folder.rglob("*"))
    registry.champion()
    registry.versions()
    registry.events()
    assert sorted(registry.folder.rglob("*")) == files


def test_without_a_home_folder_the_shipped_version_is_active_and_none_can_be_added(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_home(_: Path) -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr(Path, "expanduser", no_home)
    registry = Registry(Path("~/.shedlight/models"))
    assert registry.champion() == SHIPPED_ACTIVE
    assert [entry.name for entry in registry.versions()] == [SHIPPED_NAME]
    with pytest.raises(RegistryError, match="SHEDLIGHT_MODELS"):
        registry.add(make_version(tmp_path / "made", "one"))
