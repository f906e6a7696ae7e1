"""Files of one JSON object per line."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

_BLOCK = 1 << 20


class JsonLinesError(ValueError):
    """A line is no JSON object; the message names file and line."""


def read_lines(file: Path) -> Iterator[dict[str, Any]]:
    """The objects of a file, one by one; raises JsonLinesError and OSError."""
    with file.open("rb") as lines:
        for number, line in enumerate(lines, 1):
            try:
                record = json.loads(line)
            except ValueError as error:
                raise JsonLinesError(f"{file}, line {number}: this is no JSON.") from error
            if not isinstance(record, dict):
                raise JsonLinesError(f"{file}, line {number}: this is no JSON object.")
            yield record


def cut_torn_line(file: Path) -> None:
    """Cuts off what follows the last whole line: its writer was killed. A missing file is left."""
    if not file.exists():
        return
    with file.open("rb+") as lines:
        end = whole = lines.seek(0, 2)
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
    """Finds the line of a photo in a file of results; keeps names and places, no lines."""

    def __init__(self, file: Path) -> None:
        """Raises JsonLinesError and OSError, as ``read_lines`` does."""
        self._file = file.open("rb")
        self._places: dict[str, int] = {}
        place = 0
        for line, record in zip(self._file, read_lines(file), strict=True):
            self._places[record["photo"]] = place
            place += len(line)

    def __len__(self) -> int:
        return len(self._places)

    def get(self, photo: str) -> dict[str, Any] | None:
        """The line of a photo of that name, if there is one."""
        if photo not in self._places:
            return None
        self._file.seek(self._places[photo])
        record: dict[str, Any] = json.loads(self._file.readline())
        return record
