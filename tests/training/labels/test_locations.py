"""Where labels are, whether or not a hair is found there."""

import hashlib
from pathlib import Path

from tests.helpers.training.label_folders import folder, picture
from training.labels.label_set import places_of_labels

ONE, TWO = picture(1), picture(2)


def sha256(raw: bytes) -> str:
    return hashlib.sha256(raw).hexdigest()


def test_places_are_by_the_bytes_of_their_picture(tmp_path: Path) -> None:
    table = b"photo,x,y,label\na.png,1,2,club\na.png,3,4,unsure\na.png,5,6,\nb.png,7,8,klub\n"
    here = folder(tmp_path / "here", {"a.png": ONE, "b.png": TWO, "labels.csv": table})
    there = folder(tmp_path / "there", {"c.png": ONE, "t.csv": b"photo,x,y,label\nc.png,9,9,cut\n"})
    places, problems = places_of_labels([here, there])
    assert places == {sha256(ONE): [(1, 2), (3, 4), (9, 9)]}
    assert [each.where.row for each in problems] == [5]


def test_a_picture_in_the_folder_of_a_class_is_labelled_as_a_whole(tmp_path: Path) -> None:
    classes = folder(tmp_path / "classes", {"club/a.png": ONE})
    table = folder(tmp_path / "t", {"a.png": ONE, "t.csv": b"photo,x,y,label\na.png,9,9,cut\n"})
    for paths in ([classes, table], [table, classes]):
        assert places_of_labels(paths) == ({sha256(ONE): []}, [])


def test_what_is_no_folder_is_told(tmp_path: Path) -> None:
    places, problems = places_of_labels([tmp_path / "none"])
    assert not places
    assert "There is nothing of this name." in str(problems[0])
