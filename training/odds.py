"""Fitting how a chance goes by what the finder saw: logistic regression."""

import numpy as np
from numpy.typing import NDArray

from model.odds import Odds, bounded_log_odds

_STEPS = 30
_STIFFNESS = 1.0
"""How strongly weights are held near 0, in examples; against rows that are told apart wholly."""

Array = NDArray[np.float64]


def fit_odds(seen: Array, happened: Array) -> Odds:
    """The odds that make ``happened`` (N,), 0 or 1, likeliest given chances ``seen`` (N, K)."""
    columns = np.column_stack([np.ones(len(seen)), np.vectorize(bounded_log_odds)(seen)])
    hold = np.diag([0.0] + [_STIFFNESS] * seen.shape[1])
    weights = np.zeros(columns.shape[1])
    for _ in range(_STEPS):  # Newton's method
        chance = 1 / (1 + np.exp(-columns @ weights))
        slope = columns.T @ (happened - chance) - hold @ weights
        bend = (columns.T * (chance * (1 - chance))) @ columns + hold
        weights += np.linalg.solve(bend, slope).clip(-2, 2)
    base, *rest = (round(float(weight), 4) for weight in weights)
    return Odds(base, tuple(rest))
