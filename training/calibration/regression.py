"""Logistic regressions, by Newton's method."""

from collections.abc import Sequence

import numpy as np

from data.arrays import Array, Mask
from model.labelling.probability import ClubBias, LogisticModel, doublings

_RIDGE = 1.0
"""Strength of the ridge penalty on weights, in examples; it keeps them finite for separable
rows."""
_NEWTON_STEPS, _MIN_STEP = 30, 1e-6


def fit_logistic(inputs: Array, happened: Array) -> LogisticModel:
    """Logistic regression of ``happened`` (N,), 0 or 1, on ``inputs`` (N, K)."""
    ridge = np.full(inputs.shape[1], _RIDGE)
    base, *weights = _newton_fit(inputs, happened, ridge)
    return LogisticModel(base, tuple(weights))


def fit_logistic_in_groups(
    inputs: Array, happened: Array, groups: Sequence[str], spread: float
) -> LogisticModel:
    """The same where rows of one group share a shift of the log odds, which is normally distributed
    about 0 with standard deviation ``spread``. ``groups`` (N,) are their names.

    So a photo with forty scratches and no hair does not decide what sets a scratch beside hairs
    apart.
    """
    names, group_of_row = np.unique(groups, return_inverse=True)
    columns = np.column_stack([inputs, np.eye(len(names))[group_of_row]])
    ridge = np.concatenate([np.full(inputs.shape[1], _RIDGE), np.full(len(names), 1 / spread**2)])
    base, *weights = _newton_fit(columns, happened, ridge)
    return LogisticModel(base, tuple(weights[: inputs.shape[1]]))


def fit_club_bias(log_odds: Array, shaft_px: Array, telogen: Mask) -> ClubBias:
    """The bias under which the labels are likeliest, both labels weighing the same.

    ``log_odds`` (N,) of a club are those without a bias, at shafts of ``shaft_px`` (N,);
    ``telogen`` (N,) is the truth. It is Platt's (1999) map of a classifier's score with its slope
    fixed at 1, because the temperature already scales the score.
    """
    weights = len(telogen) / 2 / np.where(telogen, telogen.sum(), (~telogen).sum())
    widths = np.vectorize(doublings)(shaft_px)[:, None]
    ridge = np.array([_RIDGE])
    return ClubBias(*_newton_fit(widths, telogen.astype(float), ridge, weights, log_odds))


def _newton_fit(
    columns: Array,
    happened: Array,
    ridge: Array,
    weights: Array | None = None,
    offset: Array | None = None,
) -> list[float]:
    """An intercept and a weight for each of ``columns`` (N, K), with a ``ridge`` penalty (K,).

    With ``offset`` (N,) added they give the log odds of ``happened`` (N,); rows count by
    ``weights`` (N,).
    """
    weights = np.ones(len(columns)) if weights is None else weights
    offset = np.zeros(len(columns)) if offset is None else offset
    columns = np.column_stack([np.ones(len(columns)), columns])
    penalty = np.diag([0.0, *ridge])

    def loss_at(factors: Array) -> float:
        score = offset + columns @ factors
        losses = np.logaddexp(0, score) - happened * score
        return float(weights @ losses + factors @ penalty @ factors / 2)

    factors = np.zeros(columns.shape[1])
    for _ in range(_NEWTON_STEPS):
        p = 1 / (1 + np.exp(-offset - columns @ factors))
        gradient = columns.T @ (weights * (happened - p)) - penalty @ factors
        hessian = (columns.T * (weights * p * (1 - p))) @ columns + penalty
        step, loss = np.linalg.solve(hessian, gradient), loss_at(factors)
        while loss_at(factors + step) > loss and np.abs(step).max() > _MIN_STEP:
            step = step / 2  # the loss is convex, so a short enough step lowers it
        factors = factors + step
        if np.abs(step).max() <= _MIN_STEP:
            break
    return [round(float(factor), 4) for factor in factors]
