"""Simulates people whose shed hairs change over time or not, and counts what the test reports.

Each collection differs from the last by more than chance among its hairs: washing, season, mood of
the day. The spreads between days are our assumptions, except that of the number of hairs.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from model.change.change import (
    Change,
    Collection,
    Measure,
    Verdict,
    change_between,
    change_over_time,
)

DAY_LOGIT, DAY_LOG_HAIRS, DAY_UM = 0.35, 0.4, 2.0
"""Standard deviations between days: of the share's logit, the logarithm of the number of hairs
(28 +- 12 in a daily wash test, docs/how-it-works/domain.md), the median width."""
HAIR_UM = 18.0
"""Spread of widths on a head (docs/how-it-works/domain.md, sizes)."""
_SHARE, _HAIRS, _UM = 0.8, 40, 70.0
_DAYS = 30


@dataclass(frozen=True)
class TrueChange:
    """From the first to the last collection: points of the share, a factor, micrometres."""

    share: float = 0.0
    factor: float = 1.0
    um: float = 0.0

    def of(self, measure: Measure) -> bool:
        """Whether this measure changes."""
        parts = {Measure.SHARE: self.share, Measure.HAIRS: self.factor - 1, Measure.WIDTH: self.um}
        return parts[measure] != 0


NO_CHANGE = TrueChange()
CHANGES = (
    TrueChange(share=-0.15),
    TrueChange(share=-0.3),
    TrueChange(factor=2.0),
    TrueChange(factor=3.0),
    TrueChange(um=-5.0),
    TrueChange(um=-10.0),
)


def person(true: TrueChange, count: int, rng: np.random.Generator) -> list[Collection]:
    """One collection a month; the change is linear."""
    return [_collection(k, true, k / max(1, count - 1), rng) for k in range(count)]


def before_and_after(
    true: TrueChange, count: int, rng: np.random.Generator
) -> tuple[list[Collection], list[Collection]]:
    """``count`` collections before a sudden change, and as many after it."""
    before, after = ([_collection(k, true, part, rng) for k in range(count)] for part in (0.0, 1.0))
    return before, after


def _collection(number: int, true: TrueChange, part: float, rng: np.random.Generator) -> Collection:
    share = _SHARE + part * true.share
    logit = np.log(share / (1 - share)) + rng.normal(0, DAY_LOGIT)
    mean = _HAIRS * true.factor**part * np.exp(rng.normal(0, DAY_LOG_HAIRS))
    hairs = max(1, int(rng.poisson(mean)))
    telogen = rng.binomial(hairs, 1 / (1 + np.exp(-logit)))
    widths = rng.normal(_UM + part * true.um + rng.normal(0, DAY_UM), HAIR_UM, hairs)
    return Collection(
        date(2026, 1, 1) + timedelta(_DAYS * number),
        float((telogen + 1) / (hairs + 2)) if hairs >= 10 else None,
        hairs,
        float(np.median(widths)) if hairs >= 10 else None,
    )


@dataclass(frozen=True)
class ChangeCounts:
    """Verdicts for one kind of people.

    ``alarms``: people of whom any measure that does not change is reported to rise or fall.
    ``found``: those of whom the change is found, with its right sign; ``covered``: those whose
    interval holds the true change of the measure that changes.
    """

    true: TrueChange
    collections: int
    people: int
    alarms: int
    found: int
    unknown: int
    covered: int


def count_verdicts(
    true: TrueChange, collections: int, people: int, seed: int = 0, sudden: bool = False
) -> ChangeCounts:
    """Tests simulated people; ``sudden``: as many collections before as after the change."""
    rng = np.random.default_rng([seed, collections, sudden])
    counts: Counter[str] = Counter()
    for _ in range(people):
        if sudden:
            found = change_between(*before_and_after(true, collections // 2, rng))
        else:
            found = change_over_time(person(true, collections, rng))
        moved = [each for each in found if each.verdict in (Verdict.ROSE, Verdict.FELL)]
        counts["alarms"] += any(not true.of(each.measure) for each in moved)
        for each in found:
            if true.of(each.measure):
                counts["found"] += each.verdict is _expected(each.measure, true)
                counts["unknown"] += each.verdict is Verdict.UNKNOWN
                counts["covered"] += _holds(each, true)
    return ChangeCounts(
        true,
        collections,
        people,
        *(counts[name] for name in ("alarms", "found", "unknown", "covered")),
    )


def _size(measure: Measure, true: TrueChange) -> float:
    return {Measure.SHARE: true.share, Measure.HAIRS: true.factor, Measure.WIDTH: true.um}[measure]


def _expected(measure: Measure, true: TrueChange) -> Verdict:
    start = 1 if measure is Measure.HAIRS else 0
    return Verdict.ROSE if _size(measure, true) > start else Verdict.FELL


def _holds(found: Change, true: TrueChange) -> bool:
    size = _size(found.measure, true)
    low = -np.inf if found.low is None else found.low
    high = np.inf if found.high is None else found.high
    return bool(low <= size <= high)


ROW_HEADS = (
    "true change",
    "collections",
    "people",
    "false alarms",
    "found",
    "too little",
    "covered",
)


def counts_row(counts: ChangeCounts) -> tuple[str, ...]:
    """A row of the study's table."""
    true, people = counts.true, counts.people
    is_none = true == NO_CHANGE

    def part(number: int) -> str:
        return f"{number} ({100 * number / people:.1f} %)"

    return (
        _in_words(true),
        str(counts.collections),
        str(people),
        part(counts.alarms),
        *(
            "-" if is_none else part(each)
            for each in (counts.found, counts.unknown, counts.covered)
        ),
    )


def _in_words(true: TrueChange) -> str:
    if true.share:
        return f"share {100 * true.share:+.0f} points"
    if true.um:
        return f"width {true.um:+.0f} um"
    return "none" if true.factor == 1 else f"hairs x {true.factor:g}"
