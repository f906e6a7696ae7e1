"""How often hairs of a known kind get each label."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from model.tiers import ALL, tier_of

Row = tuple[float, float, float]


@dataclass(frozen=True)
class Confusion:
    """Chances of the labels (telogen, anagen, unsure), by what the hair truly is.

    Each row sums to 1. Raises ValueError when one does not.
    """

    telogen: Row
    anagen: Row

    def __post_init__(self) -> None:
        for row in (self.telogen, self.anagen):
            if len(row) != 3 or min(row) < 0 or not np.isclose(sum(row), 1, atol=1e-3):
                raise ValueError(f"a row of chances has to sum to 1, not {row}")

    @property
    def labels_all(self) -> bool:
        """Whether no hair is ever left unsure."""
        return self.telogen[2] == self.anagen[2] == 0

    @property
    def odds_of_telogen_label(self) -> tuple[float, float]:
        """Weights with which a labelled hair that is telogen, or anagen, is called telogen."""
        return self.telogen[0], self.anagen[0]

    @property
    def odds_of_anagen_label(self) -> tuple[float, float]:
        """The same for being called anagen."""
        return self.telogen[1], self.anagen[1]


FAULTLESS = Confusion((1.0, 0.0, 0.0), (0.0, 1.0, 0.0))
"""Labels that a person gave: taken as they are."""


def confusion_of(shafts_px: Sequence[float], by_tier: Mapping[str, Confusion]) -> Confusion:
    """The chances for any one of several hairs, whose shafts are so wide: the mean of their tiers'.

    ``by_tier`` has ``ALL``, which stands in for a tier that is not there, and for no hairs.
    """
    matrices = [by_tier.get(tier_of(px), by_tier[ALL]) for px in shafts_px] or [by_tier[ALL]]
    return Confusion(
        _mean([matrix.telogen for matrix in matrices]),
        _mean([matrix.anagen for matrix in matrices]),
    )


def _mean(rows: Sequence[Row]) -> Row:
    telogen, anagen, unsure = np.mean(rows, axis=0).tolist()
    return telogen, anagen, unsure
