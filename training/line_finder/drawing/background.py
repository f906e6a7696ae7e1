"""The ground of a drawn tile: painted or photographed, printed on, cut in two tones, and lit.

All shares and ranges are our choice.
"""

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from data.arrays import Array
from data.render.backgrounds.markings import DRAWERS, decorate
from data.render.backgrounds.photographs import photographed
from data.render.backgrounds.procedural import PAINTERS
from data.render.backgrounds.texture import Ground, Patch, noise, turned
from training.line_finder.drawing.strokes import Canvas

PHOTOGRAPHED_SHARE = 0.5
DECOR_SHARE = 0.25
TWO_TONE_SHARE = 0.15
UNEVEN_SHARE = 0.5
SHADOW_SHARE = 0.15
LEAST_MM_PER_PX = 0.006
"""Closer up, grounds look as they do from here: what is printed in a card would fill the tile."""
GAMMA = 2.2
"""Stands in for the sRGB curve."""


def lit_background(
    rng: np.random.Generator, size_px: int, mm_per_px: float, grounds: Sequence[Path] = ()
) -> Canvas:
    """The light that comes from the ground (S, S, 3), linear RGB; white paper gives about 0.8."""
    patch = Patch(size_px, max(mm_per_px, LEAST_MM_PER_PX))
    ground = _ground(rng, patch, grounds)
    if rng.random() < DECOR_SHARE:
        ground = decorate(ground, str(rng.choice(list(DRAWERS))), patch, rng)
    light = np.asarray(cv2.pow(ground.albedo.astype(np.float32), GAMMA), np.float32)
    light *= _shading(rng, ground, patch)[..., None]
    if rng.random() < TWO_TONE_SHARE:
        _cut_in_two(light, rng)
    return light * _lamp(rng, size_px)[..., None]


def _ground(rng: np.random.Generator, patch: Patch, grounds: Sequence[Path]) -> Ground:
    if grounds and rng.random() < PHOTOGRAPHED_SHARE:
        return photographed(grounds[int(rng.integers(len(grounds)))], patch, rng)
    paint = PAINTERS[str(rng.choice(list(PAINTERS)))]
    return turned(paint(patch, rng), int(rng.integers(4)))


def _shading(rng: np.random.Generator, ground: Ground, patch: Patch) -> NDArray[np.float32]:
    """Lambert's law on the relief, (S, S), 1 where flat, with a lamp anywhere above."""
    size = patch.size_px
    height = np.zeros((size, size), np.float32)
    for part in (ground.bump_mm, ground.relief_mm):
        if part is not None:
            height += cv2.resize(part, (size, size), interpolation=cv2.INTER_CUBIC)
    down, across = np.gradient(height / np.float32(patch.mm_per_px))
    around, slope = rng.uniform(0, 2 * np.pi), 1 / np.tan(rng.uniform(0.7, 1.4))
    facing = 1 - slope * (across * np.cos(around) + down * np.sin(around))
    return np.asarray(np.clip(facing / np.sqrt(1 + across**2 + down**2), 0.5, 1.4), np.float32)


def _cut_in_two(light: Canvas, rng: np.random.Generator) -> None:
    """Another sheet over part of the tile: a step edge, with a thin shadow along it."""
    size = len(light)
    beyond = _beyond(rng, size, rng.uniform(0, 0.03) * size)
    blur = rng.uniform(0.4, 1.5)
    over = np.clip(beyond / blur + 0.5, 0, 1)[..., None].astype(np.float32)
    tone = np.exp(rng.normal(0, 0.8) + rng.normal(0, 0.15, 3)).astype(np.float32)
    plain = (light.mean(axis=(0, 1)) * tone) if rng.random() < 0.5 else light * tone
    shadow = 1 - rng.uniform(0, 0.5) * np.exp(-np.abs(beyond) / rng.uniform(1, 12))
    np.copyto(light, (light * shadow[..., None] * (1 - over) + np.minimum(plain, 0.95) * over))


def _beyond(rng: np.random.Generator, size: int, wobble_px: float) -> Array:
    """Signed distance in px (S, S) beyond an edge across the tile that wobbles by so much."""
    y, x = np.mgrid[0:size, 0:size].astype(np.float32)
    angle, at = rng.uniform(0, 2 * np.pi), rng.uniform(0.2, 0.8, 2) * size
    edge = (x - at[0]) * np.cos(angle) + (y - at[1]) * np.sin(angle)
    return np.asarray(edge + wobble_px * noise(rng, (size, size), (size / 4, size / 4)))


def _lamp(rng: np.random.Generator, size: int) -> NDArray[np.float32]:
    """Uneven light (S, S): gentle hills, and the edge of some thing's shadow."""
    lamp = np.ones((size, size), np.float32)
    if rng.random() < UNEVEN_SHARE:
        hills = noise(rng, (size, size), (size / 1.5, size / 1.5))
        lamp *= np.exp(np.float32(rng.uniform(0.05, 0.35)) * np.clip(hills, -2.5, 2.5))
    if rng.random() < SHADOW_SHARE:
        soft = size * np.exp(rng.uniform(np.log(0.004), np.log(0.1)))
        shade = 1 / (1 + np.exp(-np.clip(_beyond(rng, size, 0.1 * size) / soft, -30, 30)))
        lamp *= (1 - rng.uniform(0.2, 0.75) * shade).astype(np.float32)
    return lamp
