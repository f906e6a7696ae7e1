"""Labels in the JSON files of annotation programs: COCO and Label Studio."""

import json
import math
import re
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from data.errors import ShedlightError
from data.images.photo import ReadLimits
from data.io.csv_table import MAX_TABLE_BYTES
from data.io.dates import parse_date
from data.io.photo_names import PhotoNames
from training.labels.csv_table import CellError
from training.labels.issues import Issue, Location, shortened
from training.labels.label import parse_label
from training.labels.raw_label import Picture, Point, RawLabel, find_picture, is_picture
from training.labels.sources import LabelSource, location_in

Found = tuple[str, str, tuple[Point, ...], datetime | None]
"""The name of the picture, of the class, the points and the time of an annotation."""
_WRONG_SHAPE = (AttributeError, IndexError, KeyError, OverflowError, TypeError, ValueError)
"""What reading an annotation of another shape than expected raises, CellError included."""
_UPLOAD_PREFIX = re.compile(r"^[0-9a-f]{4,12}-(?=.)")
"""Label Studio writes this before the name of a photo that was uploaded to it."""


class JsonFormat:
    """A format whose labels are in JSON files at the top or in the folders directly below it."""

    name: str

    def matches(self, source: LabelSource) -> bool:
        """Whether a file has the shape of this format."""
        return any(self._is_of_format(content) for _, content in _json_files(source))

    def read(self, source: LabelSource) -> tuple[list[RawLabel], list[Issue]]:
        """A label for each annotation; unknown classes are one issue each."""
        labels: list[RawLabel] = []
        issues: list[Issue] = []
        pictures = PhotoNames(filter(is_picture, source.names))
        for name, content in _json_files(source):
            where, unknown = location_in(source, name), Counter[str]()
            if not self._is_of_format(content):
                issues.append(Issue(where, "This file has no labels and is not read.", True))
                continue
            for found in self.find_annotations(content, pictures, str(PurePosixPath(name).parent)):
                if isinstance(found, str):
                    issues.append(Issue(where, found))
                    continue
                picture, class_name, points, time = found
                if label := parse_label(class_name):
                    of_file = Picture(source, picture)
                    labels.append(RawLabel(of_file, label, where, points=points, labelled_at=time))
                else:
                    unknown[class_name] += 1
            for class_name, count in sorted(unknown.items()):
                message = f"Unknown label '{shortened(class_name)}'. Annotations lost: {count}."
                issues.append(Issue(where, message))
        labelled = {label.picture.name for label in labels}
        left = [name for name in source.names if is_picture(name) and name not in labelled]
        if left:
            message = f"Pictures without a label: {len(left)}, such as {left[0]}."
            issues.append(Issue(Location(str(source.path)), message, is_note=True))
        return labels, issues

    def _is_of_format(self, content: Any) -> bool:
        raise NotImplementedError

    def find_annotations(
        self, content: Any, pictures: PhotoNames, folder: str
    ) -> Iterator[Found | str]:
        """The annotations of a file in ``folder``, or a sentence on what is wrong with one."""
        raise NotImplementedError


class Coco(JsonFormat):
    """COCO: the first visible keypoint of an annotation is the root, else its box's centre."""

    name = "COCO"

    def _is_of_format(self, content: Any) -> bool:
        lists = ("images", "annotations", "categories")
        return isinstance(content, dict) and all(
            isinstance(content.get(key), list) for key in lists
        )

    def find_annotations(
        self, content: Any, pictures: PhotoNames, folder: str
    ) -> Iterator[Found | str]:
        """As in ``JsonFormat``."""
        files, classes = dict[Any, str](), dict[Any, str]()
        for names, key, records in (
            (files, "file_name", content["images"]),
            (classes, "name", content["categories"]),
        ):
            for record in records:
                try:
                    names[record["id"]] = str(record[key])
                except _WRONG_SHAPE:
                    yield f"An entry has no id or no {key}."
        for number, each in enumerate(content["annotations"], 1):
            try:
                picture = find_picture(pictures, files[each["image_id"]], folder)
                yield picture, classes[each["category_id"]], (_coco_point(each),), None
            except CellError as error:
                yield f"Annotation {number}: {error}"
            except _WRONG_SHAPE:
                yield f"Annotation {number} has no photo, class, or box or keypoint."


