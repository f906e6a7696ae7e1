"""By how much a challenger loses less than the model in force, and whether that can be chance."""

from collections import defaultdict
from collections.abc import Sequence

import numpy as np

from training.retrain.evaluation import Array, Evidence

DOUBTS = (1.0, 1.2, 1.5, 2.0, 3.0, 5.0, 10.0)
"""By which temperatures the model in force may be made less sure."""
FLIPS = 10_000
_ALL_FLIPS_UP_TO = 13
"""With so many groups every way to flip them is counted."""


def gains_by_group(evidence: Evidence) -> list[float]:
    """How much of the fall of the balanced log loss is each group's; their sum is the whole.

    The model in force is first made as unsure as suits it best on these very labels. Where labels
    contradict each other whoever doubts more loses less, and knows no more of hairs.
    """
    weights = evidence.weights()
    after = np.array([each.after.loss(each.kind) for each in evidence.judged])
    gained = weights * (_least_lost(evidence, weights) - after)
    gains: dict[str, float] = defaultdict(float)
    for each, gain in zip(evidence.judged, gained.tolist(), strict=True):
        gains[each.group] += gain
    return list(gains.values())


def chance_of_gain(gains: Sequence[float]) -> float:
    """How likely a sum as great as that of ``gains`` is if champion and challenger were equally
    good: one-sided paired permutation test.

    Each gain is that of a group of photos. If both were equally good, each could as well have been
    a loss, so all signs are flipped at random (or in all ways, if they are few).
    """
    values = np.array(gains, np.float64)
    flipped = _flips(len(values)) @ values
    # The sum itself is among the ways, and rounding must not make it miss itself.
    return float((flipped >= values.sum() - 1e-12).mean())


def _least_lost(evidence: Evidence, weights: Array) -> Array:
    """What the model in force loses (N,), as unsure as suits it best."""
    losses = (
        np.array([each.before.doubted(doubt).loss(each.kind) for each in evidence.judged])
        for doubt in DOUBTS
    )
    return min(losses, key=lambda loss: float(weights @ loss))


def _flips(groups: int) -> Array:
    """Signs (F, groups), the first row all +1."""
    if groups <= _ALL_FLIPS_UP_TO:
        ways = np.arange(2**groups)[:, None] >> np.arange(groups) & 1
        return np.asarray(1.0 - 2.0 * ways)
    drawn = np.random.default_rng(0).choice([-1.0, 1.0], (FLIPS, groups))
    drawn[0] = 1.0
    return drawn
