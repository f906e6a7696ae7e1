"""How often hairs of a known kind get each label."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from model.labelling.hair import ALL, width_bin

Row = tuple[float, float, float]


class ErrorRates(StrEnum):
    """On what hairs an error matrix was counted."""

    RENDERED = "rendered"
    REAL = "real"
    NONE = "none"
    """On none: a person gave the labels, and they are taken as they are."""


@dataclass(frozen=True)
class Confusion:
    """Chances of the labels (telogen, anagen, unsure), by what the hair truly is.

    Each row sums to 1. ``hairs``: how many telogen and how many anagen hairs the rows were counted
    on, in other photos than those to be summed up; None where the matrix is known of these very
    photos. Raises ValueError for rows or counts that cannot be.
    """

    telogen: Row
    anagen: Row
    hairs: tuple[int, int] | None = None
    source: ErrorRates = ErrorRates.RENDERED

    def __post_init__(self) -> None:
        for row in (self.telogen, self.anagen):
            if len(row) != 3 or min(row) < 0 or not np.isclose(sum(row), 1, atol=1e-3):
                raise ValueError(f"a row of chances has to sum to 1, not {row}")
        if self.hairs is not None and (len(self.hairs) != 2 or min(self.hairs) < 0):
            raise ValueError(f"expected two counts of hairs, not {self.hairs}")


FAULTLESS = Confusion((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), source=ErrorRates.NONE)
"""Labels that a person gave: taken as they are."""


def confusion_of(shafts_px: Sequence[float], by_tier: Mapping[str, Confusion]) -> Confusion:
    """The chances for any one of several hairs, whose shafts are so wide."""
    return confusion_of_tiers(Counter(map(width_bin, shafts_px)), by_tier)


def confusion_of_tiers(hairs: Mapping[str, int], by_tier: Mapping[str, Confusion]) -> Confusion:
    """The chances for any one of so many ``hairs`` of each tier: the mean of their tiers'.

    ``by_tier`` has ``ALL``, which stands in for a tier that is not there, and for no hairs. The
    mean is taken as counted on no more hairs than the matrix with the fewest, which is careful:
    errors of several counts partly cancel.
    """
    named = {tier: number for tier, number in hairs.items() if number} or {ALL: 1}
    matrices = [by_tier.get(tier, by_tier[ALL]) for tier in named]
    weights = list(named.values())
    return Confusion(
        _mean([matrix.telogen for matrix in matrices], weights),
        _mean([matrix.anagen for matrix in matrices], weights),
        _fewest([matrix.hairs for matrix in matrices if matrix.hairs is not None]),
        _weakest({matrix.source for matrix in matrices}),
    )


def _mean(rows: Sequence[Row], weights: Sequence[int]) -> Row:
    telogen, anagen, unsure = np.average(rows, axis=0, weights=weights).tolist()
    return telogen, anagen, unsure


def _fewest(hairs: Sequence[tuple[int, int]]) -> tuple[int, int] | None:
    if not hairs:
        return None
    telogen, anagen = zip(*hairs, strict=True)
    return min(telogen), min(anagen)


def _weakest(sources: set[ErrorRates]) -> ErrorRates:
    """The first in the order of ``ErrorRates``: one matrix of renders makes all of it rendered."""
    return next(source for source in ErrorRates if source in sources)
