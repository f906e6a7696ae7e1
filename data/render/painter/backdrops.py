"""Grounds painted as linear light at the photo's own size."""

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from data.render.backgrounds.photographs import read_ground

Image = NDArray[np.float32]
Shape = tuple[int, int]
Painter = Callable[[Shape, float, np.random.Generator], Image]


def mist(rng: np.random.Generator, shape: Shape, sizes_px: tuple[float, ...], fall: float) -> Image:
    """Sum of blurred noises, one for each size, of unit spread."""
    total = np.zeros(shape, np.float32)
    for k, size in enumerate(sizes_px):
        small = max(2, int(shape[0] / size) + 2), max(2, int(shape[1] / size) + 2)
        layer = rng.standard_normal(small).astype(np.float32)
        total += fall**k * cv2.resize(layer, shape[::-1], interpolation=cv2.INTER_LANCZOS4)
    return np.asarray(total / (total.std() + 1e-6), dtype=np.float32)


def _plain(low: float, high: float, tint: float) -> Painter:
    def paint(shape: Shape, mm_px: float, rng: np.random.Generator) -> Image:
        shade = np.exp(rng.uniform(np.log(low), np.log(high))) * np.exp(rng.normal(0, tint, 3))
        grain = mist(rng, shape, (2, 4, max(4.0, 0.2 * mm_px)), 0.8)
        cloud = mist(rng, shape, (shape[1] / 3, shape[1] / 8), 0.6)
        level = 1 + rng.uniform(0.005, 0.035) * grain + rng.uniform(0, 0.03) * cloud
        return _tinted(level, shade)

    return paint


def _tinted(level: Image, shade: NDArray[np.float64]) -> Image:
    return np.clip(level[..., None] * np.clip(shade, 0.01, 0.93), 0.003, 0.95).astype(np.float32)


def _slopes(height: Image, rng: np.random.Generator, depth: float) -> Image:
    """Light and shade on a height map, lit from a random side."""
    turn = rng.uniform(0, 2 * np.pi)
    gy, gx = np.gradient(height)
    slope = gx * np.cos(turn) + gy * np.sin(turn)
    return np.asarray(1 + depth * np.tanh(slope / (slope.std() * 2 + 1e-6)), dtype=np.float32)


def _tissue(shape: Shape, mm_px: float, rng: np.random.Generator) -> Image:
    """Embossed or quilted paper: pressed marks in a lattice, shaded."""
    y, x = np.mgrid[0 : shape[0], 0 : shape[1]].astype(np.float32)
    turn, pitch = rng.uniform(0, np.pi), mm_px * np.exp(rng.uniform(np.log(1.2), np.log(9)))
    u = (x * np.cos(turn) + y * np.sin(turn)) / pitch
    v = (y * np.cos(turn) - x * np.sin(turn)) / pitch
    cell = np.maximum(np.abs(u % 1 - 0.5), np.abs((v + 0.5 * np.floor(u)) % 1 - 0.5))
    mark = np.clip((cell - rng.uniform(0.15, 0.45)) * rng.uniform(4, 20), 0, 1)
    soft = cv2.GaussianBlur(mark.astype(np.float32), (0, 0), max(1.0, pitch * 0.05))
    fibre = mist(rng, shape, (2, 5, 12), 0.8)
    level = _slopes(soft, rng, rng.uniform(0.03, 0.2)) * (1 + 0.02 * fibre)
    return _tinted(level.astype(np.float32), np.array([0.82, 0.81, 0.79]) * rng.uniform(0.85, 1.08))


