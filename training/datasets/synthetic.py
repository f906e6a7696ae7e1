"""Strands made from a photo's annotations: hairs, fragments of hairs, and negatives.

They cover the roots that the finder misses. The pose of each end is jittered as a finder's would
be, so that the network does not depend on an exact pose.
"""

from collections.abc import Iterator

import cv2
import numpy as np

from data.arrays import Array, Pixels
from data.images.photo import Photo
from data.strands.strand import End, EndState, Strand
from training.datasets.annotations import (
    AnnotatedHair,
    AnnotatedPhoto,
    Attributes,
    distance_to_line,
)
from training.datasets.examples import BARE, NOT_HAIR, UNTRAINED, AnnotatedStrand
from training.datasets.matching import CLASS_OF_ROOT

COPIES_PER_HAIR = 2
JITTER_WIDTHS = 1.5
JITTER_RAD = np.radians(8)
JITTER_LOG_SCALE = 0.15
CLEAR_WIDTHS = 12.0
"""At this distance from an end of a hair, a crop shows nothing of it."""
MIN_LENGTH_WIDTHS = 6.0
"""A hair with less of its length in the photo is skipped."""
NEGATIVES_PER_PHOTO = 8
_NEGATIVE_WIDTHS = 25.0
"""Length of a negative."""
_HAIR_FREE_SHAFT_PX = (2.0, 20.0)
"""Range of the widths of negatives in photos without a hair."""
_HEADING_WIDTHS = 5.0
"""Length of shaft over which the direction of an end is measured."""
_BACKGROUND_WIDTHS = 3.0
"""Distance from a shaft at which its background is measured."""


def hairs_from_truth(truth: AnnotatedPhoto, rng: np.random.Generator) -> Iterator[AnnotatedStrand]:
    """Every hair of a photo ``COPIES_PER_HAIR`` times, as a finder might report it."""
    for hair in truth.hairs:
        line, root_visible, tip_visible = run_in_photo(hair, truth)
        too_short = length_px(line) < MIN_LENGTH_WIDTHS * hair.shaft_px
        if too_short or _is_covered(hair, truth):
            continue
        is_readable = root_visible and hair.root_is_legible and not hair.is_ambiguous
        classes = (
            CLASS_OF_ROOT[hair.root] if is_readable else UNTRAINED,
            BARE if tip_visible else UNTRAINED,
        )
        kind = hair.root if root_visible else "rootless"
        if root_visible and hair.is_ambiguous:
            kind = "ambiguous"
        for _ in range(COPIES_PER_HAIR):
            copy = line
            if root_visible:  # a finder may put the end anywhere from the bulb's neck to its tip
                neck_to_tip = hair.root_tip_xy - hair.root_xy
                copy = np.vstack([line[0] + rng.uniform(0, 1) * neck_to_tip, line])
            strand = _jittered(copy, (root_visible, tip_visible), hair.shaft_px, rng)
            yield AnnotatedStrand(strand, kind, classes, hair.attributes)


def fragments_from_truth(
    truth: AnnotatedPhoto, rng: np.random.Generator
) -> Iterator[AnnotatedStrand]:
    """Pieces that start and stop in the middle of a shaft: neither end is an end of a hair."""
    for hair in truth.hairs:
        line, *_ = run_in_photo(hair, truth)
        clear = int(np.ceil(CLEAR_WIDTHS * hair.shaft_px / step_px(line)))
        if len(line) < 2 * clear + 4:
            continue
        start, stop = np.sort(rng.choice(np.arange(clear, len(line) - clear), 2, replace=False))
        if stop - start >= 2:
            piece = _jittered(line[start : stop + 1], (True, True), hair.shaft_px, rng)
            yield AnnotatedStrand(piece, "fragment", (NOT_HAIR, NOT_HAIR), hair.attributes)


def sample_negatives(
    photo: Photo, truth: AnnotatedPhoto, rng: np.random.Generator
) -> Iterator[AnnotatedStrand]:
    """Lines of every direction that start clear of all hairs; only that end is trained."""
    for at in _textured_points(photo, truth, rng):
        shaft_px = _negative_shaft_px(truth, rng)
        heading = rng.uniform(0, 2 * np.pi)
        ray = np.array([np.cos(heading), np.sin(heading)]) * shaft_px
        line = at + np.linspace(0, _NEGATIVE_WIDTHS, 26)[:, None] * ray
        gaps = (distance_to_line(at[None], hair.line)[0] / hair.shaft_px for hair in truth.hairs)
        if all(gap > CLEAR_WIDTHS for gap in gaps):
            strand = Strand(line, shaft_px, ends_of(line, shaft_px, (True, False)), 0.0)
            attributes = Attributes(background=truth.background, maker=truth.maker)
            yield AnnotatedStrand(strand, "not_hair", (NOT_HAIR, UNTRAINED), attributes)


def run_in_photo(hair: AnnotatedHair, truth: AnnotatedPhoto) -> tuple[Array, bool, bool]:
    """The stretch of a hair inside the photo that reaches its root, or else its tip, or else the
    first one; and whether root and tip are on it."""
    inside = np.concatenate([[False], truth.contains(hair.line), [False]])
    borders = np.flatnonzero(np.diff(inside.astype(int)))
    if not len(borders):
        return hair.line[:0], False, False
    runs = borders.reshape(-1, 2)
    start, stop = runs[-1] if not inside[1] and inside[-2] else runs[0]
    root_visible = bool(start == 0 and hair.root_in_photo)
    tip_visible = bool(stop == len(hair.line) and hair.tip_in_photo)
    return hair.line[start:stop], root_visible, tip_visible


