"""A permutation test for a trend, or for a difference of two groups, with its effect's interval."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from itertools import permutations
from math import factorial

import numpy as np

from data.arrays import Array, Indices

ALPHA = 0.05
MAX_ORDERS = 5040
"""All orders of up to seven values are tried; of more values this many at random."""
_SEED = 23
_SLACK = 1e-9
_STEPS, _DOUBLINGS = 60, 12


@dataclass(frozen=True)
class Effect:
    """``size`` is the least-squares slope of the values; ``p`` of no effect, two-sided.

    ``low`` and ``high``: the slopes that the same test does not reject at ``level``; infinite where
    there are too few values to reject any.
    """

    size: float
    low: float
    high: float
    p: float


def effect_of(x: Array, values: Array, level: float = ALPHA) -> Effect:
    """The effect of ``x`` (N,) on ``values`` (N,), if every order of values is equally likely.

    For ``x`` of zeros and ones the size is the difference of the groups' means. The interval is the
    test's inversion (Good, Permutation, Parametric and Bootstrap Tests, 3.2). Raises ValueError if
    all ``x`` are equal.
    """
    centred = np.asarray(x, float) - np.mean(x)
    square = float((centred**2).sum())
    if square <= 0:
        raise ValueError("x does not vary")
    weights = centred / square
    orders = _orders(len(values))
    of_values, of_x = np.asarray(values, float)[orders] @ weights, centred[orders] @ weights
    size = float(np.asarray(values, float) @ weights)

    scale = max(abs(size), float(np.abs(of_values).max()), 1e-9)

    def p_of(slope: float) -> float:
        extreme = (
            np.abs(of_values - slope * of_x) >= abs(size - slope) * (1 - _SLACK) - _SLACK * scale
        )
        return float(extreme.mean())

    low, high = (_limit(p_of, size, sign * scale, level) for sign in (-1, 1))
    return Effect(size, low, high, p_of(0.0))


def _limit(p_of: Callable[[float], float], size: float, step: float, level: float) -> float:
    """The farthest slope from ``size`` in the step's direction that is not rejected."""
    far = size + step
    for _ in range(_DOUBLINGS):
        if p_of(far) <= level:
            break
        step *= 2
        far = size + step
    else:
        return float(np.copysign(np.inf, step))
    near = size
    for _ in range(_STEPS):
        middle = (near + far) / 2
        near, far = (near, middle) if p_of(middle) <= level else (middle, far)
    return near


@cache
def _orders(count: int) -> Indices:
    """(K, count) orders, the given one first."""
    if factorial(count) <= MAX_ORDERS:
        return np.array(list(permutations(range(count))), np.intp)
    rng = np.random.default_rng(_SEED)
    drawn = [rng.permutation(count) for _ in range(MAX_ORDERS - 1)]
    return np.array([np.arange(count), *drawn], np.intp)
