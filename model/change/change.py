"""Whether the hairs that one person sheds change over time: their share, number and width."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from math import exp, isinf, log
from typing import Any

import numpy as np

from model.change.permutation import ALPHA, Effect, effect_of
from model.share.summary import Summary

MIN_READABLE, MIN_WIDTHS = 10, 10
"""Hairs that a collection needs for its share or its width to count. Our assumption."""


class Measure(StrEnum):
    """What may change."""

    SHARE = "share"
    HAIRS = "hairs"
    WIDTH = "width"


class Verdict(StrEnum):
    """What the collections show. ``steady``: a change worth knowing is ruled out."""

    ROSE = "rose"
    FELL = "fell"
    STEADY = "steady"
    UNKNOWN = "unknown"


WORTH_KNOWING: Mapping[Measure, float] = {
    Measure.SHARE: 0.15,
    Measure.HAIRS: log(1.5),
    Measure.WIDTH: 5.0,
}
"""Changes that matter: 15 percentage points, half as many hairs again, 5 um. Our assumption."""


@dataclass(frozen=True)
class Collection:
    """What was shed on one day; ``share`` and ``width_um`` are None where too few hairs show it."""

    day: date
    share: float | None
    hairs: int
    width_um: float | None

    @classmethod
    def of(cls, day: date, summary: Summary) -> "Collection":
        """By the summary of the day's photos."""
        share, measures = summary.share, summary.measures
        is_wide = measures is not None and measures.widths >= MIN_WIDTHS
        return cls(
            day,
            share.estimate if share is not None and summary.readable >= MIN_READABLE else None,
            summary.hairs,
            measures.median_um if measures is not None and is_wide else None,
        )

    def value(self, measure: Measure) -> float | None:
        """The number that is compared: the logarithm of the number of hairs, or the measure."""
        if measure is Measure.HAIRS:
            return log(self.hairs) if self.hairs else None
        return self.share if measure is Measure.SHARE else self.width_um


@dataclass(frozen=True)
class Change:
    """The change of one measure from the first to the last of ``collections``, or between groups.

    ``effect``, ``low`` and ``high``: points of the share (0-1), a factor of the number of hairs,
    or micrometres; None where nothing can be computed or there is no limit. ``p`` is adjusted
    for the three measures (Holm).
    """

    measure: Measure
    verdict: Verdict
    collections: int
    effect: float | None = None
    low: float | None = None
    high: float | None = None
    p: float | None = None

    def as_json(self) -> dict[str, Any]:
        """An entry of ``change`` in ``summary.json``."""
        return vars(self) | {"measure": self.measure.value, "verdict": self.verdict.value}


def change_over_time(collections: Iterable[Collection]) -> list[Change]:
    """The trend of each measure over the days, as the change from the first to the last day.

    A permutation test within the person: without a trend, each order of the days' values is equally
    likely. It cannot see trends that come and go, and takes a season for a change.
    """
    listed = sorted(collections, key=lambda each: each.day)
    first = listed[0].day if listed else date.min
    span = (listed[-1].day - first).days if listed else 0
    x = [(each.day - first).days / span if span else 0.0 for each in listed]
    return _changes(listed, x)


def change_between(before: Sequence[Collection], after: Sequence[Collection]) -> list[Change]:
    """The difference of each measure between two groups of collections of one person."""
    return _changes([*before, *after], [0.0] * len(before) + [1.0] * len(after))


def _changes(listed: Sequence[Collection], x: Sequence[float]) -> list[Change]:
    found: list[tuple[Measure, int, Effect | None]] = []
    for measure in Measure:
        pairs = [
            (at, value)
            for at, each in zip(x, listed, strict=True)
            if (value := each.value(measure)) is not None
        ]
        at, values = np.array(pairs, float).reshape(-1, 2).T
        varies = len(pairs) > 2 and np.ptp(at) > 0
        found.append((measure, len(pairs), effect_of(at, values) if varies else None))
    adjusted = _holm([effect.p for *_, effect in found if effect is not None])
    ps = iter(adjusted)
    return [
        Change(measure, Verdict.UNKNOWN, count)
        if effect is None
        else _change(measure, count, effect, next(ps))
        for measure, count, effect in found
    ]


def _change(measure: Measure, count: int, effect: Effect, p: float) -> Change:
    worth = WORTH_KNOWING[measure]
    if p <= ALPHA:
        verdict = Verdict.ROSE if effect.size > 0 else Verdict.FELL
    else:
        is_narrow = -worth < effect.low and effect.high < worth
        verdict = Verdict.STEADY if is_narrow else Verdict.UNKNOWN
    size, low, high = (
        None if isinf(each) else round(exp(each) if measure is Measure.HAIRS else each, 4)
        for each in (effect.size, effect.low, effect.high)
    )
    return Change(measure, verdict, count, size, low, high, round(p, 4))


def _holm(ps: Sequence[float]) -> list[float]:
    """Holm's adjusted p values (Scand. J. Statist. 6, 1979)."""
    adjusted, highest = [0.0] * len(ps), 0.0
    for rank, index in enumerate(np.argsort(ps)):
        highest = max(highest, min(1.0, (len(ps) - rank) * ps[index]))
        adjusted[index] = highest
    return adjusted