def length_px(line: Array) -> float:
    """Length of a line (N, 2)."""
    return float(np.linalg.norm(np.diff(line, axis=0), axis=1).sum())


def step_px(line: Array) -> float:
    """Mean distance from point to point of a line (N, 2)."""
    return max(1e-3, length_px(line) / max(1, len(line) - 1))


def ends_of(line: Array, shaft_px: float, visible: tuple[bool, bool]) -> tuple[End, End]:
    """Both ends of a line (N, 2); one that is not ``visible`` has left the photo."""
    return _end(line, shaft_px, visible[0]), _end(line[::-1], shaft_px, visible[1])


def contrast_of(photo: Photo, line: Array, shaft_px: float) -> float:
    """Median grey level on a line (N, 2) minus that of the background on both sides."""
    grey = np.asarray(cv2.cvtColor(photo.pixels, cv2.COLOR_BGR2GRAY), np.uint8)
    ahead = np.gradient(line, axis=0)
    aside = np.column_stack([-ahead[:, 1], ahead[:, 0]])
    reach = np.maximum(np.linalg.norm(aside, axis=1, keepdims=True), 1e-9)
    aside *= _BACKGROUND_WIDTHS * shaft_px / reach
    background = np.concatenate([line + aside, line - aside])
    return _median_at(grey, line) - _median_at(grey, background)


def _is_covered(hair: AnnotatedHair, truth: AnnotatedPhoto) -> bool:
    """Whether another hair lies over the root."""
    others = (other for other in truth.hairs if other is not hair)
    root = hair.root_xy[None]
    return any(
        distance_to_line(root, other.line)[0] < 1.5 * (hair.shaft_px + other.shaft_px)
        for other in others
    )


def _jittered(
    line: Array, visible: tuple[bool, bool], true_shaft_px: float, rng: np.random.Generator
) -> Strand:
    shaft_px = true_shaft_px * float(np.exp(rng.normal(0, JITTER_LOG_SCALE)))
    first, second = ends_of(line, shaft_px, visible)
    ends = _jittered_end(first, shaft_px, rng), _jittered_end(second, shaft_px, rng)
    return Strand(line, shaft_px, ends, 0.0)


def _jittered_end(end: End, shaft_px: float, rng: np.random.Generator) -> End:
    # A finder's error is larger along the shaft than across it.
    along, across = rng.normal(0, (JITTER_WIDTHS, JITTER_WIDTHS / 3)) * shaft_px
    cos, sin = np.cos(end.direction), np.sin(end.direction)
    return End(
        x=float(end.x + along * cos - across * sin),
        y=float(end.y + along * sin + across * cos),
        direction=float(end.direction + rng.normal(0, JITTER_RAD)),
        state=end.state,
    )


def _end(line: Array, shaft_px: float, visible: bool) -> End:
    back = max(1, round(_HEADING_WIDTHS * shaft_px / step_px(line)))
    out = line[0] - line[min(len(line) - 1, back)]
    state = EndState.VISIBLE if visible else EndState.OUT_OF_PHOTO
    return End(float(line[0, 0]), float(line[0, 1]), float(np.arctan2(out[1], out[0])), state)


def _median_at(grey: Pixels, points: Array) -> float:
    limit = (grey.shape[1] - 1, grey.shape[0] - 1)
    x, y = np.clip(np.rint(points), 0, limit).astype(int).T
    return float(np.median(grey[y, x]))


def _negative_shaft_px(truth: AnnotatedPhoto, rng: np.random.Generator) -> float:
    if truth.hairs:
        widths = [hair.shaft_px for hair in truth.hairs]
        return float(rng.choice(widths) * np.exp(rng.normal(0, 0.3)))
    return float(np.exp(rng.uniform(*np.log(_HAIR_FREE_SHAFT_PX))))


def _textured_points(photo: Photo, truth: AnnotatedPhoto, rng: np.random.Generator) -> Array:
    """``NEGATIVES_PER_PHOTO`` points (N, 2): up to half of them on clutter, the others the ones
    with the most texture around them out of random ones."""
    inside = truth.clutter[truth.contains(truth.clutter)]
    clutter = rng.permutation(inside)[: NEGATIVES_PER_PHOTO // 2]
    clutter = clutter + rng.normal(0, 4, clutter.shape)
    anywhere = rng.uniform((0, 0), (photo.width, photo.height), (NEGATIVES_PER_PHOTO * 4, 2))
    grey = np.asarray(cv2.cvtColor(photo.pixels, cv2.COLOR_BGR2GRAY), np.uint8)
    texture = np.array(
        [
            grey[max(0, y - 8) : y + 9, max(0, x - 8) : x + 9].std()
            for x, y in anywhere.astype(int).tolist()
        ]
    )
    rest = anywhere[np.argsort(-texture)[: NEGATIVES_PER_PHOTO - len(clutter)]]
    return np.concatenate([clutter, rest])
