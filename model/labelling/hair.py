"""A labelled hair, and the bins of shaft width, which limits how much of a root a photo shows."""

import math
from dataclasses import dataclass
from enum import StrEnum

from data.strands.strand import EndState, Strand
from model.measures.measure import HairMeasures

SHAFT_DECIMALS = 2
"""Decimals of a shaft's width in a report."""


class Label(StrEnum):
    """The label of a hair."""

    TELOGEN = "telogen"
    ANAGEN = "anagen"
    UNSURE = "unsure"


class Reason(StrEnum):
    """Why a hair is ``unsure``."""

    ROOT_NOT_SEEN = "root_not_seen"
    TOO_SMALL = "too_small"
    BLURRED = "blurred"
    LOW_CONTRAST = "low_contrast"
    TANGLED = "tangled"
    AMBIGUOUS = "ambiguous"


class RootType(StrEnum):
    """The shape of a root; ``NONE`` means that both ends are bare."""

    CLUB = "club"
    MISSHAPEN = "misshapen"
    NONE = "none"


@dataclass(frozen=True)
class EndProbabilities:
    """Calibrated probabilities of the classes of an end; they sum to 1."""

    club: float
    misshapen: float
    bare: float
    not_hair: float

    @property
    def root(self) -> float:
        """Probability that the end is a root with a bulb, ``club`` or ``misshapen``."""
        return self.club + self.misshapen

    @property
    def is_bare(self) -> bool:
        """Whether ``bare`` is the most probable class."""
        return self.bare >= max(self.club, self.misshapen, self.not_hair)


EndPair = tuple[EndProbabilities | None, EndProbabilities | None]
"""Both ends of a strand; None for one without probabilities."""


@dataclass(frozen=True)
class Hair:
    """A strand that is a hair, with its label.

    ``p_telogen`` and ``p_anagen`` may sum to less than 1: the rest is the probability that the root
    is not in view. ``root_end`` is the index (0 or 1) of the end that is the root, None without a
    visible root. ``ends`` holds the probabilities of each end, None for one that is not visible.
    ``root_outline`` are the corners (x, y) of the outline of that root, in pixels of the photo.
    ``by_person``: a person gave the label; the probabilities remain the model's. A person may label
    a hair anagen without the kind: then ``root_type`` is None. ``measures``: None without a scale.
    """

    strand: Strand
    ends: EndPair
    label: Label
    reason: Reason | None
    p_telogen: float
    p_anagen: float
    root_type: RootType | None
    root_end: int | None
    by_person: bool = False
    root_outline: tuple[tuple[float, float], ...] | None = None
    measures: HairMeasures | None = None

    @property
    def shown_end(self) -> int | None:
        """Index of the end to show people: the root, else the visible end most like a root."""
        return most_rootlike(self.ends) if self.root_end is None else self.root_end

    @property
    def possible_roots(self) -> list[int]:
        """Indexes of the ends that may be the root: the known one, visible ends, or both."""
        if self.root_end is not None:
            return [self.root_end]
        ends = self.strand.ends
        return [k for k, end in enumerate(ends) if end.state is EndState.VISIBLE] or [0, 1]


def most_rootlike(ends: EndPair) -> int | None:
    """Index of the end with the highest probability of a root; None if neither has any."""
    roots = {k: end.root for k, end in enumerate(ends) if end is not None}
    return max(roots, key=roots.__getitem__) if roots else None


WIDTH_BINS = {"under4px": (0.0, 4.0), "4to8px": (4.0, 8.0), "over8px": (8.0, math.inf)}
"""Widths of the shaft in the photo, from and up to, by name; see docs/how-it-works/domain.md,
sizes."""
ALL = "all"
"""Stands for all width bins together."""


def width_bin(shaft_px: float) -> str:
    """The name of the bin of a shaft width (over 0)."""
    return next(name for name, (_, end) in WIDTH_BINS.items() if shaft_px < end)


def same_in_every_bin(value: float) -> dict[str, float]:
    """The same number for all width bins."""
    return dict.fromkeys(WIDTH_BINS, value)
