"""The ticks of a strip: their places, numbers and lengths."""

from dataclasses import dataclass

import cv2
import numpy as np

from data.arrays import Array, Floats
from data.scale.tick_strip import PER_PITCH, PER_PITCH_ACROSS, Strip

MIN_TICKS = 15
_MIN_FILLED = 0.8
_MAX_MISS = 0.25
"""Over the distance of ticks: how far a tick may lie from where the last two expect it."""
_MAX_RESIDUAL = 0.12


@dataclass(frozen=True)
class Ticks:
    """Numbers (N,) of ticks that were seen, and their columns (N,) in a strip."""

    number: Array
    column: Array
    fit: Array
    """a, b, c of column = (a + b number) / (1 + c number)."""
    residual: float


def find_ticks(strip: Strip, band: slice, dark: bool) -> Ticks | None:
    """The ticks as peaks of the band's mean level, numbered from any one of them."""
    profile = _mean_of(strip.levels[band])
    profile = -profile if dark else profile
    smooth = cv2.GaussianBlur(profile[None], (0, 0), 0.1 * PER_PITCH)[0]
    level = smooth - cv2.blur(smooth[None], (2 * PER_PITCH + 1, 1))[0]
    peaks = np.flatnonzero((level[1:-1] >= level[:-2]) & (level[1:-1] > level[2:])) + 1
    if len(peaks) < MIN_TICKS:
        return None
    heights = level[peaks]
    peaks = peaks[heights > 0.4 * np.percentile(heights, 85)]
    if len(peaks) < MIN_TICKS:
        return None
    before, here, after = (
        level[peaks - 1],
        level[peaks],
        level[np.minimum(peaks + 1, len(level) - 1)],
    )
    bend = np.minimum(before - 2 * here + after, -1e-6)
    columns = peaks + np.clip(0.5 * (before - after) / bend, -0.5, 0.5)
    return _numbered(columns)


def _mean_of(levels: Floats) -> Floats:
    known = ~np.isnan(levels)
    mean = np.where(known, levels, 0).sum(axis=0) / np.maximum(known.sum(axis=0), 1)
    whole = known.sum(axis=0) > 0
    return np.where(whole, mean, mean[whole].mean() if whole.any() else 0).astype(np.float32)


def _numbered(columns: Array) -> Ticks | None:
    """The longest run of about evenly spaced columns, with numbers; None if it is short."""
    best: tuple[list[int], list[float]] = ([], [])
    for start in range(0, len(columns), 5):
        run = _walk(columns, start)
        if len(run[0]) > len(best[0]):
            best = run
    number, column = (np.array(part, float) for part in best)
    if len(number) < MIN_TICKS:
        return None
    good = np.ones(len(number), bool)
    for _ in range(3):
        k, s = number[good], column[good]
        fit = np.linalg.lstsq(np.column_stack([np.ones_like(k), k, -k * s]), s, rcond=None)[0]
        expected = (fit[0] + fit[1] * number) / (1 + fit[2] * number)
        pitch = np.abs((fit[1] - fit[0] * fit[2]) / (1 + fit[2] * number) ** 2)
        residual = np.abs(column - expected) / pitch
        good = residual < _MAX_RESIDUAL
        if good.sum() < MIN_TICKS:
            return None
    number, column = number[good], column[good]
    if len(number) < _MIN_FILLED * (np.ptp(number) + 1):
        return None
    return Ticks(number, column, fit, float(np.sqrt((residual[good] ** 2).mean())))


def _walk(columns: Array, start: int) -> tuple[list[int], list[float]]:
    """Steps from one column to both sides, each about as long as the last."""
    gaps = np.diff(columns)
    near = gaps[max(0, start - 3) : start + 3]
    if not len(near):
        return [], []
    pitch = float(np.median(near))
    numbers, places = [0], [float(columns[start])]
    for sign in (1, -1):
        at, number, step = float(columns[start]), 0, pitch
        missed = 0
        while missed < 3:
            wanted = at + sign * step * (missed + 1)
            k = int(np.abs(columns - wanted).argmin())
            if abs(columns[k] - wanted) > _MAX_MISS * step:
                missed += 1
                continue
            number += sign * (missed + 1)
            step += 0.3 * (abs(columns[k] - at) / (missed + 1) - step)
            at, missed = float(columns[k]), 0
            numbers.append(number)
            places.append(at)
    return numbers, places


def tick_lengths(strip: Strip, ticks: Ticks, band: slice, dark: bool) -> Array:
    """(N,) how long each tick is, over the distance of ticks; 0 where the photo's border cuts it.

    A tilted ruler looks smaller farther away: its length by 1 / (1 + c number), the distance of its
    ticks by the square of that.
    """
    levels = strip.levels if not dark else -strip.levels
    half = 0.5 * np.abs(np.gradient(ticks.column, ticks.number))
    lengths = np.empty(len(ticks.column))
    for index, (column, gap) in enumerate(zip(ticks.column, half, strict=True)):
        at, left, right = (_column(levels, place) for place in (column, column - gap, column + gap))
        rise = at - (left + right) / 2
        outside = np.isnan(rise)
        rise[outside] = 0
        limit = 0.4 * np.median(rise[band])
        first = last = (band.start + band.stop) // 2
        while limit > 0 and first > 0 and _stays(rise, first - 1, -1, limit):
            first -= 1
        while limit > 0 and last < len(rise) - 1 and _stays(rise, last + 1, 1, limit):
            last += 1
        beyond = outside[max(0, first - 2) : last + 3].any()
        lengths[index] = 0 if beyond or limit <= 0 else last - first + 1
    a, b, c = ticks.fit
    pitch = np.abs(b - a * c) / (1 + c * ticks.number) ** 2 / PER_PITCH
    return np.asarray(lengths / PER_PITCH_ACROSS / np.sqrt(pitch))


def _stays(rise: Array, row: int, step: int, limit: float) -> bool:
    """Whether the tick is there, or after a gap of one row again."""
    beyond = row + step
    return bool(rise[row] >= limit or (0 <= beyond < len(rise) and rise[beyond] >= limit))


def _column(levels: Floats, place: float) -> Array:
    low = int(np.clip(np.floor(place), 0, levels.shape[1] - 2))
    part = np.clip(place - low, 0, 1)
    return np.asarray((1 - part) * levels[:, low] + part * levels[:, low + 1], float)
