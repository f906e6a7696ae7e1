"""Labels as a COCO file of keypoints."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from data.io.files import atomic_writer
from training.labels.export.pictures import LabelledPhoto
from training.labels.formats.coco import KEYPOINTS
from training.labels.label import HairLabel
from training.labels.raw_label import RawLabel

FILE = "annotations.json"
_MARGIN_PX = 8.0
"""Of an annotation's box about its keypoints, so that it has an area."""
_CATEGORY_IDS = {label: number for number, label in enumerate(HairLabel, 1)}


def write_coco(photos: Sequence[LabelledPhoto], out: Path) -> list[Path]:
    """Writes ``annotations.json``; returns the files written."""
    images: list[dict[str, Any]] = []
    annotations: list[dict[str, Any]] = []
    for image_id, photo in enumerate(photos, 1):
        size = {"width": photo.width, "height": photo.height}
        images.append({"id": image_id, "file_name": photo.name, **size})
        for label in photo.labels:
            annotation = _annotation(label, photo)
            ids = {"id": len(annotations) + 1, "image_id": image_id}
            annotations.append(ids | annotation)
    categories = [
        {
            **{"id": number, "name": label.value, "supercategory": "hair"},
            **{"keypoints": list(KEYPOINTS), "skeleton": [[1, 2]]},
        }
        for label, number in _CATEGORY_IDS.items()
    ]
    content = {"info": {"description": "Roots of shed hairs"}, "licenses": []}
    with atomic_writer(out / FILE) as file:
        lists = {"images": images, "annotations": annotations, "categories": categories}
        json.dump(content | lists, file, indent=1)
    return [out / FILE]


def _annotation(label: RawLabel, photo: LabelledPhoto) -> dict[str, Any]:
    keypoints = [number for point in label.points for number in (*point, 2)]
    keypoints += [0] * (3 * (len(KEYPOINTS) - len(label.points)))
    box = [0.0, 0.0, float(photo.width), float(photo.height)]
    if label.points:
        xs, ys = zip(*label.points, strict=True)
        left, top = min(xs) - _MARGIN_PX, min(ys) - _MARGIN_PX
        box = [left, top, max(xs) + _MARGIN_PX - left, max(ys) + _MARGIN_PX - top]
    attributes: dict[str, Any] = {"root_known": label.root_known}
    if label.person:
        attributes["person"] = label.person
    if label.labelled_at:
        attributes["labelled_at"] = label.labelled_at.isoformat()
    return {
        "category_id": _CATEGORY_IDS[label.label],
        "keypoints": keypoints,
        "num_keypoints": len(label.points),
        "bbox": box,
        "area": box[2] * box[3],
        "iscrowd": 0,
        "attributes": attributes,
    }
