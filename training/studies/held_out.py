"""Counts the labels of hairs that a version was not fitted to, photo by photo.

``shedlight study held-out`` writes ``held_out_photos.csv``, which the tests of the telogen share
use (``tests/helpers/model/held_out_photos.csv``).
"""

import csv
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from model.labelling.hair import Hair, Label, Reason
from model.networks.root_net import EndNet
from model.version import load_version
from training.calibration.calibrate import calibrate
from training.datasets.collect import collect
from training.datasets.examples import Example
from training.datasets.splits import evaluation_examples, halves
from training.evaluation.predictions import label_examples
from training.export import ExportedNet
from training.fitting.apply import hair_logits, hair_scores

LABELS = ("telogen", "anagen", "unsure", "not_read")
"""``not_read``: the hair is not listed, or its root is not in view."""
FILE = "held_out_photos.csv"

Pair = tuple[Example, Hair | None]
Key = tuple[str, str, str]


def write_held_out_counts(version: Path, rendered: Path, out: Path) -> Path:
    """Counts the labels of the hairs in ``rendered``, photo by photo; returns the file written.

    Raises ShedlightError (MODEL_REFUSED) and OSError.
    """
    net = ExportedNet(load_version(version))
    out.mkdir(parents=True, exist_ok=True)
    examples = evaluation_examples(collect(rendered, out))
    write_counts(out / FILE, counts_by_photo(cross_fitted_labels(net, examples)))
    return out / FILE


def cross_fitted_labels(net: EndNet, examples: Sequence[Example]) -> Iterator[Pair]:
    """Each of the held-out ``examples`` with the hair that is listed for it, with the calibration
    of the other half of the photos (as in ``training.evaluation.predictions``)."""
    one, other = halves(examples)
    for these, others in ((one, other), (other, one)):
        calibration = calibrate(others, hair_logits(net, others))
        scores = hair_scores(hair_logits(net, these), calibration.temperature)
        yield from zip(these, label_examples(these, scores, calibration.rule), strict=True)


def counts_by_photo(pairs: Iterable[Pair]) -> dict[Key, Counter[str]]:
    """Counts of ``LABELS`` for each photo, width bin and truth: telogen, anagen, or ``other`` if
    the hair is not knowable (fragments, roots outside the photo, lines that are no hair)."""
    counts: dict[Key, Counter[str]] = {}
    for example, hair in pairs:
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
