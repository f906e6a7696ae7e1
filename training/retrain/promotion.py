"""Whether a challenger takes the champion's place: only if it is better for sure, and forgets
nothing.

By how much a challenger loses less than the model in force, and whether that can be chance.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from data.arrays import Array
from training.retrain.evaluation import Evidence, FrozenLosses, label_noise
from training.retrain.label_probabilities import ANAGEN, LEAST_OF_KIND, NOISE_RATE, TELOGEN

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


LEAST_LABELS = 30
"""Fewer labels promote nothing."""
LEVEL = 0.05
"""The chance that a challenger which is not better is taken for one. Our choice."""
Z = 1.645
"""Standard errors that a loss may be by chance, at the same ``LEVEL``."""
_NOTHING_TO_JUDGE_BY = (
    "There is no label that a model could be judged by: neither photos of one class count nor "
    "photos that the model in force was fitted to."
)


class Verdict(StrEnum):
    """Why a challenger is promoted, or is not."""

    BETTER = "better"
    NO_LABELS = "no_labels"
    TOO_FEW = "too_few"
    TOO_FEW_OF_A_KIND = "too_few_of_a_kind"
    ONE_GROUP = "one_group"
    MANY_SLIPS = "many_slips"
    NOT_BETTER = "not_better"
    FORGETS = "forgets"
    IN_FORCE = "in_force"


@dataclass(frozen=True)
class Decision:
    """The verdict and its ``reason`` in a sentence or two.

    ``gain`` is by how much the balanced log loss falls, compared with that of the model in force
    made as unsure as suits it best, ``p_value`` how likely so much is by chance, ``forgotten`` by
    how much the log loss on the frozen set grows, ``noise`` the standard error of that; all None
    where nothing could be compared.
    """

    verdict: Verdict
    reason: str
    gain: float | None = None
    p_value: float | None = None
    forgotten: float | None = None
    noise: float | None = None

    @property
    def promote(self) -> bool:
        """Whether the challenger takes the champion's place."""
        return self.verdict is Verdict.BETTER


ONE_GROUP = Decision(
    Verdict.ONE_GROUP,
    "All labels to judge a model by are of one photo or one person, so none can be held out.",
)


def decide(evidence: Evidence) -> Decision:
    """The decision. Nothing is promoted on what the labels do not show."""
    if refused := too_little(evidence):
        return refused
    gains = gains_by_group(evidence)
    gain, p_value = sum(gains), chance_of_gain(gains)
    forgotten, noise = growth(evidence.frozen)
    figures = (gain, p_value, forgotten, noise)
    slips, at_least = label_noise(evidence.judged)
    if at_least > NOISE_RATE:
        return Decision(Verdict.MANY_SLIPS, _many_slips(slips), *figures)
    if p_value > LEVEL or gain <= 0:
        return Decision(Verdict.NOT_BETTER, _not_better(gain, p_value), *figures)
    if loses(evidence.frozen):
        return Decision(Verdict.FORGETS, _forgets(evidence.frozen), *figures)
    return Decision(Verdict.BETTER, _better(evidence, gain, p_value), *figures)


def growth(frozen: FrozenLosses) -> tuple[float, float]:
    """By how much the balanced log loss on the frozen set grows, and the standard error of that,
    photo by photo."""
    grown = frozen.weights * (frozen.after - frozen.before)
    total = float(grown.sum())
    by_photo = [grown[frozen.rows(photo)].sum() for photo in sorted(set(frozen.photos))]
    spread = float(np.std(by_photo, ddof=1)) if len(by_photo) > 1 else 0.0
    return total, spread * len(by_photo) ** 0.5


def too_little(evidence: Evidence) -> Decision | None:
    """Why nothing can be promoted on so little, or None if there is enough."""
    counts, total = evidence.counts, len(evidence.judged)
    if not total:
        return Decision(Verdict.NO_LABELS, _NOTHING_TO_JUDGE_BY)
    if total < LEAST_LABELS:
        sentence = f"There are {total} labels to judge a model by; {LEAST_LABELS} are needed."
        return Decision(Verdict.TOO_FEW, sentence)
    for kind in (TELOGEN, ANAGEN):
        if counts[kind] < LEAST_OF_KIND:
            return Decision(
                Verdict.TOO_FEW_OF_A_KIND,
                f"Of {kind} hairs there are {counts[kind]} labels; {LEAST_OF_KIND} are needed.",
            )
    if len({each.group for each in evidence.judged}) < 2:
        return ONE_GROUP
    return None


def _better(evidence: Evidence, gain: float, p_value: float) -> str:
    return (
        f"On {len(evidence.judged)} labels that it had not seen, its balanced log loss is lower by "
        f"{gain:.2f}; by chance that happens in {_percent(p_value)} of cases."
    )


def _many_slips(share: float) -> str:
    return (
        f"About {_percent(share)} of the labels say telogen where a model fitted to the others "
        f"sees anagen, or the other way round; up to {_percent(NOISE_RATE)} are taken for slips. "
        "Either labels are wrong, or these hairs look unlike all that it knows. Look at the labels "
        "in the report, mend those that are wrong, and train again."
    )


def _not_better(gain: float, p_value: float) -> str:
    if gain <= 0:
        return "On labels that it had not seen it is no better than the model in force."
    return (
        f"On labels that it had not seen it seems better, by {gain:.2f} in balanced log loss, but "
        f"that can be chance: it happens in {_percent(p_value)} of cases."
    )


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %" if share >= 0.01 else f"{100 * share:.2f} %"


def loses(frozen: FrozenLosses) -> bool:
    """Whether the frozen set is read worse, beyond noise."""
    grown, noise = growth(frozen)
    return grown > Z * noise


def _forgets(frozen: FrozenLosses) -> str:
    grown, noise = growth(frozen)
    return (
        "It reads these photos better, but what the model could do before it does worse: on the "
        f"frozen set its log loss grows by {grown:.3f}, where {Z * noise:.3f} could be chance."
    )
