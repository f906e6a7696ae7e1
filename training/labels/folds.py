"""Labels split to judge a model by: no person and no photo is on both sides."""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from training.labels.groups import Groups
from training.labels.labelled_strand import LabelledStrand

FOLDS = 5
HELD_OUT = 0.2
"""The share of groups that is held out of larger sets."""
LARGE, LEAST_GROUPS = 1000, 50
"""With as many labels in as many groups a part can be held out and still be enough to judge by.
Our choices."""


@dataclass(frozen=True)
class Split:
    """Places in the list of hairs: those of each fold of a cross-validation, and those held out,
    which no fold has. Fewer than two folds mean that there is nothing to cross-validate."""

    folds: tuple[tuple[int, ...], ...]
    held_out: tuple[int, ...]


def split(hairs: Sequence[LabelledStrand], groups: Groups, folds: int = FOLDS) -> Split:
    """At most ``folds`` folds of whole groups, with as even a share of each label as they allow.

    What is held out goes by a hash of the group's name, so more labels do not change it. The same
    hairs give the same split, in whatever order.
    """
    members: dict[str, list[int]] = defaultdict(list)
    for i, hair in enumerate(hairs):
        members[groups[hair.photo]].append(i)
    is_large = len(hairs) >= LARGE and len(members) >= LEAST_GROUPS
    held_out = {name for name in members if is_large and _hash(name) < HELD_OUT}
    counts = {
        name: Counter(hairs[i].said.value for i in rows)
        for name, rows in members.items()
        if name not in held_out
    }
    dealt = [sorted(i for name in names for i in members[name]) for names in _deal(counts, folds)]
    held = sorted(i for name in held_out for i in members[name])
    return Split(tuple(map(tuple, dealt)), tuple(held))


def _deal(counts: Mapping[str, Counter[str]], folds: int) -> list[list[str]]:
    """The names of groups in folds: the largest first, each to where its labels lack most."""
    total = sum(counts.values(), Counter[str]())
    dealt: list[list[str]] = [[] for _ in range(min(folds, len(counts)))]
    has = [Counter[str]() for _ in dealt]
    for name in sorted(counts, key=lambda name: (-counts[name].total(), _hash(name), name)):
        fold = min(range(len(dealt)), key=lambda k: _crowding(has[k], counts[name], total))
        dealt[fold].append(name)
        has[fold] += counts[name]
    return dealt


def _crowding(has: Counter[str], more: Counter[str], total: Counter[str]) -> tuple[float, int]:
    """By how much ``more`` makes the sum of the squared shares of a fold's labels grow."""
    growth = sum(((has[k] + n) ** 2 - has[k] ** 2) / total[k] ** 2 for k, n in more.items())
    return growth, has.total()


def _hash(name: str) -> float:
    """A number from 0 up to 1."""
    return int(hashlib.sha256(name.encode()).hexdigest()[:8], 16) / 2**32
