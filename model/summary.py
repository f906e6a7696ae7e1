"""The counts of a photo, or of several, and the share of telogen hairs."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Verdict(StrEnum):
    """What the roots say together."""

    MOSTLY_TELOGEN = "mostly_telogen"
    MOSTLY_ANAGEN = "mostly_anagen"
    MIXED = "mixed"
    ROOTS_NOT_SHOWN = "roots_not_shown"
    TOO_FEW = "too_few"


@dataclass(frozen=True)
class ShareInterval:
    """The telogen share with an interval that holds the truth with probability ``level``."""

    estimate: float
    low: float
    high: float
    level: float


@dataclass(frozen=True)
class Summary:
    """Counts of hairs and what follows from them.

    ``misshapen`` and ``no_bulb`` are the two kinds of ``anagen``; ``share`` and
    ``p_most_telogen`` are None when no root could be read.
    """

    telogen: int = 0
    misshapen: int = 0
    no_bulb: int = 0
    unsure: int = 0
    share: ShareInterval | None = None
    p_most_telogen: float | None = None
    verdict: Verdict = Verdict.TOO_FEW

    @property
    def anagen(self) -> int:
        """Hairs labelled anagen, of either kind."""
        return self.misshapen + self.no_bulb

    @property
    def hairs(self) -> int:
        """All hairs that are listed."""
        return self.telogen + self.anagen + self.unsure

    def as_json(self) -> dict[str, Any]:
        """The ``summary`` object of the output format."""
        return {
            "hairs": self.hairs,
            "telogen": self.telogen,
            "anagen": self.anagen,
            "misshapen": self.misshapen,
            "no_bulb": self.no_bulb,
            "unsure": self.unsure,
            "telogen_share": None if self.share is None else vars(self.share).copy(),
            "p_most_telogen": self.p_most_telogen,
            "verdict": self.verdict.value,
        }
