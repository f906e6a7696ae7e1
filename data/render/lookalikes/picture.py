"""A photo in the making, and the grounds under a microscope."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from data.render import labels
from data.render.dataset import Json
from data.render.painter.backdrops import BACKDROPS, mist, photographed_backdrop

Array = NDArray[np.float64]
Image = NDArray[np.float32]
Mask = NDArray[np.uint8]
Shares = NDArray[np.floating]
"""(H, W) 0-1: how much of each pixel is covered."""
PHOTOGRAPHED_SHARE = 0.4
"""Of the grounds that may be photographs; our choice."""
TABLES = [name for name in BACKDROPS if name not in ("painted_print", "painted_tissue")]
"""Painted grounds without anything printed or embossed."""


@dataclass
class Picture:
    """What a drawer fills: linear `light` (H, W, 3), red green blue, the label picture `mask`
    (H, W), and what lies in it."""

    light: Image
    mask: Mask
    px_per_mm: float
    background: str = "drawn"
    transmitted: bool = False
    hairs: list[Json] = field(default_factory=list)
    clutter: list[Json] = field(default_factory=list)
    photographs: list[Path] = field(default_factory=list)

    @property
    def size(self) -> tuple[int, int]:
        """(width, height) in pixels."""
        return self.mask.shape[1], self.mask.shape[0]

    def lay(self, light: Image, background: str) -> None:
        """The ground."""
        self.light[:] = light
        self.background = background

    def lay_table(self, rng: np.random.Generator, names: list[str] | None = None) -> None:
        """A painted ground of one of `names` (any without print), or a photographed one."""
        shape = self.mask.shape[0], self.mask.shape[1]
        if names is None and self.photographs and rng.random() < PHOTOGRAPHED_SHARE:
            path = self.photographs[int(rng.integers(len(self.photographs)))]
            self.lay(photographed_backdrop(path, shape, rng), f"photo:{path.name}")
            return
        name = str(rng.choice(names or TABLES))
        self.lay(BACKDROPS[name](shape, self.px_per_mm, rng), name)

    def lay_micrograph(self, rng: np.random.Generator) -> None:
        """The field of view of a microscope: bright, dark, grey, stained cells or grains."""
        name = str(rng.choice(["bright", "dark", "grey", "stained", "grains"]))
        self.transmitted = name in ("bright", "stained")
        self.lay(_MICROGRAPHS[name]((self.mask.shape[0], self.mask.shape[1]), rng), f"micro_{name}")

    def cover(self, share: Shares, colour: Array | Image, kind: str = "") -> None:
        """Paints `colour` over the share of each pixel; with a `kind` it is clutter."""
        part = np.asarray(share, np.float32)[..., None]
        self.light *= 1 - part
        self.light += part * np.asarray(colour, np.float32)
        if kind:
            self.mask[share > 0.5] = labels.OTHER
            self.note(kind, np.asarray(share > 0.5))

    def around(self, points: Array, margin_px: float) -> "tuple[Picture, Array] | None":
        """The part of the picture about points (N, 2), painted on in place, and its upper left
        corner (2,); None outside."""
        low = np.clip(np.floor(points.min(axis=0) - margin_px), 0, self.size).astype(int)
        high = np.clip(np.ceil(points.max(axis=0) + margin_px), 0, self.size).astype(int)
        if np.any(high - low < 2):
            return None
        window = slice(low[1], high[1]), slice(low[0], high[0])
        part = replace(self, light=self.light[window], mask=self.mask[window])
        return part, low.astype(np.float64)

    def inked(self, polygons: list[Array]) -> Image:
        """The share of each pixel under filled polygons (N, 2)."""
        ink = np.zeros(self.mask.shape, np.uint8)
        for polygon in polygons:
            cv2.fillPoly(ink, [np.round(polygon * 16).astype(np.int32)], 255, cv2.LINE_AA, 4)
        return covered(ink)

    def note(self, kind: str, where: NDArray[np.bool_]) -> None:
        """Clutter in the truth, at the pixel of `where` next to its middle."""
        y, x = np.nonzero(where)
        if len(x):
            nearest = int(np.hypot(x - x.mean(), y - y.mean()).argmin())
            self.clutter.append({"kind": kind, "xy": [float(x[nearest]), float(y[nearest])]})


def covered(ink: NDArray[np.generic]) -> Image:
    """Ink 0-255 as shares 0-1."""
    return np.asarray(ink.astype(np.float32) / 255, np.float32)


def _field(
    shape: tuple[int, int], level: float, tint: Array, grain: float, rng: np.random.Generator
) -> Image:
    """An even field of view with clouds and grain."""
    clouds = mist(rng, shape, (shape[1] / 2, shape[1] / 6), 0.5)
    noise = mist(rng, shape, (2, 5), 0.7)
    made = level * (1 + 0.03 * clouds + grain * noise)
    return np.asarray(np.clip(made[..., None] * tint, 0.002, 0.97), np.float32)


def _bright(shape: tuple[int, int], rng: np.random.Generator) -> Image:
    return _field(shape, rng.uniform(0.5, 0.92), np.exp(rng.normal(0, 0.06, 3)), 0.004, rng)


def _dark(shape: tuple[int, int], rng: np.random.Generator) -> Image:
    return _field(shape, rng.uniform(0.005, 0.05), np.exp(rng.normal(0, 0.15, 3)), 0.05, rng)


def _grey(shape: tuple[int, int], rng: np.random.Generator) -> Image:
    return _field(shape, rng.uniform(0.06, 0.4), np.ones(3), float(rng.uniform(0.01, 0.1)), rng)


def _cells(shape: tuple[int, int], cell_px: float, rng: np.random.Generator) -> tuple[Image, Array]:
    """Distance in pixels to the border of a random cell, and each pixel's random level 0-1."""
    seeds = np.full(shape, 255, np.uint8)
    count = int(shape[0] * shape[1] / cell_px**2) + 4
    seeds[rng.integers(0, shape[0], count), rng.integers(0, shape[1], count)] = 0
    _, owner = cv2.distanceTransformWithLabels(seeds, cv2.DIST_L2, 5)
    inside = np.ones(shape, np.uint8)
    inside[:-1] &= owner[:-1] == owner[1:]
    inside[:, :-1] &= owner[:, :-1] == owner[:, 1:]
    away = cv2.distanceTransform(inside, cv2.DIST_L2, 5)
    return np.asarray(away, np.float32), rng.random(int(owner.max()) + 1)[owner]


