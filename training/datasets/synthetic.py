"""Hairs drawn straight from the truth of a photo, for the roots that the finder misses.

The pose of each end is jittered as a finder's would be, so that the network leans on none.

Lines on things that are no hair: clutter, and whatever in a ground has edges.

Lines of points as strands: length, ends, contrast.
"""

from collections.abc import Iterator

import cv2
import numpy as np
from numpy.typing import NDArray

from data.images.photo import Photo
from data.strands.strand import End, EndState, Strand
from training.datasets.annotations import (
    AnnotatedHair,
    AnnotatedPhoto,
    Attributes,
    Points,
    distance_to_line,
)
from training.datasets.examples import BARE, NOT_HAIR, UNTRAINED, Labelled
from training.datasets.matching import CLASS_OF_ROOT

_HEADING_WIDTHS = 5.0
"""The direction of an end is taken over this much shaft."""
_GROUND_WIDTHS = 3.0
"""The ground is looked at this far beside a shaft."""


def length_px(line: Points) -> float:
    """Length of a line (N, 2)."""
    return float(np.linalg.norm(np.diff(line, axis=0), axis=1).sum())


def step_px(line: Points) -> float:
    """Mean distance from point to point."""
    return max(1e-3, length_px(line) / max(1, len(line) - 1))


def ends_of(line: Points, shaft_px: float, seen: tuple[bool, bool]) -> tuple[End, End]:
    """Both ends of a line; one that is not ``seen`` has left the photo."""
    return _end(line, shaft_px, seen[0]), _end(line[::-1], shaft_px, seen[1])


def contrast_of(photo: Photo, line: Points, shaft_px: float) -> float:
    """Median grey level on a line minus that of the ground on both sides."""
    grey = cv2.cvtColor(photo.pixels, cv2.COLOR_BGR2GRAY)
    ahead = np.gradient(line, axis=0)
    aside = np.column_stack([-ahead[:, 1], ahead[:, 0]])
    reach = np.maximum(np.linalg.norm(aside, axis=1, keepdims=True), 1e-9)
    aside *= _GROUND_WIDTHS * shaft_px / reach
    ground = np.concatenate([line + aside, line - aside])
    return _median_at(np.asarray(grey, np.uint8), line) - _median_at(
        np.asarray(grey, np.uint8), ground
    )


def _end(line: Points, shaft_px: float, seen: bool) -> End:
    back = max(1, round(_HEADING_WIDTHS * shaft_px / step_px(line)))
    out = line[0] - line[min(len(line) - 1, back)]
    state = EndState.VISIBLE if seen else EndState.OUT_OF_PHOTO
    return End(float(line[0, 0]), float(line[0, 1]), float(np.arctan2(out[1], out[0])), state)


def _median_at(grey: NDArray[np.uint8], points: Points) -> float:
    limit = (grey.shape[1] - 1, grey.shape[0] - 1)
    x, y = np.clip(np.rint(points), 0, limit).astype(int).T
    return float(np.median(grey[y, x]))


JITTER_WIDTHS = 1.5
JITTER_RAD = np.radians(8)
JITTER_LOG_SCALE = 0.15
DRAWS_PER_HAIR = 2
CLEAR_WIDTHS = 12.0
"""So far from an end of a hair, a crop shows nothing of it."""
LEAST_WIDTHS = 6.0
"""A hair of which less is in the photo is left alone."""


def hairs_from_truth(truth: AnnotatedPhoto, rng: np.random.Generator) -> Iterator[Labelled]:
    """Every hair of a photo ``DRAWS_PER_HAIR`` times, as a finder might report it."""
    for hair in truth.hairs:
        line, root_seen, tip_seen = run_in_photo(hair, truth)
        if length_px(line) < LEAST_WIDTHS * hair.shaft_px or _is_covered(hair, truth):
            continue
        classes = (
            CLASS_OF_ROOT[hair.root] if root_seen else UNTRAINED,
            BARE if tip_seen else UNTRAINED,
        )
        kind = hair.root if root_seen else "rootless"
        for _ in range(DRAWS_PER_HAIR):
            yield Labelled(
                _drawn(line, hair, (root_seen, tip_seen), rng), kind, classes, hair.facts
            )


def pieces_from_truth(truth: AnnotatedPhoto, rng: np.random.Generator) -> Iterator[Labelled]:
    """Pieces that begin and stop in the midst of a shaft: neither end is an end of a hair."""
    for hair in truth.hairs:
        line, *_ = run_in_photo(hair, truth)
        clear = int(np.ceil(CLEAR_WIDTHS * hair.shaft_px / step_px(line)))
        if len(line) < 2 * clear + 4:
            continue
        start, stop = np.sort(rng.choice(np.arange(clear, len(line) - clear), 2, replace=False))
        if stop - start >= 2:
            piece = _jittered(line[start : stop + 1], (True, True), hair.shaft_px, rng)
            yield Labelled(piece, "fragment", (NOT_HAIR, NOT_HAIR), hair.facts)


