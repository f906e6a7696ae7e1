"""A straightened strip of a photo along a row of ticks."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from data.arrays import Array, Floats
from data.scale.grey import GreyPhoto
from data.scale.tick_rows import TickRow

PER_PITCH = 10
"""Samples between two ticks, along the row."""
PER_PITCH_ACROSS = 4
_REACH_PITCHES = 14
"""How far to both sides of the row ticks are followed."""


@dataclass(frozen=True)
class Strip:
    """Grey levels (rows across, columns along) round a row of ticks.

    Column ``c`` and row ``r`` lie at ``start + c * along + r * across`` in pixels of the photo.
    """

    levels: Floats
    start: Array
    along: Array
    across: Array


def cut_strip(grey: GreyPhoto, row: TickRow) -> Strip:
    """The strip through the whole photo, along the ticks' row and slanted as its ticks.

    The row's direction and the slant are refined twice from the strip itself.
    """
    strip = _first_strip(grey, row)
    for _ in range(2):
        strip = _straightened(grey, strip)
    return strip


def _first_strip(grey: GreyPhoto, row: TickRow) -> Strip:
    """The strip through the whole photo."""
    normal = np.array([-row.way[1], row.way[0]])
    width, height = grey.size
    corners = np.array([[0, 0], [width, 0], [0, height], [width, height]]) - row.centre
    span = corners @ row.way
    along, across = row.way * row.pitch_px / PER_PITCH, normal * row.pitch_px / PER_PITCH_ACROSS
    first = np.ceil(span.min() / row.pitch_px) * PER_PITCH
    start = row.centre + first * along - _REACH_PITCHES * PER_PITCH_ACROSS * across
    columns = max(1, int((span.max() - span.min()) / row.pitch_px)) * PER_PITCH
    return _sampled(grey, start, along, across, columns)


def _sampled(grey: GreyPhoto, start: Array, along: Array, across: Array, columns: int) -> Strip:
    rows = 2 * _REACH_PITCHES * PER_PITCH_ACROSS + 1
    places = start + np.arange(columns)[None, :, None] * along
    places = places + np.arange(rows)[:, None, None] * across
    levels = grey.levels_at(places)
    inside = ((places >= 0) & (places <= np.array(grey.size) - 1)).all(axis=2)
    return Strip(np.where(inside, levels, np.nan).astype(np.float32), start, along, across)


def _demodulated(strip: Strip) -> NDArray[np.complex128]:
    """(rows, columns) complex strength of the ticks' wave, over about eight ticks."""
    known = ~np.isnan(strip.levels)
    mean = strip.levels[known].mean() if known.any() else 0.0
    levels = np.where(known, strip.levels - mean, 0).astype(np.float32)
    flat = cv2.blur(levels, (2 * PER_PITCH + 1, 1))
    turning = np.exp(-2j * np.pi * np.arange(levels.shape[1]) / PER_PITCH)
    wave = (levels - flat) * turning
    kernel = (8 * PER_PITCH + 1, 1)
    return np.asarray(cv2.blur(wave.real, kernel) + 1j * cv2.blur(wave.imag, kernel))


def _straightened(grey: GreyPhoto, strip: Strip) -> Strip:
    """The strip along the line on which the ticks' wave is strongest, and slanted as the ticks."""
    wave = _demodulated(strip)
    power = np.abs(wave) ** 2
    middle = (power.shape[0] - 1) / 2
    rows, columns = np.arange(power.shape[0]) - middle, np.arange(power.shape[1])
    weight = power.sum(axis=0)
    heights = (rows @ power) / np.maximum(weight, 1e-9)
    strong = weight > 0.3 * weight.max()
    if strong.sum() < 4 * PER_PITCH:
        return strip
    slope, height = np.polyfit(columns[strong], heights[strong], 1, w=np.sqrt(weight[strong]))
    turns = (wave[1:] * wave[:-1].conj()).sum()
    slant = -np.angle(turns) * PER_PITCH / (2 * np.pi)  # columns per row
    along = strip.along + np.clip(slope, -0.2, 0.2) * strip.across
    across = strip.across + np.clip(slant, -1, 1) * strip.along
    start = strip.start + (middle + height) * strip.across - middle * across
    return _sampled(grey, start, along, across, strip.levels.shape[1])


def tick_band(strip: Strip) -> slice:
    """The rows that cross all ticks."""
    power = np.abs(_demodulated(strip)).sum(axis=1)
    best = int(power.argmax())
    high = power >= 0.7 * power[best]
    first, last = best, best
    while first > 0 and high[first - 1]:
        first -= 1
    while last < len(power) - 1 and high[last + 1]:
        last += 1
    return slice(first, last + 1)
