"""Labels as Label Studio exports them: JSON, JSON-MIN and CSV."""

import json
import math
import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from data.io.csv_table import read_table
from data.io.dates import parse_date
from data.io.photo_names import PhotoNames
from training.labels.formats.annotation_files import (
    WRONG_SHAPE,
    Annotation,
    AnnotationFiles,
    box_centre,
    finite,
)
from training.labels.formats.label_format import person_in
from training.labels.issues import CellError
from training.labels.label import parse_label
from training.labels.raw_label import Point, find_picture, is_picture

OTHER_END, EITHER_END = "other end", "either end"
"""Classes of a keypoint that belongs to the one before it: the other end of the same hair, or an
end of it when it is not known which of both is the root."""
_UPLOAD_PREFIX = re.compile(r"^[0-9a-f]{4,12}-(?=.)")
"""Label Studio writes this before the name of a photo that was uploaded to it."""
_MIN_KEYS = {"annotator", "annotation_id", "lead_time"}
"""What each record of a short export (JSON-MIN, CSV) has."""


class LabelStudio(AnnotationFiles):
    """Label Studio's exports: keypoints, or the centres of boxes, ellipses and polygons.

    A choice is about the whole photo. Cancelled annotations are not read.
    """

    name = "Label Studio"
    suffixes = (".json", ".csv", ".tsv")

    def content(self, name: str, raw: bytes) -> Any:
        """A list of tasks, or of the records of a short export."""
        if name.lower().endswith(".json"):
            return _tasks(json.loads(raw))
        table = read_table(raw, {})
        if not table.columns >= _MIN_KEYS:
            return None
        return [{**map_cells(row.cells), "_row": row.number} for row in table.rows]

    def is_of_format(self, content: Any) -> bool:
        """All are tasks, or all are records of a short export."""
        if not (isinstance(content, list) and content):
            return False
        if not all(isinstance(each, dict) for each in content):
            return False
        return all("annotations" in each for each in content) or all(
            each.keys() >= _MIN_KEYS for each in content
        )

    def annotations(
        self, content: Any, pictures: PhotoNames, folder: str
    ) -> Iterator[Annotation | str]:
        """As in ``AnnotationFiles``."""
        for number, task in enumerate(content, 1):
            is_short = "annotations" not in task
            data = task if is_short else task.get("data")
            try:
                picture = _task_picture(data, pictures, folder)
                given = list(_short_results(task) if is_short else _results(task))
            except CellError as error:
                yield f"Task {number}: {error}"
                continue
            except WRONG_SHAPE:
                yield f"Task {number} cannot be read."
                continue
            row = task.get("_row") if is_short else None
            for results, time in given:
                for found in _joined(results):
                    if isinstance(found, str):
                        yield f"Task {number}: {found}"
                    else:
                        class_name, points, root_known = found
                        person = person_in(data)
                        yield Annotation(picture, class_name, points, time, person, root_known, row)


def _tasks(content: Any) -> Any:
    """The list of tasks in a JSON file. A task alone, or an annotation with its task as the storage
    of a project holds it, is a list of one. Before version 1.0 annotations were "completions"."""
    if isinstance(content, dict) and isinstance(content.get("task"), dict) and "result" in content:
        content = {**content["task"], "annotations": [content]}
    tasks = [content] if isinstance(content, dict) and "data" in content else content
    if not isinstance(tasks, list) or not all(isinstance(each, dict) for each in tasks):
        return content
    return [
        {**each, "annotations": each["completions"]} if "completions" in each else each
        for each in tasks
    ]


def map_cells(cells: Mapping[str, str]) -> dict[str, Any]:
    """The cells of a row, those that hold JSON lists and objects parsed."""
    parsed: dict[str, Any] = dict(cells)
    for name, cell in cells.items():
        if cell[:1] in ("[", "{"):
            try:
                parsed[name] = json.loads(cell)
            except (ValueError, RecursionError):
                continue
    return parsed


_Results = list[dict[str, Any]]


def _results(task: Mapping[str, Any]) -> Iterator[tuple[_Results, datetime | None]]:
    """The values of each annotation that was not cancelled, and its time."""
    for annotation in task["annotations"]:
        if annotation.get("was_cancelled"):
            continue
        given = [each for each in annotation["result"] if each.get("type") != "relation"]
        values = []
        for each in given:
            size = {key: each[key] for key in ("original_width", "original_height") if key in each}
            values.append((each.get("id"), {**(each.get("value") or {}), **size}))
        # A region and its class may be two results of the same id.
        with_class = {each for each, value in values if each and _class_key(value)}
        shown = [value for each, value in values if each not in with_class or _class_key(value)]
        yield shown, _time(annotation)


def _class_key(value: Mapping[str, Any]) -> str | None:
    return next((key for key in value if key == "choices" or key.endswith("labels")), None)


def _short_results(record: Mapping[str, Any]) -> Iterator[tuple[_Results, datetime | None]]:
    """The same of a record of a short export.

    A single choice is a text there; a text that names no label belongs to the task's data.
    """
    values: _Results = []
    for value in record.values():
        if isinstance(value, list):
            values += [each for each in value if isinstance(each, dict)]
            texts = [each for each in value if isinstance(each, str)]
            values += [{"choices": [text]} for text in texts if parse_label(text)]
        elif isinstance(value, dict) and isinstance(value.get("choices"), list):
            values.append(value)
        elif isinstance(value, str) and parse_label(value):
            values.append({"choices": [value]})
    yield values, _time(record)


def _joined(results: _Results) -> Iterator[tuple[str, tuple[Point, ...], bool] | str]:
    """Class, points and whether the first is the root, of each hair or photo; or a sentence."""
    pending: tuple[str, tuple[Point, ...], bool] | None = None
    for value in results:
        try:
            kind = _class_key(value)
            class_name = str(value[str(kind)][0])
            points = () if kind == "choices" else (_point(value),)
        except WRONG_SHAPE:
            yield "an annotation has no class, or no point or box."
            continue
        if class_name not in (OTHER_END, EITHER_END):
            if pending:
                yield pending
            pending = class_name, points, True
        elif pending is None or len(pending[1]) != 1:
            yield f"a point '{class_name}' does not follow the label of its hair."
        else:
            both = pending[1] if points == pending[1] else (*pending[1], *points)
            pending = pending[0], both, class_name == OTHER_END
    if pending:
        yield pending


def _point(value: Mapping[str, Any]) -> Point:
    """Label Studio gives percents of the photo; a box turns about its upper left corner."""
    photo_width, photo_height = finite(value["original_width"], value["original_height"])
    if "points" in value:
        xs, ys = zip(*(finite(*point) for point in value["points"]), strict=True)
        x, y = box_centre(xs, ys)
        return x * photo_width / 100, y * photo_height / 100
    x, y = finite(value["x"], value["y"])
    x, y = x * photo_width / 100, y * photo_height / 100
    if "rectanglelabels" not in value:
        return x, y
    width, height, degrees = finite(value["width"], value["height"], value.get("rotation") or 0)
    half_width, half_height = width * photo_width / 200, height * photo_height / 200
    cos, sin = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    return x + cos * half_width - sin * half_height, y + sin * half_width + cos * half_height


def _time(annotation: Mapping[str, Any]) -> datetime | None:
    try:
        return parse_date(str(annotation.get("updated_at") or annotation.get("created_at")))
    except ValueError:
        return None


def _task_picture(data: Mapping[str, Any], pictures: PhotoNames, folder: str) -> str:
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
