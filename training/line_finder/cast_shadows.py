"""Lays sharp shadows beside the hairs of a tile.

A lamp near the table throws a shadow that is as narrow and as dark as the hair itself, some widths
beside it. Few renders show one, and a network that saw few of them traces the shadow, or the middle
between both. All shares and ranges are our choice.
"""

from dataclasses import replace

import cv2
import numpy as np

from data.arrays import Array, Floats, Pixels
from training.line_finder.tiles import Tile

SHADOWED_SHARE = 0.35
GAP_WIDTHS, STRENGTH, SOFTNESS_WIDTHS = (0.7, 4.0), (0.15, 0.75), (0.05, 0.4)
"""How far a shadow lies from its hair, how much light it takes, and the sigma of its edge."""
FADED_SHARE, FADE = 0.35, (0.3, 0.8)
"""Share of the shadowed tiles whose hairs are clear, and how clear."""
_WIDTH, _HEIGHT, _KNOTS = (0.8, 1.2), (0.5, 1.5), 5
"""A shadow's width over that of its hair; and how the gap changes along it, between knots."""
_SUBPIXEL_BITS = 4


def with_cast_shadows(tile: Tile, rng: np.random.Generator) -> Tile:
    """The tile, a share of the times with a shadow beside each hair, all on the same side."""
    if not tile.strokes or rng.random() >= SHADOWED_SHARE:
        return tile
    angle, gap = rng.uniform(0, 2 * np.pi), np.exp(rng.uniform(*np.log(GAP_WIDTHS)))
    away = gap * np.array([np.cos(angle), np.sin(angle)])
    shape = tile.inside.shape
    shade, bodies = np.zeros(shape, np.uint8), np.zeros(shape, np.uint8)
    knots = np.linspace(0, 1, _KNOTS)
    for stroke in tile.strokes:
        along = np.linspace(0, 1, len(stroke.line))
        height = np.interp(along, knots, rng.uniform(*_HEIGHT, _KNOTS))
        shifted = stroke.line + stroke.width_px * height[:, None] * away
        _draw(shade, shifted, stroke.width_px * rng.uniform(*_WIDTH))
        _draw(bodies, stroke.line, stroke.width_px)
    typical_px = float(np.median([stroke.width_px for stroke in tile.strokes]))
    sigma_px = 0.4 + typical_px * rng.uniform(*SOFTNESS_WIDTHS)
    dark = _share(shade, sigma_px) * (1 - _share(bodies, 0.5)) * rng.uniform(*STRENGTH)
    pixels = _faded(tile.pixels, bodies, typical_px, rng)
    lit = pixels * (1 - dark[..., None])
    return replace(tile, pixels=np.asarray(np.round(lit), np.uint8))


def _faded(pixels: Pixels, bodies: Pixels, width_px: float, rng: np.random.Generator) -> Floats:
    """The pixels, a share of the times with hairs as clear as glass: then the shadow is stronger
    than its hair."""
    levels = np.asarray(pixels, np.float32)
    if rng.random() >= FADED_SHARE:
        return levels
    free = 1 - _share(bodies, 0.5)
    sigma_px = 2 * width_px + 1
    around = cv2.GaussianBlur(levels * free[..., None], (0, 0), sigma_px)
    ground = around / np.maximum(cv2.GaussianBlur(free, (0, 0), sigma_px), 1e-3)[..., None]
    clear = rng.uniform(*FADE) * (1 - free)[..., None]
    return np.asarray(levels + clear * (ground - levels), np.float32)


def _draw(picture: Pixels, line: Array, width_px: float) -> None:
    """Draws a line (N, 2), in corner coordinates, at level 255."""
    corners = np.round((line - 0.5) * 2**_SUBPIXEL_BITS).astype(np.int32)
    thickness = max(1, round(width_px))
    cv2.polylines(picture, [corners], False, 255, thickness, cv2.LINE_AA, _SUBPIXEL_BITS)


def _share(picture: Pixels, sigma_px: float) -> Floats:
    """The picture as shares 0-1, with soft edges."""
    return np.asarray(cv2.GaussianBlur(picture, (0, 0), sigma_px) / np.float32(255), np.float32)
