"""How often a labelled hair is called telogen, at each share of telogen hairs."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from model.share.confusion import Confusion, Row

OVERDISPERSION = 0.7
"""Standard deviation of log k: anagen hairs get a label k times as often in one photo as on
average. Chosen on 111 held-out rendered photos, so that the 95 % interval holds the share about as
often as it says (docs/how-it-works/share.md)."""
_LEAST, _MOST = 1e-9, 0.9

Density = NDArray[np.float64]
_log_gamma = np.frompyfunc(math.lgamma, 1, 1)


@dataclass(frozen=True)
class TelogenLabelRate:
    """The ``chance`` (K,) that a labelled hair is called telogen, at each of K shares, and its
    ``variance`` (K,): 0 where the error matrix is known of these very photos."""

    chance: Density
    variance: Density

    def log_likelihood(self, telogen: int, anagen: int) -> Density:
        """Logarithm (K,) of the chance of so many labels, up to a constant.

        Binomial; beta-binomial with the same mean and variance of the chance where that varies.
        """
        if not self.variance.any():
            logs = telogen * np.log(self.chance) + anagen * np.log1p(-self.chance)
            return np.asarray(logs)
        spread = np.clip(self.variance / (self.chance * (1 - self.chance)), _LEAST, _MOST)
        one = self.chance * (1 / spread - 1)
        other = (1 - self.chance) * (1 / spread - 1)
        return _log_beta(telogen + one, anagen + other) - _log_beta(one, other)


def telogen_label_rate(
    shares: Density, confusion: Confusion, leaning: float = OVERDISPERSION
) -> TelogenLabelRate:
    """At the given ``shares`` (K,), by an error matrix.

    Of the hairs that get a label at all, s C(t|t) + (1-s) C(t|a) in s (C(t|t) + C(a|t)) +
    (1-s) (C(t|a) + C(a|a)) are called telogen (s: share, C: error matrix; Gelman et al., Bayesian
    Data Analysis, on misclassified binomial data). Its variance, to first order, is that of the
    rows, each a Dirichlet posterior of the hairs it was counted on, and that of the ``leaning``.
    """
    labels = _mean(shares, confusion, 0), _mean(shares, confusion, 1)
    chance = np.clip(labels[0] / (labels[0] + labels[1]), 1e-12, 1 - 1e-12)
    if confusion.hairs is None:
        return TelogenLabelRate(chance, np.zeros_like(chance))
    parts, rows = (shares, 1 - shares), (confusion.telogen, confusion.anagen)
    counted = [
        _of_row(part, row, labels) / (hairs + len(row) + 1)
        for part, row, hairs in zip(parts, rows, confusion.hairs, strict=True)
    ]
    of_photo = (leaning * _slope(1 - shares, confusion.anagen, labels)) ** 2
    return TelogenLabelRate(chance, np.sum([*counted, of_photo], axis=0))


def _mean(shares: Density, confusion: Confusion, label: int) -> Density:
    return shares * confusion.telogen[label] + (1 - shares) * confusion.anagen[label]


def _of_row(part: Density, row: Row, labels: tuple[Density, Density]) -> Density:
    """Variance that a row adds which was drawn as one hair: a gradient's under a multinomial."""
    telogen, anagen = labels
    squares = anagen**2 * row[0] + telogen**2 * row[1]
    total = telogen + anagen
    return np.asarray(part**2 * squares / total**4 - _slope(part, row, labels) ** 2)


def _slope(part: Density, row: Row, labels: tuple[Density, Density]) -> Density:
    """How the chance moves with the logarithm of how often the hairs of a row get a label."""
    telogen, anagen = labels
    return np.asarray(part * (anagen * row[0] - telogen * row[1]) / (telogen + anagen) ** 2)


def _log_beta(one: Density, other: Density) -> Density:
    logs = _log_gamma(one) + _log_gamma(other) - _log_gamma(one + other)
    return np.asarray(logs, np.float64)
