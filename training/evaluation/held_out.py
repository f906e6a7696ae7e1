"""Counts the labels of hairs that a version was not fitted to, photo by photo.

``shedlight train`` and ``shedlight study held-out`` write ``held_out_photos.csv``, which the tests
of the telogen share use (``tests/helpers/model/held_out_photos.csv``).
"""

import csv
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from model.labelling.hair import Label, Reason
from training.evaluation.predictions import LabelledExample

LABELS = ("telogen", "anagen", "unsure", "not_read")
"""``not_read``: the hair is not listed, or its root is not in view."""
FILE = "held_out_photos.csv"

Key = tuple[str, str, str]


def counts_by_photo(labels: Iterable[LabelledExample]) -> dict[Key, Counter[str]]:
    """Counts of ``LABELS`` for each photo, width bin and truth: telogen, anagen, or ``other`` if
    the hair is not knowable (fragments, roots outside the photo, lines that are no hair)."""
    counts: dict[Key, Counter[str]] = {}
    for example, _, hair in labels:
        truth = "other"
        if example.annotated.is_knowable:
            truth = "telogen" if example.annotated.truth == "telogen" else "anagen"
        label = "not_read"
        if hair is not None and hair.reason is not Reason.ROOT_NOT_SEEN:
            label = "unsure" if hair.label is Label.UNSURE else hair.label.value
        counts.setdefault((example.photo, example.width_bin, truth), Counter())[label] += 1
    return counts


def write_counts(file: Path, counts: dict[Key, Counter[str]]) -> None:
    """A row for each photo, width bin and truth; photos are numbered in order of their names."""
    numbers = {photo: i for i, photo in enumerate(sorted({photo for photo, _, _ in counts}))}
    with file.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(("photo", "width_bin", "truth", *LABELS))
        for key in sorted(counts):
            photo, width, truth = key
            row = (counts[key][label] for label in LABELS)
            writer.writerow((numbers[photo], width, truth, *row))
