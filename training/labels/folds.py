"""Splits labels for evaluation: no person and no photo is on both sides.

The greedy rule is that of ``sklearn.model_selection.StratifiedGroupKFold``. It is written out here
because ``shedlight check-labels`` runs on the base install, without scikit-learn.
"""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from training.labels.groups import Groups
from training.labels.labelled_strand import LabelledStrand

FOLDS = 5
HELD_OUT_SHARE = 0.2
"""Share of the groups that is held out of large sets."""
MIN_HELD_OUT_LABELS, MIN_HELD_OUT_GROUPS = 1000, 50
"""From this many labels and groups on a part is held out: it is large enough to evaluate on, and
the rest to fit to. Our choices."""


@dataclass(frozen=True)
class Split:
    """Rows of the list of hairs: those of each fold, and those held out, which are in no fold.

    With fewer than two folds there is nothing to cross-validate.
    """

    folds: tuple[tuple[int, ...], ...]
    held_out: tuple[int, ...]


def split_labels(hairs: Sequence[LabelledStrand], groups: Groups, folds: int = FOLDS) -> Split:
    """At most ``folds`` folds of whole groups, each with as even a share of each label as possible.

    A hash of its name decides whether a group is held out, so more labels do not change it. The
    split does not depend on the order of the hairs.
    """
    members: dict[str, list[int]] = defaultdict(list)
    for i, hair in enumerate(hairs):
        members[groups[hair.photo]].append(i)
    is_large = len(hairs) >= MIN_HELD_OUT_LABELS and len(members) >= MIN_HELD_OUT_GROUPS
    held_out = {name for name in members if is_large and _hash(name) < HELD_OUT_SHARE}
    counts = {
        name: Counter(hairs[i].label.value for i in rows)
        for name, rows in members.items()
        if name not in held_out
    }
    rows = [sorted(i for name in names for i in members[name]) for names in _deal(counts, folds)]
    held = sorted(i for name in held_out for i in members[name])
    return Split(tuple(map(tuple, rows)), tuple(held))


def _deal(counts: Mapping[str, Counter[str]], folds: int) -> list[list[str]]:
    """The names of groups in folds: the largest first, each where its labels are rarest."""
    total = sum(counts.values(), Counter[str]())
    dealt: list[list[str]] = [[] for _ in range(min(folds, len(counts)))]
    has = [Counter[str]() for _ in dealt]

    def crowding(fold: int, more: Counter[str]) -> tuple[float, int]:
        """The growth of the sum of the squared shares of a fold's labels; the fold's size."""
        old = has[fold]
        growth = sum(((old[k] + n) ** 2 - old[k] ** 2) / total[k] ** 2 for k, n in more.items())
        return growth, old.total()

    for name in sorted(counts, key=lambda name: (-counts[name].total(), _hash(name), name)):
        fold = min(range(len(dealt)), key=lambda k: crowding(k, counts[name]))
        dealt[fold].append(name)
        has[fold] += counts[name]
    return dealt


def _hash(name: str) -> float:
    """A number from 0 up to 1."""
    return int(hashlib.sha256(name.encode()).hexdigest()[:8], 16) / 2**32
