"""The command line as tests run it: in their own process, and with workers that need no other."""

import sys
from pathlib import Path

import pytest

import serve.cli.main
from serve.scoring.interfaces import MakeScorer, ThreadWorkers

ROOT = Path(__file__).parents[3]
"""The environment of a separate interpreter that finds all packages."""


class OwnThreads(ThreadWorkers):
    """Workers in threads, which start faster than processes."""

    def __init__(self, make_scorer: MakeScorer, count: int, _: float) -> None:
        super().__init__(make_scorer(), count)


def run(monkeypatch: pytest.MonkeyPatch, *arguments: object) -> int:
    """The exit status of ``shedlight ARGUMENTS``."""
    monkeypatch.setattr(sys, "argv", ["shedlight", *map(str, arguments)])
    with pytest.raises(SystemExit) as caught:
        serve.cli.main.main()
    code = caught.value.code or 0
    assert isinstance(code, int)
    return code
