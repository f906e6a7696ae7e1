"""The probability that a labelled hair is labelled telogen, at each share of telogen hairs."""

import math
from dataclasses import dataclass

import numpy as np

from data.arrays import Array
from model.share.confusion import Confusion, Row

OVERDISPERSION = 0.7
"""Standard deviation of log k: anagen hairs get a label k times as often in one photo as on
average. Chosen on 111 held-out rendered photos, so that the 95 % interval holds the share in about
95 % of the cases (docs/how-it-works/share.md)."""
_MIN_SPREAD, _MAX_SPREAD = 1e-9, 0.9

_log_gamma = np.frompyfunc(math.lgamma, 1, 1)


@dataclass(frozen=True)
class TelogenLabelRate:
    """The ``rate`` (K,) at which labelled hairs are labelled telogen, at each of K shares.

    ``variance`` (K,) is that of the rate, 0 where the error matrix is known for these very photos.
    """

    rate: Array
    variance: Array

    def log_likelihood(self, telogen: int, anagen: int) -> Array:
        """Log likelihood (K,) of these numbers of labels, up to a constant.

        Binomial where the rate is certain, else beta-binomial with the same mean and variance of
        the rate.
        """
        if not self.variance.any():
            logs = telogen * np.log(self.rate) + anagen * np.log1p(-self.rate)
            return np.asarray(logs)
        spread = np.clip(self.variance / (self.rate * (1 - self.rate)), _MIN_SPREAD, _MAX_SPREAD)
        one = self.rate * (1 / spread - 1)
        other = (1 - self.rate) * (1 / spread - 1)
        return _log_beta(telogen + one, anagen + other) - _log_beta(one, other)


def telogen_label_rate(
    shares: Array, confusion: Confusion, overdispersion: float = OVERDISPERSION
) -> TelogenLabelRate:
    """The rate at the given ``shares`` (K,), by an error matrix.

    Of the hairs that get a label at all, s C(t|t) + (1-s) C(t|a) in s (C(t|t) + C(a|t)) +
    (1-s) (C(t|a) + C(a|a)) are labelled telogen (s: share, C: error matrix; Gelman et al., Bayesian
    Data Analysis, on misclassified binomial data). The variance, to first order, is that of the
    rows, each a Dirichlet posterior of the hairs it was counted on, plus that of the
    ``overdispersion``.
    """
    labels = _mean(shares, confusion, 0), _mean(shares, confusion, 1)
    rate = np.clip(labels[0] / (labels[0] + labels[1]), 1e-12, 1 - 1e-12)
    if confusion.hairs is None:
        return TelogenLabelRate(rate, np.zeros_like(rate))
    parts, rows = (shares, 1 - shares), (confusion.telogen, confusion.anagen)
    counted = [
        _row_variance(part, row, labels) / (hairs + len(row) + 1)
        for part, row, hairs in zip(parts, rows, confusion.hairs, strict=True)
    ]
    of_photo = (overdispersion * _slope(1 - shares, confusion.anagen, labels)) ** 2
    return TelogenLabelRate(rate, np.sum([*counted, of_photo], axis=0))


def _mean(shares: Array, confusion: Confusion, label: int) -> Array:
    return shares * confusion.telogen[label] + (1 - shares) * confusion.anagen[label]


def _row_variance(part: Array, row: Row, labels: tuple[Array, Array]) -> Array:
    """Variance from a row that was counted on one hair: that of its gradient, multinomial."""
    telogen, anagen = labels
    squares = anagen**2 * row[0] + telogen**2 * row[1]
    total = telogen + anagen
    return np.asarray(part**2 * squares / total**4 - _slope(part, row, labels) ** 2)


def _slope(part: Array, row: Row, labels: tuple[Array, Array]) -> Array:
    """Derivative of the rate by the logarithm of how often the hairs of a row get a label."""
    telogen, anagen = labels
    return np.asarray(part * (anagen * row[0] - telogen * row[1]) / (telogen + anagen) ** 2)


def _log_beta(one: Array, other: Array) -> Array:
    logs = _log_gamma(one) + _log_gamma(other) - _log_gamma(one + other)
    return np.asarray(logs, np.float64)
