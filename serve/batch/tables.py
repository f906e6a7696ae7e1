"""``photos.csv`` and ``hairs.csv``: the results for a spreadsheet."""

import csv
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Self

from data.io.files import atomic_writer
from data.io.jsonl import Json
from model.labelling.hair import Hair
from serve.batch.results import PhotoResult

PHOTOS, HAIRS = "photos.csv", "hairs.csv"
_COUNTS = ("hairs", "telogen", "anagen", "misshapen", "no_bulb", "unsure")
_SHARE = ("estimate", "low", "high")
_PHOTO_COLUMNS = (
    *("photo", "group", "date", "status", "error", "duplicate_of", "width", "height"),
    *_COUNTS,
    *("telogen_share", "telogen_share_low", "telogen_share_high", "verdict", "findings", "sha256"),
    *("grade", "side", "near_duplicate_of", "counts", "scale", "um_per_px", "scale_error"),
    *("width_median_um", "width_median_um_low", "width_median_um_high", "widths", "thin", "short"),
    "length_unknown",
)
_MEASURES = ("width_um", "width_um_error", "length_mm", "visible_mm")
_HAIR_COLUMNS = (
    *("photo", "id", "label", "reason", "root_type", "p_telogen", "p_anagen"),
    *("root_x", "root_y", "shaft_px", "length_px", "counts", "shaft_px_error"),
    *_MEASURES,
)
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


class Tables(ExitStack):
    """Writes both tables; they replace older ones in ``out`` when the block ends without error."""

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

    def add(self, result: PhotoResult) -> None:
        """Writes a photo's row, and one for each of its hairs."""
        self._photos.writerow(map(_cell, _photo_row(result)))
        for record, hair in zip(result.record["hairs"], result.hairs, strict=True):
            self._hairs.writerow(map(_cell, _hair_row(result, record, hair)))


def _cell(value: object) -> object:
    """Quotes a text that a spreadsheet would run as a formula; a file name may be one."""
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value


def _photo_row(result: PhotoResult) -> Sequence[object]:
    record, key = result.record, result.key
    summary, error = record["summary"], record["error"] or {}
    share = summary["telogen_share"] or {}
    scale, measures = record.get("scale") or {}, summary.get("measures") or {}
    thin, short = measures.get("thin") or {}, measures.get("short") or {}
    return (
        *(result.photo, key.group, key.date, record["status"], error.get("code")),
        *(record.get("duplicate_of"), record["width"], record["height"]),
        *(summary[name] for name in _COUNTS),
        *(share.get(name) for name in _SHARE),
        summary["verdict"],
        " ".join(dict.fromkeys(finding["code"] for finding in record["quality"])),
        record["sha256"],
        *(summary["answer"][name] for name in ("grade", "side")),
        record.get("near_duplicate_of"),
        _yes_or_no(result.counts) if record["error"] is None else None,
        *(scale.get(name) for name in ("source", "um_per_px", "error")),
        *(measures.get(f"median{part}_um") for part in ("", "_low", "_high")),
        *(measures.get("widths"), thin.get("count"), short.get("count"), short.get("undecided")),
    )


def _hair_row(result: PhotoResult, record: Json, hair: Hair) -> Sequence[object]:
    root, measures = record["root"] or {}, record.get("measures") or {}
    return (
        *(result.photo, record["id"], record["label"], record["reason"], record["root_type"]),
        *(hair.p_telogen, hair.p_anagen, root.get("x"), root.get("y"), record["shaft_px"]),
        *(round(hair.strand.length_px, 1), _yes_or_no(result.counts)),
        record.get("shaft_px_error"),
        *(measures.get(name) for name in _MEASURES),
    )


def _yes_or_no(truth: bool) -> str:
    return "yes" if truth else "no"
