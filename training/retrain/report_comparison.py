"""What a report tells of the champion and the challenger on the same labels.

Figures of two models on the same labels, before and after, with how sure their change is.

The worst mistakes of a challenger, as they are shown.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from markupsafe import Markup

from data.arrays import Array, Pixels
from data.io.html_page import paragraph, soft, table
from model.labelling.hair import ALL, WIDTH_BINS, width_bin
from training.evaluation.breakdown import WIDTH_NAMES
from training.labels.issues import printable, shortened
from training.labels.labelled_strand import LabelledStrand
from training.retrain.evaluation import JudgedLabel
from training.retrain.label_probabilities import KINDS, LEAST_OF_KIND, LabelProbabilities

DRAWS = 1000
"""How often groups are drawn anew for an interval."""
INTERVAL = (0.025, 0.975)
"""The quantiles between which 95 % lie."""

Figure = Callable[[LabelProbabilities, str], float]
"""Of what is thought of a hair, and the kind that it is said to be."""


@dataclass(frozen=True)
class Change:
    """A mean over so many ``labels``, ``before`` and ``after``.

    ``interval`` holds its change with a chance of 95 %, ``noise`` is the standard error of that;
    None where the labels of a kind are all of one group, so that neither can be told.
    """

    labels: int
    before: float
    after: float
    interval: tuple[float, float] | None
    noise: float | None

    @property
    def by(self) -> float:
        """By how much it grows."""
        return self.after - self.before


def is_right(thought: LabelProbabilities, kind: str) -> float:
    """1 if the likeliest kind is the one that was said, else 0."""
    return float(thought.likeliest == kind)


def log_loss(thought: LabelProbabilities, kind: str) -> float:
    """Minus the log of the chance of what was said."""
    return thought.loss(kind)


def means(some: Sequence[JudgedLabel], figure: Figure) -> tuple[float, float]:
    """The mean before and after, of at least one label."""
    before = np.mean([figure(each.before, each.kind) for each in some])
    return float(before), float(np.mean([figure(each.after, each.kind) for each in some]))


def changes(judged: Sequence[JudgedLabel], figure: Figure) -> dict[str, Change]:
    """The change of each kind with ``LEAST_OF_KIND`` labels, and of ``ALL``, in which every such
    kind counts the same; empty if there is none.

    The interval is that of the bootstrap by groups (Efron 1979; Davison and Hinkley 1997, 3.8):
    whole groups are drawn with replacement, since hairs of one photo or person are alike.
    """
    counts = Counter(each.kind for each in judged)
    kinds = [kind for kind in KINDS if counts[kind] >= LEAST_OF_KIND]
    if not kinds:
        return {}
    sums = _sums(judged, kinds, figure)
    of, before, after = sums.sum(axis=1)
    drawn = _drawn_changes(sums)
    told = (sums[0] > 0).sum(axis=0) > 1
    found = {
        kind: _change(int(of[k]), before[k] / of[k], after[k] / of[k], drawn[:, k], bool(told[k]))
        for k, kind in enumerate(kinds)
    }
    means = (before / of).mean(), (after / of).mean()
    return found | {ALL: _change(int(of.sum()), *means, drawn.mean(axis=1), bool(told.all()))}


def _sums(judged: Sequence[JudgedLabel], kinds: Sequence[str], figure: Figure) -> Array:
    """Labels, and sums of the figure before and after: (3, groups, kinds)."""
    groups = {name: row for row, name in enumerate(sorted({each.group for each in judged}))}
    sums = np.zeros((3, len(groups), len(kinds)))
    for each in judged:
        if each.kind in kinds:
            values = 1.0, figure(each.before, each.kind), figure(each.after, each.kind)
            sums[:, groups[each.group], kinds.index(each.kind)] += values
    return sums


def _drawn_changes(sums: Array) -> Array:
    """The change of each kind's mean (DRAWS, kinds), NaN where none of its labels was drawn."""
    of, before, after = sums
    groups = len(of)
    drawn = np.random.default_rng(0).multinomial(groups, np.full(groups, 1 / groups), DRAWS)
    with np.errstate(invalid="ignore"):
        return np.asarray((drawn @ (after - before)) / (drawn @ of))


