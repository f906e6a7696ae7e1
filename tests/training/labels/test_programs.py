"""Labels as COCO, Label Studio and YOLO write them."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.helpers.training.label_folders import Files, folder, picture, zipped
from training.labels.formats.detect import read_labels
from training.labels.issues import Issue
from training.labels.label import HairLabel
from training.labels.raw_label import RawLabel
from training.labels.sources import open_source

WIDTH, HEIGHT = 640, 400


def read(path: Path) -> tuple[str, list[RawLabel], list[Issue]]:
    """The format, the labels and the problems."""
    source = open_source(path)
    try:
        name, labels, issues = read_labels(source)
    finally:
        source.close()
    return name, labels, [issue for issue in issues if not issue.is_note]


def brief(label: RawLabel) -> tuple[object, ...]:
    points = tuple((round(x, 3), round(y, 3)) for x, y in label.points)
    return label.picture.name, label.label, points


def coco(annotations: list[Any]) -> Files:
    content = {
        "images": [{"id": 7, "file_name": "images/a b.jpg"}, {"id": 8, "file_name": "lost.jpg"}],
        "categories": [
            {"id": 1, "name": "Club"},
            {"id": 2, "name": "bent"},
            {"id": 3, "name": "?"},
        ],
        "annotations": annotations,
    }
    return {"images/a b.jpg": b"", "annotations/x.json": json.dumps(content).encode(), "n.csv": b""}


def test_coco_keypoints_and_boxes(tmp_path: Path) -> None:
    box = {"image_id": 7, "category_id": 1, "bbox": [10, 20, 4, 6]}
    points = {"image_id": 7, "category_id": 2, "keypoints": [0, 0, 0, 30, 40.5, 2], "bbox": [0] * 4}
    for path in (
        folder(tmp_path / "f", coco([box, points])),
        zipped(tmp_path / "f.zip", coco([box, points])),
    ):
        name, labels, problems = read(path)
        assert name == "COCO"
        assert [brief(label) for label in labels] == [
            ("images/a b.jpg", HairLabel.TELOGEN, ((12, 23),)),
            ("images/a b.jpg", HairLabel.MISSHAPEN, ((30, 40.5),)),
        ]
        assert not problems


@pytest.mark.parametrize(
    "annotation",
    [
        *(None, [], "x", {}, {"image_id": [], "category_id": 1}),
        {"image_id": 7, "category_id": 1},
        {"image_id": 7, "category_id": 1, "bbox": [1, 2, 3]},
        {"image_id": 7, "category_id": 1, "bbox": [1, float("nan"), 3, 4]},
        {"image_id": 7, "category_id": 3, "bbox": [1, 2, 3, 4]},
        {"image_id": 8, "category_id": 1, "bbox": [1, 2, 3, 4]},
        {"image_id": 9, "category_id": 1, "bbox": [1, 2, 3, 4]},
    ],
)
def test_an_annotation_that_cannot_be_used_is_one_problem(tmp_path: Path, annotation: Any) -> None:
    good = {"image_id": 7, "category_id": 1, "bbox": [1, 2, 3, 4]}
    _, labels, problems = read(folder(tmp_path, coco([annotation, good])))
    assert (len(labels), len(problems)) == (1, 1)


def studio(image: str, *results: Any, **annotation: Any) -> bytes:
    given = {"result": list(results), **annotation}
    return json.dumps([{"data": {"image": image}, "annotations": [given]}]).encode()


def result(**value: Any) -> dict[str, Any]:
    return {"value": value, "original_width": WIDTH, "original_height": HEIGHT}


@pytest.mark.parametrize(
    "image",
    [
        "/data/upload/3/0a1b2c3d-a%20b.jpg",
        "/data/local-files/?d=shed/a%20b.jpg",
        "https://photos.example/shed/a%20b.jpg?x=1",
        "a b.jpg",
    ],
)
def test_label_studio_finds_its_photo(tmp_path: Path, image: str) -> None:
    raw = studio(image, result(x=50, y=25, width=0.5, keypointlabels=["club"]))
    name, labels, problems = read(folder(tmp_path, {"a b.jpg": b"", "project.json": raw}))
    assert name == "Label Studio"
    assert [brief(label) for label in labels] == [("a b.jpg", HairLabel.TELOGEN, ((320, 100),))]
    assert not problems


def test_label_studio_boxes_choices_and_times(tmp_path: Path) -> None:
    box = result(x=50, y=25, width=10, height=10, rotation=0, rectanglelabels=["bent"])
    turned = result(x=50, y=25, width=10, height=10, rotation=90, rectanglelabels=["bent"])
    whole = {"value": {"choices": ["telogen"]}}
    no_number = result(x="?", y=1, keypointlabels=["club"])
    bad = [{}, no_number, result(x=1, y=1, keypointlabels=["klub"])]
    raw = studio("a.jpg", box, turned, whole, *bad, updated_at="2026-01-31T18:05:00.123Z")
    _, labels, problems = read(folder(tmp_path, {"a.jpg": b"", "project.json": raw}))
    assert [brief(label)[1:] for label in labels] == [
        (HairLabel.MISSHAPEN, ((352, 120),)),
        (HairLabel.MISSHAPEN, ((300, 132),)),
        (HairLabel.TELOGEN, ()),
    ]
    assert labels[0].labelled_at == datetime(2026, 1, 31, 18, 5, 0, 123000, UTC)
    assert len(problems) == 3


def test_cancelled_annotations_are_not_read(tmp_path: Path) -> None:
    raw = studio("a.jpg", result(x=1, y=1, keypointlabels=["club"]), was_cancelled=True)
    _, labels, problems = read(folder(tmp_path, {"a.jpg": b"", "project.json": raw}))
    assert (labels, problems) == ([], [])


ROWS = b"0 0.5 0.25 0.1 0.1\n\n1 0.25 0.5 0.1 0.1 0.9\n"


@pytest.mark.parametrize(
    ("file", "raw"),
    [
        ("data.yaml", b"train: images\nnc: 2\nnames: [club, 'no bulb']\n"),
        ("data.yaml", b"names:\n  0: club\n  1: no bulb  # cut\nnc: 2\n"),
        ("data.yaml", b"nc: 2\nnames:\n- club\n- no bulb\n"),
        ("labels/classes.txt", b"club\r\nno bulb\r\n"),
    ],
)
@pytest.mark.parametrize("place", ["labels/a.txt", "images/a.txt"])
def test_yolo_boxes(tmp_path: Path, file: str, raw: bytes, place: str) -> None:
    files = {"images/a.png": picture(1, WIDTH, HEIGHT), place: ROWS, file: raw}
    name, labels, problems = read(folder(tmp_path, files))
    assert name == "YOLO"
    assert [brief(label) for label in labels] == [
        ("images/a.png", HairLabel.TELOGEN, ((320, 100),)),
        ("images/a.png", HairLabel.NO_BULB, ((160, 200),)),
    ]
    assert [label.where.row for label in labels] == [1, 3]
    assert not problems


def test_yolo_polygons_keypoints_and_wrong_rows(tmp_path: Path) -> None:
    polygon = b"0 0.1 0.1 0.3 0.1 0.3 0.5 0.1 0.5\n"
    wrong = b"0 1 2\nx 1 1 1 1\n0 12 30 4 4\n0 nan 0 0 0\n5 0 0 0 0\n"
    files = {
        "images/a.png": picture(1, WIDTH, HEIGHT),
        "labels/a.txt": polygon + wrong,
        "data.yaml": b"names: [club]",
    }
    _, labels, problems = read(folder(tmp_path / "polygon", files))
    assert [brief(label)[2] for label in labels] == [((128, 120),)]
    assert len(problems) == 5
    pose = {
        "labels/a.txt": b"0 0.1 0.1 0.3 0.1 0.5 0.5 2",
        "data.yaml": b"kpt_shape: [1, 3]\nnames: [club]",
    }
    _, labels, _ = read(folder(tmp_path / "pose", {**files, **pose}))
    assert [brief(label)[2] for label in labels] == [((320, 200),)]


def test_a_json_file_given_by_itself_is_read_with_the_photos_beside_it(tmp_path: Path) -> None:
    mine, other = (studio("a.jpg", result(x=1, y=1, keypointlabels=[n])) for n in ("club", "cut"))
    files = {"a.jpg": b"", "mine.json": mine, "other.json": other, "labels.csv": b""}
    name, labels, problems = read(folder(tmp_path, files) / "mine.json")
    assert name == "Label Studio"
    assert [label.label for label in labels] == [HairLabel.TELOGEN]
    assert not problems


@pytest.mark.parametrize("raw", [b"", b"{", b"[" * 100_000, b"\xff", b"[{}]", b"3"])
def test_a_json_file_in_no_known_format_is_named(tmp_path: Path, raw: bytes) -> None:
    source = open_source(folder(tmp_path, {"club/a.png": b"", "x.json": raw}))
    name, labels, issues = read_labels(source)
    assert name == "a folder for each class"
    assert len(labels) == 1
    assert [issue.where.file for issue in issues if issue.is_note] == [f"{tmp_path}/x.json"]
