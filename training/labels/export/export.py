"""Writes labels of any format in another one, with their pictures."""

from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from training.labels.export.coco import write_coco
from training.labels.export.csv_export import write_csv
from training.labels.export.label_studio import write_label_studio
from training.labels.export.pictures import LabelledPhoto, copy_pictures
from training.labels.issues import Issue
from training.labels.label import HairLabel
from training.labels.label_set import read_sources

WRITERS: dict[str, Callable[[Sequence[LabelledPhoto], Path], list[Path]]] = {
    "coco": write_coco,
    "labelstudio": write_label_studio,
    "csv": write_csv,
}
"""Each writes the labels of copied pictures into a folder and returns the files."""


@dataclass(frozen=True)
class Exported:
    """What was exported: the labels by name, the number of pictures, files and issues."""

    labels: Counter[HairLabel]
    pictures: int
    files: tuple[Path, ...]
    issues: tuple[Issue, ...]


def export_labels(paths: Sequence[Path], out: Path, format_name: str) -> Exported:
    """Writes the labels of folders, zips and files to ``out``, in a format of ``WRITERS``.

    Labels are written as given: they are not matched with hairs. Nothing is written if there is
    no label. Raises OSError.
    """
    with ExitStack() as opened:
        _, labels, issues = read_sources(paths, opened)
        photos = list(copy_pictures(labels, out, issues))
        files = WRITERS[format_name](photos, out) if photos else []
    counts = Counter(label.label for photo in photos for label in photo.labels)
    return Exported(counts, len(photos), tuple(files), tuple(issues))
