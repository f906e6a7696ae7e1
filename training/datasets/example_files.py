"""Examples in .npz files: with raw pixels to cache a run's input, or small with JPEG crops."""

import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from data.arrays import Pixels
from data.strands.crop import CROP_HEIGHT, CROP_WIDTH, RootCrop
from data.strands.strand import End, EndState, Strand
from training.datasets.annotations import Attributes
from training.datasets.examples import AnnotatedStrand, Example, crops_of

_ATTRIBUTE_COLUMNS = {"kind": "kind", "shade": "shade", "background": "ground"}
"""The column of each attribute. The column names are part of the format of the replay sets."""
_JPEG = (
    *(cv2.IMWRITE_JPEG_QUALITY, 92),
    *(cv2.IMWRITE_JPEG_SAMPLING_FACTOR, cv2.IMWRITE_JPEG_SAMPLING_FACTOR_444),
    *(cv2.IMWRITE_JPEG_OPTIMIZE, 1),
)
"""Colour at full resolution, because the network uses it. docs/training.md has the costs."""

Columns = Mapping[str, NDArray[Any]]


def save_examples(path: Path, examples: Sequence[Example]) -> None:
    """Writes examples to an .npz file. Of a strand's path only the ends are saved."""
    crops = crops_of(examples)
    pixels = np.stack([crop.pixels for crop in crops]) if crops else np.empty((0, 96, 160, 3))
    np.savez(path, allow_pickle=False, pixels=pixels.astype(np.uint8), **_columns_of(examples))


def load_examples(path: Path) -> list[Example]:
    """Reads what ``save_examples`` wrote."""
    with np.load(path, allow_pickle=False) as file:
        columns = {name: file[name] for name in file.files}
    return _examples_of(columns, columns["pixels"])


def pack_examples(examples: Sequence[Example]) -> bytes:
    """A compressed .npz file with JPEG crops; the same examples give the same bytes."""
    files = [jpeg_of(crop.pixels) for crop in crops_of(examples)]
    buffer = io.BytesIO()
    np.savez_compressed(
        buffer,
        allow_pickle=False,
        jpegs=np.frombuffer(b"".join(files), np.uint8),
        jpeg_bytes=np.array([len(file) for file in files], np.int64),
        **_columns_of(examples),
    )
    return buffer.getvalue()


def unpack_examples(raw: bytes) -> list[Example]:
    """The examples in the bytes of ``pack_examples``.

    Raises ValueError, KeyError or zipfile.BadZipFile on anything else.
    """
    with np.load(io.BytesIO(raw), allow_pickle=False) as file:
        columns = {name: file[name] for name in file.files}
    starts = np.cumsum(columns["jpeg_bytes"])[:-1]
    return _examples_of(columns, map(_pixels_of, np.split(columns["jpegs"], starts)))


def jpeg_of(pixels: Pixels) -> bytes:
    """The crop's ``pixels`` (96, 160, 3) as a JPEG file."""
    return bytes(cv2.imencode(".jpg", pixels, _JPEG)[1])


def _pixels_of(jpeg: Pixels) -> Pixels:
    # Checked before OpenCV gets it, because other formats can crash its decoders.
    found = cv2.imdecode(jpeg, cv2.IMREAD_COLOR) if bytes(jpeg[:3]) == b"\xff\xd8\xff" else None
    if found is None or found.shape != (CROP_HEIGHT, CROP_WIDTH, 3):
        raise ValueError("not the JPEG of a crop")
    return np.asarray(found, np.uint8)


def _columns_of(examples: Sequence[Example]) -> dict[str, NDArray[Any]]:
    """Everything but the crops' pixels, one column of plain values for each property."""
    attributes = {
        column: np.array([getattr(e.annotated.attributes, name) for e in examples], np.str_)
        for name, column in _ATTRIBUTE_COLUMNS.items()
    }
    classes = np.array([example.annotated.end_classes for example in examples])
    return {
        "photo": np.array([example.photo for example in examples], np.str_),
        "truth": np.array([example.annotated.truth for example in examples], np.str_),
        **attributes,
        "found": np.array([example.found for example in examples], bool),
        "end_classes": classes.reshape(-1, 2),
        "has_crop": np.array([[c is not None for c in e.crops] for e in examples], bool),
        "ends": np.array(
            [
                [(end.x, end.y, end.direction, end.confidence) for end in e.strand.ends]
                for e in examples
            ]
        ),
        "chance": np.array([example.strand.confidence for example in examples]),
        "states": np.array([[end.state for end in e.strand.ends] for e in examples], np.str_),
        "shaft_px": np.array([example.strand.shaft_px for example in examples]),
        "contrast": np.array([example.strand.contrast for example in examples]),
        "tangled": np.array([example.strand.tangled for example in examples], bool),
    }


def _end_row(end: End) -> tuple[float, float, float, float]:
    return end.x, end.y, end.direction, end.confidence


def _examples_of(columns: Columns, pixels: Iterable[Pixels]) -> list[Example]:
    """The examples in columns, with the ``pixels`` (96, 160, 3) of each crop in turn."""
    crops = iter(pixels)
    return [_example(columns, i, crops) for i in range(len(columns["truth"]))]


def _example(columns: Columns, i: int, crops: Iterator[Pixels]) -> Example:
    strand = _strand(columns, i)
    one, other = (
        RootCrop(next(crops), strand.shaft_px) if has_crop else None
        for has_crop in columns["has_crop"][i]
    )
    classes = (int(columns["end_classes"][i][0]), int(columns["end_classes"][i][1]))
    attributes = Attributes(
        **{name: str(columns[column][i]) for name, column in _ATTRIBUTE_COLUMNS.items()}
    )
    return Example(
        annotated=AnnotatedStrand(strand, str(columns["truth"][i]), classes, attributes),
        photo=str(columns["photo"][i]),
        found=bool(columns["found"][i]),
        crops=(one, other),
    )


def _strand(columns: Columns, i: int) -> Strand:
    rows, states = columns["ends"][i], columns["states"][i]
    first, second = (
        End(float(x), float(y), float(direction), EndState(state), float(confidence))
        for (x, y, direction, confidence), state in zip(rows, states, strict=True)
    )
    return Strand(
        path=np.array([[first.x, first.y], [second.x, second.y]]),
        shaft_px=float(columns["shaft_px"][i]),
        ends=(first, second),
        contrast=float(columns["contrast"][i]),
        tangled=bool(columns["tangled"][i]),
        confidence=float(columns["chance"][i]),
    )
