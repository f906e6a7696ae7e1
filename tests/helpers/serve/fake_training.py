"""A training that takes no time, or all of it: ``fake_training.py HOW LABELS --out ...``.

HOW is the verdict that it comes to, or ``crash``, ``refuse`` or ``forever``. It writes what
``shedlight retrain`` writes, and beside it what it was given.
"""

import argparse
import json
import os
import signal
import sys
import zipfile
from pathlib import Path
from time import sleep
from typing import Any

VERSION = "5e1f02aa"


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("how")
    parser.add_argument("labels", type=Path)
    parser.add_argument("--out", type=Path)
    parser.add_argument("--models", type=Path)
    parser.add_argument("--no-promote", action="store_true")
    asked = parser.parse_args()
    with zipfile.ZipFile(asked.labels) as labels:
        rows = len(labels.read("labels.csv").splitlines()) - 1
    given = {
        "labels": rows,
        "pid": os.getpid(),
        "nice": os.nice(0),
        "promote": not asked.no_promote,
    }
    (asked.out.parents[2] / "given.json").write_text(json.dumps(given), "utf-8")
    (asked.out / "fits").mkdir()
    (asked.out / "fits" / "crop.png").write_bytes(b"a photo")
    write_progress(asked.out, "running", "Fitting 1 of 2", 0.5)
    ends(asked.how, asked.out)
    outcome = outcome_of(asked.how, champion_of(asked.models), rows)
    (asked.out / "outcome.json").write_text(json.dumps(outcome), "utf-8")
    (asked.out / "report.html").write_text("<!doctype html><title>Report</title>", "utf-8")
    write_progress(asked.out, "done", "Done", 1.0)


def ends(how: str, out: Path) -> None:
    """Early, where that is asked for."""
    if how == "crash":
        os.kill(os.getpid(), signal.SIGKILL)
    if how == "refuse":
        sys.exit("The labels are of another planet.")
    if how == "deaf":
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    if how in ("forever", "deaf"):
        write_progress(out, "running", "Fitting 2 of 2", 0.75)
        sleep(600)


def write_progress(out: Path, state: str, step: str, done: float) -> None:
    part = out / "progress.part"
    progress = {"state": state, "step": step, "done": done, "message": None}
    part.write_text(json.dumps(progress), "utf-8")
    part.replace(out / "progress.json")


def champion_of(models: Path) -> str:
    from model.registry.registry import Registry

    return Registry(models).champion().name


def outcome_of(verdict: str, champion: str, rows: int) -> dict[str, Any]:
    return {
        "verdict": verdict, "reason": f"Verdict: {verdict}.", "promoted": False,
        "champion": champion, "challenger": VERSION, "arch": "rootnet",
        "labels": {"telogen": rows}, "fitted": rows, "photos": 2, "groups": 2, "problems": 0,
        "gain": 0.1, "p_value": 0.01, "forgotten": 0.0, "noise": 0.0,
    }  # fmt: skip


if __name__ == "__main__":
    main()
