"""Figures of two models on the same labels, before and after, with how sure their change is."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from model.labelling.tiers import ALL
from training.retrain.evaluation import LEAST_OF_KIND, Array, JudgedLabel
from training.retrain.label_probabilities import KINDS, LabelChances

DRAWS = 1000
"""How often groups are drawn anew for an interval."""
INTERVAL = (0.025, 0.975)
"""The quantiles between which 95 % lie."""

Figure = Callable[[LabelChances, str], float]
"""Of what is thought of a hair, and the kind that it is said to be."""


@dataclass(frozen=True)
class Change:
    """A mean over so many ``labels``, ``before`` and ``after``.

    ``interval`` holds its change with a chance of 95 %, ``noise`` is the standard error of that;
    None where the labels of a kind are all of one group, so that neither can be told.
    """

    labels: int
    before: float
    after: float
    interval: tuple[float, float] | None
    noise: float | None

    @property
    def by(self) -> float:
        """By how much it grows."""
        return self.after - self.before


def is_right(thought: LabelChances, kind: str) -> float:
    """1 if the likeliest kind is the one that was said, else 0."""
    return float(thought.likeliest == kind)


def log_loss(thought: LabelChances, kind: str) -> float:
    """Minus the log of the chance of what was said."""
    return thought.loss(kind)


def means(some: Sequence[JudgedLabel], figure: Figure) -> tuple[float, float]:
    """The mean before and after, of at least one label."""
    before = np.mean([figure(each.before, each.kind) for each in some])
    return float(before), float(np.mean([figure(each.after, each.kind) for each in some]))


def changes(judged: Sequence[JudgedLabel], figure: Figure) -> dict[str, Change]:
    """The change of each kind with ``LEAST_OF_KIND`` labels, and of ``ALL``, in which every such
    kind counts the same; empty if there is none.

    The interval is that of the bootstrap by groups (Efron 1979; Davison and Hinkley 1997, 3.8):
    whole groups are drawn with replacement, since hairs of one photo or person are alike.
    """
    counts = Counter(each.kind for each in judged)
    kinds = [kind for kind in KINDS if counts[kind] >= LEAST_OF_KIND]
    if not kinds:
        return {}
    sums = _sums(judged, kinds, figure)
    of, before, after = sums.sum(axis=1)
    drawn = _drawn_changes(sums)
    told = (sums[0] > 0).sum(axis=0) > 1
    found = {
        kind: _change(int(of[k]), before[k] / of[k], after[k] / of[k], drawn[:, k], bool(told[k]))
        for k, kind in enumerate(kinds)
    }
    means = (before / of).mean(), (after / of).mean()
    return found | {ALL: _change(int(of.sum()), *means, drawn.mean(axis=1), bool(told.all()))}


def _sums(judged: Sequence[JudgedLabel], kinds: Sequence[str], figure: Figure) -> Array:
    """Labels, and sums of the figure before and after: (3, groups, kinds)."""
    groups = {name: row for row, name in enumerate(sorted({each.group for each in judged}))}
    sums = np.zeros((3, len(groups), len(kinds)))
    for each in judged:
        if each.kind in kinds:
            values = 1.0, figure(each.before, each.kind), figure(each.after, each.kind)
            sums[:, groups[each.group], kinds.index(each.kind)] += values
    return sums


def _drawn_changes(sums: Array) -> Array:
    """The change of each kind's mean (DRAWS, kinds), NaN where none of its labels was drawn."""
    of, before, after = sums
    groups = len(of)
    drawn = np.random.default_rng(0).multinomial(groups, np.full(groups, 1 / groups), DRAWS)
    with np.errstate(invalid="ignore"):
        return np.asarray((drawn @ (after - before)) / (drawn @ of))


def _change(labels: int, before: float, after: float, drawn: Array, is_told: bool) -> Change:
    if not is_told:
        return Change(labels, before, after, None, None)
    low, high = np.nanquantile(drawn, INTERVAL)
    return Change(labels, before, after, (float(low), float(high)), float(np.nanstd(drawn)))
