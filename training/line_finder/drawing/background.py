"""The background of a painted tile: procedural or photographed, with markings, tones and light.

All shares and ranges are our choice.
"""

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np

from data.arrays import Array, Floats
from data.render.backgrounds.markings import DRAWERS, decorate
from data.render.backgrounds.photographs import photographed
from data.render.backgrounds.procedural import PAINTERS
from data.render.backgrounds.texture import Ground, Patch, noise, turned
from training.line_finder.drawing.strokes import Canvas

PHOTOGRAPHED_SHARE = 0.5
MARKINGS_SHARE = 0.25
TWO_TONE_SHARE = 0.15
UNEVEN_SHARE = 0.5
SHADOW_SHARE = 0.15
MIN_MM_PER_PX = 0.006
"""Minimum scale of a background; closer up, print on a card would fill the tile."""
GAMMA = 2.2
"""Approximates the sRGB curve."""


def lit_background(
    rng: np.random.Generator, size_px: int, mm_per_px: float, backgrounds: Sequence[Path] = ()
) -> Canvas:
    """The light reflected by the background (S, S, 3), linear RGB; about 0.8 for white paper."""
    patch = Patch(size_px, max(mm_per_px, MIN_MM_PER_PX))
    background = _background(rng, patch, backgrounds)
    if rng.random() < MARKINGS_SHARE:
        background = decorate(background, str(rng.choice(list(DRAWERS))), patch, rng)
    light = np.asarray(cv2.pow(background.albedo.astype(np.float32), GAMMA), np.float32)
    light *= _shading(rng, background, patch)[..., None]
    if rng.random() < TWO_TONE_SHARE:
        _overlay_sheet(light, rng)
    return light * _lamp(rng, size_px)[..., None]


def _background(rng: np.random.Generator, patch: Patch, backgrounds: Sequence[Path]) -> Ground:
    if backgrounds and rng.random() < PHOTOGRAPHED_SHARE:
        return photographed(backgrounds[int(rng.integers(len(backgrounds)))], patch, rng)
    paint = PAINTERS[str(rng.choice(list(PAINTERS)))]
    return turned(paint(patch, rng), int(rng.integers(4)))


def _shading(rng: np.random.Generator, background: Ground, patch: Patch) -> Floats:
    """Lambert's law on the relief, (S, S), 1 where flat, with a random lamp above."""
    size = patch.size_px
    height = np.zeros((size, size), np.float32)
    for part in (background.bump_mm, background.relief_mm):
        if part is not None:
            height += cv2.resize(part, (size, size), interpolation=cv2.INTER_CUBIC)
    down, across = np.gradient(height / np.float32(patch.mm_per_px))
    around, slope = rng.uniform(0, 2 * np.pi), 1 / np.tan(rng.uniform(0.7, 1.4))
    facing = 1 - slope * (across * np.cos(around) + down * np.sin(around))
    return np.asarray(np.clip(facing / np.sqrt(1 + across**2 + down**2), 0.5, 1.4), np.float32)


def _overlay_sheet(light: Canvas, rng: np.random.Generator) -> None:
    """Lays another sheet over part of the tile: a step edge with a thin shadow along it."""
    size = len(light)
    beyond = _edge_distance(rng, size, rng.uniform(0, 0.03) * size)
    blur = rng.uniform(0.4, 1.5)
    over = np.clip(beyond / blur + 0.5, 0, 1)[..., None].astype(np.float32)
    tone = np.exp(rng.normal(0, 0.8) + rng.normal(0, 0.15, 3)).astype(np.float32)
    plain = (light.mean(axis=(0, 1)) * tone) if rng.random() < 0.5 else light * tone
    shadow = 1 - rng.uniform(0, 0.5) * np.exp(-np.abs(beyond) / rng.uniform(1, 12))
    np.copyto(light, (light * shadow[..., None] * (1 - over) + np.minimum(plain, 0.95) * over))


def _edge_distance(rng: np.random.Generator, size: int, wobble_px: float) -> Array:
    """Signed distance in px (S, S) from a random edge across the tile; ``wobble_px`` is its
    roughness."""
    y, x = np.mgrid[0:size, 0:size].astype(np.float32)
    angle, at = rng.uniform(0, 2 * np.pi), rng.uniform(0.2, 0.8, 2) * size
    edge = (x - at[0]) * np.cos(angle) + (y - at[1]) * np.sin(angle)
    return np.asarray(edge + wobble_px * noise(rng, (size, size), (size / 4, size / 4)))


def _lamp(rng: np.random.Generator, size: int) -> Floats:
    """Uneven light (S, S): gradual changes, and the edge of an object's shadow."""
    lamp = np.ones((size, size), np.float32)
    if rng.random() < UNEVEN_SHARE:
        hills = noise(rng, (size, size), (size / 1.5, size / 1.5))
        lamp *= np.exp(np.float32(rng.uniform(0.05, 0.35)) * np.clip(hills, -2.5, 2.5))
    if rng.random() < SHADOW_SHARE:
        soft = size * np.exp(rng.uniform(np.log(0.004), np.log(0.1)))
        shade = 1 / (1 + np.exp(-np.clip(_edge_distance(rng, size, 0.1 * size) / soft, -30, 30)))
        lamp *= (1 - rng.uniform(0.2, 0.75) * shade).astype(np.float32)
    return lamp
