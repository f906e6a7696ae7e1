"""Examples in .npz files, with their crops as JPEG files."""

import io
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import repeat
from pathlib import Path
from typing import Any, overload

import cv2
import numpy as np
from numpy.typing import NDArray

from data.arrays import Array, Pixels
from data.io.files import atomic_binary_writer
from data.strands.crop import CROP_HEIGHT, CROP_WIDTH, RootCrop
from data.strands.strand import End, EndState, Strand
from model.networks.parts import PARTS_CELL_PX
from training.datasets.annotations import Attributes
from training.datasets.examples import UNTRAINED, AnnotatedStrand, Ends, Example, PartsMap, crops_of

_ATTRIBUTE_COLUMNS = {"kind": "kind", "shade": "shade", "background": "ground", "maker": "maker"}
"""The column of each attribute. The column names are part of the format of the replay sets."""
_JPEG = (
    *(cv2.IMWRITE_JPEG_QUALITY, 92),
    *(cv2.IMWRITE_JPEG_SAMPLING_FACTOR, cv2.IMWRITE_JPEG_SAMPLING_FACTOR_444),
    *(cv2.IMWRITE_JPEG_OPTIMIZE, 1),
)
"""Colour at full resolution, because the network uses it. docs/training.md has the costs."""

NO_PART = 255
"""In place of a map of parts where the photo has no label picture."""
PARTS_SHAPE = (CROP_HEIGHT // PARTS_CELL_PX, CROP_WIDTH // PARTS_CELL_PX)
_NO_PARTS = np.full(PARTS_SHAPE, NO_PART, np.uint8)

Columns = Mapping[str, NDArray[Any]]
Wanted = Callable[[str, str, bool], bool]
"""Chooses examples by their photo, its maker, and whether the finder proposed them."""


def save_examples(path: Path, examples: Sequence[Example]) -> None:
    """Writes examples and their maps of parts to a file. Of a strand's path only the ends are
    saved."""
    maps = [
        _NO_PARTS if parts is None else parts
        for example in examples
        for crop, parts in zip(example.crops, example.parts, strict=True)
        if crop is not None
    ]
    parts = np.stack(maps) if maps else np.empty((0, *PARTS_SHAPE), np.uint8)
    with atomic_binary_writer(path) as file:
        file.write(pack_examples(examples, parts=parts))


def load_examples(path: Path, wanted: Wanted | None = None) -> list[Example]:
    """Reads what ``save_examples`` wrote; all, or the ``wanted`` ones."""
    with np.load(path, allow_pickle=False) as file:
        columns: Columns = {name: file[name] for name in file.files}
    if wanted is not None:
        columns = _chosen(columns, wanted)
    return _examples_of(columns, map(_pixels_of, _jpegs(columns)))


def load_ends(paths: Sequence[Path], wanted: Wanted) -> Ends:
    """The ends of ``wanted`` examples in files that have a crop and a class; crops are decoded when
    they are used."""
    parts = [_ends_in(path, wanted) for path in paths]
    return Ends(
        JpegCrops(
            [jpeg for part in parts for jpeg in part["jpegs"]],
            np.concatenate([part["shaft_px"] for part in parts]),
        ),
        np.concatenate([part["classes"] for part in parts]).astype(np.int64),
        np.concatenate([part["found"] for part in parts]),
        [_known(each) for part in parts for each in part["parts"]],
        [maker for part in parts for maker in part["makers"]],
    )


def _ends_in(path: Path, wanted: Wanted) -> dict[str, Any]:
    """The columns of ``load_ends`` in one file."""
    with np.load(path, allow_pickle=False) as file:
        columns = _chosen({name: file[name] for name in file.files}, wanted)
    strands, ends = np.nonzero(columns["has_crop"])
    classes = columns["end_classes"][strands, ends]
    trained = np.flatnonzero(classes != UNTRAINED)
    jpegs, strands, ends = _jpegs(columns), strands[trained], ends[trained]
    return {
        "jpegs": [jpegs[i] for i in trained],
        "shaft_px": _crop_shaft_px(columns)[strands, ends],
        "classes": classes[trained],
        "found": columns["found"][strands],
        "parts": columns["parts"][trained],
        "makers": columns["maker"][strands].tolist(),
    }


def load_backgrounds(path: Path, wanted: Wanted) -> dict[str, str]:
    """The background of each photo with ``wanted`` examples."""
    with np.load(path, allow_pickle=False) as file:
        names = ("photo", "maker", "found", "ground")
        rows = zip(*(file[name].tolist() for name in names), strict=True)
        return {photo: ground for photo, *of, ground in rows if wanted(photo, *of)}


def photos_by_maker(paths: Sequence[Path]) -> dict[str, set[str]]:
    """The photos of each maker with examples in the files."""
    photos: dict[str, set[str]] = {}
    for path in paths:
        with np.load(path, allow_pickle=False) as file:
            for photo, maker in zip(file["photo"].tolist(), file["maker"].tolist(), strict=True):
                photos.setdefault(maker, set()).add(photo)
    return photos


class JpegCrops(Sequence[RootCrop]):
    """Crops as JPEG files: a twentieth of the memory of their pixels."""

    def __init__(self, jpegs: Sequence[Pixels], shaft_px: Array) -> None:
        self._jpegs, self._shaft_px = jpegs, shaft_px

    def __len__(self) -> int:
        return len(self._jpegs)

    @overload
    def __getitem__(self, i: int) -> RootCrop: ...

    @overload
    def __getitem__(self, i: slice) -> "JpegCrops": ...

    def __getitem__(self, i: int | slice) -> "RootCrop | JpegCrops":
        """One crop, decoded, or a part of the crops."""
        if isinstance(i, slice):
            return JpegCrops(self._jpegs[i], self._shaft_px[i])
        return RootCrop(_pixels_of(self._jpegs[i]), float(self._shaft_px[i]))


def _jpegs(columns: Columns) -> list[Pixels]:
    starts = np.cumsum(columns["jpeg_bytes"])[:-1]
    return np.split(columns["jpegs"], starts) if len(columns["jpeg_bytes"]) else []


def _chosen(columns: Columns, wanted: Wanted) -> Columns:
    """The columns of the ``wanted`` strands."""
    given = (columns[name].tolist() for name in ("photo", "maker", "found"))
    strands = np.array([wanted(*row) for row in zip(*given, strict=True)], bool)
    crops = np.repeat(strands, columns["has_crop"].sum(axis=1))
    of_crop = {"jpeg_bytes": crops, "parts": crops}
    chosen = {
        name: column[of_crop.get(name, strands)]
        for name, column in columns.items()
        if name != "jpegs"
    }
    jpegs = [jpeg for jpeg, keep in zip(_jpegs(columns), crops, strict=True) if keep]
    return chosen | {"jpegs": np.concatenate(jpegs) if jpegs else columns["jpegs"][:0]}


def pack_examples(examples: Sequence[Example], **more: NDArray[Any]) -> bytes:
    """A compressed .npz file, without the maps of parts; the same examples give the same bytes."""
    files = [jpeg_of(crop.pixels) for crop in crops_of(examples)]
    buffer = io.BytesIO()
    np.savez_compressed(
        buffer,
        allow_pickle=False,
        jpegs=np.frombuffer(b"".join(files), np.uint8),
        jpeg_bytes=np.array([len(file) for file in files], np.int64),
        **more,
        **_columns_of(examples),
    )
    return buffer.getvalue()


def unpack_examples(raw: bytes) -> list[Example]:
    """The examples in the bytes of ``pack_examples``.

    Raises ValueError, KeyError or zipfile.BadZipFile on anything else.
    """
    with np.load(io.BytesIO(raw), allow_pickle=False) as file:
        columns = {name: file[name] for name in file.files}
    return _examples_of(columns, map(_pixels_of, _jpegs(columns)))


def jpeg_of(pixels: Pixels) -> bytes:
    """The crop's ``pixels`` (144, 240, 3) as a JPEG file."""
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
        "crop_shaft_px": np.array(
            [[np.nan if crop is None else crop.shaft_px for crop in e.crops] for e in examples]
        ).reshape(-1, 2),
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


def _crop_shaft_px(columns: Columns) -> Array:
    """Widths (N, 2) of the shafts at the ends; files of old versions have one for the strand."""
    shaft_px = columns["shaft_px"]
    return columns.get("crop_shaft_px", np.stack([shaft_px, shaft_px], axis=1))


def _examples_of(columns: Columns, pixels: Iterable[Pixels]) -> list[Example]:
    """The examples in columns, with the ``pixels`` (144, 240, 3) of each crop in turn."""
    crops, parts = iter(pixels), iter(columns.get("parts", repeat(_NO_PARTS)))
    columns = dict(columns) | {"crop_shaft_px": _crop_shaft_px(columns)}
    return [_example(columns, i, crops, parts) for i in range(len(columns["truth"]))]


def _example(
    columns: Columns, i: int, crops: Iterator[Pixels], parts: Iterator[PartsMap]
) -> Example:
    strand = _strand(columns, i)
    widths = columns["crop_shaft_px"][i]
    (one, of_one), (other, of_other) = (
        (RootCrop(next(crops), float(width)), _known(next(parts))) if has_crop else (None, None)
        for has_crop, width in zip(columns["has_crop"][i], widths, strict=True)
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
        parts=(of_one, of_other),
    )


def _known(parts: PartsMap) -> PartsMap | None:
    return None if parts[0, 0] == NO_PART else parts


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
