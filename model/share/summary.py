"""The summary of one photo or more: counts of hairs and the share of telogen hairs."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from model.labelling.hair import Label
from model.measures.shedding import Shedding
from model.share.confusion import ErrorRates


class Grade(StrEnum):
    """How strong the answer is, from the strongest."""

    MOSTLY = "mostly"
    PROBABLY_MOSTLY = "probably_mostly"
    MIXED = "mixed"
    TOO_FEW = "too_few"


@dataclass(frozen=True)
class Answer:
    """The graded answer from all roots together.

    ``side``: the label of most hairs, None if mixed or too few. ``more_roots``: how many more
    readable roots would make the grade ``mostly`` if they are as those so far; None if it is that
    already, or if no sensible number would. ``roots_out_of_view``: hairs whose root end may lie
    outside the photo keep the answer from being stronger.
    """

    grade: Grade = Grade.TOO_FEW
    side: Label | None = None
    more_roots: int | None = None
    roots_out_of_view: bool = False


class Verdict(StrEnum):
    """The conclusion that holds with a probability of 97.5 %, from ten roots or more."""

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
class ShareBounds:
    """The lowest and the highest telogen share that the labels allow."""

    low: float
    high: float


@dataclass(frozen=True)
class Summary:
    """Counts of hairs and what follows from them.

    ``misshapen`` and ``no_bulb`` are the two kinds of ``anagen``; ``unspecified_anagen`` counts
    hairs that a person labelled anagen without the kind. ``share`` and ``p_most_telogen`` are None
    without a readable root. ``worst_case``: the share of the labels as they are, with all
    ``unsure`` hairs of one kind; None without hairs. ``error_rates``: the kind of hairs on which
    the error matrix behind ``share`` was counted. ``measures``: None without a scale.
    """

    telogen: int = 0
    misshapen: int = 0
    no_bulb: int = 0
    unsure: int = 0
    share: ShareInterval | None = None
    p_most_telogen: float | None = None
    verdict: Verdict = Verdict.TOO_FEW
    answer: Answer = Answer()
    worst_case: ShareBounds | None = None
    error_rates: ErrorRates = ErrorRates.NONE
    unspecified_anagen: int = 0
    measures: Shedding | None = None

    @property
    def anagen(self) -> int:
        """Hairs labelled anagen, of any kind."""
        return self.misshapen + self.no_bulb + self.unspecified_anagen

    @property
    def readable(self) -> int:
        """Hairs with a label other than ``unsure``."""
        return self.telogen + self.anagen

    @property
    def hairs(self) -> int:
        """All listed hairs."""
        return self.readable + self.unsure

    @classmethod
    def of_json(cls, record: Mapping[str, Any]) -> "Summary":
        """The summary that ``as_json`` wrote. An older one without an answer gets an empty one."""
        share, bounds = record["telogen_share"], record["telogen_share_worst_case"]
        answer = dict(record.get("answer") or asdict(Answer()))
        side = Label(answer["side"]) if answer["side"] else None
        return cls(
            telogen=record["telogen"],
            misshapen=record["misshapen"],
            no_bulb=record["no_bulb"],
            unsure=record["unsure"],
            share=ShareInterval(**share) if share else None,
            p_most_telogen=record["p_most_telogen"],
            verdict=Verdict(record["verdict"]),
            answer=Answer(**answer | {"grade": Grade(answer["grade"]), "side": side}),
            worst_case=ShareBounds(**bounds) if bounds else None,
            error_rates=ErrorRates(record["error_rates"]),
            unspecified_anagen=record["anagen"] - record["misshapen"] - record["no_bulb"],
            measures=Shedding.of_json(record.get("measures")),
        )

    def as_json(self) -> dict[str, Any]:
        """The ``summary`` object of the output format."""
        return {
            "hairs": self.hairs,
            "telogen": self.telogen,
            "anagen": self.anagen,
            "misshapen": self.misshapen,
            "no_bulb": self.no_bulb,
            "unsure": self.unsure,
            "telogen_share": _table(self.share),
            "telogen_share_worst_case": _table(self.worst_case),
            "p_most_telogen": self.p_most_telogen,
            "verdict": self.verdict.value,
            "answer": asdict(self.answer),
            "error_rates": self.error_rates.value,
            "measures": None if self.measures is None else self.measures.as_json(),
        }


def _table(value: ShareInterval | ShareBounds | None) -> dict[str, float] | None:
    return None if value is None else asdict(value)
