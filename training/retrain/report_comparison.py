"""The comparison in the report: both models on the same labels, and the worst mistakes."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from markupsafe import Markup

from data.arrays import Array, Pixels
from data.io.html_page import paragraph, soft, table
from data.io.text import printable
from model.labelling.hair import ALL, WIDTH_BINS, width_bin
from training.evaluation.breakdown import WIDTH_NAMES
from training.labels.issues import shortened
from training.labels.label import MIN_PER_KIND, HairKind
from training.labels.labelled_strand import LabelledStrand
from training.retrain.evaluation import EvaluatedLabel
from training.retrain.label_probabilities import LabelProbabilities

RESAMPLES = 1000
"""Of the bootstrap."""
INTERVAL = (0.025, 0.975)
"""The quantiles of the 95 % interval."""
MIN_GROUPS = 10
"""Intervals by fewer groups are called rough. Our choice."""
MAX_MISTAKES = 24
MAX_PER_PHOTO = 3
"""A photo that is hard everywhere would fill the gallery."""

Labels = Sequence[EvaluatedLabel]
Metric = Callable[[LabelProbabilities, HairKind], float]
"""Of the probabilities of a hair and the kind of its label."""


@dataclass(frozen=True)
class MetricChange:
    """The mean of a metric over ``labels`` labels, ``before`` and ``after``.

    ``interval`` is the 95 % interval of the change, ``error`` its standard error; both are None if
    the labels of a kind are all of one group.
    """

    labels: int
    before: float
    after: float
    interval: tuple[float, float] | None
    error: float | None

    @property
    def change(self) -> float:
        """The difference."""
        return self.after - self.before


def is_right(probabilities: LabelProbabilities, kind: HairKind) -> float:
    """1 if the most likely kind is that of the label, else 0."""
    return float(probabilities.most_likely == kind)


def loss_of(probabilities: LabelProbabilities, kind: HairKind) -> float:
    """The log loss of a label."""
    return probabilities.loss(kind)


def metric_changes(labels: Labels, metric: Metric) -> dict[str, MetricChange]:
    """The change of each kind with ``MIN_PER_KIND`` labels, and of ``ALL``, in which every such
    kind weighs the same; empty if there is none.

    The interval is that of the bootstrap by groups (Efron 1979; Davison and Hinkley 1997, 3.8):
    whole groups are resampled, since hairs of one photo or person are alike. It is written out
    because resamples without a label of some kind have no value for it and are left out;
    ``scipy.stats.bootstrap`` would give no interval then.
    """
    counts = Counter(each.kind for each in labels)
    kinds = [kind for kind in HairKind if counts[kind] >= MIN_PER_KIND]
    if not kinds:
        return {}
    sums = _sums_by_group(labels, kinds, metric)
    number, before, after = sums.sum(axis=1)
    resampled = _resampled_changes(sums)
    several = (sums[0] > 0).sum(axis=0) > 1
    means = before / number, after / number
    found: dict[str, MetricChange] = {
        kind: _change(
            int(number[k]), means[0][k], means[1][k], resampled[:, k] if several[k] else None
        )
        for k, kind in enumerate(kinds)
    }
    of_all = resampled.mean(axis=1) if several.all() else None
    found[ALL] = _change(int(number.sum()), means[0].mean(), means[1].mean(), of_all)
    return found


def _sums_by_group(labels: Labels, kinds: Sequence[HairKind], metric: Metric) -> Array:
    """Numbers of labels, and sums of the metric before and after: (3, groups, kinds)."""
    groups = {name: row for row, name in enumerate(sorted({each.group for each in labels}))}
    sums = np.zeros((3, len(groups), len(kinds)))
    for each in labels:
        if each.kind in kinds:
            values = 1.0, metric(each.before, each.kind), metric(each.after, each.kind)
            sums[:, groups[each.group], kinds.index(each.kind)] += values
    return sums


def _resampled_changes(sums: Array) -> Array:
    """The change of each kind's mean (RESAMPLES, kinds), NaN without a label of that kind."""
    number, before, after = sums
    groups = len(number)
    drawn = np.random.default_rng(0).multinomial(groups, np.full(groups, 1 / groups), RESAMPLES)
    with np.errstate(invalid="ignore"):
        return np.asarray((drawn @ (after - before)) / (drawn @ number))


def _change(labels: int, before: float, after: float, resampled: Array | None) -> MetricChange:
    if resampled is None:
        return MetricChange(labels, before, after, None, None)
    low, high = np.nanquantile(resampled, INTERVAL)
    error = float(np.nanstd(resampled))
    return MetricChange(labels, before, after, (float(low), float(high)), error)


_RIGHT, _LOSS = ("right before", "right after"), ("log loss before", "log loss after")
_UNKNOWN = "unknown"


def by_kind(
    labels: Labels, right: Mapping[str, MetricChange], loss: Mapping[str, MetricChange]
) -> Iterator[Markup]:
    """A table of accuracy and log loss of each kind with their changes, and its caveats."""
    counts = Counter(each.kind for each in labels)
    rows = [
        [_name(key), *_change_cells(right[key], loss[key])]
        if key in right
        else [_name(key), _too_few(counts[HairKind(key)])]
        for key in (*HairKind, ALL)
        if key in right or (key != ALL and counts[HairKind(key)])
    ]
    yield table(("", "labels", *_RIGHT, "change", *_LOSS, "change"), rows, numeric=True)
    known = [change.interval is not None for change in right.values()]
    if not all(known):
        yield paragraph(
            f"A change is {_UNKNOWN} if all labels of a kind are of one group: it might be true of "
            "that photo or person only."
        )
    groups = len({each.group for each in labels})
    if any(known) and groups < MIN_GROUPS:
        yield paragraph(
            f"There are only {groups} groups, so these intervals are rough: the true changes may "
            "be outside them."
        )


