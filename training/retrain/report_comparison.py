"""What a report tells of the champion and the challenger on the same labels."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from model.labelling.tiers import ALL, TIERS, tier_of
from training.evaluation.breakdown import TIER_NAMES
from training.reports.html_page import paragraph, table
from training.retrain.evaluation import LEAST_OF_KIND, JudgedLabel
from training.retrain.label_probabilities import KINDS
from training.retrain.report_change import Change, is_right, log_loss, means

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

Judged = Sequence[JudgedLabel]


def by_kind(
    judged: Judged, right: Mapping[str, Change], loss: Mapping[str, Change]
) -> Iterator[str]:
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
    yield table(("", "labels", *_RIGHT, "change", *_LOSS, "change"), rows)
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


def by_tier(judged: Judged) -> str:
    """A table of the same by the width of the shaft in the photo, for each kind."""
    rows = []
    for tier in TIERS:
        for kind in KINDS:
            some = [each for each in judged if each.kind == kind and _tier(each) == tier]
            if some:
                rows.append([f"{TIER_NAMES[tier]}, {_name(kind)}", *_means(some)])
    return table(("", "labels", *_RIGHT, *_LOSS), rows)


def what_changed(judged: Judged) -> str:
    """A table of how many hairs are mended, and how many broken, by kind."""
    groups = {kind: [each for each in judged if each.kind == kind] for kind in KINDS}
    rows = [[_name(kind), *_counts(some)] for kind, some in groups.items() if some]
    return table(("", *_CHANGED), [*rows, ["all", *_counts(judged)]])


def _name(kind: str) -> str:
    return {"not_hair": "no hair", ALL: "every kind alike"}.get(kind, kind)


def _tier(label: JudgedLabel) -> str:
    return tier_of(label.hair.strand.shaft_px)


def _too_few(labels: int) -> str:
    return f"too few ({labels})"


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


def _means(some: Judged) -> list[str]:
    """Of labels of one kind."""
    if len(some) < LEAST_OF_KIND:
        return [_too_few(len(some))]
    right, loss = means(some, is_right), means(some, log_loss)
    shares = (f"{share:.0%}" for share in right)
    return [str(len(some)), *shares, *(f"{value:.2f}" for value in loss)]


def _counts(some: Judged) -> list[str]:
    pairs = Counter((is_right(e.before, e.kind), is_right(e.after, e.kind)) for e in some)
    return [str(pairs[pair]) for pair in ((0, 1), (1, 0), (1, 1), (0, 0))]
