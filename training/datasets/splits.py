"""An order of examples in which the rare ones come as early as the common ones.

Examples photo by photo, and which photos are held out.
"""

import hashlib
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


HELD_OUT = 0.2
_ENOUGH_FOUND = 100
"""Fewer hairs than this, found in held-out photos, are too few to judge a model by."""


def is_held_out(photo: str) -> bool:
    """A fifth of all photos by the hash of the name: the same ones in every run."""
    return int(_hash(photo)[:8], 16) / 2**32 < HELD_OUT


def split(examples: Sequence[Example]) -> tuple[list[Example], list[Example]]:
    """Examples to fit on, and held out; no photo is in both."""
    fit = [example for example in examples if not is_held_out(example.photo)]
    return fit, [example for example in examples if is_held_out(example.photo)]


def halves(examples: Sequence[Example]) -> tuple[list[Example], list[Example]]:
    """Two halves by the hash of the photo's name; no photo is in both."""
    # The last digit of the hash, since the first ones tell which photos are held out.
    is_odd = [int(_hash(example.photo)[-1], 16) % 2 == 1 for example in examples]
    even = [example for example, odd in zip(examples, is_odd, strict=True) if not odd]
    return even, [example for example, odd in zip(examples, is_odd, strict=True) if odd]


def by_photo(examples: Sequence[Example]) -> list[list[int]]:
    """The places of the examples of each photo."""
    rows: dict[str, list[int]] = {}
    for i, example in enumerate(examples):
        rows.setdefault(example.photo, []).append(i)
    return list(rows.values())


def as_the_product_sees(examples: Sequence[Example]) -> list[Example]:
    """Those that the finder proposed, which is what a user's photo gives; all of them where the
    finder was not used, or found too few hairs."""
    found = [example for example in examples if example.found]
    enough = sum(example.labelled.is_knowable for example in found) >= _ENOUGH_FOUND
    return found if enough else list(examples)


def _hash(photo: str) -> str:
    return hashlib.sha256(photo.encode()).hexdigest()