def by_width(labels: Labels) -> Markup:
    """A table of accuracy and log loss by the width of the shaft in the photo and by kind."""
    rows = []
    for name in WIDTH_BINS:
        for kind in HairKind:
            some = [
                each
                for each in labels
                if each.kind is kind and width_bin(each.hair.strand.shaft_px) == name
            ]
            if some:
                rows.append([f"{WIDTH_NAMES[name]}, {_name(kind)}", *_mean_cells(some)])
    return table(("", "labels", *_RIGHT, *_LOSS), rows, numeric=True)


def by_correctness(labels: Labels) -> Markup:
    """A table of how many hairs became right, and how many wrong, by kind."""
    columns = {
        "wrong before, right after": (0, 1),
        "right before, wrong after": (1, 0),
        "right both times": (1, 1),
        "wrong both times": (0, 0),
    }

    def cells(some: Labels) -> list[str]:
        pairs = Counter((is_right(e.before, e.kind), is_right(e.after, e.kind)) for e in some)
        return [str(pairs[pair]) for pair in columns.values()]

    of_kinds = {kind: [each for each in labels if each.kind is kind] for kind in HairKind}
    rows = [[_name(kind), *cells(some)] for kind, some in of_kinds.items() if some]
    return table(("", *columns), [*rows, ["all", *cells(labels)]], numeric=True)


def _name(kind: str) -> str:
    return {HairKind.NOT_HAIR: "no hair", ALL: "all kinds, equal weight"}.get(kind, kind)


def _too_few(labels: int) -> Markup:
    return soft(f"too few ({labels})")


def _change_cells(right: MetricChange, loss: MetricChange) -> list[str]:
    points = difference = _UNKNOWN
    if right.interval and loss.interval:
        by, low, high = (100 * value for value in (right.change, *right.interval))
        points = f"{by:+.0f} points ({low:+.0f} to {high:+.0f})"
        low, high = loss.interval
        difference = f"{loss.change:+.2f} ({low:+.2f} to {high:+.2f})"
    return [
        str(right.labels),
        *(f"{right.before:.0%}", f"{right.after:.0%}", points),
        *(f"{loss.before:.2f}", f"{loss.after:.2f}", difference),
    ]


def _mean_cells(labels: Labels) -> list[str]:
    """Of labels of one kind."""
    if len(labels) < MIN_PER_KIND:
        return [_too_few(len(labels))]
    predicted = [[(each.before, each.kind) for each in labels]]
    predicted += [[(each.after, each.kind) for each in labels]]
    right = [np.mean([is_right(*each) for each in when]) for when in predicted]
    loss = [np.mean([loss_of(*each) for each in when]) for when in predicted]
    return [str(len(labels)), *(f"{x:.0%}" for x in right), *(f"{x:.2f}" for x in loss)]


def confident_mistakes(labels: Labels) -> list[EvaluatedLabel]:
    """At most ``MAX_MISTAKES`` labels that the challenger takes for another kind, the most
    confident first, at most ``MAX_PER_PHOTO`` of a photo."""
    wrong = [each for each in labels if each.after.most_likely is not each.kind]
    per_photo: Counter[str] = Counter()
    shown: list[EvaluatedLabel] = []
    for each in sorted(wrong, key=lambda each: each.after.of(each.kind)):
        if per_photo[each.hair.photo] < MAX_PER_PHOTO and len(shown) < MAX_MISTAKES:
            per_photo[each.hair.photo] += 1
            shown.append(each)
    return shown


def mistake_tile(label: EvaluatedLabel) -> tuple[Pixels, str]:
    """The crops (H, 160, 3) of a hair's ends, blue green red, one above the other, and a caption
    with its label, its probabilities and its location."""
    hair, gap_px = label.hair, 4
    ends = _end_crops(hair)
    gap = np.full((gap_px, ends[0][0].shape[1], 3), 255, np.uint8)
    rows = [part for pixels, _ in ends for part in (pixels, gap)][:-1]
    file, where = shortened(printable(hair.file)), shortened(str(hair.where))
    caption = (
        f"Labelled {hair.label.display_name}. Before: {_percentages(label.before)}. "
        f"After: {_percentages(label.after)}. "
        f"Shown: {', below it '.join(name for _, name in ends)}. "
        f"{file if hair.where.file == hair.file else f'{file}; label in {where}'}"
    )
    return np.concatenate(rows), caption


def _end_crops(hair: LabelledStrand) -> list[tuple[Pixels, str]]:
    """The crops with their names, that of the labelled end first if it is known."""
    order = (1, 0) if hair.root_end == 1 else (0, 1)
    first = "one end" if hair.root_end is None else "the labelled end"
    crops = [(hair.crops[k], n) for k, n in zip(order, (first, "the other end"), strict=True)]
    return [(crop.pixels, name) for crop, name in crops if crop is not None]


def _percentages(probabilities: LabelProbabilities) -> str:
    return ", ".join(f"{kind.replace('_', ' ')} {probabilities.of(kind):.0%}" for kind in HairKind)
