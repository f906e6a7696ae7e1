"""The folder of a run: what was asked, the list of its photos, and the lines that are done.

``run/photos.jsonl`` is written first and ``run/settings.json`` last, both by a rename: with the
settings there the list is whole, and the order of the photos stands whatever happens to the
folders later. ``results.jsonl`` only ever grows, a line per photo in that order, so its length is
all that a run has to know to go on.
"""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path
from typing import Any, Protocol

from data.io.files import atomic_writer
from data.io.jsonl import cut_torn_line, read_lines, write_line
from model.report import ModelName
from serve.batch.overlays import FOLDER as OVERLAYS
from serve.batch.request import BatchRequest
from serve.errors import CommandError
from serve.inputs.photo_files import NamedPhoto, PhotoWalk
from serve.inputs.remote_files import note_of, path_noted

RESULTS, RUN = "results.jsonl", "run"
_SETTINGS, _PHOTOS = "settings.json", "photos.jsonl"
_SCHEMA = "shedlight-run/1"


@dataclass(frozen=True)
class RunFolder:
    """The run that lies in ``out``: ``photos`` to score; ``skipped`` other files were met."""

    out: Path
    photos: int
    skipped: int

    @property
    def results(self) -> Path:
        """The file with a line per photo."""
        return self.out / RESULTS

    def listed(self, start: int = 0) -> Iterator[NamedPhoto]:
        """The photos in their order, from number ``start`` on."""
        return islice(listed_photos(self.out), start, None)


class ListOfPhotos(Protocol):
    """Photos in their order, under names that differ; ``skipped`` other files were met on the way,
    which is known when the last photo has come."""

    @property
    def skipped(self) -> int:
        """How many."""

    def __iter__(self) -> Iterator[NamedPhoto]: ...


def listed_photos(out: Path) -> Iterator[NamedPhoto]:
    """The photos of the run in a folder, in their order; none where no run lies there."""
    file = out / RUN / _PHOTOS
    for photo in read_lines(file) if file.exists() else ():
        yield NamedPhoto(path_noted(photo["path"]), photo["name"])


def open_run(order: BatchRequest, model: ModelName) -> RunFolder:
    """A new run in ``order.out``, or with ``order.resume`` the one that was begun there.

    Raises RefusedError rather than touch a run that is not the one asked for, and OSError.
    """
    file, asked = order.out / RUN / _SETTINGS, _asked(order, model)
    begun = json.loads(file.read_text("utf-8")) if file.exists() else None
    if begun is None and not (order.out / RESULTS).exists():
        return begin_run(order, model, PhotoWalk(order.paths, (order.out / OVERLAYS, file.parent)))
    if begun is None or not order.resume:
        raise CommandError(
            f"{order.out} holds results already; name another folder"
            f"{'' if begun is None else ', or add --resume to go on with that run'}."
        )
    for name, value in asked.items():
        if begun.get(name) != value:
            raise CommandError(f"{order.out} holds a run with other {_WORDS[name]}; {_SAME}.")
    cut_torn_line(order.out / RESULTS)
    return RunFolder(order.out, begun["photos"], begun["skipped"])


_SAME = "go on with the same, or name another folder"
_WORDS = {
    "schema": "files than this version writes",
    "paths": "photos",
    "roots_in_view": "words on whether roots are in view",
    "overlays": "overlays",
    "model": "weights",
}


def _asked(order: BatchRequest, model: ModelName) -> dict[str, Any]:
    """What has to be the same for a run to go on."""
    return {
        "schema": _SCHEMA,
        "paths": [note_of(path) for path in order.paths],
        "roots_in_view": order.roots_in_view,
        "overlays": order.overlays.value,
        "model": asdict(model),
    }


def begin_run(order: BatchRequest, model: ModelName, photos: ListOfPhotos) -> RunFolder:
    """A run on these photos, whatever the paths of ``order`` hold, of which none is scored yet;
    who opens it with ``order.resume`` begins. Raises OSError."""
    folder, count = order.out / RUN, 0
    folder.mkdir(parents=True, exist_ok=True)
    with atomic_writer(folder / _PHOTOS) as file:
        for count, photo in enumerate(photos, 1):  # noqa: B007  # counts them
            write_line(file, {"path": note_of(photo.path), "name": photo.name})
    with atomic_writer(folder / _SETTINGS) as file:
        counted = _asked(order, model) | {"photos": count, "skipped": photos.skipped}
        file.write(json.dumps(counted, indent=1) + "\n")
    return RunFolder(order.out, count, photos.skipped)
