"""The worst mistakes: ends of which the network was surest, and wrong."""

from collections import Counter
from collections.abc import Sequence

from training.evaluation.predictions import JudgedEnd

SHOWN = 24
PER_PHOTO = 2
"""A photo that is hard all over would fill the sheet."""


def worst_mistakes(ends: Sequence[JudgedEnd]) -> list[JudgedEnd]:
    """At most ``SHOWN`` misread ends, the surest first, at most ``PER_PHOTO`` of a photo."""
    taken: Counter[str] = Counter()
    shown: list[JudgedEnd] = []
    for end in sorted(ends, key=lambda end: -end.sure):
        if end.is_right or taken[end.example.photo] == PER_PHOTO or len(shown) == SHOWN:
            continue
        taken[end.example.photo] += 1
        shown.append(end)
    return shown
