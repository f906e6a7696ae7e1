"""Chances that go by how sure the finder was of what it saw."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

LEAST, MOST = 0.01, 0.99
"""Surer than this the finder is never taken to be."""
_NEVER = 1e-12


@dataclass(frozen=True)
class Odds:
    """A chance whose log odds are ``base`` plus each of ``weights`` times the log odds of one
    chance that the finder saw."""

    base: float
    weights: tuple[float, ...] = ()

    @classmethod
    def always(cls, chance: float) -> "Odds":
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
