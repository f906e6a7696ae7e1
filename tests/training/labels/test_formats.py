"""Each format of labels, from its files to its raw labels and issues."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from serve.saved_photos.export import ExportedPhoto, label_archive
from tests.helpers.training.label_folders import folder, zipped
from training.labels.formats.detect import read_labels
from training.labels.issues import Issue
from training.labels.label import HairLabel
from training.labels.raw_label import RawLabel
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


def read(path: Path) -> tuple[str, list[RawLabel], list[Issue], list[Issue]]:
    """The format, labels, problems and notes."""
    source = open_source(path)
    try:
        name, labels, issues = read_labels(source)
    finally:
        source.close()
    notes = [issue for issue in issues if issue.is_note]
    return name, labels, [issue for issue in issues if not issue.is_note], notes


def brief(label: RawLabel) -> tuple[object, ...]:
    return label.picture.name, label.label, label.where.row, label.person, label.points


def test_photos_with_a_table(tmp_path: Path) -> None:
    name, labels, problems, notes = read(folder(tmp_path, {**PICTURES, "labels.csv": TABLE}))
    assert name == "photos with a table"
    assert [brief(label) for label in labels] == [
        ("one.jpg", HairLabel.TELOGEN, 2, "anna", ((10, 20.5),)),
        ("sub/two.jpg", HairLabel.NO_BULB, 3, "", ((30, 40),)),
    ]
    cells = ["'?'", "'../../etc/passwd'", "'' in column x", "'nan' in column x", "'three.jpg'"]
    assert [issue.where.row for issue in problems] == [4, 5, 6, 7, 8]
    assert all(cell in issue.message for cell, issue in zip(cells, problems, strict=True))
    assert [": 1, such as left.jpg" in note.message for note in notes] == [True]


def test_rows_to_be_filled_in_are_a_note(tmp_path: Path) -> None:
    table = b"photo,x,y,label,person\none.jpg,1,2,,\none.jpg,3,4,club,anna\none.jpg,5,6, ,\n"
    _, labels, problems, notes = read(folder(tmp_path, {"one.jpg": b"1", "labels.csv": table}))
    assert [brief(label)[1:3] for label in labels] == [(HairLabel.TELOGEN, 3)]
    assert not problems
    assert [note.where.file for note in notes] == [f"{tmp_path}/labels.csv"]
    assert notes[0].message.endswith(": 2.")


def test_an_unreadable_date_costs_no_label(tmp_path: Path) -> None:
    table = b"photo,x,y,label,date\none.jpg,1,2,club,3/4/2026\none.jpg,3,4,bent,31.1.2026\n"
    _, labels, problems, notes = read(folder(tmp_path, {"one.jpg": b"1", "labels.csv": table}))
    assert [label.labelled_at for label in labels] == [None, datetime(2026, 1, 31, tzinfo=UTC)]
    assert not problems
    assert [(note.where.row, "2026-01-31" in note.message) for note in notes] == [(2, True)]


@pytest.mark.parametrize("written", ["Zo\u00e9.jpg", "./ZOE\u0301.JPG", "d:\\x\\Zoe\u0301.jpg"])
def test_names_meet_however_they_are_composed(tmp_path: Path, written: str) -> None:
    table = f"sep=,\nphoto,x,y,label\n{written},1,2,club\n".encode()
    files = {"Zoe\u0301.jpg": b"1", "labels.csv": table}
    _, labels, problems, _ = read(folder(tmp_path, files))
    assert [label.picture.name for label in labels] == ["Zoe\u0301.jpg"]
    assert not problems


def test_a_name_that_two_pictures_have_is_not_guessed(tmp_path: Path) -> None:
    files = {"a/x.jpg": b"", "b/x.jpg": b"", "t.csv": b"photo,x,y,label\nx.jpg,1,2,club\n"}
    _, labels, problems, _ = read(folder(tmp_path, files))
    assert labels == []
    assert [(issue.where.row, issue.message[0]) for issue in problems] == [(2, "2")]


def test_paths_are_relative_to_the_folder_of_their_table(tmp_path: Path) -> None:
    table = b"photo,x,y,label\nx.jpg,1,2,club\n"
    _, labels, _, _ = read(folder(tmp_path, {"a/x.jpg": b"", "b/x.jpg": b"", "b/t.csv": table}))
    assert [label.picture.name for label in labels] == ["b/x.jpg"]


@pytest.mark.parametrize(
    ("raw", "term"), [(b"photo,x,label\na.jpg,1,club", "column y"), (b"", "empty")]
)
def test_an_incomplete_table_is_one_problem(tmp_path: Path, raw: bytes, term: str) -> None:
    _, labels, problems, _ = read(folder(tmp_path, {"a.jpg": b"", "labels.csv": raw}))
    assert [term in issue.message for issue in problems] == [True]
    assert labels == []


def export(tmp_path: Path, *rows: dict[str, object]) -> Path:
    """A zip as the server sends it."""
    photo = "photos/ID.jpg"
    defaults = {
        "photo": photo,
        "root_x": 5.0,
        "root_y": 6.0,
        "other_end_x": 70.5,
        "other_end_y": -0.5,
        "root_from": "machine",
        "label": "anagen",
        "labelled_at": "2026-11-21T10:00:00+00:00",
    }
    files = {photo: b"p", "crops/ID_0_0.png": b"c", "reports/ID.json": b"{}"}
    exported = ExportedPhoto(files, [defaults | row for row in rows], {})
    path = tmp_path / "export.zip"
    path.write_bytes(b"".join(label_archive([exported], datetime.now(UTC))))
    return path


def test_our_own_export(tmp_path: Path) -> None:
    missed = {"other_end_x": None, "other_end_y": None, "label": "no_bulb", "root_from": "person"}
    name, labels, problems, notes = read(
        export(tmp_path, {}, missed, {"root_from": "unknown"}, {"label": None})
    )
    assert name == "our own export"
    assert [brief(label) for label in labels] == [
        ("photos/ID.jpg", HairLabel.ANAGEN, 2, "", ((5, 6), (70.5, -0.5))),
        ("photos/ID.jpg", HairLabel.NO_BULB, 3, "", ((5, 6),)),
        ("photos/ID.jpg", HairLabel.ANAGEN, 4, "", ((5, 6), (70.5, -0.5))),
    ]
    assert [label.root_known for label in labels] == [True, True, False]
    assert labels[0].labelled_at == datetime(2026, 11, 21, 10, tzinfo=UTC)
    assert problems == []
    assert notes[0].message.endswith(": 1.")


def test_each_invalid_row_of_an_export_is_a_problem(tmp_path: Path) -> None:
    rows = ({"root_from": "me"}, {"root_x": "soon"}, {"other_end_y": ""}, {"label": "klub"})
    _, labels, problems, _ = read(export(tmp_path, *rows))
    assert labels == []
    assert [issue.where.row for issue in problems] == [2, 3, 4, 5]
    cells = ["root_from", "'soon'", "other_end_y", "'klub'"]
    assert all(cell in issue.message for cell, issue in zip(cells, problems, strict=True))


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
        name, labels, problems, _ = read(path)
        assert name == "a folder for each class"
        assert [brief(label) for label in labels] == [
            ("Clubs/a.png", HairLabel.TELOGEN, None, "", ()),
            ("mine/broken hairs/Anna/b.JPG", HairLabel.NO_BULB, None, "anna", ()),
        ]
        assert [(issue.where.file, issue.message[-2:]) for issue in problems] == [
            (str(path), "1."),
            (f"{path}/holiday", "2."),
        ]


@pytest.mark.parametrize("raw", [b"", b"photo,person\nclub/a.png,anna\n"], ids=["empty", "other"])
def test_a_table_beside_folders_of_classes_is_a_note(tmp_path: Path, raw: bytes) -> None:
    name, labels, problems, notes = read(folder(tmp_path, {"club/a.png": b"", "notes.csv": raw}))
    assert name == "a folder for each class"
    assert [label.label for label in labels] == [HairLabel.TELOGEN]
    assert not problems
    assert [note.where.file for note in notes] == [f"{tmp_path}/notes.csv"]


@pytest.mark.parametrize("raw", [b"", b"photo,person\none.jpg,anna\n"], ids=["empty", "groups"])
def test_a_table_of_something_else_beside_one_of_labels_is_a_note(
    tmp_path: Path, raw: bytes
) -> None:
    table = b"photo,x,y,label\none.jpg,1,2,club\n"
    files = {"one.jpg": b"1", "labels.csv": table, "groups.csv": raw}
    _, labels, problems, notes = read(folder(tmp_path, files))
    assert (len(labels), problems) == (1, [])
    assert [note.where.file for note in notes] == [f"{tmp_path}/groups.csv"]


def test_a_table_given_by_itself_is_read_with_the_photos_beside_it(tmp_path: Path) -> None:
    table = b"photo,x,y,label\none.jpg,1,2,club\nsub/two.jpg,3,4,bent\n"
    files = {**PICTURES, "mine.csv": table, "labels.csv": b"photo,x,y,label\none.jpg,5,6,cut\n"}
    name, labels, problems, _ = read(folder(tmp_path, files) / "mine.csv")
    assert name == "photos with a table"
    assert [brief(label)[:3] for label in labels] == [
        ("one.jpg", HairLabel.TELOGEN, 2),
        ("sub/two.jpg", HairLabel.MISSHAPEN, 3),
    ]
    assert labels[0].where.file == f"{tmp_path}/mine.csv"
    assert not problems


def test_a_table_without_labels_given_by_itself_is_a_problem(tmp_path: Path) -> None:
    files = {"club/a.png": b"", "notes.csv": b"photo,person\nclub/a.png,anna\n"}
    _, labels, problems, _ = read(folder(tmp_path, files) / "notes.csv")
    assert labels == []
    assert [problem.where.file for problem in problems] == [f"{tmp_path}/notes.csv"]


def test_an_empty_folder_is_one_problem(tmp_path: Path) -> None:
    _, labels, problems, _ = read(tmp_path)
    assert labels == []
    assert [issue.where.file for issue in problems] == [str(tmp_path)]
