"""Chances that go by how sure the finder was of what it saw.

How far the reading of roots leans to clubs, by the width of the shaft.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

LEAST, MOST = 0.01, 0.99
"""Surer than this the finder is never taken to be."""
_NEVER = 1e-12


@dataclass(frozen=True)
class LogisticModel:
    """A chance whose log odds are ``base`` plus each of ``weights`` times the log odds of one
    chance that the finder saw."""

    base: float
    weights: tuple[float, ...] = ()

    @classmethod
    def always(cls, chance: float) -> "LogisticModel":
        """The same chance (0-1), whatever was seen."""
        return cls(log_odds(min(max(chance, _NEVER), 1 - _NEVER)))

    def chance(self, seen: Sequence[float]) -> float:
        """The chance (0-1) where the finder saw the chances ``seen``, as many as weights."""
        return 1 / (1 + math.exp(-self.log_odds(seen)))

    def log_odds(self, seen: Sequence[float]) -> float:
        """The same as log odds."""
        pairs = zip(self.weights, seen, strict=False)
        return self.base + sum(weight * bounded_log_odds(chance) for weight, chance in pairs)


def bounded_log_odds(chance: float) -> float:
    """Log odds of a chance (0-1) that the finder saw."""
    return log_odds(min(max(chance, LEAST), MOST))


def log_odds(chance: float) -> float:
    """Of a chance above 0 and below 1."""
    return math.log(chance / (1 - chance))


LEAST_PX, EVEN_PX, MOST_PX = 2.0, 8.0, 64.0
"""Beyond the outer two it leans as much as there; at the middle one by the base alone."""


@dataclass(frozen=True)
class ClubBias:
    """A straight line over the logarithm of the width, added to the log odds that a root in view
    is a club: ``base`` at ``EVEN_PX``, and ``per_doubling`` more at twice the width."""

    base: float
    per_doubling: float

    def factor(self, shaft_px: float) -> float:
        """What the odds of a club are multiplied by."""
        return math.exp(self.base + self.per_doubling * doublings(shaft_px))


NO_BIAS = ClubBias(0.0, 0.0)
"""Leans to neither side."""


def doublings(shaft_px: float) -> float:
    """How often ``EVEN_PX`` has to be doubled to give the width, less than 0 below it."""
    return math.log2(min(max(shaft_px, LEAST_PX), MOST_PX) / EVEN_PX)
