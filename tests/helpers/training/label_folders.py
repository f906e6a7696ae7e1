"""Handmade labels: pictures, folders, zips, and a finder that proposes given strands."""

import zipfile
from collections.abc import Mapping
from datetime import datetime
from io import BytesIO
from pathlib import Path

import numpy as np
from PIL import Image

from data.images.photo import Photo
from data.strands.strand import End, EndState, Strand
from model.inference.line_finder import Finder
from tests.helpers.model.hairs import KnownStrands
from training.labels.issues import Location
from training.labels.label import HairLabel
from training.labels.raw_label import Picture, Point, RawLabel
from training.labels.sources import open_source

V, OUT, HIDDEN = EndState.VISIBLE, EndState.OUT_OF_PHOTO, EndState.HIDDEN

Files = Mapping[str, bytes]


def picture(seed: int = 0, width: int = 640, height: int = 400) -> bytes:
    """A PNG of coarse noise; another seed is another picture."""
    rng = np.random.default_rng(seed)
    cells = rng.integers(0, 255, (height // 8, width // 8, 3)).astype(np.uint8)
    buffer = BytesIO()
    Image.fromarray(cells).resize((width, height), Image.Resampling.BICUBIC).save(buffer, "PNG")
    return buffer.getvalue()


def photo(width: int = 640, height: int = 400, sha256: str = "a" * 64) -> Photo:
    """A grey photo."""
    return Photo(np.full((height, width, 3), 128, np.uint8), sha256)


def strand(
    y: float = 200.0,
    from_x: float = 100.0,
    to_x: float = 500.0,
    states: tuple[EndState, EndState] = (V, V),
    shaft_px: float = 5.0,
) -> Strand:
    """A level strand; its end 0 is on the left."""
    path = np.array([[x, y] for x in np.linspace(from_x, to_x, 41)])
    ends = End(from_x, y, np.pi, states[0]), End(to_x, y, 0.0, states[1])
    return Strand(path, shaft_px, ends, -50.0)


def finds(*strands: Strand) -> Finder:
    """A finder that finds these strands in every photo."""
    return KnownStrands(*strands)


def raw_label(
    label: HairLabel,
    *points: Point,
    row: int = 2,
    root_known: bool = True,
    labelled_at: datetime | None = None,
) -> RawLabel:
    """A label in row ``row`` of a table."""
    picture = Picture(open_source(Path(__file__).parent), "a.jpg")
    where = Location("labels.csv", row)
    return RawLabel(picture, label, where, "", points, root_known, labelled_at)


def folder(root: Path, files: Files) -> Path:
    """A folder with these files."""
    for name, raw in files.items():
        file = root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(raw)
    return root


def zipped(file: Path, files: Files) -> Path:
    """The same as a zip."""
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, raw in files.items():
            archive.writestr(name, raw)
    return file
