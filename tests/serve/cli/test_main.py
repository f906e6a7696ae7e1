"""All commands: usage errors, missing extras, and the commands on results."""

import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
import typer

from data.errors import ErrorCode, ShedlightError
from data.io.jsonl import JsonLinesError
from data.texts.catalogue import texts_in
from model.registry.registry import RegistryError
from model.scorer import Scorer
from model.version import WEIGHTS_FILE
from serve.advice.in_words import glossary
from serve.errors import CommandError, ExitStatus, message_and_status
from tests.helpers.hostile_files import encoded, scene
from tests.helpers.model.versions import SHIPPED_NAME, registry_with
from tests.helpers.serve.command_line import ROOT, OwnThreads, run
from tests.helpers.serve.fake_scorer import FakeScorer


@pytest.fixture(autouse=True)
def shipped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Scorer, "shipped", FakeScorer)
    monkeypatch.setattr("serve.batch.local_engine.WorkerPool", OwnThreads)
    monkeypatch.setenv("COLUMNS", "160")


def test_results_are_validated_and_compared(
    photos: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    out = photos.parent / "out"
    run(monkeypatch, "score", photos, "--out", out)
    results, page = out / "results.jsonl", photos.parent / "page.html"
    capsys.readouterr()
    assert run(monkeypatch, "validate", results) == 0
    assert run(monkeypatch, "compare", out, results, "--out", page) == 0
    assert "1 of 1" in capsys.readouterr().out
    assert page.read_text().startswith("<!doctype html>")
    results.write_text(results.read_text().replace("scored", "done") + "{}\n" * 200)
    assert run(monkeypatch, "validate", results) == 2
    printed = capsys.readouterr().out.splitlines()
    assert printed[0].startswith("line 1, status: ")
    assert len(printed) == 101
    assert run(monkeypatch, "validate", out / "missing.jsonl") == 1
    results.write_text("x")
    assert run(monkeypatch, "compare", out, out) == 1
    assert "line 1: " in capsys.readouterr().err


def test_the_glossary_lists_every_term(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, "glossary") == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines == [f"{word}: {meaning}" for word, meaning in glossary(texts_in()).items()]


@pytest.mark.parametrize(
    ("arguments", "key"),
    [
        (["score", "a.jpg"], "--out"),
        (["score", "a.jpg", "--nope"], "--nope"),
        (["scores"], "scores"),
        (["score", "a.jpg", "--out", "pyproject.toml"], "pyproject.toml"),
        (["score", "a.jpg", "phtos", "--out", "out"], "phtos"),
        (["score", "a.jpg", "--groups", "missing.csv", "--out", "out"], "missing.csv"),
        (["explain", "phtos/a.jpg", "--out", "out"], "phtos/a.jpg"),
        (["serve", "--port", "100000"], "--port"),
        (["render", "x", "--count", "0"], "--count"),
        (["render", "x"], "--count"),
        (
            ["render", "x", "--count", "1", "--bare-backgrounds", "y", "--regime", "tray"],
            "--regime",
        ),
        (["render", "x", "--count", "1", "--bare-backgrounds", "missing"], "missing"),
        (["render", "x", "--count", "1", "--maker", "painter", "--look", "second"], "--look"),
        (["render", "x", "--count", "1", "--maker", "painter", "--regime", "tray"], "tray"),
        (["train", "--synthetic", "missing", "--out", "build/x"], "missing"),
    ],
)
def test_bad_usage_is_one_sentence(
    arguments: list[str],
    key: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("pyproject.toml", "a.jpg"):
        (tmp_path / name).touch()
    if arguments[0] == "train":
        pytest.importorskip("torch")
    assert run(monkeypatch, *arguments) == 1
    printed = capsys.readouterr()
    assert key in printed.err
    assert printed.err.strip().count("\n") == 0
    assert printed.out == ""
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.jpg", "pyproject.toml"]


def test_a_wrong_setting_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SHEDLIGHT_MAX_FILES", "many")
    assert run(monkeypatch, "serve") == 1
    assert "SHEDLIGHT_MAX_FILES" in capsys.readouterr().err


def test_serve_passes_host_and_port(monkeypatch: pytest.MonkeyPatch) -> None:
    import serve.api.server

    calls: list[object] = []
    monkeypatch.setattr(
        serve.api.server, "serve_http", lambda app, *where: calls.extend([app.title, *where])
    )
    monkeypatch.setenv("SHEDLIGHT_HOST", "127.0.0.9")
    assert run(monkeypatch, "serve", "--port", "8123") == 0
    assert calls == ["Shedlight", "127.0.0.9", 8123]


def test_render_passes_its_options(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    import data.render

    calls: list[tuple[object, ...]] = []
    for name in ("render_dataset", "photograph_bare_grounds"):
        monkeypatch.setattr(data.render, name, lambda *arguments: calls.append(arguments[:-1]))
    out, grounds = tmp_path / "out", tmp_path / "grounds"
    grounds.mkdir()
    common = ["render", out, "--count", 2, "--seed", 3]
    assert run(monkeypatch, *common, "--regime", "empty", "--regime", "tray") == 0
    assert run(monkeypatch, *common, "--backgrounds", grounds, "--look", "second") == 0
    assert run(monkeypatch, *common, "--bare-backgrounds", grounds) == 0
    assert run(monkeypatch, *common, "--marked-backgrounds", grounds) == 0
    assert calls == [
        (out, 2, 3, None, ["empty", "tray"], "usual"),
        (out, 2, 3, grounds, None, "second"),
        (out, 2, 3, grounds, False),
        (out, 2, 3, grounds, True),
    ]


@pytest.mark.parametrize(
    ("extra", "package", "arguments"),
    [
        ("render", "mitsuba", ["render", "out", "--count", "1"]),
        ("train", "torch", ["train", "--synthetic", "in", "--out", "out"]),
        ("ray", "ray", ["score", "in", "--out", "out", "--engine", "ray"]),
        ("ray", "fsspec", ["score", "s3://bucket/in", "--out", "out"]),
    ],
)
def test_a_missing_extra_is_named(extra: str, package: str, arguments: list[str]) -> None:
    """Runs in another interpreter, where the package is not loaded yet."""
    program = (
        f"import sys; sys.modules[{package!r}] = None; from serve.cli.main import main; main()"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, *arguments], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 1
    assert f"shedlight[{extra}]" in done.stderr
    assert "Traceback" not in done.stderr


def test_about_prints_the_versions(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, "about") == 0
    rows = [line.split(maxsplit=1) for line in capsys.readouterr().out.splitlines()]
    assert {row[0] for row in rows} >= {"Shedlight", "Python", "OpenCV", "extras"}
    assert SHIPPED_NAME in rows[-1][1]


def test_about_reports_a_damaged_version(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    registry = registry_with(tmp_path, "one")
    registry.promote("one", "to try it")
    (registry.find("one") / WEIGHTS_FILE).write_bytes(b"half")
    assert run(monkeypatch, "about") == 0
    active, warning = capsys.readouterr().out.splitlines()[-2:]
    assert SHIPPED_NAME in active
    assert "one" in warning


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (KeyboardInterrupt(), ExitStatus.STOPPED),
        (typer.Abort(), ExitStatus.STOPPED),
        (typer.BadParameter("no"), ExitStatus.FAILED),
        (CommandError("no"), ExitStatus.FAILED),
        (ShedlightError(ErrorCode.EMPTY_FILE), ExitStatus.FAILED),
        (RegistryError("no"), ExitStatus.FAILED),
        (JsonLinesError("no"), ExitStatus.FAILED),
        (FileNotFoundError(2, "No such file", "a.jpg"), ExitStatus.FAILED),
    ],
)
def test_an_expected_error_has_a_sentence_and_a_status(
    error: BaseException, status: ExitStatus
) -> None:
    message, found = message_and_status(error)
    assert found is status
    assert message
    assert "\n" not in message


def test_an_unexpected_error_is_raised_again() -> None:
    with pytest.raises(ZeroDivisionError):
        message_and_status(ZeroDivisionError())


@pytest.mark.skipif(os.name != "posix", reason="file names of any letters")
@pytest.mark.parametrize("encoding", ["cp1252", "ascii", "utf-8"])
def test_letters_that_the_output_cannot_hold_are_replaced(tmp_path: Path, encoding: str) -> None:
    for number, name in enumerate(("\u0424\u043e\u0442\u043e.jpg", "\U0001f487.jpg", "\u00fc.jpg")):
        (tmp_path / name).write_bytes(encoded(scene(300 + number, 240)))
    program = """
        import serve.batch.local_engine
        from model.scorer import Scorer
        from tests.helpers.serve.fake_scorer import FakeScorer
        from tests.helpers.serve.command_line import OwnThreads
        from serve.cli.main import main

        Scorer.shipped = FakeScorer
        serve.batch.local_engine.WorkerPool = OwnThreads
        main()
    """
    command = [sys.executable, "-c", textwrap.dedent(program), "score", str(tmp_path)]
    done = subprocess.run(
        [*command, "--out", str(tmp_path / "\u0438\u0442\u043e\u0433"), "--workers", "1"],
        cwd=ROOT,
        capture_output=True,
        env={**os.environ, "PYTHONIOENCODING": encoding},
    )
    assert (done.returncode, done.stderr) == (0, b"")
    printed = done.stdout.decode(encoding)
    assert ("\u00fc.jpg" in printed) == (encoding != "ascii")
    assert ("????.jpg" in printed) == (encoding != "utf-8")
    wrong = subprocess.run(
        [*command[:-1], str(tmp_path / "\u0424.jpg"), "--out", str(tmp_path / "other")],
        cwd=ROOT,
        capture_output=True,
        env={**os.environ, "PYTHONIOENCODING": encoding},
    )
    assert wrong.returncode == 1
    assert b"Traceback" not in wrong.stderr
