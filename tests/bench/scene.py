"""Drawn photos of a given size and number of hairs, to measure cost, not quality."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from data.arrays import Pixels

SHAFT_SHARE = 8 / 4000
"""Shaft over photo width: 8 px at 12 megapixels, as the README asks for."""
JPEG_QUALITY = 92
_BACKGROUND, _HAIR, _BULB = (176, 184, 190), (38, 46, 58), (150, 170, 186)
_GRAIN_WIDTHS, _GRAIN_LEVELS = (0.01, 0.002), (6.0, 4.0)
"""Size, in photo widths, and strength, in grey levels, of the background's two textures."""
_NOISE_LEVELS, _SOFT_PX = 14.0, 0.8
"""These make a file of about 3 MB at 12 megapixels, as phones do, for a realistic decode."""
_POINTS = 40
_CLUMP_RADIUS = 0.08


@dataclass(frozen=True)
class Scene:
    """A photo to draw; the same seed gives the same hairs at every size.

    In a ``clump`` all hairs cross one small disc; otherwise they lie all over the photo.
    """

    megapixels: float
    hairs: int
    clump: bool = False
    seed: int = 1

    @property
    def name(self) -> str:
        """A short description."""
        return f"{self.megapixels:g} MP, {'clump of ' * self.clump}{self.hairs} hairs"

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels, four to three."""
        unit = (self.megapixels * 1e6 / 12) ** 0.5
        return round(4 * unit), round(3 * unit)

    def as_jpeg(self) -> bytes:
        """The photo as a JPEG file."""
        rng = np.random.default_rng(self.seed)
        pixels = self._background(rng)
        for _ in range(self.hairs):
            self._draw_hair(pixels, rng)
        _, jpeg = cv2.imencode(".jpg", _noisy(pixels, self.seed), [1, JPEG_QUALITY])
        return jpeg.tobytes()

    def _background(self, rng: np.random.Generator) -> Pixels:
        width, height = self.size
        level = np.zeros((height, width), np.float32)
        for share, strength in zip(_GRAIN_WIDTHS, _GRAIN_LEVELS, strict=True):
            cells = round(0.75 / share), round(1 / share)
            grain = rng.normal(0, strength, cells).astype(np.float32)
            level += cv2.resize(grain, self.size, interpolation=cv2.INTER_CUBIC)
        channels = [(level + tone).clip(0, 255).astype(np.uint8) for tone in _BACKGROUND]
        return np.asarray(cv2.merge(channels), np.uint8)

    def _draw_hair(self, pixels: Pixels, rng: np.random.Generator) -> None:
        """A bent hair with a bulb at its first end."""
        width, _ = self.size
        shaft_px = SHAFT_SHARE * width
        path = self._path(rng) * width
        corners = np.rint(path * 16).astype(np.int32)
        cv2.polylines(pixels, [corners], False, _HAIR, round(shaft_px), cv2.LINE_AA, 4)
        angle = float(np.degrees(np.arctan2(*(path[0] - path[1])[::-1])))
        (x, y), axes = path[0].tolist(), (round(1.6 * shaft_px), round(0.9 * shaft_px))
        cv2.ellipse(pixels, (round(x), round(y)), axes, angle, 0, 360, _BULB, -1, cv2.LINE_AA)

    def _path(self, rng: np.random.Generator) -> NDArray[np.float64]:
        """(N, 2) x and y in photo widths, along an arc."""
        length, turn = rng.uniform(0.08, 0.4), rng.uniform(-1.5, 1.5)
        way = rng.uniform(0, 2 * np.pi) + turn * np.linspace(-0.5, 0.5, _POINTS)
        steps = np.column_stack([np.cos(way), np.sin(way)]) * length / _POINTS
        path = np.cumsum(steps, axis=0)
        middle = rng.uniform((0, 0), (1, 0.75))
        if self.clump:
            middle = (0.5, 0.375) + _CLUMP_RADIUS * rng.uniform(-1, 1, 2)
        return np.asarray(path - path[_POINTS // 2] + middle)


def _noisy(pixels: Pixels, seed: int) -> Pixels:
    """Adds grain and a slight blur, as a camera does."""
    cv2.setRNGSeed(seed)
    noise = np.zeros(pixels.shape, np.int8)
    cv2.randn(noise, np.zeros(3), np.full(3, _NOISE_LEVELS))
    grainy = cv2.add(pixels, noise, dtype=cv2.CV_8U)
    return np.asarray(cv2.GaussianBlur(grainy, (0, 0), _SOFT_PX), np.uint8)
