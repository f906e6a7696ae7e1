"""Labels as CVAT, VIA and the short exports of Label Studio write them."""

import csv
import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from tests.helpers.training.label_folders import folder, zipped
from training.labels.formats.detect import read_labels
from training.labels.issues import Issue, UnknownLabel
from training.labels.label import HairLabel
from training.labels.raw_label import RawLabel
from training.labels.sources import open_source

WIDTH, HEIGHT = 640, 400
Brief = tuple[str, HairLabel, tuple[tuple[float, float], ...], str]


def read(path: Path) -> tuple[str, list[Brief], list[Issue], list[Issue]]:
    """The format, the labels in brief, the problems and the notes."""
    source = open_source(path)
    name, labels, issues = read_labels(source)
    source.close()
    notes = [issue for issue in issues if issue.is_note]
    return name, [*map(brief, labels)], [each for each in issues if not each.is_note], notes


def brief(label: RawLabel) -> Brief:
    points = tuple((round(x, 3), round(y, 3)) for x, y in label.points)
    return label.picture.name, label.label, points, label.person


CVAT = """<?xml version="1.0" encoding="utf-8"?>
<annotations><version>1.1</version><meta><task><name>hairs</name></task></meta>
<image id="0" name="sub/a.jpg" width="640" height="400">
 <points label="club" points="10.00,20.50;30,40"><attribute name="Person">Anna</attribute></points>
 <box label="bent" xtl="10" ytl="20" xbr="30" ybr="50" rotation="45"/>
 <box label="cut" xtl="0" ytl="0" xbr="640" ybr="399"/>
 <polyline label="broken" points="1,2;5,6;9,10"/>
 <polygon label="club" points="0,0;10,0;10,20;0,20"/>
 <ellipse label="lint" cx="7" cy="8" rx="1" ry="2"/>
 <skeleton label="club"><points outside="1" points="0,0"/><points points="3,4"/></skeleton>
 <tag label="unsure"/>
 {more}
</image>
<image id="1" name="b.jpg" width="640" height="400"/>
</annotations>"""


def test_cvat_shapes(tmp_path: Path) -> None:
    files = {"images/sub/a.jpg": b"", "images/b.jpg": b"", "annotations.xml": CVAT.encode()}
    for path in (folder(tmp_path / "f", files), zipped(tmp_path / "f.zip", files)):
        name, labels, problems, _ = read(path)
        assert name == "CVAT"
        assert problems == []
        assert [each[1:] for each in labels] == [
            (HairLabel.TELOGEN, ((10, 20.5),), "anna"),
            (HairLabel.TELOGEN, ((30, 40),), "anna"),
            (HairLabel.MISSHAPEN, ((20, 35),), ""),
            (HairLabel.NO_BULB, (), ""),
            (HairLabel.NO_BULB, ((1, 2), (9, 10)), ""),
            (HairLabel.TELOGEN, ((5, 10),), ""),
            (HairLabel.NOT_HAIR, ((7, 8),), ""),
            (HairLabel.TELOGEN, ((3, 4),), ""),
            (HairLabel.UNSURE, (), ""),
        ]
        assert {each[0] for each in labels} == {"images/sub/a.jpg"}


@pytest.mark.parametrize(
    "shape",
    [
        '<points label="club" points="x,y"/>',
        '<points label="club"/>',
        '<points points="1,2"/>',
        '<mask label="club" rle="1,2" left="1"/>',
        '<skeleton label="club"/>',
        '<box label="club" xtl="nan" ytl="0" xbr="1" ybr="1"/>',
    ],
)
def test_a_shape_of_cvat_that_is_not_read_is_a_problem(tmp_path: Path, shape: str) -> None:
    raw = CVAT.replace("{more}", shape).encode()
    _, labels, problems, _ = read(folder(tmp_path, {"sub/a.jpg": b"", "annotations.xml": raw}))
    assert (len(labels), len(problems)) == (9, 1)


def test_tracks_and_lost_photos_of_cvat_are_problems(tmp_path: Path) -> None:
    raw = CVAT.replace("</annotations>", '<track id="0" label="club"/></annotations>').encode()
    _, labels, problems, _ = read(folder(tmp_path, {"other.jpg": b"", "annotations.xml": raw}))
    assert labels == []
    assert len(problems) == 2


@pytest.mark.parametrize(
    "raw",
    [
        b"<annotations><image",
        b"<other/>",
        b'<!DOCTYPE x [<!ENTITY a "b">]><annotations><image name="a.jpg"/></annotations>',
        "<annotations><image/></annotations>".encode("utf-16"),
    ],
)
def test_other_xml_is_named_and_not_read(tmp_path: Path, raw: bytes) -> None:
    name, labels, problems, notes = read(folder(tmp_path, {"club/a.png": b"", "x.xml": raw}))
    assert name == "a folder for each class"
    assert (len(labels), problems) == (1, [])
    assert [note.where.file for note in notes] == [f"{tmp_path}/x.xml"]


def region(attributes: Any, **shape: Any) -> dict[str, Any]:
    return {"shape_attributes": shape, "region_attributes": attributes}


