"""Splits and orders of examples: held-out photos, halves, and a class-balanced order."""

import hashlib
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from itertools import chain, zip_longest

import numpy as np

from training.datasets.examples import TRUTHS, Example

HELD_OUT_SHARE = 0.2
_MIN_FOUND = 100
"""Minimum number of found hairs in held-out photos to evaluate a model by them alone."""

_GROUP_KEYS: tuple[Callable[[Example], Hashable], ...] = (
    lambda e: e.annotated.truth if e.annotated.truth in TRUTHS[:4] else "part",
    lambda e: e.annotated.attributes.kind or e.annotated.attributes.background,
    lambda e: e.width_bin,
    lambda e: e.annotated.attributes.shade,
)


def balanced(examples: Sequence[Example], seed: int) -> list[Example]:
    """All of ``examples`` in an order in which every first N of them are balanced.

    Equally many of each truth (fragment and rootless together are one), within a truth of each kind
    of root or, without one, of each background, within these of each width bin, within these of
    each shade, until a group is used up. Within a group the strands that the finder proposed come
    first, otherwise the order is random by ``seed``.
    """
    shuffled = [examples[i] for i in np.random.default_rng(seed).permutation(len(examples))]
    shuffled.sort(key=lambda example: not example.found)
    return _round_robin(shuffled, _GROUP_KEYS)


def _round_robin(
    examples: Sequence[Example], keys: Sequence[Callable[[Example], Hashable]]
) -> list[Example]:
    """One of each group in turn; the groups of a key are ordered by the keys after it."""
    if not keys:
        return list(examples)
    groups = defaultdict(list)
    for example in examples:
        groups[keys[0](example)].append(example)
    rounds = zip_longest(*(_round_robin(group, keys[1:]) for group in groups.values()))
    return [example for example in chain.from_iterable(rounds) if example is not None]


def is_held_out_photo(photo: str) -> bool:
    """A fifth of all photos, by the hash of the name: the same ones in every run."""
    return int(_hash(photo)[:8], 16) / 2**32 < HELD_OUT_SHARE


def first_by_hash(photos: Iterable[str], count: int) -> set[str]:
    """The ``count`` photos whose names have the lowest hashes; held-out photos come first."""
    return set(sorted(photos, key=_hash)[:count])


def split_held_out(examples: Sequence[Example]) -> tuple[list[Example], list[Example]]:
    """Examples to fit on, and held-out ones; no photo is in both."""
    fit = [example for example in examples if not is_held_out_photo(example.photo)]
    return fit, [example for example in examples if is_held_out_photo(example.photo)]


def halves(examples: Sequence[Example]) -> tuple[list[Example], list[Example]]:
    """Two halves by the hash of the photo's name; no photo is in both."""
    is_odd = [is_odd_photo(example.photo) for example in examples]
    even = [example for example, odd in zip(examples, is_odd, strict=True) if not odd]
    return even, [example for example, odd in zip(examples, is_odd, strict=True) if odd]


def is_odd_photo(photo: str) -> bool:
    """Whether a photo is in the second half."""
    # By the last digit of the hash, because the first ones decide which photos are held out.
    return int(_hash(photo)[-1], 16) % 2 == 1


def rows_by_photo(examples: Sequence[Example]) -> list[list[int]]:
    """The indices of the examples of each photo."""
    rows: dict[str, list[int]] = {}
    for i, example in enumerate(examples):
        rows.setdefault(example.photo, []).append(i)
    return list(rows.values())


def evaluation_examples(examples: Sequence[Example]) -> list[Example]:
    """The strands that the finder proposed, as in use; all examples if the finder was not used or
    found too few hairs."""
    found = [example for example in examples if example.found]
    knowable = sum(example.annotated.is_knowable for example in found)
    return found if knowable >= _MIN_FOUND else list(examples)


def _hash(photo: str) -> str:
    return hashlib.sha256(photo.encode()).hexdigest()
