"""Examples photo by photo, and which photos are held out."""

import hashlib
from collections.abc import Sequence

from training.datasets.examples import Example

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
