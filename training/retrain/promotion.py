"""Decides whether a challenger is promoted: only if it is significantly better and forgets nothing.

The log loss on labels must fall by more than chance explains, group by group, and that on the
frozen set must not grow by more.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from scipy.stats import permutation_test

from data.arrays import Array
from training.labels.label import MIN_PER_KIND, NOISE_RATE, HairKind
from training.retrain.evaluation import Evidence, label_noise

MIN_LABELS = 30
"""Fewer labels promote nothing."""
SIGNIFICANCE = 0.05
"""Probability that a challenger which is not better is taken for better. Our choice."""
Z = 1.645
"""Standard errors by which the frozen loss may grow by chance, at the same ``SIGNIFICANCE``."""
SOFTENING = (1.0, 1.2, 1.5, 2.0, 3.0, 5.0, 10.0)
"""Temperatures by which the champion may be made less confident."""
RESAMPLES = 9_999
"""Of the permutation test; up to 13 groups all sign flips are counted."""


class PromotionVerdict(StrEnum):
    """Why a challenger is promoted, or is not."""

    BETTER = "better"
    NO_LABELS = "no_labels"
    TOO_FEW = "too_few"
    TOO_FEW_OF_A_KIND = "too_few_of_a_kind"
    ONE_GROUP = "one_group"
    MANY_LABEL_ERRORS = "many_label_errors"
    NOT_BETTER = "not_better"
    FORGETTING = "forgetting"
    ALREADY_ACTIVE = "already_active"


@dataclass(frozen=True)
class Decision:
    """The verdict and its ``reason`` in a sentence or two.

    ``gain`` is the fall of the balanced log loss, compared with the champion at its best softening,
    ``p_value`` the probability of such a gain by chance, ``forgetting`` the growth of the log loss
    on the frozen set, ``forgetting_se`` its standard error. All are None if nothing could be
    compared.
    """

    verdict: PromotionVerdict
    reason: str
    gain: float | None = None
    p_value: float | None = None
    forgetting: float | None = None
    forgetting_se: float | None = None

    @property
    def promote(self) -> bool:
        """Whether the challenger takes the champion's place."""
        return self.verdict is PromotionVerdict.BETTER


ONE_GROUP = Decision(
    PromotionVerdict.ONE_GROUP,
    "All labels are of one photo or one person, so none can be held out. Label another person's "
    "hairs or another photo.",
)


def decide(evidence: Evidence) -> Decision:
    """The decision on a challenger."""
    if too_few := _too_few(evidence):
        return too_few
    gains = gains_by_group(evidence)
    gain, p_value = sum(gains), permutation_p_value(gains)
    forgetting, forgetting_se = evidence.frozen.growth()
    noise, min_noise = label_noise(evidence.labels)
    if min_noise > NOISE_RATE:
        verdict, reason = PromotionVerdict.MANY_LABEL_ERRORS, _many_label_errors(noise)
    elif p_value > SIGNIFICANCE or gain <= 0:
        verdict, reason = PromotionVerdict.NOT_BETTER, _not_better(gain, p_value)
    elif forgetting > Z * forgetting_se:
        verdict = PromotionVerdict.FORGETTING
        reason = (
            "The new model is better on these photos, but worse at what it knew before: on the "
            f"frozen set its log loss grows by {forgetting:.3f}; {Z * forgetting_se:.3f} could be "
            "chance."
        )
    else:
        verdict = PromotionVerdict.BETTER
        reason = (
            f"On {len(evidence.labels)} labels that the new model had not seen, its balanced log "
            f"loss is lower by {gain:.2f} (p = {p_value:.2g})."
        )
    return Decision(verdict, reason, gain, p_value, forgetting, forgetting_se)


def gains_by_group(evidence: Evidence) -> list[float]:
    """Each group's part of the fall of the balanced log loss; the parts sum to the whole.

    The champion is first softened by the temperature that suits it best on these labels. If labels
    contradict each other, a less confident model loses less without knowing more.
    """
    weights = evidence.weights()
    losses = [
        np.array([each.before.softened(t).loss(each.kind) for each in evidence.labels])
        for t in SOFTENING
    ]
    before = min(losses, key=lambda loss: float(weights @ loss))
    after = np.array([each.after.loss(each.kind) for each in evidence.labels])
    gains: dict[str, float] = defaultdict(float)
    for each, gain in zip(evidence.labels, (weights * (before - after)).tolist(), strict=True):
        gains[each.group] += gain
    return list(gains.values())


def permutation_p_value(gains: Sequence[float]) -> float:
    """The one-sided p-value of the sum of the ``gains`` of at least two groups of photos.

    If both models were equally good, each gain could as well have been a loss, so the signs are
    flipped (paired permutation test).
    """

    def total(values: Array, axis: int) -> Array:
        return np.asarray(values.sum(axis=axis).round(12))  # so that equal sums compare equal

    test = permutation_test(
        (np.array(gains, np.float64),),
        total,
        permutation_type="samples",
        alternative="greater",
        n_resamples=RESAMPLES,
        batch=1000,
        rng=np.random.default_rng(0),
    )
    return float(test.pvalue)


def _too_few(evidence: Evidence) -> Decision | None:
    """The decision if there are too few labels, else None."""
    counts, total = evidence.counts, len(evidence.labels)
    if not total:
        return Decision(
            PromotionVerdict.NO_LABELS,
            "No label can be used to compare models: labels of whole photos do not count, nor do "
            "photos that the active model was trained on.",
        )
    if total < MIN_LABELS:
        reason = f"{total} labels can be used to compare models; {MIN_LABELS} are needed."
        return Decision(PromotionVerdict.TOO_FEW, reason)
    for kind in (HairKind.TELOGEN, HairKind.ANAGEN):
        if counts[kind] < MIN_PER_KIND:
            reason = f"{counts[kind]} labels are {kind}; {MIN_PER_KIND} are needed."
            return Decision(PromotionVerdict.TOO_FEW_OF_A_KIND, reason)
    return ONE_GROUP if len({each.group for each in evidence.labels}) < 2 else None


def _many_label_errors(share: float) -> str:
    return (
        f"About {share:.0%} of the labels confuse telogen and anagen, by a model fitted to the "
        f"others; up to {NOISE_RATE:.0%} are expected. Either labels are wrong, or these hairs are "
        "unlike all that the model knows. Check the labels in the report, correct the wrong ones, "
        "and retrain."
    )


def _not_better(gain: float, p_value: float) -> str:
    if gain <= 0:
        return "The new model is not better than the active one on labels that it had not seen."
    return (
        "The new model is not significantly better on labels that it had not seen: its balanced "
        f"log loss is lower by {gain:.2f} (p = {p_value:.2g})."
    )
