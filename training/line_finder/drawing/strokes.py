"""Strokes of paint along a line, and the paths of hairs, threads and pen strokes.

A stroke is sampled on a grid along and across its line. Each sample is distributed among the four
nearest pixels, so that edges and positions are correct to a fraction of a pixel.
"""

from dataclasses import dataclass

import numpy as np

from data.arrays import Array, Floats, Indices
from data.strands.curves import resample

Canvas = Floats

STEP_PX = 0.9
"""Distance of the samples, along and across: small enough to leave no gaps. Our choice."""
MIN_HALF_PX = 0.12
MIN_WEIGHT = 0.3
"""Sampled share of a pixel's area from which it gets its full value; inside a stroke it is at least
0.5."""
REACH_BLURS = 2.2


@dataclass(frozen=True)
class Band:
    """``line`` (M, 2) px, at most ``STEP_PX`` apart; half width and blur (M,) in px."""

    line: Array
    half_px: Array
    blur_px: Array

    def across(self) -> Array:
        """The grid's offsets from the line (M, K), in half widths."""
        reach = self._reach_px()
        count = 2 * int(np.ceil(reach.max() / STEP_PX)) + 1
        return np.outer(reach / self._half(), np.linspace(-1, 1, count))

    def cover(self, across: Array) -> Array:
        """Coverage (M, K) by the band: 1 inside, falling at its edges by the blur."""
        scale = (self._half() / self.blur_px)[:, None]
        return soft_step((1 - across) * scale) - soft_step((-1 - across) * scale)

    def _half(self) -> Array:
        return np.maximum(self.half_px, MIN_HALF_PX)

    def _reach_px(self) -> Array:
        return self._half() + REACH_BLURS * self.blur_px

    def samples(self, across: Array) -> tuple[Array, Array]:
        """The positions of the grid's samples (M, K, 2), and the area in px^2 of each (M, K).

        On the inner side of a tight bend the grid folds over; there the area is 0.
        """
        tangent = np.gradient(self.line, axis=0)
        tangent /= np.linalg.norm(tangent, axis=1, keepdims=True) + 1e-12
        normal = np.stack([-tangent[:, 1], tangent[:, 0]], axis=1)
        offset = across * self._half()[:, None]
        xy = self.line[:, None] + offset[..., None] * normal[:, None]
        forward = np.einsum("mkc,mc->mk", np.gradient(xy, axis=0), tangent)
        wide = 2 * self._reach_px() / (across.shape[1] - 1)
        return xy, np.maximum(forward, 0) * wide[:, None]


def soft_step(value: Array) -> Array:
    """The logistic curve nearest to the normal distribution's."""
    return np.asarray(1 / (1 + np.exp(np.clip(-1.702 * value, -40, 40))))


def paint_stroke(canvas: Canvas, band: Band, opacity: Array, colour: Array) -> None:
    """Paints a band over ``canvas`` (S, S, 3), in place.

    ``opacity`` (M, K) and linear ``colour`` (M, K, 3), or what broadcasts to it, on the grid of
    ``Band.across``. Where a band crosses itself its colours mix.
    """
    size = canvas.shape[0]
    xy, area = band.samples(band.across())
    x, y = xy[..., 0], xy[..., 1]
    visible = (x > -0.5) & (y > -0.5) & (x < size + 0.5) & (y < size + 0.5) & (area > 0)
    if not visible.any():
        return
    weight = np.broadcast_to(opacity, visible.shape)[visible]
    paint = np.broadcast_to(colour, (*visible.shape, 3))[visible] * weight[:, None]
    pixels, sums = _distribute(xy[visible], area[visible], np.column_stack([weight, paint]), size)
    flat = canvas.reshape(-1, 3)
    flat[pixels] = flat[pixels] * (1 - sums[:, :1]) + sums[:, 1:]


def _distribute(xy: Array, area: Array, values: Array, size: int) -> tuple[Indices, Array]:
    """Distributes samples bilinearly: pixels (P,) of the canvas and their sums of values (P, C).

    Each pixel gets the mean of the samples near it, weighted by area and nearness.
    """
    wide = size + 2
    corner = np.floor(xy + 0.5).astype(np.intp)  # of a canvas with a margin of one pixel
    part = xy + 0.5 - corner
    spots, weights = [], []
    for dx in (0, 1):
        for dy in (0, 1):
            spots.append((corner[:, 1] + dy) * wide + corner[:, 0] + dx)
            weights.append(np.abs(1 - dx - part[:, 0]) * np.abs(1 - dy - part[:, 1]) * area)
    touched, slots = _slots(np.concatenate(spots), wide * wide)
    each = np.concatenate(weights)
    total = np.bincount(slots, each, len(touched))
    sums = [np.bincount(slots, each * np.tile(v, 4), len(touched)) for v in values.T]
    row, column = np.divmod(touched, wide)
    inside = (row > 0) & (row <= size) & (column > 0) & (column <= size)
    mean = np.stack(sums, axis=1) / np.maximum(total, MIN_WEIGHT)[:, None]
    return ((row - 1) * size + column - 1)[inside], mean[inside]


