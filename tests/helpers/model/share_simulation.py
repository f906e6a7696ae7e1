"""How often an interval holds the true share, and how far the estimate lies from it.

Exact: sums over everything that may be counted, with its chance, so that no dice are needed.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise, product
from math import lgamma

import numpy as np
from numpy.typing import NDArray

from data.arrays import Array
from model.share.confusion import Confusion, Row
from model.share.posterior import share_interval, share_posterior

HAIRS = (10, 20, 50, 100)
SHARES = (0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99)
RIGHT = ((0.8, 0.8), (0.8, 0.99), (0.9, 0.9), (0.95, 0.95), (0.99, 0.8), (0.99, 0.99))
"""Sensitivity and specificity: shares of right labels among the labelled, telogen and anagen."""
UNSURE = ((0.0, 0.0), (0.2, 0.2), (0.1, 0.3), (0.3, 0.1))
"""Shares of telogen and of anagen hairs that are left unsure."""
Z = 1.959964
"""The normal quantile of 0.975."""
_NEVER = 1e-9
"""What is rarer than this is left out of the sums."""

Pairs = NDArray[np.int64]


@dataclass(frozen=True)
class Answers:
    """The result of a method for each of K countings: bounds and estimates (K,)."""

    low: Array
    high: Array
    median: Array
    mean: Array
    mode: Array


@dataclass(frozen=True)
class Countings:
    """All (telogen, anagen) counts (K, 2) that are possible for ``hairs`` hairs, the rest being
    unsure, and their chances (S, K) at each of S shares."""

    hairs: int
    pairs: Pairs
    chances: Array

    def coverage(self, answers: Answers, shares: Sequence[float]) -> Array:
        """How often the interval holds each share (S,)."""
        truth = np.array(shares)[:, None]
        held = (answers.low <= truth + 1e-9) & (truth - 1e-9 <= answers.high)
        return np.asarray((self.chances * held).sum(axis=1))

    def error(self, estimate: Array, shares: Sequence[float]) -> Array:
        """Mean distance of an estimate (K,) from each share (S,)."""
        away = np.abs(estimate - np.array(shares)[:, None])
        return np.asarray((self.chances * away).sum(axis=1))

    def bias(self, estimate: Array, shares: Sequence[float]) -> Array:
        """Mean of an estimate (K,) less each share (S,)."""
        return np.asarray(self.chances @ estimate - np.array(shares))

    def width(self, answers: Answers) -> Array:
        """Mean width of the interval at each share (S,)."""
        return np.asarray(self.chances @ (answers.high - answers.low))


Method = Callable[[Countings, Confusion], Answers]


def matrix(right: tuple[float, float], unsure: tuple[float, float]) -> Confusion:
    """The error matrix, known for certain."""
    (telogen, anagen), (doubt_t, doubt_a) = right, unsure
    return Confusion(
        ((1 - doubt_t) * telogen, (1 - doubt_t) * (1 - telogen), doubt_t),
        ((1 - doubt_a) * (1 - anagen), (1 - doubt_a) * anagen, doubt_a),
    )


def countings(hairs: int, truth: Confusion, shares: Sequence[float] = SHARES) -> Countings:
    """The distribution of counts under ``truth``: a multinomial."""
    found = every_counting(hairs, truth, shares)
    occurs = found.chances.max(axis=0) > _NEVER
    return Countings(hairs, found.pairs[occurs], found.chances[:, occurs])


def every_counting(hairs: int, truth: Confusion, shares: Sequence[float] = SHARES) -> Countings:
    """The same with what never occurs."""
    pairs = np.array([(t, a) for t in range(hairs + 1) for a in range(hairs - t + 1)])
    rates = np.array(
        [s * np.array(truth.telogen) + (1 - s) * np.array(truth.anagen) for s in shares]
    )
    counts = np.column_stack([pairs, hairs - pairs.sum(axis=1)])
    ways = lgamma(hairs + 1) - np.vectorize(lgamma)(counts + 1).sum(axis=1)
    chances = np.exp(ways + np.log(np.maximum(rates, 1e-300)) @ counts.T)
    return Countings(hairs, pairs, chances)


def posterior(found: Countings, confusion: Confusion) -> Answers:
    """Ours: the shortest interval of the posterior under a flat prior."""
    return _answers([share_posterior(int(t), int(a), confusion) for t, a in found.pairs])


def three_counts(found: Countings, confusion: Confusion) -> Answers:
    """As ours, but the number of unsure hairs counts as well."""
    counts = [(int(t), int(a), int(found.hairs - t - a)) for t, a in found.pairs]
    return _answers([three_counts_posterior(*each, confusion) for each in counts])


def three_counts_posterior(telogen: int, anagen: int, unsure: int, confusion: Confusion) -> Array:
    """Probabilities (2000,) of the share if all three counts follow the error matrix."""
    shares, counts = _grid(2000), (telogen, anagen, unsure)
    logs = np.zeros(2000)
    for count, t, a in zip(counts, confusion.telogen, confusion.anagen, strict=True):
        logs += count * np.log(np.maximum(shares * t + (1 - shares) * a, 1e-300))
    density = np.exp(logs - logs.max())
    return np.asarray(density / density.sum())


def wilson(found: Countings, confusion: Confusion) -> Answers:
    """Plain counting: telogen labels over all labels, with Wilson's interval."""
    telogen, labelled, share = _plain(found)
    centre = (telogen + Z**2 / 2) / (labelled + Z**2)
    half = Z / (labelled + Z**2) * np.sqrt(labelled * share * (1 - share) + Z**2 / 4)
    return Answers(centre - half, centre + half, share, share, share)


