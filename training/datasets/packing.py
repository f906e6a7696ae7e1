"""Examples in few bytes: crops as JPEG, all else as plain arrays."""

import io
from collections.abc import Sequence

import cv2
import numpy as np

from data.arrays import Pixels
from data.strands.crop import CROP_HEIGHT, CROP_WIDTH
from training.datasets.examples import Example, columns_of, crops_of, examples_of

_JPEG = (
    *(cv2.IMWRITE_JPEG_QUALITY, 92),
    *(cv2.IMWRITE_JPEG_SAMPLING_FACTOR, cv2.IMWRITE_JPEG_SAMPLING_FACTOR_444),
    *(cv2.IMWRITE_JPEG_OPTIMIZE, 1),
)
"""Colour at full resolution, since a network leans on it: docs/training.md says what it costs."""


def pack(examples: Sequence[Example]) -> bytes:
    """An .npz file of them; the same examples give the same bytes."""
    files = [jpeg_of(crop.pixels) for crop in crops_of(examples)]
    buffer = io.BytesIO()
    np.savez_compressed(
        buffer,
        allow_pickle=False,
        jpegs=np.frombuffer(b"".join(files), np.uint8),
        jpeg_bytes=np.array([len(file) for file in files], np.int64),
        **columns_of(examples),
    )
    return buffer.getvalue()


def unpack(raw: bytes) -> list[Example]:
    """What ``pack`` packed. Raises ValueError, KeyError or zipfile.BadZipFile on anything else."""
    with np.load(io.BytesIO(raw), allow_pickle=False) as file:
        columns = {name: file[name] for name in file.files}
    starts = np.cumsum(columns["jpeg_bytes"])[:-1]
    return examples_of(columns, map(_pixels_of, np.split(columns["jpegs"], starts)))


def jpeg_of(pixels: Pixels) -> bytes:
    """The crop's ``pixels`` (96, 160, 3) as a JPEG file."""
    return bytes(cv2.imencode(".jpg", pixels, _JPEG)[1])


def _pixels_of(jpeg: Pixels) -> Pixels:
    # Of what is no JPEG nothing goes to OpenCV, which other formats can crash.
    found = cv2.imdecode(jpeg, cv2.IMREAD_COLOR) if bytes(jpeg[:3]) == b"\xff\xd8\xff" else None
    if found is None or found.shape != (CROP_HEIGHT, CROP_WIDTH, 3):
        raise ValueError("not the JPEG of a crop")
    return np.asarray(found, np.uint8)