def _stained(shape: tuple[int, int], rng: np.random.Generator) -> Image:
    """A stained section: pale cells with coloured walls and dark nuclei."""
    cell = float(np.exp(rng.uniform(np.log(20), np.log(140))))
    away, level = _cells(shape, cell, rng)
    stain = np.array([[0.55, 0.12, 0.4], [0.3, 0.15, 0.5], [0.6, 0.25, 0.3]])[int(rng.integers(3))]
    wall = np.exp(-away / (0.06 * cell + 1))
    kernel = np.clip(1 - np.abs(away - 0.32 * cell) / (0.12 * cell), 0, 1) * (level > 0.4)
    dense = 0.15 + 0.5 * wall + 0.5 * kernel + 0.2 * level
    dense = cv2.GaussianBlur(dense.astype(np.float32), (0, 0), float(rng.uniform(0.8, 3)))
    paper = _bright(shape, rng)
    passed = np.power(stain + 0.2, dense[..., None].astype(np.float64))
    return np.asarray(paper * passed, np.float32)


def _grains(shape: tuple[int, int], rng: np.random.Generator) -> Image:
    """A polished section: grains of several tones between thin dark borders."""
    away, level = _cells(shape, float(np.exp(rng.uniform(np.log(40), np.log(260)))), rng)
    tone = rng.uniform(0.15, 0.5) * (0.7 + 0.6 * level) * (1 - 0.7 * np.exp(-away / 1.5))
    tone = tone * (1 + 0.03 * mist(rng, shape, (2, 6), 0.7))
    tint = np.exp(rng.normal(0, 0.08, 3))
    return np.asarray(np.clip(tone[..., None] * tint, 0.002, 0.95), np.float32)


_MICROGRAPHS: dict[str, Callable[[tuple[int, int], np.random.Generator], Image]] = {
    "bright": _bright,
    "dark": _dark,
    "grey": _grey,
    "stained": _stained,
    "grains": _grains,
}