def lang_reiczigel(found: Countings, confusion: Confusion) -> Answers:
    """Lang and Reiczigel 2014 (Preventive Veterinary Medicine 113), with sensitivity and
    specificity among the labelled known, so that their shift is 0."""
    telogen, labelled, share = _plain(found)
    right_t, right_a = _among_labelled(confusion.telogen, 0), _among_labelled(confusion.anagen, 1)
    youden = right_t + right_a - 1
    near = (telogen + Z**2 / 2) / (labelled + Z**2)
    half = Z * np.sqrt(near * (1 - near) / (labelled + Z**2)) / youden
    centre = (near + right_a - 1) / youden
    estimate = np.clip((share + right_a - 1) / youden, 0, 1)
    low, high = np.clip(centre - half, 0, 1), np.clip(centre + half, 0, 1)
    return Answers(low, high, estimate, estimate, estimate)


def cells() -> list[tuple[int, Confusion]]:
    """Numbers of hairs and matrices of the whole table."""
    return [(n, matrix(*both)) for n, *both in product(HAIRS, RIGHT, UNSURE)]


def overdispersed(confusion: Confusion, factor: float) -> Confusion:
    """The matrix of a photo in which anagen hairs get a label ``factor`` times as often, at most
    always."""
    telogen, anagen, _ = confusion.anagen
    factor = min(factor, 1 / (telogen + anagen))
    row = (telogen * factor, anagen * factor, max(0.0, 1 - factor * (telogen + anagen)))
    return Confusion(confusion.telogen, row)


def _answers(densities: Sequence[Array]) -> Answers:
    intervals = [share_interval(density) for density in densities]
    table = np.array(densities)
    shares = _grid(table.shape[1])
    return Answers(
        np.array([interval.low for interval in intervals]),
        np.array([interval.high for interval in intervals]),
        np.array([interval.estimate for interval in intervals]),
        table @ shares,
        shares[table.argmax(axis=1)],
    )


def _grid(count: int) -> Array:
    edges = np.linspace(0, 1, count + 1)
    return np.array([(low + high) / 2 for low, high in pairwise(edges)])


def _plain(found: Countings) -> tuple[Array, Array, Array]:
    """Telogen labels, all labels, and their ratio (K,): a half where nothing was labelled."""
    telogen, labelled = found.pairs[:, 0].astype(float), found.pairs.sum(axis=1).astype(float)
    return telogen, labelled, np.where(labelled > 0, telogen / np.maximum(labelled, 1), 0.5)


def _among_labelled(row: Row, label: int) -> float:
    return row[label] / (row[0] + row[1])
