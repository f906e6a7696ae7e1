"""``shedlight models``."""

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
    """The exit status of ``shedlight ARGUMENTS``, its output and its errors."""

    def run_it(*arguments: object) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["shedlight", *map(str, arguments)])
        with pytest.raises(SystemExit) as caught:
            serve.cli.main.main()
        printed = capsys.readouterr()
        return int(caught.value.code or 0), printed.out, printed.err

    return run_it


@pytest.fixture
def registry(tmp_path: Path) -> Registry:
    """The one that the tests' environment names."""
    return registry_with(tmp_path, "one")


def test_the_shipped_version_is_listed_where_nothing_was_added(run: Run) -> None:
    status, out, _ = run("models", "list")
    assert status == 0
    assert out.splitlines()[1].split()[:3] == ["*", SHIPPED_NAME, "-"]
    assert len(out.splitlines()) == 2


def test_a_version_is_added_promoted_shown_and_taken_back(run: Run, tmp_path: Path) -> None:
    made = make_version(tmp_path / "made", "one", parent=SHIPPED_NAME)
    assert "models promote one" in run("models", "add", made)[1]
    status, out, _ = run("models", "promote", "one", "--reason", "better on mine")
    assert status == 0
    assert SHIPPED_NAME in out
    assert run("models", "list")[1].splitlines()[2].split()[:3] == ["*", "one", SHIPPED_NAME]
    out = run("models", "show", "one")[1]
    for part in ("(active)", "better on mine", SHIPPED_NAME, "ends "):
        assert part in out
    assert run("models", "rollback")[0] == 0
    assert run("models", "list")[1].splitlines()[1].startswith("*")


def test_versions_are_listed_and_shown_as_json(run: Run, registry: Registry) -> None:
    registry.promote("one", "to try it")
    shipped, one = json.loads(run("models", "list", "--json")[1])
    assert (shipped["name"], shipped["active"], shipped["added"]) == (SHIPPED_NAME, False, None)
    assert (one["name"], one["active"], one["damaged"]) == ("one", True, False)
    assert one["metrics"] == shipped["metrics"]
    shown = json.loads(run("models", "show", "one", "--json")[1])
    assert {**shown, "moves": None} == {**one, "moves": None}
    assert [move["kind"] for move in shown["moves"]] == ["added", "promoted"]


def test_a_damaged_version_is_marked_and_cannot_be_promoted(run: Run, registry: Registry) -> None:
    registry.promote("one", "to try it")
    (registry.find("one") / WEIGHTS_FILE).write_bytes(b"half")
    out = run("models", "list")[1]
    assert "damaged" in out.splitlines()[2]
    assert "one" in out.splitlines()[3]
    assert "damaged" in run("models", "show", "one")[1]
    for arguments in (("promote", "one"), ("export", "one", "out")):
        status, out, error = run("models", *arguments)
        assert (status, out) == (1, "")
        assert "damaged" in error
    assert json.loads(run("models", "list", "--json")[1])[1]["metrics"] is None


def test_an_export_lies_in_a_new_folder(run: Run, registry: Registry, tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert str(out / README_FILE) in run("models", "export", "one", out)[1]
    assert run("models", "export", "one", out)[::2] == (1, f"{out}: File exists.\n")


@pytest.mark.parametrize(
    ("arguments", "key"),
    [
        (["promote", "three"], "three"),
        (["show", "../one"], "../one"),
        (["export", "three", "out"], "three"),
        (["rollback"], "earlier"),
        (["add", "nowhere"], "damaged"),
        (["promote"], "NAME"),
    ],
)
def test_an_impossible_request_is_one_sentence(
    run: Run, registry: Registry, arguments: list[str], key: str
) -> None:
    status, out, error = run("models", *arguments)
    assert (status, out) == (1, "")
    assert key in error
    assert error.strip().count("\n") == 0
    assert registry.champion().name == SHIPPED_NAME


def test_photos_are_scored_by_the_active_version(
    run: Run, registry: Registry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("serve.batch.local_engine.WorkerPool", OwnThreads)
    photo = tmp_path / "a.jpg"
    photo.write_bytes(encoded(scene()))

    def model_version(*options: object) -> str:
        out = tmp_path / f"out{len(list(tmp_path.iterdir()))}"
        run("score", photo, "--out", out, "--workers", 1, *options)
        record = json.loads((out / "results.jsonl").read_text("utf-8"))
        return str(record["model"]["version"])

    assert model_version() == SHIPPED_NAME
    registry.promote("one", "to try it")
    assert model_version() == "one"
    assert model_version("--models", tmp_path / "elsewhere") == SHIPPED_NAME
