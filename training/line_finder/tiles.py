"""Square pieces of photos with the strokes in them, at any scale and turned any way."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from data.images.read import read_photo_file
from training.datasets.annotations import AnnotatedHair, AnnotatedPhoto
from training.line_finder.targets import Stroke

TILE_PX = 320
_LEAST_SCALE, _MOST_SCALE = 0.3, 2.5
_THINNEST_PX, _WIDEST_PX = 1.2, 30.0
_AS_TAKEN_SHARE, _AS_TAKEN = 0.5, (0.75, 1.3)
"""So many tiles show the photo about as large as it is: that is how it will be read."""
_NEAR_HAIR_SHARE = 0.8
_END_SHARE = 0.4
_ROOT_SHARE = 0.7


@dataclass(frozen=True)
class Scene:
    """A picture, (H, W, 3) blue green red, and what is true of it."""

    pixels: NDArray[np.uint8]
    truth: AnnotatedPhoto


@dataclass(frozen=True)
class Tile:
    """A square picture, its strokes, and where in it there is photo at all."""

    pixels: NDArray[np.uint8]
    strokes: list[Stroke]
    inside: NDArray[np.bool_]


def load_scenes(rendered: Path, truths: Sequence[AnnotatedPhoto]) -> list[Scene]:
    """The photos of a folder of renders."""
    photos = rendered / "photos"
    return [Scene(read_photo_file(photos / truth.name).pixels, truth) for truth in truths]


def cut_tile(scene: Scene, rng: np.random.Generator, size_px: int = TILE_PX) -> Tile:
    """A tile from anywhere in the scene, mostly with some hair in it, often with an end."""
    scale = _scale(scene.truth, rng)
    turn = _turn(_place(scene.truth, size_px / scale, rng), scale, size_px, rng)
    pixels, shrunk = _shrunk(scene.pixels, scale)
    tile = cv2.warpAffine(
        pixels,
        _for_pixel_centres(turn, shrunk),
        (size_px, size_px),
        flags=cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REFLECT_101,
    )
    inside = _visible_area(turn, scene.truth, size_px)
    tile[~inside] = tile[inside].mean(axis=0) if inside.any() else 128
    strokes = [_stroke(hair, turn, scale) for hair in scene.truth.hairs]
    return Tile(np.asarray(tile, np.uint8), strokes, inside)


def _place(truth: AnnotatedPhoto, side_px: float, rng: np.random.Generator) -> NDArray[np.float64]:
    """Near a hair, near an end of one, or anywhere, so that a square of ``side_px`` round it has
    little beyond the photo."""
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
    """One at which hairs stay between a little over one and some thirty pixels wide."""
    typical = float(np.median([hair.shaft_px for hair in truth.hairs])) if truth.hairs else 8.0
    least = max(_LEAST_SCALE, _THINNEST_PX / typical)
    most = max(min(_MOST_SCALE, _WIDEST_PX / typical), least)
    if rng.random() < _AS_TAKEN_SHARE:
        least, most = np.clip(_AS_TAKEN, least, most)
    return float(np.exp(rng.uniform(np.log(least), np.log(most))))


def _turn(
    place: NDArray[np.float64], scale: float, size_px: int, rng: np.random.Generator
) -> NDArray[np.float64]:
    """(2, 3) from the photo's corner coordinates to the tile's, ``place`` to its middle."""
    angle = rng.uniform(0, 2 * np.pi)
    cos, sin = scale * np.cos(angle), scale * np.sin(angle)
    mirror = 1 if rng.random() < 0.5 else -1
    linear = np.array([[cos, -sin * mirror], [sin, cos * mirror]])
    return np.column_stack([linear, size_px / 2 - linear @ place])


def _shrunk(pixels: NDArray[np.uint8], scale: float) -> tuple[NDArray[np.uint8], float]:
    """The picture made smaller beforehand where the tile is much smaller: warping would alias."""
    if scale > 0.75:
        return pixels, 1.0
    height, width = pixels.shape[:2]
    small = cv2.resize(
        pixels, (round(width * scale), round(height * scale)), interpolation=cv2.INTER_AREA
    )
    return np.asarray(small, np.uint8), small.shape[1] / width


def _for_pixel_centres(turn: NDArray[np.float64], shrunk: float) -> NDArray[np.float64]:
    """The same turn for the shrunken picture, between indices of pixels."""
    linear = turn[:, :2] / shrunk
    shift = linear @ np.array([0.5, 0.5]) + turn[:, 2] - 0.5
    return np.column_stack([linear, shift])


def _visible_area(
    turn: NDArray[np.float64], truth: AnnotatedPhoto, size_px: int
) -> NDArray[np.bool_]:
    corners = np.array([[0, 0], [1, 0], [1, 1], [0, 1]]) * (truth.width, truth.height)
    placed = np.round(_moved(corners, turn)).astype(np.int32)
    mask = np.zeros((size_px, size_px), np.uint8)
    cv2.fillConvexPoly(mask, placed, 1)
    return mask.astype(bool)


def _stroke(hair: AnnotatedHair, turn: NDArray[np.float64], scale: float) -> Stroke:
    line = np.vstack([hair.root_tip_xy, hair.line])
    ends = [
        place
        for place, seen in (
            (hair.root_tip_xy, hair.root_in_photo),
            (hair.tip_xy, hair.tip_in_photo),
        )
        if seen
    ]
    return Stroke(
        _moved(line, turn), hair.shaft_px * scale, _moved(np.reshape(ends, (-1, 2)), turn)
    )


def _moved(points: NDArray[np.float64], turn: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(points @ turn[:, :2].T + turn[:, 2])
