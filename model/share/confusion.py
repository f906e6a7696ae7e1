"""Error matrices: how often hairs of a known kind get each label, and what follows for a labelled
hair at each share of telogen hairs."""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from data.arrays import Array
from model.labelling.hair import ALL, width_bin

Row = tuple[float, float, float]


class ErrorRates(StrEnum):
    """The kind of hairs on which an error matrix was counted."""

    RENDERED = "rendered"
    REAL = "real"
    NONE = "none"
    """On none: a person gave the labels, and they count as faultless."""


@dataclass(frozen=True)
class Confusion:
    """Probabilities of the labels (telogen, anagen, unsure), by the true kind of the hair.

    Each row sums to 1. ``hairs``: the numbers of telogen and anagen hairs on which the rows were
    counted, in other photos than those to be summarised; None where the matrix is known for these
    very photos. Raises ValueError for invalid rows or counts.
    """

    telogen: Row
    anagen: Row
    hairs: tuple[int, int] | None = None
    source: ErrorRates = ErrorRates.RENDERED

    def __post_init__(self) -> None:
        for row in (self.telogen, self.anagen):
            if len(row) != 3 or min(row) < 0 or not np.isclose(sum(row), 1, atol=1e-3):
                raise ValueError(f"a row of probabilities has to sum to 1, not {row}")
        if self.hairs is not None and (len(self.hairs) != 2 or min(self.hairs) < 0):
            raise ValueError(f"expected two counts of hairs, not {self.hairs}")


FAULTLESS = Confusion((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), source=ErrorRates.NONE)
"""Labels that a person gave."""


def confusion_of(shafts_px: Sequence[float], by_bin: Mapping[str, Confusion]) -> Confusion:
    """The mean error matrix for hairs whose shafts have these widths."""
    return confusion_of_bins(Counter(map(width_bin, shafts_px)), by_bin)


def confusion_of_bins(hairs: Mapping[str, int], by_bin: Mapping[str, Confusion]) -> Confusion:
    """The mean error matrix for ``hairs`` hairs in each width bin.

    ``by_bin`` has ``ALL``, which is used for a missing bin, and for no hairs. The mean counts as
    based on no more hairs than the matrix with the fewest, which is conservative: errors of several
    counts partly cancel.
    """
    weights = {name: count for name, count in hairs.items() if count} or {ALL: 1}
    matrices = [by_bin.get(name, by_bin[ALL]) for name in weights]
    sources = {matrix.source for matrix in matrices}
    return Confusion(
        _average_row([matrix.telogen for matrix in matrices], list(weights.values())),
        _average_row([matrix.anagen for matrix in matrices], list(weights.values())),
        _fewest([matrix.hairs for matrix in matrices if matrix.hairs is not None]),
        # The weakest, in the order of ErrorRates: one rendered matrix makes the mean rendered.
        next(source for source in ErrorRates if source in sources),
    )


def _average_row(rows: Sequence[Row], weights: Sequence[int]) -> Row:
    telogen, anagen, unsure = np.average(rows, axis=0, weights=weights).tolist()
    return telogen, anagen, unsure


def _fewest(hairs: Sequence[tuple[int, int]]) -> tuple[int, int] | None:
    if not hairs:
        return None
    telogen, anagen = zip(*hairs, strict=True)
    return min(telogen), min(anagen)


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

    def log_likelihood(self, telogen: float, anagen: float) -> Array:
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
    labels = _label_rate(shares, confusion, 0), _label_rate(shares, confusion, 1)
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


def _label_rate(shares: Array, confusion: Confusion, label: int) -> Array:
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
