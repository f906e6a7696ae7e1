"""Labels in the files of annotation programs: what their readers have in common."""

import json
import math
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePosixPath
from typing import Any

from data.errors import ShedlightError
from data.images.photo import ReadLimits
from data.io.csv_table import MAX_TABLE_BYTES
from data.io.photo_names import PhotoNames
from training.labels.formats.label_format import Labels, unknown_labels, unlabelled_pictures
from training.labels.issues import Issue
from training.labels.label import parse_label
from training.labels.raw_label import Picture, Point, RawLabel, is_picture, normalized_name
from training.labels.sources import LabelSource, location_in, near_top

WRONG_SHAPE = (AttributeError, IndexError, KeyError, OverflowError, TypeError, ValueError)
"""What reading an annotation of another shape than expected raises, CellError included."""


@dataclass(frozen=True)
class Annotation:
    """An annotation: its picture, the name of its class, and what else a ``RawLabel`` has."""

    picture: str
    class_name: str
    points: tuple[Point, ...]
    labelled_at: datetime | None = None
    person: str = ""
    root_known: bool = True
    row: int | None = None


class AnnotationFiles(ABC):
    """A format whose labels are in files at the top or in the folders directly below it."""

    name: str
    suffixes: tuple[str, ...] = (".json",)

    def __init__(self, *suffixes: str) -> None:
        """Reads files with these suffixes only, by default with all of its ``suffixes``."""
        self._suffixes = suffixes or self.suffixes

    def matches(self, source: LabelSource) -> bool:
        """Whether a file has the shape of this format."""
        return any(self.is_of_format(content) for _, content in self._files(source))

    def read(self, source: LabelSource) -> Labels:
        """A label for each annotation; unknown classes are one issue each."""
        labels: list[RawLabel] = []
        issues: list[Issue] = []
        pictures = PhotoNames(filter(is_picture, source.names))
        for name, content in self._files(source):
            if not self.is_of_format(content):
                continue
            before = len(labels) + len(issues)
            unknown = Counter[str]()
            for found in self.annotations(content, pictures, str(PurePosixPath(name).parent)):
                if isinstance(found, str):
                    issues.append(Issue(location_in(source, name), found))
                elif label := parse_label(found.class_name):
                    labels.append(
                        RawLabel(
                            picture=Picture(source, found.picture),
                            label=label,
                            where=location_in(source, name, found.row),
                            person=normalized_name(found.person),
                            points=found.points,
                            root_known=found.root_known,
                            labelled_at=found.labelled_at,
                        )
                    )
                else:
                    unknown[found.class_name] += 1
            issues += unknown_labels(location_in(source, name), unknown)
            if len(labels) + len(issues) == before:
                message = "There are no labels in this file."
                issues.append(Issue(location_in(source, name), message, is_note=True))
        return labels, [*issues, *unlabelled_pictures(source, labels)]

    def content(self, name: str, raw: bytes) -> Any:
        """What is in a file. Raises ValueError and RecursionError."""
        return json.loads(raw)

    @abstractmethod
    def is_of_format(self, content: Any) -> bool:
        """Whether a file with this content is in this format; None is that of an unreadable one."""

    @abstractmethod
    def annotations(
        self, content: Any, pictures: PhotoNames, folder: str
    ) -> Iterator[Annotation | str]:
        """The annotations of a file in ``folder``, or a sentence on what is wrong with one."""

    def _files(self, source: LabelSource) -> Iterator[tuple[str, Any]]:
        for name in near_top(source):
            if name.lower().endswith(self._suffixes):
                try:
                    raw = source.read(name, ReadLimits(max_bytes=MAX_TABLE_BYTES))
                    yield name, self.content(name, raw)
                except (ShedlightError, ValueError, RecursionError):
                    yield name, None


def finite(*numbers: Any) -> tuple[float, ...]:
    """The numbers. Raises ValueError and TypeError."""
    found = tuple(float(number) for number in numbers)
    if not all(map(math.isfinite, found)):
        raise ValueError("not finite")
    return found


def box_centre(xs: tuple[float, ...], ys: tuple[float, ...]) -> Point:
    """The centre of the box about some points. Raises ValueError for none."""
    return (min(xs) + max(xs)) / 2, (min(ys) + max(ys)) / 2


def covers(box: tuple[float, ...], width: Any, height: Any) -> bool:
    """Whether a box (left, top, width, height) covers a picture of that size, up to 1 %.

    Such a box is about the whole picture. False if the size is not known.
    """
    if not (isinstance(width, int | float) and isinstance(height, int | float) and width > 0):
        return False
    return box[2] >= 0.99 * width and box[3] >= 0.99 * height
