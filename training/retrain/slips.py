"""How many labels say the opposite of what is seen by a model fitted to the others."""

from collections.abc import Sequence

import numpy as np

from training.retrain.evaluation import JudgedLabel
from training.retrain.label_probabilities import NOTHING

SHARES = np.linspace(0, 0.5, 101)
"""Candidates."""
_NEAR = 1.645**2 / 2
"""So much below the greatest log likelihood the one-sided interval of 95 % ends."""


def share_of_slips(judged: Sequence[JudgedLabel]) -> tuple[float, float]:
    """The likeliest share of labels that say telogen for anagen or the other way round, and its
    lower limit (95 %, profile likelihood); 0 and 0 where there are none.

    Each label is taken for right or for a slip, by the chances of the challenger that had not seen
    it. A network that is too sure of itself seems to find slips, too: so they are a reason to look
    at labels, not a proof that they are wrong.
    """
    known = [each for each in judged if each.kind != NOTHING]
    if not known:
        return 0.0, 0.0
    said = np.array([each.after.of(each.kind) for each in known])
    real = np.array([each.after.telogen + each.after.anagen for each in known])
    right = said / np.maximum(real, 1e-9)
    chances = right[:, None] * (1 - SHARES) + (1 - right[:, None]) * SHARES
    likelihoods = np.log(np.maximum(chances, 1e-9)).sum(axis=0)
    best = int(np.argmax(likelihoods))
    low = int(np.argmax(likelihoods >= likelihoods[best] - _NEAR))
    return float(SHARES[best]), float(SHARES[low])
