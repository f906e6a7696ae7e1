import pytest

from data.io import csv_table
from data.io.csv_table import Table
from data.io.csv_table import read_table as read_with_aliases

ALIASES = {"photo": ("file", "file_name"), "label": ("class",), "labelled_at": ("date",)}


def read_table(raw: bytes) -> Table:
    return read_with_aliases(raw, ALIASES)


def test_rows_are_numbered_as_in_a_spreadsheet() -> None:
    table = read_table(b"photo,x,y,label\na.jpg, 1 ,2,club\n\n,,,\nb.jpg,3,4,bent\n")
    assert [(row.number, row["photo"], row["x"]) for row in table.rows] == [
        (2, "a.jpg", "1"),
        (5, "b.jpg", "3"),
    ]
    assert table.problems == ()
    assert table.rows[0]["person"] == ""


@pytest.mark.parametrize(
    "raw",
    [
        "\ufeffPhoto;X;Y;Label\r\nä.jpg;1,5;2;club\r\n".encode(),
        "photo\tx\ty\tlabel\nä.jpg\t1,5\t2\tclub".encode(),
        'photo,x,y,label\nä.jpg,"1,5",2,club'.encode("cp1252"),
        "photo;x;y;label\nä.jpg;1,5;2;club".encode("utf-16"),
        "File Name;x;y;CLASS\nä.jpg;1,5;2;club".encode(),
        "sep=;\r\nphoto;x;y;label\r\nä.jpg;1,5;2;club\r\n".encode(),
        "\ufeffsep=|\nphoto|x|y|label\nä.jpg|1,5|2|club".encode(),
        "photo;x (px);y [px];label;;\rä.jpg;1,5;2;club;;\r;;;;;\r".encode(),
        "photo\tx\ty\tlabel\nä.jpg\t1,5\t2\tclub".encode("utf-16-le"),
        "photo\tx\ty\tlabel\nä.jpg\t1,5\t2\tclub".encode("utf-16-be"),
        "photo|x|y|label\nä.jpg|1,5|2|club".encode(),
        "photo;x;y;label\nä.jpg;1,5;2;club".encode("utf-32"),
        "\ufeff\ufeffphoto;x;y;label\nä.jpg;1,5;2;club".encode(),
        "\u200bphoto;x;y;label\u200b\nä.jpg\u2060 ; 1,5;2;\u200eclub".encode(),
        'photo;x;y;label\n"=""ä.jpg""";="1,5";="2";club'.encode(),
        "\n;;;\nphoto;x;y;label\nä.jpg;1,5;2;club".encode(),
    ],
)
def test_separators_and_encodings_do_not_matter(raw: bytes) -> None:
    table = read_table(raw)
    assert table.columns == {"photo", "x", "y", "label"}
    assert dict(table.rows[0].cells) == {"photo": "ä.jpg", "x": "1,5", "y": "2", "label": "club"}


def test_a_synonym_counts_only_if_its_column_is_missing() -> None:
    table = read_table(b"file,photo,label,class\na,b,c,d\n")
    assert dict(table.rows[0].cells) == {"file": "a", "photo": "b", "label": "c", "class": "d"}


def test_a_row_with_more_cells_than_the_header_is_a_problem() -> None:
    table = read_table(b"photo,x,y,label\na.jpg,1,5,2,5,club\nb.jpg,1,2,bent,\n")
    assert [number for number, _ in table.problems] == [2]
    assert [row["label"] for row in table.rows] == ["bent"]


def test_invalid_csv_is_a_problem_and_never_raises() -> None:
    assert read_table(b"").columns == frozenset()
    assert read_table(b"\x00\xff\x00" * 50).rows == ()
    broken = read_table(b'photo,label\na.jpg,club\nb.jpg,"' + b"x" * 200_000)
    assert [row.number for row in broken.rows] == [2]
    assert [number for number, _ in broken.problems] == [3]


def test_a_huge_table_is_read_up_to_its_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csv_table, "MAX_ROWS", 3)
    table = read_table(b"photo\n" + b"a\n" * 10)
    assert len(table.rows) == 3
    assert [number for number, _ in table.problems] == [5]


def test_reading_stops_after_many_problems(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csv_table, "MAX_PROBLEMS", 2)
    table = read_table(b"photo\n" + b"a,b\n" * 10)
    assert [number for number, _ in table.problems] == [2, 3, 4]


def test_of_columns_with_one_name_the_first_counts() -> None:
    table = read_table(b"photo,photo,,label\na,b,c,d\n")
    assert dict(table.rows[0].cells) == {"photo": "a", "label": "d"}
