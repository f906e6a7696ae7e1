"""The pictures of labels, copied beside exported labels."""

import posixpath
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from data.errors import ShedlightError
from data.images.photo import ReadLimits
from data.images.read import read_photo
from data.io.files import atomic_binary_writer
from training.labels.issues import Issue
from training.labels.raw_label import Picture, RawLabel

FOLDER = "photos"
LIMITS = ReadLimits(min_side_px=32)
"""Those of check-labels: the crop of a root end may be small."""


@dataclass(frozen=True)
class LabelledPhoto:
    """A copied picture: its path in the export, its upright size in pixels, and its labels."""

    name: str
    width: int
    height: int
    labels: tuple[RawLabel, ...]


def copy_pictures(
    labels: Sequence[RawLabel], out: Path, issues: list[Issue]
) -> Iterator[LabelledPhoto]:
    """Copies each labelled picture into ``out/photos``, unchanged, in the order of the labels.

    One that cannot be read is an issue, and its labels are lost. Raises OSError.
    """
    by_picture: dict[Picture, list[RawLabel]] = {}
    for label in labels:
        by_picture.setdefault(label.picture, []).append(label)
    taken: set[str] = set()
    for picture, found in by_picture.items():
        try:
            raw = picture.read(LIMITS)
            photo = read_photo(raw, LIMITS)
        except ShedlightError as error:
            issues.append(Issue(picture.where, f"{error.message} Labels lost: {len(found)}."))
            continue
        name = _free_name(picture.name.removeprefix(f"{FOLDER}/"), taken)
        file = out / name
        file.parent.mkdir(parents=True, exist_ok=True)
        with atomic_binary_writer(file) as stream:
            stream.write(raw)
        yield LabelledPhoto(name, photo.width, photo.height, tuple(found))


def _free_name(name: str, taken: set[str]) -> str:
    """A path below ``photos`` that no other picture has, in any case of letters."""
    stem, suffix = posixpath.splitext(name)
    number = 1
    while (path := f"{FOLDER}/{stem}{suffix}").casefold() in taken:
        number += 1
        stem = f"{posixpath.splitext(name)[0]} ({number})"
    taken.add(path.casefold())
    return path
