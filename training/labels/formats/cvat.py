"""Labels of CVAT: the XML files "CVAT for images"."""

import re
from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree

from data.io.photo_names import PhotoNames
from training.labels.formats.annotation_files import (
    WRONG_SHAPE,
    Annotation,
    AnnotationFiles,
    box_centre,
    covers,
    finite,
)
from training.labels.formats.label_format import person_in
from training.labels.issues import CellError
from training.labels.raw_label import Point, find_picture

_ENTITY = re.compile(rb"<!(ENTITY|DOCTYPE)")
_Element = ElementTree.Element


class Cvat(AnnotationFiles):
    """CVAT for images: each point of a points shape is a root; else a shape's centre.

    A polyline runs from the root to the other end. The first visible point of a skeleton is the
    root. A tag, or a box that covers the picture, is about the whole picture.
    """

    name = "CVAT"
    suffixes = (".xml",)

    def content(self, name: str, raw: bytes) -> Any:
        """The root of the document. One that declares entities is refused: they may be bombs."""
        if _ENTITY.search(raw) or b"\0" in raw:  # CVAT writes UTF-8
            raise ValueError("entities")
        try:
            return ElementTree.fromstring(raw)
        except ElementTree.ParseError as error:
            raise ValueError("no XML") from error

    def is_of_format(self, content: Any) -> bool:
        """It has images, or tracks of a video."""
        return (
            isinstance(content, _Element)
            and content.tag == "annotations"
            and (content.find("image") is not None or content.find("track") is not None)
        )

    def annotations(
        self, content: Any, pictures: PhotoNames, folder: str
    ) -> Iterator[Annotation | str]:
        """As in ``AnnotationFiles``."""
        if tracks := len(content.findall("track")):
            yield f"Tracks of a video are not read: {tracks}. Export as 'CVAT for images 1.1'."
        for image in content.findall("image"):
            name = image.get("name", "")
            try:
                picture = find_picture(pictures, name, folder) if len(image) else ""
            except CellError as error:
                yield f"{error} Labels lost: {len(image)}."
                continue
            for shape in image:
                class_name, person = shape.get("label"), person_in(_attributes(shape))
                try:
                    found = list(_points(shape, image))
                except WRONG_SHAPE:
                    found = []
                if not (found and class_name):
                    yield f"A shape '{shape.tag}' in {name} has no class or place that is read."
                    continue
                for points in found:
                    yield Annotation(picture, class_name, points, person=person)


def _points(shape: _Element, image: _Element) -> Iterator[tuple[Point, ...]]:
    """The points of each label that a shape stands for."""
    if shape.tag == "tag":
        yield ()
    elif shape.tag == "box":
        left, top, right, bottom = finite(*(shape.get(k) for k in ("xtl", "ytl", "xbr", "ybr")))
        box = (left, top, right - left, bottom - top)
        size = finite(image.get("width", 0), image.get("height", 0))
        yield () if covers(box, *size) else (((left + right) / 2, (top + bottom) / 2),)
    elif shape.tag == "ellipse":
        x, y = finite(shape.get("cx"), shape.get("cy"))
        yield ((x, y),)
    elif shape.tag == "skeleton":
        shown = [each for each in shape.findall("points") if each.get("outside") != "1"]
        yield (_corners(shown[0])[0],)
    else:
        corners = _corners(shape)
        if shape.tag == "points":
            yield from ((corner,) for corner in corners)
        elif shape.tag == "polyline":
            yield corners[0], corners[-1]
        else:
            xs, ys = zip(*corners, strict=True)
            yield (box_centre(xs, ys),)


def _corners(shape: _Element) -> list[Point]:
    """The corners of a shape, written as ``x,y;x,y``."""
    corners = []
    for pair in shape.attrib["points"].split(";"):
        x, y = finite(*pair.split(","))
        corners.append((x, y))
    return corners


def _attributes(shape: _Element) -> dict[str, str]:
    return {each.get("name", ""): (each.text or "").strip() for each in shape.findall("attribute")}
