"""JSON Lines: files of one JSON object per line (jsonlines.org).

A line is whole once its line break is written. A process that is killed while it writes can leave
a torn last line, which its successor cuts off or ends.
"""

import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, TextIO

_BLOCK = 1 << 20

Json = dict[str, Any]
"""A JSON object."""


class JsonLinesError(ValueError):
    """A line is not a JSON object; the message names file and line."""


def read_lines(file: Path) -> Iterator[Json]:
    """The objects of a file, one by one; raises JsonLinesError and OSError."""
    with file.open("rb") as lines:
        for number, line in enumerate(lines, 1):
            try:
                record = json.loads(line)
            except ValueError as error:
                raise JsonLinesError(f"{file}, line {number}: this is not JSON.") from error
            if not isinstance(record, dict):
                raise JsonLinesError(f"{file}, line {number}: this is not a JSON object.")
            yield record


def write_line(stream: TextIO, record: Mapping[str, Any]) -> None:
    """Writes one line and flushes it; raises ValueError for NaN and infinity."""
    stream.write(json.dumps(record, allow_nan=False) + "\n")
    stream.flush()


def append_line(file: Path, record: Mapping[str, Any]) -> None:
    """Adds one line, on the disk on return; a torn last line is ended first."""
    with file.open("ab+") as stream:
        if stream.seek(0, os.SEEK_END):
            stream.seek(-1, os.SEEK_END)
            if stream.read() != b"\n":
                stream.write(b"\n")
        stream.write(f"{json.dumps(record)}\n".encode())
        stream.flush()
        os.fsync(stream.fileno())


def cut_torn_line(file: Path) -> None:
    """Cuts off what follows the last whole line. A missing file is left missing."""
    if not file.exists():
        return
    with file.open("rb+") as lines:
        end = whole = lines.seek(0, os.SEEK_END)
        while whole:
            start = max(0, whole - _BLOCK)
            lines.seek(start)
            found = lines.read(whole - start).rfind(b"\n")
            if found >= 0:
                whole = start + found + 1
                break
            whole = start
        if whole < end:
            lines.truncate(whole)


class LineIndex:
    """Finds the line of a file whose field ``key`` has a value; holds offsets, not lines."""

    def __init__(self, file: Path, key: str) -> None:
        """Raises JsonLinesError and OSError, as ``read_lines`` does."""
        self._file = file.open("rb")
        self._offsets: dict[str, int] = {}
        offset = 0
        for line, record in zip(self._file, read_lines(file), strict=True):
            self._offsets[record[key]] = offset
            offset += len(line)

    def __len__(self) -> int:
        return len(self._offsets)

    def get(self, value: str) -> Json | None:
        """The line with that value, None if there is none."""
        if value not in self._offsets:
            return None
        self._file.seek(self._offsets[value])
        record: Json = json.loads(self._file.readline())
        return record
