"""Square tiles cut from photos with their strokes, at random scale and rotation."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from data.arrays import Array, Mask, Pixels
from data.images.read import read_photo_file
from training.datasets.annotations import AnnotatedHair, AnnotatedPhoto
from training.line_finder.targets import Stroke

TILE_PX = 320
_MIN_SCALE, _MAX_SCALE = 0.3, 2.5
_MIN_SHAFT_PX, _MAX_SHAFT_PX = 1.2, 30.0
_NATIVE_SHARE, _NATIVE_SCALE = 0.5, (0.75, 1.3)
"""Share of the tiles near the photo's own scale, at which the network is used."""
_NEAR_HAIR_SHARE = 0.8
_END_SHARE = 0.4
_ROOT_SHARE = 0.7


@dataclass(frozen=True)
class Scene:
    """A photo (H, W, 3), blue green red, and its annotations."""

    pixels: Pixels
    truth: AnnotatedPhoto


@dataclass(frozen=True)
class Tile:
    """A square cut, its strokes, and which of its pixels lie inside the photo."""

    pixels: Pixels
    strokes: list[Stroke]
    inside: Mask


def load_scenes(rendered: Path, truths: Sequence[AnnotatedPhoto]) -> list[Scene]:
    """The photos of a folder of renders."""
    photos = rendered / "photos"
    return [Scene(read_photo_file(photos / truth.name).pixels, truth) for truth in truths]


def cut_tile(scene: Scene, rng: np.random.Generator, size_px: int = TILE_PX) -> Tile:
    """A random tile of the scene: usually with a hair in it, often with an end."""
    scale = _scale(scene.truth, rng)
    affine = _affine(_centre(scene.truth, size_px / scale, rng), scale, size_px, rng)
    pixels, shrunk = _shrunk(scene.pixels, scale)
    # The same map for the shrunken photo, between indices of pixels instead of corners.
    linear = affine[:, :2] / shrunk
    shift = linear @ np.array([0.5, 0.5]) + affine[:, 2] - 0.5
    tile = cv2.warpAffine(
        pixels,
        np.column_stack([linear, shift]),
        (size_px, size_px),
        flags=cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REFLECT_101,
    )
    inside = _visible_area(affine, scene.truth, size_px)
    tile[~inside] = tile[inside].mean(axis=0) if inside.any() else 128
    strokes = [_stroke(hair, affine, scale) for hair in scene.truth.hairs]
    return Tile(np.asarray(tile, np.uint8), strokes, inside)


def _centre(truth: AnnotatedPhoto, side_px: float, rng: np.random.Generator) -> Array:
    """The centre of a tile: near a hair, near an end of one, or anywhere. A square of ``side_px``
    around it lies mostly in the photo."""
    size = np.array([truth.width, truth.height], float)
    spot = rng.uniform(0, size)
    if truth.hairs and rng.random() < _NEAR_HAIR_SHARE:
        hair = truth.hairs[int(rng.integers(len(truth.hairs)))]
        spot = hair.line[int(rng.integers(len(hair.line)))]
        if rng.random() < _END_SHARE:
            spot = hair.root_tip_xy if rng.random() < _ROOT_SHARE else hair.tip_xy
        spot = spot + rng.uniform(-0.4, 0.4, 2) * side_px
    margin = np.minimum(0.4 * side_px, size / 2)
    return np.asarray(np.clip(spot, margin, size - margin))


def _scale(truth: AnnotatedPhoto, rng: np.random.Generator) -> float:
    """A scale at which the hairs are ``_MIN_SHAFT_PX`` to ``_MAX_SHAFT_PX`` wide."""
    typical = float(np.median([hair.shaft_px for hair in truth.hairs])) if truth.hairs else 8.0
    low = max(_MIN_SCALE, _MIN_SHAFT_PX / typical)
    high = max(min(_MAX_SCALE, _MAX_SHAFT_PX / typical), low)
    if rng.random() < _NATIVE_SHARE:
        low, high = np.clip(_NATIVE_SCALE, low, high)
    return float(np.exp(rng.uniform(np.log(low), np.log(high))))


def _affine(centre: Array, scale: float, size_px: int, rng: np.random.Generator) -> Array:
    """The map (2, 3) from the photo's corner coordinates, with ``centre`` in the tile's middle."""
    angle = rng.uniform(0, 2 * np.pi)
    cos, sin = scale * np.cos(angle), scale * np.sin(angle)
    mirror = 1 if rng.random() < 0.5 else -1
    linear = np.array([[cos, -sin * mirror], [sin, cos * mirror]])
    return np.column_stack([linear, size_px / 2 - linear @ centre])


def _shrunk(pixels: Pixels, scale: float) -> tuple[Pixels, float]:
    """The photo and its scale: shrunk for a much smaller tile, because warping would alias."""
    if scale > 0.75:
        return pixels, 1.0
    height, width = pixels.shape[:2]
    small = cv2.resize(
        pixels, (round(width * scale), round(height * scale)), interpolation=cv2.INTER_AREA
    )
    return np.asarray(small, np.uint8), small.shape[1] / width


def _visible_area(affine: Array, truth: AnnotatedPhoto, size_px: int) -> Mask:
    corners = np.array([[0, 0], [1, 0], [1, 1], [0, 1]]) * (truth.width, truth.height)
    placed = np.round(_mapped(corners, affine)).astype(np.int32)
    mask = np.zeros((size_px, size_px), np.uint8)
    cv2.fillConvexPoly(mask, placed, 1)
    return mask.astype(bool)


def _stroke(hair: AnnotatedHair, affine: Array, scale: float) -> Stroke:
    line = np.vstack([hair.root_tip_xy, hair.line])
    ends = [
        xy
        for xy, in_photo in (
            (hair.root_tip_xy, hair.root_in_photo),
            (hair.tip_xy, hair.tip_in_photo),
        )
        if in_photo
    ]
    return Stroke(
        _mapped(line, affine), hair.shaft_px * scale, _mapped(np.reshape(ends, (-1, 2)), affine)
    )


def _mapped(points: Array, affine: Array) -> Array:
    return np.asarray(points @ affine[:, :2].T + affine[:, 2])
