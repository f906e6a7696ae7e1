"""How far the reading of roots leans to clubs, by the width of the shaft."""

import math
from dataclasses import dataclass

LEAST_PX, EVEN_PX, MOST_PX = 2.0, 8.0, 64.0
"""Beyond the outer two it leans as much as there; at the middle one by the base alone."""


@dataclass(frozen=True)
class Lean:
    """A straight line over the logarithm of the width, added to the log odds that a root in view
    is a club: ``base`` at ``EVEN_PX``, and ``per_doubling`` more at twice the width."""

    base: float
    per_doubling: float

    def factor(self, shaft_px: float) -> float:
        """What the odds of a club are multiplied by."""
        return math.exp(self.base + self.per_doubling * doublings(shaft_px))


UPRIGHT = Lean(0.0, 0.0)
"""Leans to neither side."""


def doublings(shaft_px: float) -> float:
    """How often ``EVEN_PX`` has to be doubled to give the width, less than 0 below it."""
    return math.log2(min(max(shaft_px, LEAST_PX), MOST_PX) / EVEN_PX)
