"""Probabilities that depend on what the finder found, and the bias to clubs by shaft width."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

MIN_CONFIDENCE, MAX_CONFIDENCE = 0.01, 0.99
"""The finder's confidences are clipped to this range."""
_MIN_PROBABILITY = 1e-12


@dataclass(frozen=True)
class LogisticModel:
    """A logistic regression: the log odds are ``base`` plus each of ``weights`` times one input."""

    base: float
    weights: tuple[float, ...] = ()

    @classmethod
    def constant(cls, probability: float) -> "LogisticModel":
        """The same probability (0-1) for all inputs."""
        return cls(log_odds(min(max(probability, _MIN_PROBABILITY), 1 - _MIN_PROBABILITY)))

    def probability(self, inputs: Sequence[float]) -> float:
        """The probability (0-1) given an input for each weight; more are ignored."""
        return 1 / (1 + math.exp(-self.log_odds(inputs)))

    def log_odds(self, inputs: Sequence[float]) -> float:
        """The log odds given an input for each weight; more are ignored."""
        pairs = zip(self.weights, inputs, strict=False)
        return self.base + sum(weight * each for weight, each in pairs)


def bounded_log_odds(confidence: float) -> float:
    """Log odds of a confidence (0-1) of the finder, clipped."""
    return log_odds(min(max(confidence, MIN_CONFIDENCE), MAX_CONFIDENCE))


def log_odds(probability: float) -> float:
    """Log odds of a probability above 0 and below 1."""
    return math.log(probability / (1 - probability))


MIN_PX, REFERENCE_PX, MAX_PX = 2.0, 8.0, 64.0
"""Shaft widths are clipped to the outer two; at the middle one the bias is the base alone."""


@dataclass(frozen=True)
class ClubBias:
    """Correction of the log odds that a root in view is a club, linear in the log of the width.

    ``base`` is added at ``REFERENCE_PX``, and ``per_doubling`` more at twice the width.
    """

    base: float
    per_doubling: float

    def odds_factor(self, shaft_px: float) -> float:
        """The factor for the odds of a club at a shaft width."""
        return math.exp(self.base + self.per_doubling * doublings(shaft_px))


NO_BIAS = ClubBias(0.0, 0.0)


def doublings(shaft_px: float) -> float:
    """Log2 of the clipped shaft width over ``REFERENCE_PX``."""
    return math.log2(min(max(shaft_px, MIN_PX), MAX_PX) / REFERENCE_PX)
