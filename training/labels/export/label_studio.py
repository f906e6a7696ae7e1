"""Labels as tasks for Label Studio, with the settings of a project for them."""

import json
from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any
from urllib.parse import quote

from data.io.files import atomic_writer
from training.labels.export.pictures import LabelledPhoto
from training.labels.formats.label_studio import EITHER_END, OTHER_END
from training.labels.label import HairLabel
from training.labels.raw_label import Point, RawLabel

FILE, CONFIG_FILE = "tasks.json", "labeling_config.xml"
_ADDRESS = "/data/local-files/?d="
"""Where Label Studio serves files of a local folder."""
_POINT_SIZE = 0.3
"""Width of a point on the screen, in per cent of the photo."""
_ROOT, _PHOTO, _IMAGE = "root", "photo", "image"
"""Names of the tags: points, the class of a whole photo, and the photo."""


def write_label_studio(photos: Sequence[LabelledPhoto], out: Path) -> list[Path]:
    """Writes ``tasks.json`` and ``labeling_config.xml``; returns the files written."""
    with atomic_writer(out / FILE) as file:
        json.dump([*_tasks(photos)], file, indent=1)
    with atomic_writer(out / CONFIG_FILE) as file:
        file.write(labeling_config())
    return [out / FILE, out / CONFIG_FILE]


def labeling_config() -> str:
    """The labelling interface of a project that takes the tasks."""
    values = [label.value for label in HairLabel]
    labels = "\n".join(f'    <Label value="{name}"/>' for name in (*values, OTHER_END, EITHER_END))
    choices = "\n".join(f'    <Choice value="{name}"/>' for name in values)
    return (
        f'<View>\n  <Image name="{_IMAGE}" value="${_IMAGE}" zoom="true"/>\n'
        f'  <KeyPointLabels name="{_ROOT}" toName="{_IMAGE}">\n{labels}\n  </KeyPointLabels>\n'
        f'  <Choices name="{_PHOTO}" toName="{_IMAGE}">\n{choices}\n  </Choices>\n</View>\n'
    )


def _tasks(photos: Sequence[LabelledPhoto]) -> Iterator[dict[str, Any]]:
    """A task for each photo and person, with an annotation for each time of labelling."""
    number = 0
    for photo in photos:
        for person in sorted({label.person for label in photo.labels}):
            number += 1
            labels = [label for label in photo.labels if label.person == person]
            data = {_IMAGE: _ADDRESS + quote(photo.name)} | ({"person": person} if person else {})
            annotations = [*_annotations(labels, photo)]
            yield {"id": number, "data": data, "annotations": annotations}


def _annotations(labels: Sequence[RawLabel], photo: LabelledPhoto) -> Iterator[dict[str, Any]]:
    has_times = any(label.labelled_at for label in labels)
    groups = groupby(labels, lambda label: label.labelled_at)
    for number, (time, at_once) in enumerate(groups, 1):
        results = [each for label in at_once for each in _results(label, photo)]
        when = {"created_at": time.isoformat() if time else ""} if has_times else {}
        yield {"id": number, "result": results, **when}


def _results(label: RawLabel, photo: LabelledPhoto) -> Iterator[dict[str, Any]]:
    if not label.points:
        common = {"from_name": _PHOTO, "to_name": _IMAGE, "type": "choices"}
        yield common | {"value": {"choices": [label.label.value]}}
        return
    yield _keypoint(label.points[0], label.label.value, photo)
    if len(label.points) > 1 or not label.root_known:
        name = OTHER_END if label.root_known else EITHER_END
        yield _keypoint(label.points[-1], name, photo)


def _keypoint(point: Point, name: str, photo: LabelledPhoto) -> dict[str, Any]:
    x, y = 100 * point[0] / photo.width, 100 * point[1] / photo.height
    return {
        "from_name": _ROOT,
        "to_name": _IMAGE,
        "type": "keypointlabels",
        "original_width": photo.width,
        "original_height": photo.height,
        "value": {"x": x, "y": y, "width": _POINT_SIZE, "keypointlabels": [name]},
    }