class LabelStudio(JsonFormat):
    """Label Studio's JSON: keypoints, or the centres of boxes and ellipses; a choice is about the
    whole photo."""

    name = "Label Studio"

    def _is_of_format(self, content: Any) -> bool:
        return (
            isinstance(content, list)
            and bool(content)
            and all(isinstance(task, dict) and "annotations" in task for task in content)
        )

    def find_annotations(
        self, content: Any, pictures: PhotoNames, folder: str
    ) -> Iterator[Found | str]:
        """As in ``JsonFormat``."""
        for number, task in enumerate(content, 1):
            try:
                picture = _task_picture(task["data"], pictures, folder)
                given = [each for each in task["annotations"] if not each.get("was_cancelled")]
                results = [(each, result) for each in given for result in each["result"]]
            except CellError as error:
                yield f"Task {number}: {error}"
                continue
            except _WRONG_SHAPE:
                yield f"Task {number} cannot be read."
                continue
            for annotation, result in results:
                try:
                    value = result["value"]
                    kind = next(key for key in value if key == "choices" or key.endswith("labels"))
                    points = () if kind == "choices" else (_studio_point(result),)
                    yield picture, str(value[kind][0]), points, _studio_time(annotation)
                except (*_WRONG_SHAPE, StopIteration):
                    yield f"Task {number}: an annotation has no class, or no point or box."


def _json_files(source: LabelSource) -> Iterator[tuple[str, Any]]:
    """Name and content of each JSON file; None for one that cannot be read."""
    for name in source.names:
        if name.lower().endswith(".json") and name.count("/") <= 1:
            try:
                raw = source.read(name, ReadLimits(max_bytes=MAX_TABLE_BYTES))
                yield name, json.loads(raw)
            except (ShedlightError, ValueError, RecursionError):
                yield name, None


def _finite(*numbers: Any) -> tuple[float, ...]:
    """The numbers. Raises ValueError and TypeError."""
    found = tuple(float(number) for number in numbers)
    if not all(map(math.isfinite, found)):
        raise ValueError("not finite")
    return found


def _coco_point(annotation: dict[str, Any]) -> Point:
    flat = annotation.get("keypoints") or []
    for x, y, visibility in zip(flat[::3], flat[1::3], flat[2::3], strict=False):
        if visibility:
            x, y = _finite(x, y)
            return x, y
    left, top, width, height = _finite(*annotation["bbox"])
    return left + width / 2, top + height / 2


def _studio_point(result: dict[str, Any]) -> Point:
    """Label Studio gives percents of the photo; a box turns about its upper left corner."""
    value = result["value"]
    x, y, photo_width, photo_height = _finite(
        value["x"], value["y"], result["original_width"], result["original_height"]
    )
    x, y = x * photo_width / 100, y * photo_height / 100
    if "rectanglelabels" not in value:
        return x, y
    width, height, degrees = _finite(value["width"], value["height"], value.get("rotation") or 0)
    half_width, half_height = width * photo_width / 200, height * photo_height / 200
    cos, sin = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    return x + cos * half_width - sin * half_height, y + sin * half_width + cos * half_height


def _studio_time(annotation: dict[str, Any]) -> datetime | None:
    try:
        return parse_date(str(annotation.get("updated_at") or annotation.get("created_at")))
    except ValueError:
        return None


def _task_picture(data: dict[str, Any], pictures: PhotoNames, folder: str) -> str:
    """The picture of a task: its address may have a prefix or be that of a local file."""
    for text in filter(lambda value: isinstance(value, str), data.values()):
        address = urlsplit(text)
        path = parse_qs(address.query).get("d", [unquote(address.path)])[0]
        if not is_picture(path):
            continue
        last = PurePosixPath(path).name
        plain = _UPLOAD_PREFIX.sub("", last)
        if plain != last and not pictures.with_last_part(last):
            path = plain
        return find_picture(pictures, path.lstrip("/"), folder)
    raise CellError("It names no photo.")
