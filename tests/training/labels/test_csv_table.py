import pytest

from training.labels import csv_table as table
from training.labels.csv_table import read_table


def test_rows_are_numbered_as_a_spreadsheet_shows_them() -> None:
    read = read_table(b"photo,x,y,label\na.jpg, 1 ,2,club\n\n,,,\nb.jpg,3,4,bent\n")
    assert [(row.number, row["photo"], row["x"]) for row in read.rows] == [
        (2, "a.jpg", "1"),
        (5, "b.jpg", "3"),
    ]
    assert read.problems == ()
    assert read.rows[0]["person"] == ""


@pytest.mark.parametrize(
    "raw",
    [
        "\ufeffPhoto;X;Y;Label\r\nä.jpg;1,5;2;club\r\n".encode(),
        "photo\tx\ty\tlabel\nä.jpg\t1,5\t2\tclub".encode(),
        'photo,x,y,label\nä.jpg,"1,5",2,club'.encode("cp1252"),
        "photo;x;y;label\nä.jpg;1,5;2;club".encode("utf-16"),
        "File Name;x;y;CLASS\nä.jpg;1,5;2;club".encode(),
    ],
)
def test_the_same_table_from_any_program(raw: bytes) -> None:
    read = read_table(raw)
    assert read.columns == {"photo", "x", "y", "label"}
    assert dict(read.rows[0].cells) == {"photo": "ä.jpg", "x": "1,5", "y": "2", "label": "club"}


def test_another_name_counts_only_where_the_column_is_missing() -> None:
    read = read_table(b"file,photo,label,class\na,b,c,d\n")
    assert dict(read.rows[0].cells) == {"file": "a", "photo": "b", "label": "c", "class": "d"}


def test_a_row_with_more_cells_than_the_head_is_told() -> None:
    read = read_table(b"photo,x,y,label\na.jpg,1,5,2,5,club\nb.jpg,1,2,bent,\n")
    assert read.problems == ((2, "It has 6 cells, and the head 4."),)
    assert [row["label"] for row in read.rows] == ["bent"]


def test_what_is_no_table_is_told_and_never_raises() -> None:
    assert read_table(b"").columns == frozenset()
    assert read_table(b"\x00\xff\x00" * 50).rows == ()
    broken = read_table(b'photo,label\na.jpg,club\nb.jpg,"' + b"x" * 200_000)
    assert [row.number for row in broken.rows] == [2]
    assert broken.problems == ((3, "From here on this is no CSV table; the rest is not read."),)


def test_a_huge_table_is_read_up_to_its_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table, "MOST_ROWS", 3)
    read = read_table(b"photo\n" + b"a\n" * 10)
    assert len(read.rows) == 3
    assert read.problems == ((5, "The table has over 3 rows; no more are read."),)


def test_a_table_that_is_wrong_all_over_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table, "MOST_PROBLEMS", 2)
    read = read_table(b"photo\n" + b"a,b\n" * 10)
    assert [number for number, _ in read.problems] == [2, 3, 4]
    assert read.problems[-1][1] == "Too many rows are wrong; the rest is not read."
