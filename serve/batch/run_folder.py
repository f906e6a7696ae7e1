"""The folder of a run: its settings, the list of its photos, and the finished lines.

``run/photos.jsonl`` is written first and ``run/settings.json`` last, both by a rename. If the
settings exist, the list is whole, and the order of the photos stays the same even if the folders
change later. ``results.jsonl`` only grows, one line per photo in that order, so its length is all
that a run needs to continue.
"""

import json
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path
from typing import Protocol

from data.io.files import atomic_writer, exclusive
from data.io.jsonl import Json, cut_torn_line, read_lines, write_line
from model.report import ModelName
from serve.batch.overlays import FOLDER as OVERLAYS
from serve.batch.request import BatchRequest
from serve.batch.results import RESULTS
from serve.errors import CommandError
from serve.inputs.left_out import LeftOutFiles
from serve.inputs.paths import AnyPath, path_of_record, path_record, require_paths
from serve.inputs.photo_files import NamedPhoto, PhotoWalk

RUN = "run"
_SETTINGS, _PHOTOS = "settings.json", "photos.jsonl"
_SCHEMA = "shedlight-run/1"
_NAMES = {
    "schema": "a different file format",
    "paths": "other photos",
    "roots_in_view": "another value of --roots-in-view",
    "scale": "another value of --scale",
    "overlays": "another value of --overlays",
    "limits": "other limits of files and photos",
    "model": "other weights",
}
"""Settings that must be the same to continue a run, as the error names them."""


@dataclass(frozen=True)
class RunFolder:
    """The run in ``out``: the number of its photos, and of other files that were ``skipped``.

    ``left_out`` counts what lay among the photos and is none (``LeftOutFiles.as_json``).
    """

    out: Path
    photos: int
    skipped: int
    left_out: Mapping[str, int]

    @property
    def results(self) -> Path:
        """The file with a line per photo."""
        return self.out / RESULTS

    def listed(self, start: int = 0) -> Iterator[NamedPhoto]:
        """The photos in their order, from number ``start`` on."""
        return islice(listed_photos(self.out), start, None)


class PhotoList(Protocol):
    """Photos in their order, with distinct names."""

    @property
    def skipped(self) -> int:
        """The number of other files; complete after the last photo."""

    @property
    def left_out(self) -> LeftOutFiles:
        """What lay among the photos and is none; complete after the last photo."""

    def __iter__(self) -> Iterator[NamedPhoto]: ...


def listed_photos(out: Path) -> Iterator[NamedPhoto]:
    """The photos of the run in a folder, in their order; none if there is no run."""
    file = out / RUN / _PHOTOS
    for photo in read_lines(file) if file.exists() else ():
        yield NamedPhoto(path_of_record(photo["path"]), photo["name"])


@contextmanager
def held_run(
    request: BatchRequest, model: ModelName, tables: Collection[AnyPath] = ()
) -> Iterator[RunFolder]:
    """Begins a run in ``request.out``, or continues the one there if ``request.resume``.

    ``tables`` are the files that it reads beside the photos; they do not count as skipped.
    No other process can open the folder during the block. Raises OSError (BlockingIOError if
    another process has opened it), and CommandError if the folder holds a different run, or if
    there is nothing at a path; nothing is written then. A run that found no photos is replaced.
    """
    out = request.out
    if _begun(request) is None:
        if (out / RESULTS).exists() and not (out / RUN / _SETTINGS).exists():
            raise CommandError(f"{out} already holds results. Choose another folder.")
        require_paths(request.paths)
    with exclusive(out, f"{RUN}/.lock"):
        yield _open_run(request, model, tables)


def _open_run(request: BatchRequest, model: ModelName, tables: Collection[AnyPath]) -> RunFolder:
    out, wanted = request.out, _settings(request, model)
    begun = _begun(request)
    if begun is None:
        photos = PhotoWalk(request.paths, (out / OVERLAYS, out / RUN), tables)
        return begin_run(request, model, photos)
    if not request.resume:
        raise CommandError(
            f"{out} already holds results. Choose another folder, or add --resume to continue."
        )
    for setting, value in wanted.items():
        if begun.get(setting) != value:
            raise CommandError(
                f"{out} holds a run with {_NAMES[setting]}. Use the same, or choose another folder."
            )
    cut_torn_line(out / RESULTS)
    return RunFolder(out, begun["photos"], begun["skipped"], begun["left_out"])


def _begun(request: BatchRequest) -> Json | None:
    """The settings of the run in the folder; None if there is none, or if it found no photos and
    is not to be resumed: its path was mistyped."""
    file = request.out / RUN / _SETTINGS
    begun: Json | None = json.loads(file.read_text("utf-8")) if file.exists() else None
    return begun if begun and (begun["photos"] or request.resume) else None


def begin_run(request: BatchRequest, model: ModelName, photos: PhotoList) -> RunFolder:
    """Begins a run on ``photos`` in place of those of ``request.paths``, without scoring any.

    ``score_batch`` with ``request.resume`` scores them. Raises OSError.
    """
    folder, count = request.out / RUN, 0
    folder.mkdir(parents=True, exist_ok=True)
    with atomic_writer(folder / _PHOTOS) as file:
        for count, photo in enumerate(photos, 1):  # noqa: B007  # counts them
            write_line(file, {"path": path_record(photo.path), "name": photo.name})
    with atomic_writer(folder / _SETTINGS) as file:
        left_out = photos.left_out.as_json()
        counts = {"photos": count, "skipped": photos.skipped, "left_out": left_out}
        settings = _settings(request, model) | counts
        file.write(json.dumps(settings, indent=1) + "\n")
    return RunFolder(request.out, count, photos.skipped, left_out)


def _settings(request: BatchRequest, model: ModelName) -> Json:
    """What must be the same to continue a run."""
    return {
        "schema": _SCHEMA,
        "paths": [path_record(path) for path in request.paths],
        "roots_in_view": request.roots_in_view,
        "scale": asdict(request.scale),
        "overlays": request.overlays.value,
        "limits": asdict(request.limits),
        "model": asdict(model),
    }