def _slots(spots: Indices, count: int) -> tuple[Indices, Indices]:
    """The distinct spots in order, and the index of each spot among them; faster than np.unique."""
    is_touched = np.zeros(count, bool)
    is_touched[spots] = True
    touched = np.flatnonzero(is_touched)
    index = np.empty(count, np.intp)
    index[touched] = np.arange(len(touched))
    return touched, index[spots]


MIN_RADIUS_WIDTHS = 1.3
"""Minimum radius of a shaft's bend; our assumption."""
STYLES = ("straight", "gentle", "wavy", "curly", "coil")
SHARES = (0.22, 0.33, 0.2, 0.15, 0.1)
"""Shares of the styles; our choice."""
MARGIN = 0.75
"""Maximum distance of a line from the middle of the tile, in tile sides; the rest is cut off."""


def smooth(rng: np.random.Generator, count: int, knots: int) -> Array:
    """Smooth noise (count,) of about unit spread, with ``knots`` bends."""
    values = rng.standard_normal(knots + 3)
    position = np.linspace(0, knots, count)
    low = np.minimum(position.astype(int), knots - 1)
    part = (1 - np.cos(np.pi * (position - low))) / 2
    return np.asarray(values[low] * (1 - part) + values[low + 1] * part)


def path(rng: np.random.Generator, style: str, length_px: float, width_px: float) -> Array:
    """A line (M, 2) from the origin, at most ``STEP_PX`` from point to point."""
    count = max(8, int(length_px / STEP_PX))
    heading = rng.uniform(0, 2 * np.pi) + _heading(rng, style, count, length_px, width_px)
    tightest = STEP_PX / (MIN_RADIUS_WIDTHS * max(width_px, 2))
    turns = np.clip(np.diff(heading), -tightest, tightest)
    heading = heading[0] + np.concatenate([[0.0], np.cumsum(turns)])
    line = np.cumsum(np.stack([np.cos(heading), np.sin(heading)], axis=1) * STEP_PX, axis=0)
    if style == "coil":  # slower than the coil turns, so that loops have no cusps
        angle = rng.uniform(0, 2 * np.pi)
        drift = rng.uniform(0, 0.7) * np.array([np.cos(angle), np.sin(angle)])
        line = line + drift * STEP_PX * np.arange(count)[:, None]
    return resample(line, STEP_PX)


def _heading(
    rng: np.random.Generator, style: str, count: int, length_px: float, width_px: float
) -> Array:
    """The heading (count,) in radians, relative to the start."""
    along = np.linspace(0, 1, count)
    if style == "coil":
        radius = max(np.exp(rng.uniform(np.log(8), np.log(90))), 2 * width_px)
        tighter = 1 + rng.normal(0, 0.3) * along + 0.3 * smooth(rng, count, 4)
        return np.asarray(np.cumsum(tighter) * STEP_PX / radius * rng.choice([-1, 1]))
    swing, waves, wander = {
        "straight": (0.05, 0.02, 0.02),
        "gentle": (0.8, 0.15, 0.15),
        "wavy": (0.8, 0.5, 0.4),
        "curly": (2.5, 0.8, 1.2),
    }[style]
    wave_count = rng.uniform(0.5, 1) * max(1.0, length_px / rng.uniform(60, 300))
    wave = rng.normal(0, waves) * np.sin(2 * np.pi * (wave_count * along + rng.random()))
    knots = int(np.clip(length_px / rng.uniform(40, 200), 3, 30))
    return np.asarray(rng.normal(0, swing) * along + wave + wander * smooth(rng, count, knots))


def with_kink(rng: np.random.Generator, line: Array, at: int, width_px: float, deg: float) -> Array:
    """The line with the part before point ``at`` rotated by ``deg``, over about a width."""
    along = (at - np.arange(len(line))) * STEP_PX / max(width_px, 1)
    angle = np.radians(deg) * np.clip(along, 0, 1)
    step = np.diff(line, axis=0)
    turn = angle[1:]
    rotated = np.stack(
        [
            step[:, 0] * np.cos(turn) - step[:, 1] * np.sin(turn),
            step[:, 0] * np.sin(turn) + step[:, 1] * np.cos(turn),
        ],
        axis=1,
    )
    bent = np.concatenate([line[:1], line[0] + np.cumsum(rotated, axis=0)])
    return np.asarray(bent - bent[at] + line[at])


def placed(rng: np.random.Generator, line: Array, size_px: int) -> Array:
    """The line moved so that a random point of it lies in the tile, cut off at ``MARGIN``."""
    anchor = line[int(rng.integers(len(line)))]
    line = line - anchor + rng.uniform(0.03, 0.97, 2) * size_px
    near = np.flatnonzero((np.abs(line - size_px / 2) < MARGIN * size_px).all(axis=1))
    return np.asarray(line[near[0] : near[-1] + 1])