def run_in_photo(hair: AnnotatedHair, truth: AnnotatedPhoto) -> tuple[Points, bool, bool]:
    """The stretch of a hair inside the photo that reaches its root, or else its tip, or else its
    first; and whether root and tip are on it."""
    inside = np.concatenate([[False], truth.holds(hair.line), [False]])
    turns = np.flatnonzero(np.diff(inside.astype(int)))
    if not len(turns):
        return hair.line[:0], False, False
    runs = turns.reshape(-1, 2)
    start, stop = runs[-1] if not inside[1] and inside[-2] else runs[0]
    root_seen = bool(start == 0 and hair.root_in_photo)
    tip_seen = bool(stop == len(hair.line) and hair.tip_in_photo)
    return hair.line[start:stop], root_seen, tip_seen


def _is_covered(hair: AnnotatedHair, truth: AnnotatedPhoto) -> bool:
    """Whether another hair lies over the root."""
    others = (other for other in truth.hairs if other is not hair)
    root = hair.root_xy[None]
    return any(
        distance_to_line(root, other.line)[0] < 1.5 * (hair.shaft_px + other.shaft_px)
        for other in others
    )


def _drawn(
    line: Points, hair: AnnotatedHair, seen: tuple[bool, bool], rng: np.random.Generator
) -> Strand:
    """The root's end may be found anywhere from the neck of the bulb to its far tip."""
    if seen[0]:
        neck_to_tip = hair.root_tip_xy - hair.root_xy
        line = np.vstack([line[0] + rng.uniform(0, 1) * neck_to_tip, line])
    return _jittered(line, seen, hair.shaft_px, rng)


def _jittered(
    line: Points, seen: tuple[bool, bool], true_shaft_px: float, rng: np.random.Generator
) -> Strand:
    shaft_px = true_shaft_px * float(np.exp(rng.normal(0, JITTER_LOG_SCALE)))
    first, second = ends_of(line, shaft_px, seen)
    return Strand(
        line, shaft_px, (_moved(first, shaft_px, rng), _moved(second, shaft_px, rng)), 0.0
    )


def _moved(end: End, shaft_px: float, rng: np.random.Generator) -> End:
    # Along the shaft a finder errs more than across it.
    along, across = rng.normal(0, (JITTER_WIDTHS, JITTER_WIDTHS / 3)) * shaft_px
    cos, sin = np.cos(end.direction), np.sin(end.direction)
    return End(
        x=float(end.x + along * cos - across * sin),
        y=float(end.y + along * sin + across * cos),
        direction=float(end.direction + rng.normal(0, JITTER_RAD)),
        state=end.state,
    )


NEGATIVES_PER_PHOTO = 8
_LENGTH_WIDTHS = 25.0
_HAIR_FREE_SHAFT_PX = (2.0, 20.0)
"""Widths that are tried where no hair gives one."""


def sample_negatives(
    photo: Photo, truth: AnnotatedPhoto, rng: np.random.Generator
) -> Iterator[Labelled]:
    """Lines of every direction that start clear of all hairs; only that end is trained."""
    for at in _busy_places(photo, truth, rng):
        shaft_px = _shaft_px(truth, rng)
        heading = rng.uniform(0, 2 * np.pi)
        ray = np.array([np.cos(heading), np.sin(heading)]) * shaft_px
        line = at + np.linspace(0, _LENGTH_WIDTHS, 26)[:, None] * ray
        if _is_clear(at, truth):
            strand = Strand(line, shaft_px, ends_of(line, shaft_px, (True, False)), 0.0)
            yield Labelled(
                strand, "not_hair", (NOT_HAIR, UNTRAINED), Attributes(ground=truth.ground)
            )


def _shaft_px(truth: AnnotatedPhoto, rng: np.random.Generator) -> float:
    if truth.hairs:
        widths = [hair.shaft_px for hair in truth.hairs]
        return float(rng.choice(widths) * np.exp(rng.normal(0, 0.3)))
    return float(np.exp(rng.uniform(*np.log(_HAIR_FREE_SHAFT_PX))))


def _is_clear(at: Points, truth: AnnotatedPhoto) -> bool:
    gaps = (distance_to_line(at[None], hair.line)[0] / hair.shaft_px for hair in truth.hairs)
    return all(gap > CLEAR_WIDTHS for gap in gaps)


def _busy_places(photo: Photo, truth: AnnotatedPhoto, rng: np.random.Generator) -> Points:
    """Up to half the places are clutter; the others are the busiest of random ones."""
    inside = truth.clutter[truth.holds(truth.clutter)]
    clutter = rng.permutation(inside)[: NEGATIVES_PER_PHOTO // 2]
    clutter = clutter + rng.normal(0, 4, clutter.shape)
    anywhere = rng.uniform((0, 0), (photo.width, photo.height), (NEGATIVES_PER_PHOTO * 4, 2))
    grey = np.asarray(cv2.cvtColor(photo.pixels, cv2.COLOR_BGR2GRAY), np.uint8)
    busy = np.array([_busyness(grey, int(x), int(y)) for x, y in anywhere])
    rest = anywhere[np.argsort(-busy)[: NEGATIVES_PER_PHOTO - len(clutter)]]
    return np.concatenate([clutter, rest])


def _busyness(grey: NDArray[np.uint8], x: int, y: int) -> float:
    return float(grey[max(0, y - 8) : y + 9, max(0, x - 8) : x + 9].std())
