"""The worst mistakes of a challenger, as they are shown."""

from collections import Counter
from collections.abc import Sequence

import numpy as np

from data.arrays import Pixels
from training.labels.issues import printable, shortened
from training.labels.labelled_strand import LabelledStrand
from training.retrain.evaluation import JudgedLabel
from training.retrain.label_probabilities import KINDS, LabelProbabilities

SHOWN = 24
PER_PHOTO = 3
"""A photo that is hard all over would fill the sheet."""
_GAP_PX = 4


def worst_mistakes(judged: Sequence[JudgedLabel]) -> list[JudgedLabel]:
    """At most ``SHOWN`` labels that the challenger takes for another kind, the surest first, at
    most ``PER_PHOTO`` of a photo."""
    wrong = [each for each in judged if each.after.likeliest != each.kind]
    taken: Counter[str] = Counter()
    shown: list[JudgedLabel] = []
    for each in sorted(wrong, key=lambda each: each.after.of(each.kind)):
        if taken[each.hair.photo] < PER_PHOTO and len(shown) < SHOWN:
            taken[each.hair.photo] += 1
            shown.append(each)
    return shown


def tile_of(label: JudgedLabel) -> tuple[Pixels, str]:
    """The crops (H, 160, 3) of a hair's ends, blue green red, one above the other, and in words
    what they are of, what was said, and what was thought."""
    ends = _ends(label.hair)
    gap = np.full((_GAP_PX, ends[0][0].shape[1], 3), 255, np.uint8)
    rows = [part for pixels, _ in ends for part in (pixels, gap)][:-1]
    shown = ", below it ".join(name for _, name in ends)
    caption = (
        f"Labelled {label.hair.said.in_words}. Before: {_told(label.before)}. "
        f"After: {_told(label.after)}. Shown: {shown}. {_place(label.hair)}"
    )
    return np.concatenate(rows), caption


def _ends(hair: LabelledStrand) -> list[tuple[Pixels, str]]:
    """The crops that there are, that of the labelled end first where it is known, with names."""
    order = (1, 0) if hair.root_end == 1 else (0, 1)
    first = "one end" if hair.root_end is None else "the labelled end"
    names = first, "the other end"
    crops = [(hair.crops[k], name) for k, name in zip(order, names, strict=True)]
    return [(crop.pixels, name) for crop, name in crops if crop is not None]


def _told(chances: LabelProbabilities) -> str:
    return ", ".join(f"{kind.replace('_', ' ')} {chances.of(kind):.0%}" for kind in KINDS)


def _place(hair: LabelledStrand) -> str:
    """The photo's file, and where its label stands if that is elsewhere."""
    file, where = shortened(printable(hair.file)), str(hair.where)
    return file if hair.where.file == hair.file else f"{file}; label in {shortened(where)}"