VIA_REGIONS = [
    region({"type": "club"}, name="point", cx=1, cy=2),
    region({"note": "see me", "class": "Bent"}, name="rect", x=10, y=20, width=4, height=6),
    region({"root": {"cut": True, "club": False}}, name="circle", cx=5, cy=6, r=3),
    region({"x": "broken"}, name="polyline", all_points_x=[1, 2, 3], all_points_y=[4, 5, 6]),
    region({"type": "lint"}, name="polygon", all_points_x=[0, 4, 4], all_points_y=[0, 0, 8]),
]
VIA_LABELS = [
    (HairLabel.TELOGEN, ((1, 2),)),
    (HairLabel.MISSHAPEN, ((12, 23),)),
    (HairLabel.NO_BULB, ((5, 6),)),
    (HairLabel.NO_BULB, ((1, 4), (3, 6))),
    (HairLabel.NOT_HAIR, ((2, 4),)),
]


def via_entry(regions: Any, **attributes: str) -> dict[str, Any]:
    return {"filename": "a.jpg", "size": 9, "regions": regions, "file_attributes": attributes}


@pytest.mark.parametrize("is_project", [True, False])
@pytest.mark.parametrize("version", [1, 2])
def test_via_json(tmp_path: Path, version: int, is_project: bool) -> None:
    regions = {str(n): each for n, each in enumerate(VIA_REGIONS)} if version == 1 else VIA_REGIONS
    entries: dict[str, Any] = {"a.jpg9": via_entry(regions, subject="Zoe")}
    content = {"_via_settings": {}, "_via_img_metadata": entries} if is_project else entries
    raw = json.dumps(content).encode()
    name, labels, problems, _ = read(folder(tmp_path, {"photos/a.jpg": b"", "via.json": raw}))
    assert name == "VIA"
    assert labels == [("photos/a.jpg", label, points, "zoe") for label, points in VIA_LABELS]
    assert problems == []


def test_via_csv(tmp_path: Path) -> None:
    table = StringIO()
    writer = csv.writer(table)
    columns = ("filename", "file_size", "file_attributes", "region_count", "region_id")
    writer.writerow((*columns, "region_shape_attributes", "region_attributes"))
    for number, each in enumerate(VIA_REGIONS):
        cells = (json.dumps(each["shape_attributes"]), json.dumps(each["region_attributes"]))
        writer.writerow(("a.jpg", 9, '{"person": "Zoe"}', len(VIA_REGIONS), number, *cells))
    writer.writerow(("b.jpg", 9, "{}", 0, 0, "{}", "{}"))
    files = {"a.jpg": b"", "b.jpg": b"", "via.csv": table.getvalue().encode()}
    name, labels, problems, notes = read(folder(tmp_path, files))
    assert name == "VIA"
    assert labels == [("a.jpg", label, points, "zoe") for label, points in VIA_LABELS]
    assert (problems, len(notes)) == ([], 1)  # b.jpg has no label
    bad = table.getvalue().replace('""cx"": 1,', '""cx"": null,').replace("a.jpg", "c.jpg", 1)
    _, labels, problems, _ = read(folder(tmp_path, files | {"via.csv": bad.encode()}))
    assert (len(labels), len(problems)) == (4, 1)


def test_via_3_projects(tmp_path: Path) -> None:
    content = {
        "project": {"pid": "x"},
        "attribute": {"1": {"aname": "root", "options": {"0": "club", "1": "bent"}}},
        "file": {"1": {"fid": "1", "fname": "a.jpg"}},
        "view": {"1": {"fid_list": ["1"]}},
        "metadata": {
            "1_a": {"vid": "1", "xy": [1, 10, 20], "av": {"1": "0"}},
            "1_b": {"vid": "1", "xy": [2, 10, 20, 4, 6], "av": {"1": "1"}},
            "1_c": {"vid": "1", "xy": [6, 1, 2, 3, 4], "av": {"1": "0"}},
            "1_d": {"vid": "1", "xy": [], "av": {"1": "1"}},
            "1_e": {"vid": "9", "xy": [1, 1, 1], "av": {}},
        },
    }
    raw = json.dumps(content).encode()
    name, labels, problems, _ = read(folder(tmp_path, {"a.jpg": b"", "via.json": raw}))
    assert name == "VIA"
    assert [each[1:3] for each in labels] == [
        (HairLabel.TELOGEN, ((10, 20),)),
        (HairLabel.MISSHAPEN, ((12, 23),)),
        (HairLabel.TELOGEN, ((1, 2), (3, 4))),
        (HairLabel.MISSHAPEN, ()),
    ]
    assert len(problems) == 1


@pytest.mark.parametrize(
    "entry",
    [
        None,
        {"filename": "lost.jpg", "regions": VIA_REGIONS[:1]},
        via_entry([region({"type": "klub"}, name="point", cx=1, cy=2)]),
        via_entry([region({}, name="point", cx=1, cy=2)]),
        via_entry([region({"type": "club"}, name="cube", cx=1, cy=2)]),
        via_entry([region({"type": "club"}, name="polyline", all_points_x=[], all_points_y=[])]),
        via_entry([None]),
    ],
)
def test_an_entry_of_via_that_cannot_be_used_is_one_problem(tmp_path: Path, entry: Any) -> None:
    content = {"good": via_entry(VIA_REGIONS[:1]), "bad": entry or via_entry(7)}
    raw = json.dumps(content).encode()
    _, labels, problems, _ = read(folder(tmp_path, {"a.jpg": b"", "via.json": raw}))
    assert (len(labels), len(problems)) == (1, 1)


