"""The unit of a ruler's ticks, from which of them are longer."""

import numpy as np

from data.arrays import Array, Indices

_PATTERNS = {
    1.0: (10, (10, 5)),
    0.5: (20, (20, 10, 2)),
}
"""Millimetres from tick to tick: the period, and the steps at which ticks are longer."""
_INCH_PATTERNS = ((16, (16, 8, 4, 2)), (8, (8, 4, 2)), (32, (32, 16, 8, 4, 2)))
_MIN_PERIODS = 1.5
_MIN_EXPLAINED, _MIN_LEAD = 0.7, 0.05
_ALIKE = 0.25
"""Lengths that differ by less, over the distance of ticks, are alike: they are seen in steps."""
_MIN_SHORT = {1.0: 2.2, 0.5: 4.0}
"""The shortest ticks over their distance, by unit. On rulers in millimetres they are 2 mm and
longer; tenths and twentieths of an inch repeat alike, but lie farther apart. Drawn
rulers in tenths of an inch reached 2.18 as seen, with blur; those in millimetres began at 2.23."""
_MIN_LONGER = 1.15
"""The longest ticks over the shortest."""


def unit_of_ticks(number: Array, length: Array) -> float | None:
    """Millimetres between ticks, whose numbers (N,) start anywhere.

    ``length`` (N,) is over the distance of two ticks, 0 if unknown.

    None unless the lengths repeat as on a ruler in millimetres, better than as on one in inches,
    and unless even the shortest ticks are long for their distance.
    """
    k = np.round(number).astype(int)
    usable = length > 0
    k, length = k[usable], length[usable]
    if len(k) < 2:
        return None
    scores = {unit: _explained(k, length, *pattern) for unit, pattern in _PATTERNS.items()}
    inches = max(_explained(k, length, *pattern) for pattern in _INCH_PATTERNS)
    unit = max(scores, key=lambda each: scores[each])
    others = max(inches, *(score for each, score in scores.items() if each != unit))
    if scores[unit] < _MIN_EXPLAINED or scores[unit] < others + _MIN_LEAD:
        return None
    if np.quantile(length, 0.25) < _MIN_SHORT[unit]:
        return None
    return unit


def _explained(k: Indices, length: Array, period: int, steps: tuple[int, ...]) -> float:
    """The share of the lengths' deviations that a pattern explains, at its best offset.

    Negative infinity if too few ticks are seen, or longer steps have no longer ticks.
    """
    if np.ptp(k) + 1 < _MIN_PERIODS * period:
        return -np.inf
    return max(_explained_at(k - offset, length, steps) for offset in range(period))


def _explained_at(k: Indices, length: Array, steps: tuple[int, ...]) -> float:
    group = np.full(len(k), len(steps))
    for index in reversed(range(len(steps))):
        group[k % steps[index] == 0] = index
    if len(np.unique(group)) <= len(steps):
        return -np.inf
    typical = np.array([np.median(length[group == index]) for index in range(len(steps) + 1)])
    if (np.diff(typical) > 0.03 * typical[:-1]).any() or typical[0] < _MIN_LONGER * typical[-1]:
        return -np.inf
    cap = typical[0] - typical[-1]  # a tick that a hair crosses does not count for more
    off = np.maximum(np.abs(length - typical[group]) - _ALIKE, 0)
    rest = np.minimum(off, cap).sum()
    total = np.minimum(np.abs(length - np.median(length)), cap).sum()
    return float(1 - rest / max(total, 1e-9) * (1 + (len(steps) + 1) / len(k)))
