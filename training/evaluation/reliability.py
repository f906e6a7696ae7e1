"""Whether chances mean what they say."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from model.labelling.hair import Hair, Label
from training.calibration.labelled_hairs import even_weights
from training.evaluation.predictions import JudgedEnd, JudgedHair

BINS = 10

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Bin:
    """Chances of about the same height: their mean, how often they came true, how many they are.

    Means are weighted, ``count`` is not.
    """

    said: float
    came_true: float
    count: int


@dataclass(frozen=True)
class Claims:
    """What was said with a chance: ``said`` (N,) from 0 to 1, whether each is ``true`` (N,), and
    ``weights`` (N,) under which every class, or label, counts the same."""

    said: Array
    true: Flags
    weights: Array


def claims_of_ends(ends: Sequence[JudgedEnd]) -> Claims:
    """The likeliest class of every end."""
    return Claims(
        said=np.array([end.sure for end in ends]),
        true=np.array([end.is_right for end in ends], bool),
        weights=even_weights(np.array([end.truth for end in ends], np.int64)),
    )


def claims_of_hairs(hairs: Sequence[JudgedHair]) -> Claims:
    """That a hair is telogen, its root being in view, of every hair that is listed."""
    rows = [(chance_of_telogen(row.hair), row.truth is Label.TELOGEN) for row in hairs if row.hair]
    return Claims(
        said=np.array([said for said, _ in rows]),
        true=np.array([true for _, true in rows], bool),
        weights=even_weights(np.array([true for _, true in rows], bool)),
    )


def chance_of_telogen(hair: Hair) -> float:
    """The chance that its root is a club, given that the root is in view, as it is of the hairs
    whose ends tell what they are. Even where nothing speaks for either."""
    return (hair.p_telogen + 1e-12) / (hair.p_telogen + hair.p_anagen + 2e-12)


def calibration_error(claims: Claims) -> float:
    """Expected calibration error in even bins (Guo et al. 2017): how far what was said lies from
    the share that came true."""
    gaps = claims.weights * (claims.true - claims.said)
    return float(np.abs(np.bincount(_places(claims), gaps, BINS)).sum())


def reliability(claims: Claims) -> list[Bin]:
    """Even bins (Guo et al. 2017), without those that are empty."""
    place = _places(claims)
    return [_bin(claims, place == k) for k in range(BINS) if (place == k).any()]


def _bin(claims: Claims, rows: Flags) -> Bin:
    weights = claims.weights[rows]
    return Bin(
        said=float(np.average(claims.said[rows], weights=weights)),
        came_true=float(np.average(claims.true[rows], weights=weights)),
        count=int(rows.sum()),
    )


def _places(claims: Claims) -> NDArray[np.int64]:
    return np.minimum((claims.said * BINS).astype(np.int64), BINS - 1)
