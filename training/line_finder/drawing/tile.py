"""Paints tiles with hairs of any kind on any background, with their annotations.

They complement the rendered photos: less realistic, but fast to make, unlimited in number, and rich
in difficult cases. All shares and ranges are our choice.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np

from data.arrays import Array, Pixels
from data.render.phone_camera import encode, photograph, sample_phone
from data.render.spec import PhoneSpec
from training.datasets.annotations import AnnotatedHair, AnnotatedPhoto
from training.line_finder.drawing.background import lit_background
from training.line_finder.drawing.distractors import distract
from training.line_finder.drawing.hair import MID_LIGHT, TileLight, paint_on_tile
from training.line_finder.drawing.shaft_texture import natural_colour
from training.line_finder.drawing.strokes import SHARES, STYLES, Canvas, path, placed

HAIRLESS_SHARE = 0.15
TANGLE_SHARE = 0.1
PARALLEL_SHARE = 0.2
"""Hairs that run beside the previous one."""
MIN_SHAFT_PX, MAX_SHAFT_PX = 1.0, 32.0
MAX_TANGLE_SHAFT_PX = 4.0
MAX_HAIRS, MAX_TANGLE_HAIRS = 12, 40
MAX_COVERED_SHARE = 0.35
"""Maximum share of a tile's side that all hairs, laid side by side, cover."""
SAME_SHARE = 0.7
"""Share of the hairs that have the style, and of those that have the colour, of their cluster."""


@dataclass(frozen=True)
class HairCluster:
    """The common properties of the hairs of a tile: ``style`` is one of ``STYLES``, ``head`` the
    natural colour (3,)."""

    count: int
    width_px: float
    style: str
    head: Array


def paint_tile(
    rng: np.random.Generator, size_px: int, backgrounds: Sequence[Path] = ()
) -> tuple[Pixels, AnnotatedPhoto]:
    """A tile (S, S, 3) uint8, blue green red, and its annotations.

    Annotations are in px with (0, 0) at the upper left corner. ``backgrounds`` are photographs
    without hair; half of the tiles use one. Raises ValueError if one of them is not an image. The
    same ``rng`` gives the same tile.
    """
    cluster = _cluster(rng, size_px)
    phone = _phone(rng, cluster.width_px)
    shaft_mm = rng.uniform(0.06, 0.1)
    canvas = lit_background(rng, size_px, shaft_mm / cluster.width_px, backgrounds)
    distract(canvas, rng, cluster.width_px, int(rng.poisson(0.7 if cluster.count else 2.0)))
    hairs = _paint_hairs(canvas, rng, cluster, _light(rng, phone))
    truth = AnnotatedPhoto("", size_px, size_px, tuple(hairs), np.zeros((0, 2)))
    raw = np.frombuffer(encode(photograph(canvas, phone, white=1.0), phone), np.uint8)
    return np.asarray(cv2.imdecode(raw, cv2.IMREAD_COLOR), np.uint8), truth


def _cluster(rng: np.random.Generator, size_px: int) -> HairCluster:
    max_shaft_px, max_count = MAX_SHAFT_PX, MAX_HAIRS
    kind = rng.random()
    if kind < HAIRLESS_SHARE:
        max_count = 0
    elif kind < HAIRLESS_SHARE + TANGLE_SHARE:
        max_shaft_px, max_count = MAX_TANGLE_SHAFT_PX, MAX_TANGLE_HAIRS
    width = float(np.exp(rng.uniform(np.log(MIN_SHAFT_PX), np.log(max_shaft_px))))
    max_count = int(np.ceil(min(max_count, MAX_COVERED_SHARE * size_px / width)))
    count = int(rng.integers(1, max_count + 1)) if max_count else 0
    return HairCluster(count, width, str(rng.choice(STYLES, p=SHARES)), natural_colour(rng))


def _phone(rng: np.random.Generator, width_px: float) -> PhoneSpec:
    """A phone camera whose blur leaves hairs of that width visible."""
    phone = sample_phone(rng)
    return replace(
        phone,
        defocus_px=min(phone.defocus_px, 0.4 + 0.25 * width_px),
        motion_px=min(phone.motion_px, 0.5 * width_px),
    )


def _light(rng: np.random.Generator, phone: PhoneSpec) -> TileLight:
    angle, gap = rng.uniform(0, 2 * np.pi), 6 * rng.random() ** 2
    shadow = 0.0 if rng.random() < 0.25 else rng.uniform(0.05, 0.6)
    grain = np.sqrt(MID_LIGHT / phone.photons + phone.read_noise**2) / MID_LIGHT
    away = gap * np.array([np.cos(angle), np.sin(angle)])
    softness = 0.05 if rng.random() < 0.5 else rng.uniform(0.1, 0.5)
    blur = 0.5 + phone.defocus_px + phone.motion_px / 3
    return TileLight(away, float(softness), float(shadow), float(grain), blur)


def _paint_hairs(
    canvas: Canvas, rng: np.random.Generator, cluster: HairCluster, light: TileLight
) -> list[AnnotatedHair]:
    hairs: list[AnnotatedHair] = []
    line = np.zeros((0, 2))
    for _ in range(cluster.count):
        width = cluster.width_px * rng.uniform(0.65, 1.35)
        if len(line) and rng.random() < PARALLEL_SHARE:
            line = _beside(rng, line, width)
        else:
            line = placed(rng, _path(rng, cluster, len(canvas)), len(canvas))
        head = cluster.head if rng.random() < SAME_SHARE else natural_colour(rng)
        hairs.append(paint_on_tile(canvas, rng, line, width, head, light))
    return hairs


def _path(rng: np.random.Generator, cluster: HairCluster, size_px: int) -> Array:
    style = cluster.style if rng.random() < SAME_SHARE else str(rng.choice(STYLES, p=SHARES))
    min_px = max(12 * cluster.width_px, 24)
    length = np.exp(rng.uniform(np.log(min_px), np.log(max(2.0 * size_px, 1.5 * min_px))))
    return path(rng, style, float(length), cluster.width_px)


def _beside(rng: np.random.Generator, line: Array, width_px: float) -> Array:
    """The line moved sideways by one to four widths and rotated slightly."""
    middle = line[len(line) // 2]
    chord = line[-1] - line[0]
    side = np.array([-chord[1], chord[0]]) / (np.linalg.norm(chord) + 1e-9)
    angle = rng.normal(0, 0.04)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    return np.asarray((line - middle) @ turn.T + middle + side * width_px * rng.uniform(1, 4))
