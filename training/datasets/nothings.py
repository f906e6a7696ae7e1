"""Lines on things that are no hair: clutter, and whatever in a ground has edges."""

from collections.abc import Iterator

import cv2
import numpy as np
from numpy.typing import NDArray

from data.images.photo import Photo
from data.strands.strand import Strand
from training.datasets.annotations import Facts, Points, TruthPhoto, distance_to_line
from training.datasets.examples import NOT_HAIR, UNTRAINED, Labelled
from training.datasets.outline import ends_of
from training.datasets.synthetic import CLEAR_WIDTHS

NOTHINGS_PER_PHOTO = 8
_LENGTH_WIDTHS = 25.0
_HAIR_FREE_SHAFT_PX = (2.0, 20.0)
"""Widths that are tried where no hair gives one."""


def nothings(photo: Photo, truth: TruthPhoto, rng: np.random.Generator) -> Iterator[Labelled]:
    """Lines of every direction that start clear of all hairs; only that end is trained."""
    for at in _busy_places(photo, truth, rng):
        shaft_px = _shaft_px(truth, rng)
        heading = rng.uniform(0, 2 * np.pi)
        ray = np.array([np.cos(heading), np.sin(heading)]) * shaft_px
        line = at + np.linspace(0, _LENGTH_WIDTHS, 26)[:, None] * ray
        if _is_clear(at, truth):
            strand = Strand(line, shaft_px, ends_of(line, shaft_px, (True, False)), 0.0)
            yield Labelled(strand, "not_hair", (NOT_HAIR, UNTRAINED), Facts(ground=truth.ground))


def _shaft_px(truth: TruthPhoto, rng: np.random.Generator) -> float:
    if truth.hairs:
        widths = [hair.shaft_px for hair in truth.hairs]
        return float(rng.choice(widths) * np.exp(rng.normal(0, 0.3)))
    return float(np.exp(rng.uniform(*np.log(_HAIR_FREE_SHAFT_PX))))


def _is_clear(at: Points, truth: TruthPhoto) -> bool:
    gaps = (distance_to_line(at[None], hair.line)[0] / hair.shaft_px for hair in truth.hairs)
    return all(gap > CLEAR_WIDTHS for gap in gaps)


def _busy_places(photo: Photo, truth: TruthPhoto, rng: np.random.Generator) -> Points:
    """Up to half the places are clutter; the others are the busiest of random ones."""
    inside = truth.clutter[truth.holds(truth.clutter)]
    clutter = rng.permutation(inside)[: NOTHINGS_PER_PHOTO // 2]
    clutter = clutter + rng.normal(0, 4, clutter.shape)
    anywhere = rng.uniform((0, 0), (photo.width, photo.height), (NOTHINGS_PER_PHOTO * 4, 2))
    grey = np.asarray(cv2.cvtColor(photo.pixels, cv2.COLOR_BGR2GRAY), np.uint8)
    busy = np.array([_busyness(grey, int(x), int(y)) for x, y in anywhere])
    rest = anywhere[np.argsort(-busy)[: NOTHINGS_PER_PHOTO - len(clutter)]]
    return np.concatenate([clutter, rest])


def _busyness(grey: NDArray[np.uint8], x: int, y: int) -> float:
    return float(grey[max(0, y - 8) : y + 9, max(0, x - 8) : x + 9].std())
