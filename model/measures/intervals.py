"""Intervals of 95 % for shares and medians."""

from math import exp, lgamma, log, sqrt

import numpy as np

from data.arrays import Array

Z = 1.96
"""Half-width of 95 % of a normal distribution, in standard deviations."""


def wilson(count: float, of: float) -> tuple[float, float]:
    """Wilson's score interval for ``count`` of ``of`` (Wilson, JASA 22, 1927); 0 to 1 of none."""
    if of <= 0:
        return 0.0, 1.0
    share, spread = count / of, Z**2 / of
    middle = share + spread / 2
    reach = Z * sqrt(share * (1 - share) / of + spread / (4 * of))
    low, high = (middle - reach) / (1 + spread), (middle + reach) / (1 + spread)
    return max(0.0, low), min(1.0, high)


def median_interval(ordered: Array) -> tuple[float, float] | None:
    """Two of the ``ordered`` values (N,) between which the median lies; None below six values.

    The order statistics whose binomial probability to enclose the median is at least 95 %,
    for any distribution (Conover, Practical Nonparametric Statistics, 3.2).
    """
    count = len(ordered)
    below = np.cumsum([_half_binomial(k, count) for k in range(count // 2)])
    outside = np.flatnonzero(below <= 0.025)
    if not len(outside):
        return None
    rank = int(outside[-1])
    return float(ordered[rank]), float(ordered[count - 1 - rank])


def _half_binomial(k: int, count: int) -> float:
    """The probability of ``k`` heads in ``count`` throws of a coin."""
    return exp(lgamma(count + 1) - lgamma(k + 1) - lgamma(count - k + 1) - count * log(2))
