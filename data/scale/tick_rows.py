"""Finds where a picture has rows of evenly spaced strokes, as on a ruler."""

from dataclasses import dataclass

import cv2
import numpy as np

from data.arrays import Array, Floats, Mask, Pixels

WINDOW, HOP = 64, 32
_MIN_CYCLES, _MAX_CYCLES = 3.0, 25.0
"""Strokes in a window: fewer could be anything, more would touch each other."""
_MIN_ENERGY = 60.0
"""Mean squared slope of the window, in grey levels squared per pixel squared. Our assumption."""
_MIN_COHERENCE, _MIN_PEAK_SHARE = 0.4, 0.3
_LEVELS = 3
"""Sizes of the picture that are searched, each half as large as the one before."""
_MAX_ROWS = 4
_MIN_WINDOWS = 3


@dataclass(frozen=True)
class TickRow:
    """A row of strokes: its middle and the unit vector along it, and the distance of strokes in
    pixels of the picture."""

    centre: Array
    way: Array
    pitch_px: float


def tick_rows(picture: Pixels) -> list[TickRow]:
    """The rows of strokes in a grey picture, those with the most windows first."""
    found: list[tuple[int, TickRow]] = []
    for level in range(_LEVELS):
        scale = 2.0**level
        for count, row in _rows(picture):
            centre = (row.centre + 0.5) * scale - 0.5
            found.append((count << (2 * level), TickRow(centre, row.way, row.pitch_px * scale)))
        if min(picture.shape) < 4 * WINDOW:
            break
        picture = np.asarray(cv2.pyrDown(picture), np.uint8)
    found.sort(key=lambda each: -each[0])
    return [row for _, row in found[:_MAX_ROWS]]


def _rows(picture: Pixels) -> list[tuple[int, TickRow]]:
    corners = _striped_windows(picture)
    if len(corners) < _MIN_WINDOWS:
        return []
    waves, share = _waves(picture, corners)
    good = share >= _MIN_PEAK_SHARE
    corners, waves = corners[good], waves[good]
    middles = corners + (WINDOW - 1) / 2
    rows = []
    free: Mask = np.ones(len(waves), bool)
    while free.sum() >= _MIN_WINDOWS:
        members = _connected(middles, waves, free)
        free = free & ~members
        if members.sum() >= _MIN_WINDOWS:
            wave = waves[members].mean(axis=0)
            frequency = float(np.linalg.norm(wave))
            row = TickRow(middles[members].mean(axis=0), wave / frequency, 1 / frequency)
            rows.append((int(members.sum()), row))
    return rows


def _striped_windows(picture: Pixels) -> Array:
    """(N, 2) upper left corners of windows with strong slopes in mainly one direction."""
    level = picture.astype(np.float32)
    right, down = cv2.Scharr(level, cv2.CV_32F, 1, 0) / 32, cv2.Scharr(level, cv2.CV_32F, 0, 1) / 32
    area = (WINDOW, WINDOW)
    xx, yy, xy = (
        cv2.boxFilter(product, -1, area, anchor=(0, 0))[
            : max(0, picture.shape[0] - WINDOW + 1) : HOP,
            : max(0, picture.shape[1] - WINDOW + 1) : HOP,
        ]
        for product in (right * right, down * down, right * down)
    )
    energy = xx + yy
    coherence = np.hypot(xx - yy, 2 * xy) / np.maximum(energy, 1e-6)
    rows, columns = np.nonzero((energy >= _MIN_ENERGY) & (coherence >= _MIN_COHERENCE))
    return np.column_stack([columns, rows]).astype(np.float64) * HOP


def _waves(picture: Pixels, corners: Array) -> tuple[Array, Floats]:
    """(N, 2) cycles per pixel of the strongest wave in each window, and its share of the power
    together with its first overtone."""
    taper = np.hanning(WINDOW).astype(np.float32)
    windows = np.stack(
        [picture[y : y + WINDOW, x : x + WINDOW] for x, y in corners.astype(int)]
    ).astype(np.float32)
    windows = (windows - windows.mean(axis=(1, 2), keepdims=True)) * taper * taper[:, None]
    power = np.abs(np.fft.rfft2(windows)) ** 2
    down = np.fft.fftfreq(WINDOW)[:, None] * WINDOW
    right = np.arange(power.shape[2])[None, :].astype(float)
    cycles = np.hypot(down, right)
    power[:, cycles < 1.5] = 0
    total = power.sum(axis=(1, 2))
    searched = np.where((cycles >= _MIN_CYCLES) & (cycles <= _MAX_CYCLES), power, 0)
    best = searched.reshape(len(power), -1).argmax(axis=1)
    row, column = np.unravel_index(best, power.shape[1:])
    waves = np.empty((len(power), 2))
    share = np.empty(len(power), np.float32)
    for k, (y, x) in enumerate(zip(row, column, strict=True)):
        dy, dx = float(down[y, 0]), float(x)
        near = (np.hypot(down - dy, right - dx) <= 1.6) | (np.hypot(down + dy, right + dx) <= 1.6)
        weight = np.where(near, power[k], 0)
        sign = np.where(down * dy + right * dx >= 0, 1.0, -1.0)
        mean = np.array([(weight * right * sign).sum(), (weight * down * sign).sum()])
        wave = mean / max(float(weight.sum()), 1e-9)
        waves[k] = wave / WINDOW
        over = np.hypot(down - 2 * wave[1], right - 2 * wave[0]) <= 2.0
        over |= np.hypot(down + 2 * wave[1], right + 2 * wave[0]) <= 2.0
        share[k] = (weight.sum() + power[k][over & ~near].sum()) / max(float(total[k]), 1e-9)
    flipped = (waves[:, 0] < 0) | ((waves[:, 0] == 0) & (waves[:, 1] < 0))
    waves[flipped] *= -1
    return waves, share


def _connected(middles: Array, waves: Array, free: Mask) -> Mask:
    """The free windows that continue each other along their wave, from the first free one on."""
    members: Mask = np.zeros(len(middles), bool)
    queue = [int(np.flatnonzero(free)[0])]
    members[queue[0]] = True
    while queue:
        here = queue.pop()
        step = middles - middles[here]
        frequency = np.linalg.norm(waves[here])
        way = waves[here] / frequency
        aside = np.abs(step @ np.array([-way[1], way[0]]))
        turned = np.where((waves @ waves[here] < 0)[:, None], -waves, waves)
        alike = np.linalg.norm(turned - waves[here], axis=1) < 0.15 * frequency
        near = free & ~members & alike & (np.abs(step @ way) <= 3 * HOP) & (aside <= 1.2 * HOP)
        members = members | near
        queue += np.flatnonzero(near).tolist()
    return members
