"""Error matrices: how often hairs of a known kind get each label."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

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
        _mean([matrix.telogen for matrix in matrices], list(weights.values())),
        _mean([matrix.anagen for matrix in matrices], list(weights.values())),
        _fewest([matrix.hairs for matrix in matrices if matrix.hairs is not None]),
        # The weakest, in the order of ErrorRates: one rendered matrix makes the mean rendered.
        next(source for source in ErrorRates if source in sources),
    )


def _mean(rows: Sequence[Row], weights: Sequence[int]) -> Row:
    telogen, anagen, unsure = np.average(rows, axis=0, weights=weights).tolist()
    return telogen, anagen, unsure


def _fewest(hairs: Sequence[tuple[int, int]]) -> tuple[int, int] | None:
    if not hairs:
        return None
    telogen, anagen = zip(*hairs, strict=True)
    return min(telogen), min(anagen)
