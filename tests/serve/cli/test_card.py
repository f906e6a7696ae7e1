from pathlib import Path

import pytest

from tests.helpers.serve.command_line import run


def test_the_card_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = tmp_path / "card.pdf"
    assert run(monkeypatch, "card", "--out", out, "--language", "de", "--paper", "letter") == 0
    assert out.read_bytes().startswith(b"%PDF")


def test_an_unknown_language_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = tmp_path / "card.pdf"
    assert run(monkeypatch, "card", "--out", out, "--language", "xx") == 1
    assert not out.exists()
