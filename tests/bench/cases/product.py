"""The product under test, and what a case expects of it."""

import json
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

TIMEOUT_S = 900.0
"""Seconds for a command; the machine may be busy."""


HOMELESS = (
    *("setpriv", "--reuid=12345", "--regid=12345", "--clear-groups"),
    *("--inh-caps=+dac_read_search", "--ambient-caps=+dac_read_search"),
)
"""Before a command, for root: another user, without a home, who may read what root may."""


@dataclass(frozen=True)
class Case:
    """What a case is expected to give, and gave; ``right`` if one of several answers came out."""

    name: str
    expected: str
    got: str
    right: bool


def case(name: str, expected: str, got: str) -> Case:
    """A case with one right answer."""
    return Case(name, expected, got, expected == got)


@dataclass
class Product:
    """The command under test, the folder of cases, and a folder for what it writes."""

    command: Sequence[str]
    cases: Path
    work: Path
    _numbers: Iterator[int] = field(default_factory=count)

    def new(self, name: str = "") -> Path:
        """A path at which there is nothing yet, in a new folder."""
        folder = self.work / f"{next(self._numbers)}"
        folder.mkdir()
        folder.chmod(0o777)
        return folder / (name or "out")

    def copy(self, folder: str) -> Path:
        """A copy of a folder of cases, in which files may be written."""
        return Path(shutil.copytree(self.cases / folder, self.new(Path(folder).name)))

    def run(
        self, *arguments: object, before: Sequence[str] = (), **options: Any
    ) -> "subprocess.CompletedProcess[str]":
        """Runs the command to its end."""
        options = {"encoding": "utf-8", "errors": "replace"} | options
        command = [*before, *self.command, *map(str, arguments)]
        return subprocess.run(
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            timeout=TIMEOUT_S,
            check=False,
            **options,
        )

    def score(self, *paths: object, more: Sequence[str] = (), **options: Any) -> "Scored":
        """Scores paths into a new folder, without overlays."""
        out = self.new()
        done = self.run("score", *paths, "--out", out, "--overlays", "none", *more, **options)
        return Scored(done.returncode, done.stdout, out)

    def photos(self) -> list[Path]:
        """The photos of case 01, which serve as any photos."""
        return sorted((self.cases / "01_old_results_in_folder").glob("*.jpg"))


@dataclass(frozen=True)
class Scored:
    """A run of ``score``: its status, what it printed, and its folder."""

    status: int
    printed: str
    out: Path

    def __str__(self) -> str:
        if "Traceback" in self.printed:
            return f"a traceback, status {self.status}"
        if not (self.out / "summary.json").exists():
            return f"status {self.status}: {' '.join(self.printed.split())[-200:]}"
        photos, hairs = self.summary["photos"], self.summary["pool"]["hairs"]
        return f"{photos['scored']} of {photos['all']} photos, {hairs} hairs, status {self.status}"

    @property
    def summary(self) -> dict[str, Any]:
        return dict(json.loads((self.out / "summary.json").read_text("utf-8")))

    @property
    def lines(self) -> list[dict[str, Any]]:
        results = (self.out / "results.jsonl").read_text("utf-8")
        return [json.loads(line) for line in results.splitlines()]
