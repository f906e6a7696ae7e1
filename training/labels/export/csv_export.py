"""Labels as the table of an export."""

import csv
from collections.abc import Sequence
from pathlib import Path

from data.io.files import atomic_writer
from training.labels.export.pictures import LabelledPhoto
from training.labels.formats.tables import WHOLE_PHOTO
from training.labels.raw_label import RawLabel

FILE = "labels.csv"
_COLUMNS = (
    *("photo", "root_x", "root_y", "other_end_x", "other_end_y", "root_from", "label"),
    *("person", "labelled_at"),
)


def write_csv(photos: Sequence[LabelledPhoto], out: Path) -> list[Path]:
    """Writes ``labels.csv``; returns the files written."""
    with atomic_writer(out / FILE) as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(_COLUMNS)
        for photo in photos:
            table.writerows(_row(label, photo) for label in photo.labels)
    return [out / FILE]


def _row(label: RawLabel, photo: LabelledPhoto) -> Sequence[object]:
    coordinates: list[object] = [number for point in label.points for number in point]
    coordinates += [""] * (4 - len(coordinates))
    root_from = "person" if label.root_known else "unknown"
    time = label.labelled_at.isoformat() if label.labelled_at else ""
    root_from = root_from if label.points else WHOLE_PHOTO
    return (photo.name, *coordinates, root_from, label.label.value, label.person, time)
