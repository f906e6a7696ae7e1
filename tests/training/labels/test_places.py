"""Where labels are found, and which place in the photo they mean, as many programs write it."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.helpers.training.label_folders import folder, zipped
from tests.training.labels.test_programs_more import read

TABLES = {
    "box": "filename,width,height,class,xmin,ymin,xmax,ymax\na.jpg,640,400,club,10,20,30,60\n",
    "corners": "photo;label;x1;y1;x2;y2\na.jpg;club;30;20;10;60\n",
    "sides": "photo,label,left,top,right,bottom\na.jpg,club,10,20,30,60\n",
    "other names": "image,xcoord,ycoord,Klasse\na.jpg,20,40,club\n",
    "thousands": 'photo,x,y,label\na.jpg,"0,020.0","0.040,0",club\n',
}


@pytest.mark.parametrize("table", TABLES.values(), ids=TABLES)
def test_a_table_may_give_places_in_many_ways(tmp_path: Path, table: str) -> None:
    _, labels, problems, _ = read(folder(tmp_path, {"a.jpg": b"", "t.csv": table.encode()}))
    assert problems == []
    assert [each[2] for each in labels] == [((20, 40),)]


def test_thousands_have_their_own_separator(tmp_path: Path) -> None:
    table = b'photo,x,y,label\na.jpg,"1,064.5","2.001,25",club\n'
    _, labels, _, _ = read(folder(tmp_path, {"a.jpg": b"", "t.csv": table}))
    assert labels[0][2] == ((1064.5, 2001.25),)


def test_a_table_without_places_labels_no_photo_twice(tmp_path: Path) -> None:
    table = b"photo,label,px,py\na.jpg,club,1,2\na.jpg,bent,3,4\n"
    _, labels, problems, _ = read(folder(tmp_path, {"a.jpg": b"", "t.csv": table}))
    assert labels == []
    assert [problem.where.file for problem in problems] == [str(tmp_path / "t.csv")]


def test_two_people_may_label_one_crop(tmp_path: Path) -> None:
    table = b"photo,label,rater\na.jpg,club,1\na.jpg,bent,2\n"
    _, labels, problems, _ = read(folder(tmp_path, {"a.jpg": b"", "t.csv": table}))
    assert (len(labels), problems) == (2, [])


def coco(**annotation: Any) -> bytes:
    found = {"id": 1, "image_id": "1", "category_id": 1, "bbox": [10, 20, 20, 40]} | annotation
    image = {"id": 1, "file_name": annotation.get("file_name", "a.jpg")}
    category = {"id": "1", "name": "club"}
    return json.dumps(
        {"images": [image], "categories": [category], "annotations": [found]}
    ).encode()


@pytest.mark.parametrize(
    "raw",
    [
        coco(),
        coco(bbox=[], segmentation=[[10, 20, 30, 20, 30, 60, 10, 60]]),
        coco(file_name="https://host/data/a.jpg?size=2"),
        coco(file_name="sub%20folder/a.jpg"),
    ],
    ids=["ids of two types", "outline", "address", "percent signs"],
)
def test_coco_of_other_programs(tmp_path: Path, raw: bytes) -> None:
    _, labels, problems, _ = read(folder(tmp_path, {"sub folder/a.jpg": b"", "c.json": raw}))
    assert problems == []
    assert [each[2] for each in labels] == [((20, 40),)]


RESULT = {
    "type": "keypointlabels",
    "value": {"x": 10, "y": 20, "keypointlabels": ["club"]},
    "original_width": 200,
    "original_height": 200,
}
TASK = {"id": 1, "data": {"image": "/data/upload/1/3f2a-a.jpg"}}


@pytest.mark.parametrize(
    "content",
    [
        {**TASK, "annotations": [{"result": [RESULT]}]},
        {"id": 7, "result": [RESULT], "task": TASK},
        [{**TASK, "completions": [{"result": [RESULT]}]}],
    ],
    ids=["one task", "one annotation in a store", "before version 1.0"],
)
def test_files_of_label_studio_that_are_no_list_of_annotations(
    tmp_path: Path, content: object
) -> None:
    files = {"a.jpg": b"", "tasks/1.json": json.dumps(content).encode()}
    name, labels, problems, _ = read(folder(tmp_path, files))
    assert (name, problems) == ("Label Studio", [])
    assert [each[2] for each in labels] == [((20, 40),)]


def test_a_header_may_begin_with_a_number_sign(tmp_path: Path) -> None:
    """As VIA 1 writes it."""
    table = (
        "#filename,file_attributes,region_shape_attributes,region_attributes\n"
        'a.jpg,{},"{""name"":""point"",""cx"":20,""cy"":40}","{""label"":""club""}"\n'
    )
    name, labels, _, _ = read(folder(tmp_path, {"a.jpg": b"", "via.csv": table.encode()}))
    assert (name, labels[0][2]) == ("VIA", ((20, 40),))


def test_an_export_may_lie_deep_in_a_zip(tmp_path: Path) -> None:
    files = {"exports/hairs/annotations/c.json": coco(), "exports/hairs/images/a.jpg": b""}
    for path in (folder(tmp_path / "f", files), zipped(tmp_path / "f.zip", files)):
        name, labels, problems, _ = read(path)
        assert (name, len(labels), problems) == ("COCO", 1, [])
    alone = tmp_path / "f" / "exports" / "hairs" / "annotations" / "c.json"
    assert len(read(alone)[1]) == 1


def test_spreadsheets_and_texts_beside_labels_are_named(tmp_path: Path) -> None:
    files = {"a.jpg": b"", "c.json": coco(), "more.xlsx": b"PK", "notes.txt": b"", "e.ndjson": b""}
    notes = read(folder(tmp_path, files))[3]
    named = {Path(note.where.file).name for note in notes}
    assert named >= {"more.xlsx", "notes.txt", "e.ndjson"}
