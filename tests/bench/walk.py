"""How many files and functions an upload, a folder and a retraining pass through.

``python -m tests.bench.walk [NAME ...]`` prints a row each: the product's files and functions that
are called, as ``sys.setprofile`` reports them in every thread. Generator expressions and
comprehensions do not count as functions. All ways go the whole length: a warm request without key
or rate limit, and the commands from their options on, in one process.
"""

import csv
import json
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from types import FrameType

import httpx
import pytest
from rich.console import Console
from rich.table import Table

from model.scorer import Scorer
from serve.settings import Settings
from tests.helpers.serve.command_line import OwnThreads, run
from tests.helpers.serve.http import files
from tests.helpers.serve.running_server import running_server
from tests.helpers.training.tiny_retraining import PLAN
from training.retrain.retrain import RetrainConfig

ROOT = Path(__file__).parents[2]
ROOMS = tuple(str(ROOT / room) + "/" for room in ("data", "model", "training", "serve"))
EXAMPLES = ROOT / "examples"
LABELS = {"telogen": "telogen", "misshapen": "misshapen", "bare": "no bulb"}
MAX_LABELS = 38
Called = set[tuple[str, str]]


@contextmanager
def profiled() -> Iterator[Called]:
    """The (file, function) pairs that are called inside the block, in any thread it starts."""
    called: Called = set()

    def note(frame: FrameType, event: str, _argument: object) -> None:
        code = frame.f_code
        ours = code.co_filename.startswith(ROOMS) and code.co_filename.endswith(".py")
        if event == "call" and ours and code.co_name[0] != "<":
            called.add((code.co_filename, code.co_qualname))

    threading.setprofile(note)
    sys.setprofile(note)
    try:
        yield called
    finally:
        sys.setprofile(None)
        threading.setprofile(None)  # type: ignore[arg-type]


def upload() -> Called:
    """``POST /v1/photos`` with one photo, nothing saved."""
    photo = files(("a.jpg", (EXAMPLES / "tray_900001_00053.jpg").read_bytes()))
    with (
        profiled() as called,
        running_server(Settings(), Scorer.shipped()) as address,
        httpx.Client(base_url=address, timeout=60) as client,
    ):
        client.post("/v1/photos", files=photo).raise_for_status()
        called.clear()
        client.post("/v1/photos", files=photo).raise_for_status()
        return set(called)


def folder() -> Called:
    """``shedlight score FOLDER --out OUT`` on three photos."""
    with tempfile.TemporaryDirectory() as name, pytest.MonkeyPatch.context() as patch:
        patch.setattr("serve.batch.local_engine.WorkerPool", OwnThreads)
        photos = Path(name) / "photos"
        photos.mkdir()
        for file in sorted(EXAMPLES.glob("*.jpg"))[:3]:
            (photos / file.name).write_bytes(file.read_bytes())
        with profiled() as called:
            run(patch, "score", photos, "--out", Path(name) / "out", "--workers", 1)
        return called


def retraining() -> Called:
    """``shedlight retrain LABELS --out RUN`` on a table of labels, one epoch, one process."""
    with tempfile.TemporaryDirectory() as name, pytest.MonkeyPatch.context() as patch:
        tiny = partial(RetrainConfig, plan=PLAN, processes=1)
        patch.setattr("training.retrain.retrain.RetrainConfig", tiny)
        labels = _label_table(Path(name) / "labels")
        with profiled() as called:
            models = ("--models", Path(name) / "models")
            run(patch, "retrain", labels, "--out", Path(name) / "run", *models)
        return called


def _label_table(folder: Path) -> Path:
    """The example photos with their true labels in ``labels.csv``."""
    folder.mkdir()
    rows = []
    for line in (EXAMPLES / "truth.jsonl").read_text("utf-8").splitlines():
        photo = json.loads(line)
        (folder / photo["photo"]).write_bytes((EXAMPLES / photo["photo"]).read_bytes())
        rows += [
            (photo["photo"], *hair["root_xy"], LABELS[hair["root"]])
            for hair in photo["hairs"]
            if hair["root_in_photo"]
        ]
    with (folder / "labels.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([("photo", "x", "y", "label"), *rows[:MAX_LABELS]])
    return folder


WALKS: dict[str, Callable[[], Called]] = {
    "upload": upload,
    "folder": folder,
    "retraining": retraining,
}


def main(chosen: list[str]) -> None:
    """Prints the table; ``chosen`` names walks, none for all."""
    table = Table("way", "files", "functions")
    for name in chosen or WALKS:
        called = WALKS[name]()
        table.add_row(name, str(len({file for file, _ in called})), str(len(called)))
    Console().print(table)


if __name__ == "__main__":
    main(sys.argv[1:])
