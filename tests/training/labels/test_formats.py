"""Each form of labels, from its files to what was understood of them."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from serve.saved_photos.export import ExportedPhoto, label_archive
from tests.helpers.training.label_folders import folder, zipped
from training.labels.formats import read_source
from training.labels.label import HairLabel
from training.labels.raw_label import ParsedLabels, RawLabel
from training.labels.sources import open_source

TABLE = b"""photo,x,y,label,person
one.jpg,10,20.5,Club,  ANNA
sub\\two.jpg,30,40,broken,
C:\\Users\\me\\ONE.JPG,50,60,?,
../../etc/passwd,1,2,club,
one.jpg,,20,club,
one.jpg,nan,20,club,
three.jpg,1,2,club,
"""
PICTURES = {"one.jpg": b"1", "sub/two.jpg": b"2", "left.jpg": b"3"}


def read(path: Path) -> ParsedLabels:
    source = open_source(path)
    try:
        return read_source(source)
    finally:
        source.close()


def brief(label: RawLabel) -> tuple[object, ...]:
    return label.picture.name, label.said, label.where.row, label.person, label.places


def test_photos_with_a_table(tmp_path: Path) -> None:
    reading = read(folder(tmp_path, {**PICTURES, "labels.csv": TABLE}))
    assert reading.form == "photos with a table"
    assert [brief(label) for label in reading.labels] == [
        ("one.jpg", HairLabel.TELOGEN, 2, "anna", ((10, 20.5),)),
        ("sub/two.jpg", HairLabel.NO_BULB, 3, "", ((30, 40),)),
    ]
    assert [(each.where.row, each.sentence) for each in reading.problems] == [
        (4, "The label '?' is no class that is known."),
        (5, "There is no picture '../../etc/passwd' here."),
        (6, "'' in x is no number of pixels."),
        (7, "'nan' in x is no number of pixels."),
        (8, "There is no picture 'three.jpg' here."),
    ]
    assert [each.sentence for each in reading.notes] == [
        "Pictures without a label in a table: 1, such as left.jpg."
    ]


def test_rows_that_wait_for_their_label_are_no_problem(tmp_path: Path) -> None:
    table = b"photo,x,y,label,person\none.jpg,1,2,,\none.jpg,3,4,club,anna\none.jpg,5,6, ,\n"
    reading = read(folder(tmp_path, {"one.jpg": b"1", "labels.csv": table}))
    assert [brief(label)[1:3] for label in reading.labels] == [(HairLabel.TELOGEN, 3)]
    assert not reading.problems
    assert [str(each) for each in reading.notes] == [
        f"{tmp_path}/labels.csv: Rows without a label yet: 2."
    ]


def test_numbers_may_have_a_comma(tmp_path: Path) -> None:
    table = b"photo;x;y;label\none.jpg;10,5;20;club\n"
    reading = read(folder(tmp_path, {**PICTURES, "labels.csv": table}))
    assert [label.places for label in reading.labels] == [((10.5, 20.0),)]


def test_a_name_that_two_pictures_have_is_not_guessed(tmp_path: Path) -> None:
    files = {"a/x.jpg": b"", "b/x.jpg": b"", "t.csv": b"photo,x,y,label\nx.jpg,1,2,club\n"}
    reading = read(folder(tmp_path, files))
    sentence = "'x.jpg' may be any of 2 pictures; give its folder, too."
    assert [each.sentence for each in reading.problems] == [sentence]


def test_paths_count_from_the_folder_of_their_table(tmp_path: Path) -> None:
    table = b"photo,x,y,label\nx.jpg,1,2,club\n"
    reading = read(folder(tmp_path, {"a/x.jpg": b"", "b/x.jpg": b"", "b/t.csv": table}))
    assert [label.picture.name for label in reading.labels] == ["b/x.jpg"]


@pytest.mark.parametrize(
    ("raw", "sentence"),
    [
        (b"photo,x,label\na.jpg,1,club", "There is no column y; no row of the table is read."),
        (b"", "The table is empty."),
    ],
)
def test_a_table_that_lacks_something_is_told(tmp_path: Path, raw: bytes, sentence: str) -> None:
    reading = read(folder(tmp_path, {"a.jpg": b"", "labels.csv": raw}))
    assert [each.sentence for each in reading.problems] == [sentence]
    assert reading.labels == ()


def export(tmp_path: Path, *rows: dict[str, object]) -> Path:
    """A zip as the server sends it."""
    photo = "photos/ID.jpg"
    usual = {
        "photo": photo,
        "root_x": 5.0,
        "root_y": 6.0,
        "other_end_x": 70.5,
        "other_end_y": -0.5,
        "root_from": "machine",
        "label": "anagen",
        "said_at": "2026-11-21T10:00:00+00:00",
    }
    files = {photo: b"p", "crops/ID_0_0.png": b"c", "reports/ID.json": b"{}"}
    exhibit = ExportedPhoto(files, [usual | row for row in rows], {})
    path = tmp_path / "export.zip"
    path.write_bytes(b"".join(label_archive([exhibit], datetime.now(UTC))))
    return path


def test_our_own_export(tmp_path: Path) -> None:
    missed = {"other_end_x": None, "other_end_y": None, "label": "no_bulb", "root_from": "person"}
    reading = read(export(tmp_path, {}, missed, {"root_from": "nobody"}, {"label": None}))
    assert reading.form == "our own export"
    assert [brief(label) for label in reading.labels] == [
        ("photos/ID.jpg", HairLabel.ANAGEN, 2, "", ((5, 6), (70.5, -0.5))),
        ("photos/ID.jpg", HairLabel.NO_BULB, 3, "", ((5, 6),)),
        ("photos/ID.jpg", HairLabel.ANAGEN, 4, "", ((5, 6), (70.5, -0.5))),
    ]
    assert [label.root_known for label in reading.labels] == [True, True, False]
    assert reading.labels[0].said_at == datetime(2026, 11, 21, 10, tzinfo=UTC)
    assert reading.problems == ()
    assert "only moved the root, without a label: 1." in reading.notes[0].sentence


def test_an_export_that_somebody_spoilt_is_told_by_row(tmp_path: Path) -> None:
    spoilt = ({"root_from": "me"}, {"said_at": "soon"}, {"other_end_y": ""}, {"label": "klub"})
    reading = read(export(tmp_path, *spoilt))
    assert reading.labels == ()
    assert [(each.where.row, each.sentence) for each in reading.problems] == [
        (2, "root_from is none of machine, person, nobody."),
        (3, "The time 'soon' is not like 2026-01-31T18:05:00."),
        (4, "'' in other_end_y is no number of pixels."),
        (5, "The label 'klub' is no class that is known."),
    ]


def test_a_folder_for_each_class(tmp_path: Path) -> None:
    files = {
        "Clubs/a.png": b"",
        "mine/broken hairs/Anna/b.JPG": b"",
        "holiday/c.jpg": b"",
        "holiday/d.jpg": b"",
        "top.jpg": b"",
        "Clubs/notes.txt": b"",
    }
    for path in (folder(tmp_path / "f", files), zipped(tmp_path / "f.zip", files)):
        reading = read(path)
        assert [brief(label) for label in reading.labels] == [
            ("Clubs/a.png", HairLabel.TELOGEN, None, "", ()),
            ("mine/broken hairs/Anna/b.JPG", HairLabel.NO_BULB, None, "anna", ()),
        ]
        assert [str(each) for each in reading.problems] == [
            f"{path}: This is no class that is known; pictures in it: 1.",
            f"{path}/holiday: This is no class that is known; pictures in it: 2.",
        ]


def test_an_empty_folder_is_told(tmp_path: Path) -> None:
    reading = read(tmp_path)
    assert [str(each) for each in reading.problems] == [
        f"{tmp_path}: No labels are found here: no table, and no pictures in folders."
    ]