def _boards(shape: Shape, mm_px: float, rng: np.random.Generator) -> Image:
    """Wood: drawn-out grain between board edges."""
    long = cv2.resize(mist(rng, (shape[0], max(8, shape[1] // 24)), (2, 6, 20), 0.9), shape[::-1])
    y = np.mgrid[0 : shape[0], 0 : shape[1]][0].astype(np.float32)
    width = mm_px * rng.uniform(8, 60)
    edge = np.exp(-np.abs((y + rng.uniform(0, width)) % width - 2) / 2)
    level = 1 + rng.uniform(0.08, 0.25) * long - 0.5 * edge
    tone = np.array([[0.45, 0.28, 0.15], [0.2, 0.11, 0.06], [0.6, 0.47, 0.32]])[
        int(rng.integers(3))
    ]
    made = _tinted(level.astype(np.float32), tone * rng.uniform(0.7, 1.2))
    return np.ascontiguousarray(
        made if shape[0] != shape[1] or rng.random() < 0.5 else made.swapaxes(0, 1)
    )


def _knit(shape: Shape, mm_px: float, rng: np.random.Generator) -> Image:
    """Knit or towelling: rows of loops with fuzz."""
    y, x = np.mgrid[0 : shape[0], 0 : shape[1]].astype(np.float32)
    pitch = mm_px * np.exp(rng.uniform(np.log(0.25), np.log(1.5)))
    sway = mist(rng, shape, (pitch * 6, pitch * 2), 0.5) * pitch * 0.15
    loops = np.abs(np.sin(np.pi * (x + sway) / pitch + np.cos(np.pi * y / pitch)))
    level = 0.5 + 0.5 * loops * np.abs(np.cos(np.pi * (y - sway) / (pitch * 1.3))) ** 0.3
    level = level + 0.08 * mist(rng, shape, (2, 4), 0.8)
    shade = np.exp(rng.uniform(np.log(0.03), np.log(0.8))) * np.exp(rng.normal(0, 0.35, 3))
    return _tinted(level.astype(np.float32), shade)


def _tiles(shape: Shape, mm_px: float, rng: np.random.Generator) -> Image:
    """Glazed tiles with joints, or the edge of one sheet on another."""
    made = _plain(0.1, 0.85, 0.15)(shape, mm_px, rng)
    other = _plain(0.05, 0.8, 0.3)(shape, mm_px, rng)
    y, x = np.mgrid[0 : shape[0], 0 : shape[1]].astype(np.float32)
    turn = rng.uniform(0, np.pi)
    across = (x - shape[1] * rng.uniform(0.2, 0.8)) * np.cos(turn)
    across += (y - shape[0] * rng.uniform(0.2, 0.8)) * np.sin(turn)
    if rng.random() < 0.5:
        part = np.clip(mm_px * rng.uniform(0.3, 2) - np.abs(across), 0, 1)[..., None]
    else:
        part = np.clip(across, 0, 1)[..., None]
        made *= 1 - 0.4 * np.exp(-np.maximum(-across, 0) / (0.15 * mm_px + 2))[..., None]
    return np.asarray(made * (1 - part) + other * part, dtype=np.float32)


def _printed(shape: Shape, mm_px: float, rng: np.random.Generator) -> Image:
    """Paper with lines, ruler ticks or print."""
    made = _plain(0.6, 0.9, 0.04)(shape, mm_px, rng)
    ink = np.zeros(shape, np.uint8)
    pitch = max(8.0, mm_px * float(rng.choice([1, 2, 5])))
    if rng.random() < 0.35:
        for at in np.arange(rng.uniform(0, pitch), max(shape), pitch):
            cv2.line(ink, (int(at), 0), (int(at), shape[0]), 255, 1 + int(pitch / 40), cv2.LINE_AA)
            cv2.line(ink, (0, int(at)), (shape[1], int(at)), 255, 1 + int(pitch / 40), cv2.LINE_AA)
    elif rng.random() < 0.5:
        edge = int(shape[0] * rng.uniform(0.05, 0.9))
        for k, at in enumerate(np.arange(0, shape[1], max(5.0, mm_px))):
            tall = int(max(5.0, mm_px) * (5 if k % 10 == 0 else 3.8 if k % 5 == 0 else 2.6))
            cv2.line(
                ink, (int(at), edge), (int(at), edge + tall), 255, 1 + int(mm_px / 10), cv2.LINE_AA
            )
    else:
        high = float(np.clip(mm_px * rng.uniform(1.5, 5), 16, 300))
        for row in np.arange(high, shape[0], high * 1.8):
            words = "".join(chr(int(c)) for c in rng.integers(48, 123, 70))
            cv2.putText(
                ink, words, (0, int(row)), 0, high / 28, 255, max(1, int(high / 11)), cv2.LINE_AA
            )
    if rng.random() < 0.5:
        middle = shape[1] / 2, shape[0] / 2
        turn = cv2.getRotationMatrix2D(middle, float(rng.uniform(0, 360)), 1.3)
        ink = cv2.warpAffine(ink, turn, shape[::-1]).astype(np.uint8)
    cover = (ink.astype(np.float32) / 255 * rng.uniform(0.5, 1))[..., None]
    tone = np.exp(rng.uniform(np.log(0.02), np.log(0.4), 3))
    return np.asarray(made * (1 - cover) + tone * cover, dtype=np.float32)


BACKDROPS: dict[str, Painter] = {
    "painted_white": _plain(0.65, 0.92, 0.03),
    "painted_grey": _plain(0.12, 0.5, 0.05),
    "painted_black": _plain(0.012, 0.05, 0.1),
    "painted_colour": _plain(0.08, 0.6, 0.5),
    "painted_tissue": _tissue,
    "painted_boards": _boards,
    "painted_knit": _knit,
    "painted_tiles": _tiles,
    "painted_print": _printed,
}
"""Grounds by the name that truth.jsonl gives them."""


def photographed_backdrop(path: Path, shape: Shape, rng: np.random.Generator) -> Image:
    """A window of a photograph at one to four times its own size, mirrored at random."""
    image = read_ground(path)
    fits = min(image.shape[0] / shape[0], image.shape[1] / shape[1])
    zoom = max(1 / fits, float(np.exp(rng.uniform(np.log(0.6), np.log(3)))))
    wanted = int(shape[0] / zoom), int(shape[1] / zoom)
    top = int(rng.integers(0, max(1, image.shape[0] - wanted[0])))
    left = int(rng.integers(0, max(1, image.shape[1] - wanted[1])))
    window = image[top : top + wanted[0], left : left + wanted[1]]
    if rng.random() < 0.5:
        window = window[::-1]
    if rng.random() < 0.5:
        window = window[:, ::-1]
    grown = cv2.resize(np.ascontiguousarray(window), shape[::-1], interpolation=cv2.INTER_CUBIC)
    linear = cv2.pow(grown.astype(np.float32) / 255, 2.2)
    tint = rng.uniform(0.8, 1.15) * np.exp(rng.normal(0, 0.06, 3))
    return np.clip(linear * tint, 0.003, 0.95).astype(np.float32)
