"""How many files and functions one upload, one folder and one retraining pass through.

``python -m tests.bench.walk`` prints a row each: our own files and functions that were called, as
``sys.setprofile`` sees them in every thread. Generator expressions and comprehensions do not
count as functions. The upload is a second, warm request without key or rate limit.
"""

import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

import httpx
import pytest
from rich.console import Console
from rich.table import Table

from model.scorer import Scorer
from serve.batch import BatchRequest, score_batch
from serve.settings import Settings
from tests.helpers.serve.http import files
from tests.helpers.serve.running_server import running_server
from tests.helpers.training.tiny_retraining import label_crops, make_tiny
from training.retrain.command import retrain_and_report
from training.retrain.retrain import RetrainConfig

ROOT = Path(__file__).parents[2]
ROOMS = tuple(str(ROOT / room) + "/" for room in ("data", "model", "training", "serve"))
EXAMPLES = ROOT / "examples"
Called = set[tuple[str, str]]


@contextmanager
def profiled() -> Iterator[Called]:
    """The (file, function) pairs of ours that are called inside the block, in any thread."""
    called: Called = set()

    def note(frame: FrameType, event: str, _argument: object) -> None:
        code = frame.f_code
        if event == "call" and code.co_filename.startswith(ROOMS) and code.co_name[0] != "<":
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
    """``shedlight score`` on three photos, without the parsing of its options."""
    with tempfile.TemporaryDirectory() as name:
        photos = Path(name) / "photos"
        photos.mkdir()
        for file in sorted(EXAMPLES.glob("*.jpg"))[:3]:
            (photos / file.name).write_bytes(file.read_bytes())
        scorer = Scorer.shipped()
        with profiled() as called:
            score_batch(BatchRequest((photos,), Path(name) / "out"), scorer)
        return called


def retraining() -> Called:
    """``shedlight retrain`` on 38 crops in class folders, one epoch, one process."""
    with tempfile.TemporaryDirectory() as name, pytest.MonkeyPatch.context() as patch:
        make_tiny(patch)
        labels = label_crops(Path(name) / "labels", range(6))
        with profiled() as called:
            run, models = Path(name) / "run", Path(name) / "models"
            retrain_and_report([labels], run, models, RetrainConfig())
        return called


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
