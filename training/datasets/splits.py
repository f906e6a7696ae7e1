"""An order of examples in which the rare ones come as early as the common ones."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Sequence
from itertools import chain, zip_longest

import numpy as np

from training.datasets.examples import TRUTHS, Example

Key = Callable[[Example], Hashable]


def balanced(examples: Sequence[Example], seed: int) -> list[Example]:
    """All of ``examples``, so that each first so many of them are balanced.

    As many of each class of strand (fragments and rootless ones together are one), among these of
    each kind of root or, without one, ground, among these of each tier of width, among these of
    each shade, until a group is used up. Within a group those that the finder proposed come first,
    else ``seed`` decides.
    """
    shuffled = [examples[i] for i in np.random.default_rng(seed).permutation(len(examples))]
    shuffled.sort(key=lambda example: not example.found)
    return _in_turn(shuffled, (_class_of, _kind_of, _tier_of, _shade_of))


def _tier_of(example: Example) -> str:
    return example.tier


def _class_of(example: Example) -> str:
    truth = example.labelled.truth
    return truth if truth in TRUTHS[:4] else "part"


def _kind_of(example: Example) -> str:
    return example.labelled.facts.kind or example.labelled.facts.ground


def _shade_of(example: Example) -> str:
    return example.labelled.facts.shade


def _in_turn(examples: Sequence[Example], keys: Sequence[Key]) -> list[Example]:
    """One of each group in turn, the groups of a key being ordered by the keys after it."""
    if not keys:
        return list(examples)
    groups = defaultdict(list)
    for example in examples:
        groups[keys[0](example)].append(example)
    rounds = zip_longest(*(_in_turn(group, keys[1:]) for group in groups.values()))
    return [example for example in chain.from_iterable(rounds) if example is not None]
