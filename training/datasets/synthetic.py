"""Hairs drawn straight from the truth of a photo, for the roots that the finder misses.

The pose of each end is jittered as a finder's would be, so that the network leans on none.
"""

from collections.abc import Iterator

import numpy as np

from data.strands.strand import End, Strand
from training.datasets.annotations import Points, TruthHair, TruthPhoto, distance_to_line
from training.datasets.examples import BARE, NOT_HAIR, UNTRAINED, Labelled
from training.datasets.matching import CLASS_OF_ROOT
from training.datasets.outline import ends_of, length_px, step_px

JITTER_WIDTHS = 1.5
JITTER_RAD = np.radians(8)
JITTER_LOG_SCALE = 0.15
DRAWS_PER_HAIR = 2
CLEAR_WIDTHS = 12.0
"""So far from an end of a hair, a crop shows nothing of it."""
LEAST_WIDTHS = 6.0
"""A hair of which less is in the photo is left alone."""


def drawn_hairs(truth: TruthPhoto, rng: np.random.Generator) -> Iterator[Labelled]:
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


def drawn_pieces(truth: TruthPhoto, rng: np.random.Generator) -> Iterator[Labelled]:
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


def run_in_photo(hair: TruthHair, truth: TruthPhoto) -> tuple[Points, bool, bool]:
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


def _is_covered(hair: TruthHair, truth: TruthPhoto) -> bool:
    """Whether another hair lies over the root."""
    others = (other for other in truth.hairs if other is not hair)
    root = hair.root_xy[None]
    return any(
        distance_to_line(root, other.line)[0] < 1.5 * (hair.shaft_px + other.shaft_px)
        for other in others
    )


def _drawn(
    line: Points, hair: TruthHair, seen: tuple[bool, bool], rng: np.random.Generator
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
