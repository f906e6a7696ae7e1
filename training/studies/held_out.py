"""How a version labels hairs that it was not fitted to, counted photo by photo.

``shedlight study held-out`` writes ``held_out_photos.csv``, on which the tests of the telogen share
rest (``tests/helpers/model/held_out_photos.csv``).
"""

import csv
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from model.labelling.hair import Hair, Label, Reason
from model.networks.root_net import RootNet
from model.version import load_version
from training.calibration.calibrate import calibrate
from training.datasets.collect import collect
from training.datasets.examples import Example, trained_ends
from training.datasets.splits import evaluation_examples, halves
from training.evaluation.predictions import label_examples
from training.export import ExportedNet
from training.fitting.root_net import hair_scores

LABELS = ("telogen", "anagen", "unsure", "not_read")
FILE = "held_out_photos.csv"

Pair = tuple[Example, Hair | None]
Key = tuple[str, str, str]


def cross_fitted_labels(net: RootNet, examples: Sequence[Example]) -> Iterator[Pair]:
    """Each of the held-out ``examples`` with the hair that is listed for it, the halves of the
    photos labelled as in ``training.evaluation.predictions``."""
    one, other = halves(examples)
    for these, others in ((one, other), (other, one)):
        calibration = calibrate(net, trained_ends(others), others)
        readings = hair_scores(net, these, calibration.temperature)
        yield from zip(these, label_examples(these, readings, calibration.rule), strict=True)


def count_labels(pairs: Iterable[Pair]) -> dict[Key, Counter[str]]:
    """Hairs by label, for each photo, tier and truth: telogen, anagen, or ``other`` where nobody
    could tell (pieces of hairs, roots outside the photo, lines that are no hair)."""
    counts: dict[Key, Counter[str]] = {}
    for example, hair in pairs:
        key = example.photo, example.width_bin, _truth(example)
        counts.setdefault(key, Counter())[_said(hair)] += 1
    return counts


def write_counts(file: Path, counts: dict[Key, Counter[str]]) -> None:
    """A row for each photo, tier and truth; photos are numbered by their names' order."""
    numbers = {photo: i for i, photo in enumerate(sorted({photo for photo, _, _ in counts}))}
    with file.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(("photo", "width_bin", "truth", *LABELS))
        for key in sorted(counts):
            photo, tier, truth = key
            said = counts[key]
            writer.writerow((numbers[photo], tier, truth, *(said[label] for label in LABELS)))


def _truth(example: Example) -> str:
    if not example.annotated.is_knowable:
        return "other"
    return "telogen" if example.annotated.truth == "telogen" else "anagen"


def _said(hair: Hair | None) -> str:
    """``not_read`` is a hair that is not listed, or whose root is not in view."""
    if hair is None or hair.reason is Reason.ROOT_NOT_SEEN:
        return "not_read"
    return "unsure" if hair.label is Label.UNSURE else hair.label.value


def write_held_out_counts(version: Path, rendered: Path, out: Path) -> Path:
    """Counts the labels of the hairs in ``rendered``, photo by photo; returns the file written.

    Raises ShedlightError (MODEL_REFUSED) and OSError.
    """
    net = ExportedNet(load_version(version))
    out.mkdir(parents=True, exist_ok=True)
    examples = evaluation_examples(collect(rendered, out))
    write_counts(out / FILE, count_labels(cross_fitted_labels(net, examples)))
    return out / FILE
