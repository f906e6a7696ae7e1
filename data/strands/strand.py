"""A hair-like line in a photo, not yet classified."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from data.arrays import Array


class EndState(StrEnum):
    """Whether an end of a strand can be classified."""

    VISIBLE = "visible"
    OUT_OF_PHOTO = "out_of_photo"
    HIDDEN = "hidden"


@dataclass(frozen=True)
class End:
    """One of the two ends of a strand.

    ``x, y`` are pixels of the upright photo; ``direction`` (radians, y down) points outward, away
    from the shaft. ``confidence`` is the line map's probability (0-1) that a hair ends there.
    """

    x: float
    y: float
    direction: float
    state: EndState
    confidence: float = 1.0
    shaft_px: float | None = None
    shaft_px_error: float | None = None


@dataclass(frozen=True)
class Strand:
    """A line that may be a hair.

    ``path`` is (N, 2) float x, y in pixels of the upright photo, a point at least every 10 px;
    ``ends[0]`` is beyond ``path[0]``, ``ends[1]`` beyond ``path[-1]``. ``contrast`` is the shaft's
    grey level minus its background's, 0-255, negative for a hair darker than its background.
    ``confidence`` is the mean of the line map's probabilities (0-1) that a hair's centre line runs
    along the path. ``shaft_px_error`` is the expected error of the width; None before it is
    measured.
    """

    path: Array
    shaft_px: float
    ends: tuple[End, End]
    contrast: float
    tangled: bool = False
    confidence: float = 1.0
    shaft_px_error: float | None = None

    @property
    def best_end_confidence(self) -> float:
        """The higher confidence of the ends in the photo; 0 where there is none."""
        inside = (end.confidence for end in self.ends if end.state is not EndState.OUT_OF_PHOTO)
        return max(inside, default=0.0)

    @property
    def length_px(self) -> float:
        """Length along the path, in pixels."""
        return float(np.linalg.norm(np.diff(self.path, axis=0), axis=1).sum())
