import io
import json
from pathlib import Path

import pytest

from data.io.jsonl import (
    JsonLinesError,
    LineIndex,
    append_line,
    cut_torn_line,
    read_lines,
    write_line,
)


def test_lines_are_read_as_they_were_appended(tmp_path: Path) -> None:
    file = tmp_path / "lines.jsonl"
    append_line(file, {"a": 1})
    append_line(file, {"a": "é\n"})
    assert list(read_lines(file)) == [{"a": 1}, {"a": "é\n"}]


@pytest.mark.parametrize(("line", "word"), [("{", "JSON"), ("[1]", "object"), ("", "JSON")])
def test_a_line_that_is_no_object_is_refused(tmp_path: Path, line: str, word: str) -> None:
    file = tmp_path / "lines.jsonl"
    file.write_text(f'{{"a": 1}}\n{line}\n')
    lines = read_lines(file)
    assert next(lines) == {"a": 1}
    with pytest.raises(JsonLinesError, match=rf"lines\.jsonl, line 2.*{word}"):
        next(lines)


def test_a_torn_line_is_ended_before_another_is_appended(tmp_path: Path) -> None:
    file = tmp_path / "lines.jsonl"
    file.write_text('{"a": 1}\n{"a"')
    append_line(file, {"a": 2})
    assert file.read_text().splitlines() == ['{"a": 1}', '{"a"', '{"a": 2}']


def test_a_number_that_json_does_not_have_is_refused() -> None:
    stream = io.StringIO()
    with pytest.raises(ValueError, match="JSON"):
        write_line(stream, {"a": float("nan")})
    assert stream.getvalue() == ""


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"", b""),
        (b"a", b""),
        (b"a\n", b"a\n"),
        (b"a\nb\nc", b"a\nb\n"),
        (b"a\n" + b"c" * (1 << 21), b"a\n"),
    ],
)
def test_what_follows_the_last_whole_line_is_cut(
    tmp_path: Path, before: bytes, after: bytes
) -> None:
    file = tmp_path / "lines"
    file.write_bytes(before)
    cut_torn_line(file)
    assert file.read_bytes() == after


def test_a_missing_file_is_left_missing(tmp_path: Path) -> None:
    cut_torn_line(tmp_path / "lines")
    assert not (tmp_path / "lines").exists()


def test_an_index_finds_a_line_by_its_key(tmp_path: Path) -> None:
    file = tmp_path / "lines.jsonl"
    rows = [{"photo": name, "n": n} for n, name in enumerate(("a", "é", "b"))]
    file.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), "utf-8")
    index = LineIndex(file, "photo")
    assert len(index) == 3
    assert [index.get(name) for name in ("b", "é", "c")] == [rows[2], rows[1], None]
