"""Which photos are held out."""

import hashlib
from collections.abc import Sequence

from training.example import Example

HELD_OUT = 0.2


def is_held_out(photo: str) -> bool:
    """A fifth of all photos by the hash of the name: the same ones in every run."""
    first = int(hashlib.sha256(photo.encode()).hexdigest()[:8], 16)
    return first / 2**32 < HELD_OUT


def split(examples: Sequence[Example]) -> tuple[list[Example], list[Example]]:
    """Examples to fit on, and held out; no photo is in both."""
    fit = [example for example in examples if not is_held_out(example.photo)]
    return fit, [example for example in examples if is_held_out(example.photo)]
