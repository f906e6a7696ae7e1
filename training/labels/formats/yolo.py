"""Labels in the folders of YOLO: a text file for each photo, with fractions of its size."""

import math
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import PurePosixPath

from data.errors import ShedlightError
from data.images.photo import ReadLimits
from data.images.read import read_photo
from data.io.csv_table import MAX_TABLE_BYTES
from data.io.photo_names import PhotoNames
from training.labels.formats.label_format import Labels, unknown_labels, unlabelled_pictures
from training.labels.issues import Issue, Location
from training.labels.label import parse_label
from training.labels.raw_label import Picture, RawLabel, is_picture
from training.labels.sources import LabelSource, location_in, near_top

_CLASS_FILES = frozenset({"classes.txt", "obj.names", "names.txt"})
_PHOTO_LIMITS = ReadLimits(min_side_px=32)


class Yolo:
    """``labels/NAME.txt`` for ``images/NAME.jpg``, or beside it; classes in a YAML or text file.

    A row is ``class x y width height``, in fractions of the upright photo; the label is about the
    box's centre, or the first keypoint if the YAML has ``kpt_shape``. Of a polygon it is the centre
    of the box about it.
    """

    name = "YOLO"

    def matches(self, source: LabelSource) -> bool:
        """Classes are listed, and a photo has a text file."""
        return bool(_classes(source)[0]) and any(_label_files(source))

    def read(self, source: LabelSource) -> Labels:
        """A label for each row. Photos are decoded for their size."""
        classes, has_keypoints = _classes(source)
        labels: list[RawLabel] = []
        issues: list[Issue] = []
        unknown = Counter[str]()
        for name, picture in _label_files(source):
            try:
                rows = _text(source, name).splitlines()
                photo = read_photo(source.read(picture, _PHOTO_LIMITS), _PHOTO_LIMITS)
            except ShedlightError as error:
                message = f"{picture} or its labels cannot be read: {error.message}"
                issues.append(Issue(location_in(source, name), message))
                continue
            for number, row in enumerate(rows, 1):
                if not (cells := row.split()):
                    continue
                where = location_in(source, name, number)
                try:
                    index = int(cells[0])
                    x, y = _fractions([float(cell) for cell in cells[1:]], has_keypoints)
                except ValueError:
                    issues.append(Issue(where, "This is not a class with a box, in fractions."))
                    continue
                class_name = classes.get(index, str(index))
                if label := parse_label(class_name):
                    point = x * photo.width, y * photo.height
                    labels.append(RawLabel(Picture(source, picture), label, where, points=(point,)))
                else:
                    unknown[class_name] += 1
        issues += unknown_labels(Location(str(source.path)), unknown)
        return labels, [*issues, *unlabelled_pictures(source, labels)]


def _fractions(numbers: list[float], has_keypoints: bool) -> tuple[float, float]:
    """The labelled point. Raises ValueError."""
    if len(numbers) < 4 or not all(map(math.isfinite, numbers)):
        raise ValueError("no box")
    if has_keypoints and len(numbers) >= 6:
        x, y = numbers[4:6]
    elif len(numbers) <= 5:  # the fifth is a confidence
        x, y = numbers[:2]
    else:
        xs, ys = numbers[::2], numbers[1::2]
        x, y = (min(xs) + max(xs)) / 2, (min(ys) + max(ys)) / 2
    if not (0 <= x <= 1 and 0 <= y <= 1):
        raise ValueError("no fractions")
    return x, y


def _label_files(source: LabelSource) -> Iterator[tuple[str, str]]:
    """The text files of photos, and the photos."""
    stems = {
        str(PurePosixPath(name).with_suffix("")): name for name in source.names if is_picture(name)
    }
    pictures = PhotoNames(stems)
    for name in source.names:
        path = PurePosixPath(name)
        if path.suffix.lower() != ".txt" or path.name.lower() in _CLASS_FILES:
            continue
        parts = list(path.with_suffix("").parts)
        labels = [i for i, part in enumerate(parts[:-1]) if part.casefold() == "labels"]
        if labels:
            parts[labels[-1]] = "images"
        beside = str(path.with_suffix(""))
        if found := pictures.find("/".join(parts)) or pictures.find(beside):
            yield name, stems[found]


def _classes(source: LabelSource) -> tuple[dict[int, str], bool]:
    """Names of the classes by number, empty if there are none; and whether rows have keypoints."""
    for name in near_top(source):
        last = PurePosixPath(name).name.lower()
        if not (last in _CLASS_FILES or last.endswith((".yaml", ".yml"))):
            continue
        try:
            text = _text(source, name)
        except ShedlightError:
            continue
        if last in _CLASS_FILES:
            names = [line.strip() for line in text.splitlines()]
            return dict(enumerate(filter(None, names))), False
        if classes := _yaml_names(text):
            return classes, bool(re.search(r"^kpt_shape\s*:", text, re.MULTILINE))
    return {}, False


def _yaml_names(text: str) -> dict[int, str]:
    """The entry ``names`` of a YAML file: a list in brackets or lines, or numbers with names."""
    found = re.search(
        r"^names\s*:[ \t]*(.*(?:\n(?:[ \t]+|-).*|\n[ \t]*(?=\n))*)", text, re.MULTILINE
    )
    if not found:
        return {}
    body = re.sub(r"(^|\s)#.*", "", found[1]).strip()
    entries = re.split(r",|\n", body.strip("[]{}")) if body[:1] in ("[", "{") else body.splitlines()
    classes: dict[int, str] = {}
    for entry in filter(None, (entry.strip() for entry in entries)):
        numbered = re.fullmatch(r"(\d{1,6})\s*:\s*(.+)", entry)
        index, name = (int(numbered[1]), numbered[2]) if numbered else (len(classes), entry)
        classes[index] = name.removeprefix("-").strip().strip("'\"")
    return classes


def _text(source: LabelSource, name: str) -> str:
    return source.read(name, ReadLimits(max_bytes=MAX_TABLE_BYTES)).decode("utf-8-sig", "replace")