def _change(labels: int, before: float, after: float, drawn: Array, is_told: bool) -> Change:
    if not is_told:
        return Change(labels, before, after, None, None)
    low, high = np.nanquantile(drawn, INTERVAL)
    return Change(labels, before, after, (float(low), float(high)), float(np.nanstd(drawn)))


_RIGHT, _LOSS = ("right before", "right after"), ("log loss before", "log loss after")
_CHANGED = (
    "wrong before, right after",
    "right before, wrong after",
    "right both times",
    "wrong both times",
)
_UNTOLD = "cannot be told"
_FEW_GROUPS = 10
"""Intervals by fewer groups are told to be rough. Our choice."""

JudgedRow = Sequence[JudgedLabel]


def by_kind(
    judged: JudgedRow, right: Mapping[str, Change], loss: Mapping[str, Change]
) -> Iterator[Markup]:
    """A table of what is right and of the log loss of each kind; ``right`` and ``loss`` are their
    changes."""
    counts = Counter(each.kind for each in judged)
    rows = [
        [_name(key), *_row(right[key], loss[key])]
        if key in right
        else [_name(key), _too_few(counts[key])]
        for key in (*KINDS, ALL)
        if key in right or counts[key]
    ]
    yield table(("", "labels", *_RIGHT, "change", *_LOSS, "change"), rows, numeric=True)
    told = [change.interval is not None for change in right.values()]
    if not all(told):
        yield paragraph(
            f"A change {_UNTOLD} where all labels of a kind are of one group: it might be true of "
            "that photo or that person alone."
        )
    groups = len({each.group for each in judged})
    if any(told) and groups < _FEW_GROUPS:
        yield paragraph(
            f"There are only {groups} groups, so these intervals are rough: changes may well lie "
            "further out."
        )


def by_tier(judged: JudgedRow) -> Markup:
    """A table of the same by the width of the shaft in the photo, for each kind."""
    rows = []
    for tier in WIDTH_BINS:
        for kind in KINDS:
            some = [each for each in judged if each.kind == kind and _tier(each) == tier]
            if some:
                rows.append([f"{WIDTH_NAMES[tier]}, {_name(kind)}", *_means(some)])
    return table(("", "labels", *_RIGHT, *_LOSS), rows, numeric=True)


def what_changed(judged: JudgedRow) -> Markup:
    """A table of how many hairs are mended, and how many broken, by kind."""
    groups = {kind: [each for each in judged if each.kind == kind] for kind in KINDS}
    rows = [[_name(kind), *_counts(some)] for kind, some in groups.items() if some]
    return table(("", *_CHANGED), [*rows, ["all", *_counts(judged)]], numeric=True)


def _name(kind: str) -> str:
    return {"not_hair": "no hair", ALL: "every kind alike"}.get(kind, kind)


def _tier(label: JudgedLabel) -> str:
    return width_bin(label.hair.strand.shaft_px)


def _too_few(labels: int) -> Markup:
    return soft(f"too few ({labels})")


def _row(right: Change, loss: Change) -> list[str]:
    return [
        str(right.labels),
        *(f"{right.before:.0%}", f"{right.after:.0%}", _points(right)),
        *(f"{loss.before:.2f}", f"{loss.after:.2f}", _difference(loss)),
    ]


def _points(change: Change) -> str:
    """The change of a share."""
    if change.interval is None:
        return _UNTOLD
    by, low, high = (100 * value for value in (change.by, *change.interval))
    return f"{by:+.0f} points ({low:+.0f} to {high:+.0f})"


def _difference(change: Change) -> str:
    if change.interval is None:
        return _UNTOLD
    low, high = change.interval
    return f"{change.by:+.2f} ({low:+.2f} to {high:+.2f})"


def _means(some: JudgedRow) -> list[str]:
    """Of labels of one kind."""
    if len(some) < LEAST_OF_KIND:
        return [_too_few(len(some))]
    right, loss = means(some, is_right), means(some, log_loss)
    shares = (f"{share:.0%}" for share in right)
    return [str(len(some)), *shares, *(f"{value:.2f}" for value in loss)]


def _counts(some: JudgedRow) -> list[str]:
    pairs = Counter((is_right(e.before, e.kind), is_right(e.after, e.kind)) for e in some)
    return [str(pairs[pair]) for pair in ((0, 1), (1, 0), (1, 1), (0, 0))]


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
        f"Labelled {label.hair.label.display_name}. Before: {_told(label.before)}. "
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
