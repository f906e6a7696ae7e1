"""Labels as COCO's JSON files hold them."""

from collections.abc import Iterator
from typing import Any

from data.io.dates import parse_date
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

KEYPOINTS = ("root", "other_end")
"""The keypoints of our exports; those of other files are read by their order."""


class Coco(AnnotationFiles):
    """COCO: the first visible keypoint of an annotation is the root, else the centre of its box or
    outline.

    A box that covers the picture, without a keypoint, is about the whole picture. ``attributes``
    may name the person and the time, and say that either keypoint may be the root.
    """

    name = "COCO"

    def is_of_format(self, content: Any) -> bool:
        """Its three lists are there."""
        lists = ("images", "annotations", "categories")
        return isinstance(content, dict) and all(
            isinstance(content.get(key), list) for key in lists
        )

    def annotations(
        self, content: Any, pictures: PhotoNames, folder: str
    ) -> Iterator[Annotation | str]:
        """As in ``AnnotationFiles``."""
        images, classes = dict[Any, dict[str, Any]](), dict[Any, dict[str, Any]]()
        for records, key, listed in (
            (images, "file_name", content["images"]),
            (classes, "name", content["categories"]),
        ):
            for record in listed:
                try:
                    records[str(record["id"])] = record
                    record[key]
                except WRONG_SHAPE:
                    yield f"An entry has no id or no {key}."
        for number, each in enumerate(content["annotations"], 1):
            try:
                image, category = images[str(each["image_id"])], classes[str(each["category_id"])]
                attributes = each.get("attributes") or {}
                yield Annotation(
                    picture=find_picture(pictures, str(image["file_name"]), folder),
                    class_name=str(category["name"]),
                    points=_points(each, image, category),
                    labelled_at=_time(attributes),
                    person=person_in(attributes, image),
                    root_known=attributes.get("root_known") is not False,
                )
            except CellError as error:
                yield f"Annotation {number}: {error}"
            except WRONG_SHAPE:
                yield f"Annotation {number} has no photo, class, or box or keypoint."


def _points(
    annotation: dict[str, Any], image: dict[str, Any], category: dict[str, Any]
) -> tuple[Point, ...]:
    flat = annotation.get("keypoints") or []
    places = zip(flat[::3], flat[1::3], flat[2::3], strict=False)
    visible = [finite(x, y) for x, y, visibility in places if visibility]
    if visible:
        is_own = category.get("keypoints") == list(KEYPOINTS)
        return tuple((x, y) for x, y in (visible if is_own else visible[:1]))
    if not annotation.get("bbox"):  # an outline alone: a list of its corners for each of its parts
        flat = [number for part in annotation["segmentation"] for number in part]
        return (box_centre(finite(*flat[::2]), finite(*flat[1::2])),)
    box = finite(*annotation["bbox"])
    left, top, width, height = box
    if covers(box, image.get("width"), image.get("height")):
        return ()
    return ((left + width / 2, top + height / 2),)


def _time(attributes: Any) -> Any:
    try:
        return parse_date(str(attributes["labelled_at"]))
    except (KeyError, TypeError, ValueError):
        return None