def test_a_class_of_a_file_without_regions_is_about_the_whole_picture(tmp_path: Path) -> None:
    entries = {"a": via_entry([], label="club"), "b": via_entry([], caption="a walk")}
    _, labels, problems, _ = read(
        folder(tmp_path, {"a.jpg": b"", "via.json": json.dumps(entries).encode()})
    )
    assert (labels, problems) == ([("a.jpg", HairLabel.TELOGEN, (), "")], [])


def keypoint(name: str, x: float = 50, y: float = 25) -> dict[str, Any]:
    size = {"original_width": WIDTH, "original_height": HEIGHT}
    return {"x": x, "y": y, "width": 0.5, "keypointlabels": [name], **size}


def short(*points: dict[str, Any], **more: Any) -> dict[str, Any]:
    times = {"created_at": "2026-01-31T18:05:00Z", "updated_at": None, "lead_time": 1.5}
    common = {"image": "/data/upload/3/0a1b2c3d-a.jpg", "id": 7, "annotator": 1, "annotation_id": 4}
    return common | times | {"kp-1": list(points)} | more


RECORDS = [
    short(keypoint("club"), keypoint("other end", 10, 50), keypoint("klub"), patient="Anna"),
    short(photo="telogen", title="a walk"),
    short(checks={"choices": ["cut"]}),
]
STUDIO_LABELS = [
    ("a.jpg", HairLabel.TELOGEN, ((320, 100), (64, 200)), "anna"),
    ("a.jpg", HairLabel.TELOGEN, (), ""),
    ("a.jpg", HairLabel.NO_BULB, (), ""),
]


def test_label_studio_short_json(tmp_path: Path) -> None:
    raw = json.dumps(RECORDS).encode()
    name, labels, problems, _ = read(folder(tmp_path, {"a.jpg": b"", "project.json": raw}))
    assert name == "Label Studio"
    assert labels == STUDIO_LABELS
    assert [type(problem) for problem in problems] == [UnknownLabel]


def test_label_studio_csv(tmp_path: Path) -> None:
    table = StringIO()
    columns = list(dict.fromkeys(key for record in RECORDS for key in record))
    writer = csv.DictWriter(table, columns, quoting=csv.QUOTE_NONNUMERIC)
    writer.writeheader()
    for record in RECORDS:
        writer.writerow(
            {k: json.dumps(v) if isinstance(v, list | dict) else v for k, v in record.items()}
        )
    files = {"a.jpg": b"", "project.csv": table.getvalue().encode()}
    name, labels, problems, _ = read(folder(tmp_path, files))
    assert name == "Label Studio"
    assert labels == STUDIO_LABELS
    assert len(problems) == 1


def test_a_point_of_the_other_end_without_its_hair_is_a_problem(tmp_path: Path) -> None:
    for points in ([keypoint("other end")], [keypoint("club"), *[keypoint("either end", 1)] * 2]):
        raw = json.dumps([short(*points)]).encode()
        _, labels, problems, _ = read(folder(tmp_path, {"a.jpg": b"", "project.json": raw}))
        assert (len(labels), len(problems)) == (len(points) // 2, 1)


def test_a_box_of_coco_that_covers_the_picture_is_about_all_of_it(tmp_path: Path) -> None:
    content = {
        "images": [{"id": 1, "file_name": "a.jpg", "width": 100, "height": 50}],
        "categories": [{"id": 1, "name": "club"}],
        "annotations": [
            {"image_id": 1, "category_id": 1, "bbox": [0, 0, 100, 50]},
            {"image_id": 1, "category_id": 1, "bbox": [0, 0, 90, 50]},
        ],
    }
    raw = json.dumps(content).encode()
    _, labels, _, _ = read(folder(tmp_path, {"a.jpg": b"", "coco.json": raw}))
    assert [points for _, _, points, _ in labels] == [(), ((45, 25),)]


def test_a_table_without_places_is_about_whole_pictures(tmp_path: Path) -> None:
    table = b"crop;class;person\na.png;club;Anna\nb.png;;\n"
    files = {"a.png": b"", "b.png": b"", "labels.csv": table.replace(b"crop", b"file")}
    name, labels, problems, notes = read(folder(tmp_path, files))
    assert name == "photos with a table"
    assert labels == [("a.png", HairLabel.TELOGEN, (), "anna")]
    assert (problems, len(notes)) == ([], 2)


def test_files_that_are_not_read_are_named_up_to_a_number(tmp_path: Path) -> None:
    extra = {f"{n}.json": b"{}" for n in range(13)}
    _, _, _, notes = read(folder(tmp_path, {"club/a.png": b"", **extra}))
    assert len(notes) == 11
    assert notes[-1].message.endswith(": 3.")
