"""Fitting how a chance goes by what was seen: logistic regression."""

import numpy as np
from numpy.typing import NDArray

from data.arrays import Array
from model.labelling.probability import ClubBias, LogisticModel, bounded_log_odds, doublings

_STEPS = 30
_STIFFNESS = 1.0
"""How strongly weights are held near 0, in examples; against rows that are told apart wholly."""


def fit_logistic(seen: Array, happened: Array) -> LogisticModel:
    """The odds that make ``happened`` (N,), 0 or 1, likeliest given chances ``seen`` (N, K)."""
    same = np.ones(len(seen))
    base, *rest = _fitted(np.vectorize(bounded_log_odds)(seen), happened, same, 0 * same)
    return LogisticModel(base, tuple(rest))


def fit_club_bias(log_odds: Array, shaft_px: Array, telogen: NDArray[np.bool_]) -> ClubBias:
    """The lean that makes the labels likeliest, both of them weighing the same.

    ``log_odds`` (N,) of a club are those read without a lean, at shafts of ``shaft_px`` (N,);
    ``telogen`` (N,) is the truth. It is Platt's (1999) map of a classifier's score with its slope
    left at 1, which is the temperature's part.
    """
    weights = len(telogen) / 2 / np.where(telogen, telogen.sum(), (~telogen).sum())
    widths = np.vectorize(doublings)(shaft_px)[:, None]
    base, per_doubling = _fitted(widths, telogen.astype(float), weights, log_odds)
    return ClubBias(base, per_doubling)


def _fitted(columns: Array, happened: Array, weights: Array, start: Array) -> list[float]:
    """A base and a factor for each of ``columns`` (N, K), which with ``start`` (N,) added give
    log odds of what ``happened``; its rows count as ``weights`` (N,) say."""
    columns = np.column_stack([np.ones(len(columns)), columns])
    hold = np.diag([0.0] + [_STIFFNESS] * (columns.shape[1] - 1))
    factors = np.zeros(columns.shape[1])
    for _ in range(_STEPS):  # Newton's method
        chance = 1 / (1 + np.exp(-start - columns @ factors))
        slope = columns.T @ (weights * (happened - chance)) - hold @ factors
        bend = (columns.T * (weights * chance * (1 - chance))) @ columns + hold
        factors += np.linalg.solve(bend, slope).clip(-2, 2)
    return [round(float(factor), 4) for factor in factors]
