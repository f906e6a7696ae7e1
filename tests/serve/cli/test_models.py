"""``shedlight models`` as a user meets it."""

import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import serve.cli.main
from model.registry.export import README_FILE
from model.registry.registry import Registry
from model.version import WEIGHTS_FILE
from tests.helpers.hostile_files import encoded, scene
from tests.helpers.model.versions import SHIPPED_NAME, make_version, registry_with
from tests.helpers.serve.command_line import OwnThreads

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """The exit status of ``shedlight ARGUMENTS``, what it says and what it complains of."""

    def run_it(*arguments: object) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["shedlight", *map(str, arguments)])
        with pytest.raises(SystemExit) as caught:
            serve.cli.main.main()
        said = capsys.readouterr()
        return int(caught.value.code or 0), said.out, said.err

    return run_it


@pytest.fixture
def registry(tmp_path: Path) -> Registry:
    """The one that the tests' environment names."""
    return registry_with(tmp_path, "one")


def test_the_shipped_version_is_listed_where_nothing_was_added(run: Run) -> None:
    status, said, _ = run("models", "list")
    assert status == 0
    assert said.splitlines()[1].split()[:3] == ["*", SHIPPED_NAME, "-"]
    assert len(said.splitlines()) == 2


def test_a_version_is_added_promoted_shown_and_taken_back(run: Run, tmp_path: Path) -> None:
    made = make_version(tmp_path / "made", "one", parent=SHIPPED_NAME)
    assert "models promote one" in run("models", "add", made)[1]
    status, said, _ = run("models", "promote", "one", "--reason", "it reads mine better")
    assert status == 0
    assert "Nothing was measured" in said
    assert f"before, it was {SHIPPED_NAME}" in said
    assert run("models", "list")[1].splitlines()[2].split()[:3] == ["*", "one", SHIPPED_NAME]
    said = run("models", "show", "one")[1]
    for words in ("(in force)", "it reads mine better", f"fitted from  {SHIPPED_NAME}", "ends "):
        assert words in said
    assert run("models", "rollback")[1] == f"{SHIPPED_NAME} is in force again instead of one.\n"
    assert run("models", "list")[1].splitlines()[1].startswith("*")


def test_programs_are_told_in_json(run: Run, registry: Registry) -> None:
    registry.promote("one", "to try it")
    shipped, one = json.loads(run("models", "list", "--json")[1])
    assert (shipped["name"], shipped["in_force"], shipped["added"]) == (SHIPPED_NAME, False, None)
    assert (one["name"], one["in_force"], one["damaged"]) == ("one", True, False)
    assert one["metrics"] == shipped["metrics"]
    told = json.loads(run("models", "show", "one", "--json")[1])
    assert {**told, "moves": None} == {**one, "moves": None}
    assert [move["did"] for move in told["moves"]] == ["added", "promoted"]


def test_a_damaged_version_is_told_as_such_and_not_put_in_force(
    run: Run, registry: Registry
) -> None:
    registry.promote("one", "to try it")
    (registry.find("one") / WEIGHTS_FILE).write_bytes(b"half")
    said = run("models", "list")[1]
    assert "damaged" in said.splitlines()[2]
    assert "one is missing or damaged" in said.splitlines()[3]
    assert "damaged" in run("models", "show", "one")[1]
    for arguments in (("promote", "one"), ("export", "one", "out")):
        status, said, complaint = run("models", *arguments)
        assert (status, said) == (1, "")
        assert "damaged" in complaint
    assert json.loads(run("models", "list", "--json")[1])[1]["metrics"] is None


def test_an_export_lies_in_a_new_folder(run: Run, registry: Registry, tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert str(out / README_FILE) in run("models", "export", "one", out)[1]
    status, _, complaint = run("models", "export", "one", out)
    assert (status, complaint) == (1, f"{out}: File exists.\n")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["promote", "three"], "no version three"),
        (["show", "../one"], "no version ../one"),
        (["export", "three", "out"], "no version three"),
        (["rollback"], "no earlier version"),
        (["add", "nowhere"], "damaged, or not one"),
        (["promote"], "NAME"),
    ],
)
def test_what_cannot_be_done_is_one_sentence(
    run: Run, registry: Registry, arguments: list[str], words: str
) -> None:
    status, said, complaint = run("models", *arguments)
    assert (status, said) == (1, "")
    assert words in complaint
    assert complaint.strip().count("\n") == 0
    assert registry.champion().name == SHIPPED_NAME


def test_photos_are_scored_by_the_version_in_force(
    run: Run, registry: Registry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("serve.batch.local_engine.WorkerPool", OwnThreads)
    photo = tmp_path / "a.jpg"
    photo.write_bytes(encoded(scene()))

    def speaker(*options: object) -> str:
        out = tmp_path / f"out{len(list(tmp_path.iterdir()))}"
        run("score", photo, "--out", out, "--workers", 1, *options)
        record = json.loads((out / "results.jsonl").read_text("utf-8"))
        return str(record["model"]["version"])

    assert speaker() == SHIPPED_NAME
    registry.promote("one", "to try it")
    assert speaker() == "one"
    assert speaker("--models", tmp_path / "elsewhere") == SHIPPED_NAME
