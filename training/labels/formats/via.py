"""Labels of the VGG Image Annotator (VIA): its JSON and CSV files."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from data.io.csv_table import read_table
from data.io.photo_names import PhotoNames
from training.labels.formats.annotation_files import (
    WRONG_SHAPE,
    Annotation,
    AnnotationFiles,
    box_centre,
    finite,
)
from training.labels.formats.label_format import person_in
from training.labels.formats.label_studio import map_cells
from training.labels.issues import CellError
from training.labels.label import parse_label
from training.labels.raw_label import Point, find_picture

_COLUMNS = {"filename", "region_shape_attributes", "region_attributes"}
_CLASS_KEYS = ("label", "class", "type", "kind", "category", "name", "root")
"""Attributes that are looked at first for the name of the class."""
_SHAPES = {1: "point", 2: "rect", 3: "circle", 4: "ellipse", 5: "line", 6: "polyline", 7: "polygon"}
"""VIA 3's numbers of shapes."""


class Via(AnnotationFiles):
    """VIA 1, 2 and 3: points, the centres of other shapes, and lines from the root on.

    A class of a file without regions is about the whole picture.
    """

    name = "VIA"
    suffixes = (".json", ".csv", ".tsv")

    def content(self, name: str, raw: bytes) -> Any:
        """The entries of files, by any key."""
        if name.lower().endswith(".json"):
            content = super().content(name, raw)
            if not isinstance(content, dict):
                return None
            return content.get("_via_img_metadata", content)
        table = read_table(raw, {})
        if not table.columns >= _COLUMNS:
            return None
        return {row.number: _entry_of_row(map_cells(row.cells)) for row in table.rows}

    def is_of_format(self, content: Any) -> bool:
        """All entries are files with regions, or it is a project of VIA 3."""
        if not (isinstance(content, dict) and content):
            return False
        if isinstance(content.get("metadata"), dict) and isinstance(content.get("file"), dict):
            return isinstance(content.get("view"), dict)
        return all(
            isinstance(entry, dict) and "filename" in entry and "regions" in entry
            for entry in content.values()
        )

    def annotations(
        self, content: Any, pictures: PhotoNames, folder: str
    ) -> Iterator[Annotation | str]:
        """As in ``AnnotationFiles``."""
        entries = _project_entries(content) if "metadata" in content else content
        for key, entry in entries.items():
            row = key if isinstance(key, int) else None
            try:
                name = str(entry["filename"])
                picture = find_picture(pictures, name, folder)
                attributes = entry.get("file_attributes") or {}
                regions = entry["regions"] or []
                regions = list(regions.values()) if isinstance(regions, dict) else regions
                found = list(_of_file(picture, regions, attributes))
            except CellError as error:
                yield str(error)
                continue
            except WRONG_SHAPE:
                yield "An entry cannot be read."
                continue
            for each in found:
                yield each if isinstance(each, str) else replace(each, row=row)


def _of_file(
    picture: str, regions: list[Any], attributes: Mapping[str, Any]
) -> Iterator[Annotation | str]:
    for region in regions:
        try:
            of_region = region.get("region_attributes") or {}
            points = _points(region["shape_attributes"])
            class_name = _class_in(of_region) or _class_in(attributes)
        except WRONG_SHAPE:
            yield f"A region of {picture} has no shape that is read."
            continue
        if class_name is None:
            yield f"A region of {picture} has no class."
        else:
            yield Annotation(picture, class_name, points, person=person_in(of_region, attributes))
    class_name = None if regions else _class_in(attributes)
    if class_name and parse_label(class_name):  # a caption and the like is no class
        yield Annotation(picture, class_name, (), person=person_in(attributes))


def _points(shape: Mapping[str, Any]) -> tuple[Point, ...]:
    kind = shape["name"]
    if kind in ("point", "circle", "ellipse"):
        x, y = finite(shape["cx"], shape["cy"])
        return ((x, y),)
    if kind == "rect":
        x, y, width, height = finite(*(shape[key] for key in ("x", "y", "width", "height")))
        return ((x + width / 2, y + height / 2),)
    xs, ys = finite(*shape["all_points_x"]), finite(*shape["all_points_y"])
    if kind in ("polyline", "line"):
        return (xs[0], ys[0]), (xs[-1], ys[-1])
    return (box_centre(xs, ys),)


def _class_in(attributes: Mapping[str, Any]) -> str | None:
    """The name of the class: the first value that is a label, else that of a usual attribute.

    The value of a checkbox is an object from option to whether it is set.
    """
    lowered = {str(key).strip().casefold(): value for key, value in attributes.items()}
    ordered = {key: lowered[key] for key in _CLASS_KEYS if key in lowered} | lowered
    texts: list[str] = []
    for value in ordered.values():
        if isinstance(value, dict):
            texts += [str(option) for option, is_set in value.items() if is_set]
        elif isinstance(value, str) and value.strip():
            texts.append(value.strip())
    known = [text for text in texts if parse_label(text)]
    usual = [ordered[key] for key in _CLASS_KEYS if isinstance(ordered.get(key), str)]
    return next(iter(known or filter(None, usual) or texts), None)


def _entry_of_row(cells: Mapping[str, Any]) -> dict[str, Any]:
    """A row of the CSV, which holds one region, as an entry of the JSON."""
    shape = cells["region_shape_attributes"]
    region = {"shape_attributes": shape, "region_attributes": cells["region_attributes"]}
    file_attributes = cells.get("file_attributes")
    return {
        "filename": cells["filename"],
        "regions": [region] if isinstance(shape, dict) and shape else [],
        "file_attributes": file_attributes if isinstance(file_attributes, dict) else {},
    }


def _project_entries(project: Mapping[str, Any]) -> dict[str, Any]:
    """The files of a project of VIA 3 as entries of VIA 2; those that cannot be read are empty."""
    options = {
        number: (str(each.get("aname", number)), each.get("options") or {})
        for number, each in (project.get("attribute") or {}).items()
        if isinstance(each, dict)
    }
    entries: dict[str, Any] = {}
    for key, each in project["metadata"].items():
        try:
            view = project["view"][str(each["vid"])]
            file = project["file"][str(view["fid_list"][0])]
            attributes = {}
            for number, value in (each.get("av") or {}).items():
                name, choices = options.get(number, (str(number), {}))
                attributes[name] = choices.get(value, value)
            regions = [{"shape_attributes": _shape(each["xy"]), "region_attributes": attributes}]
            entries[key] = {
                "filename": file["fname"],
                "regions": regions if each["xy"] else [],
                "file_attributes": {} if each["xy"] else attributes,
            }
        except WRONG_SHAPE:
            entries[key] = {}
    return entries


def _shape(numbers: list[Any]) -> dict[str, Any]:
    """A shape of VIA 3, which is a number of its kind and coordinates, as VIA 2 writes it."""
    if not numbers:
        return {}
    kind, *values = numbers
    keys = {"point": "cx cy", "circle": "cx cy", "ellipse": "cx cy", "rect": "x y width height"}
    name = _SHAPES[kind]
    if name in keys:
        return {"name": name, **dict(zip(keys[name].split(), values, strict=False))}
    return {"name": name, "all_points_x": values[::2], "all_points_y": values[1::2]}
