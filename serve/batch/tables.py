"""``photos.csv`` and ``hairs.csv``: the results for a spreadsheet."""

import csv
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Self

from data.io.files import atomic_writer
from model.labelling.hair import Hair
from serve.batch.results import ScoredLine

PHOTOS, HAIRS = "photos.csv", "hairs.csv"
_COUNTS = ("hairs", "telogen", "anagen", "misshapen", "no_bulb", "unsure")
_SHARE = ("estimate", "low", "high")
_PHOTO_COLUMNS = (
    *("photo", "group", "date", "status", "error", "duplicate_of", "width", "height"),
    *_COUNTS,
    *("telogen_share", "telogen_share_low", "telogen_share_high", "verdict", "findings", "sha256"),
)
_HAIR_COLUMNS = (
    *("photo", "id", "label", "reason", "root_type", "p_telogen", "p_anagen"),
    *("root_x", "root_y", "shaft_px", "length_px", "counts"),
)
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


class Tables(ExitStack):
    """Both tables while they are written; they take their places in ``out`` when all is well."""

    def __init__(self, out: Path) -> None:
        super().__init__()
        self._out = out

    def __enter__(self) -> Self:
        super().__enter__()
        files = [self.enter_context(atomic_writer(self._out / name)) for name in (PHOTOS, HAIRS)]
        self._photos, self._hairs = (csv.writer(file, lineterminator="\n") for file in files)
        self._photos.writerow(_PHOTO_COLUMNS)
        self._hairs.writerow(_HAIR_COLUMNS)
        return self

    def add(self, line: ScoredLine) -> None:
        """A photo's row, and one for each of its hairs."""
        self._photos.writerow(map(_cell, _photo_row(line)))
        for row in _hair_rows(line):
            self._hairs.writerow(map(_cell, row))


def _cell(value: object) -> object:
    """A text that a spreadsheet would run as a formula, as a file's name may be, stays a text."""
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value


def _photo_row(line: ScoredLine) -> Sequence[object]:
    record, place = line.record, line.place
    summary, error = record["summary"], record["error"] or {}
    share = summary["telogen_share"] or {}
    return (
        *(line.photo, place.group, place.date, record["status"], error.get("code")),
        *(record.get("duplicate_of"), record["width"], record["height"]),
        *(summary[name] for name in _COUNTS),
        *(share.get(name) for name in _SHARE),
        summary["verdict"],
        " ".join(dict.fromkeys(finding["code"] for finding in record["quality"])),
        record["sha256"],
    )


def _hair_rows(line: ScoredLine) -> Iterator[Sequence[object]]:
    for told, hair in zip(line.record["hairs"], line.hairs, strict=True):
        yield _hair_row(line, told, hair)


def _hair_row(line: ScoredLine, told: dict[str, Any], hair: Hair) -> Sequence[object]:
    root = told["root"] or {}
    return (
        *(line.photo, told["id"], told["label"], told["reason"], told["root_type"]),
        *(hair.p_telogen, hair.p_anagen, root.get("x"), root.get("y"), told["shaft_px"]),
        *(round(hair.strand.length_px, 1), "yes" if line.counts else "no"),
    )
