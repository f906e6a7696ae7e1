"""Draws tiles with hairs in no time: any ground, any hair, any look, and what is true of them.

They stand beside the rendered photos: less lifelike, without end, and rich in hard cases. All
shares and ranges are our choice.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from data.arrays import Array
from data.render.phone_camera import encode, photograph, sample_phone
from data.render.spec import PhoneSpec
from training.datasets.annotations import AnnotatedHair, AnnotatedPhoto
from training.line_finder.drawing.background import lit_background
from training.line_finder.drawing.distractors import scatter
from training.line_finder.drawing.hair import FULL_LIGHT, Light, draw_hair
from training.line_finder.drawing.shaft_texture import natural_colour
from training.line_finder.drawing.strokes import SHARES, STYLES, Canvas, path, placed

HAIRLESS_SHARE = 0.15
TANGLE_SHARE = 0.1
COMPANION_SHARE = 0.2
"""Hairs that run beside the one before."""
NARROWEST_PX, WIDEST_PX = 1.0, 32.0
TANGLE_WIDEST_PX = 4.0
MOST_WIDTHS = 0.35
"""So much of a tile's side all hairs together may take, side by side."""


@dataclass(frozen=True)
class HairCluster:
    """What the hairs of a tile have in common."""

    count: int
    width_px: float
    style: str
    head: Array


def draw_tile(
    rng: np.random.Generator, size_px: int, grounds: Sequence[Path] = ()
) -> tuple[NDArray[np.uint8], AnnotatedPhoto]:
    """A picture (S, S, 3) uint8, blue green red, and its hairs.

    Truth is in pixels with (0, 0) at the upper left corner of the picture. ``grounds`` are
    pictures of hairless grounds; half of the tiles lie on one. Raises ValueError if one of them
    is no picture. The same ``rng`` draws the same tile.
    """
    tuft = _tuft(rng, size_px)
    phone = _phone(rng, tuft.width_px)
    shaft_mm = rng.uniform(0.06, 0.1)
    canvas = lit_background(rng, size_px, shaft_mm / tuft.width_px, grounds)
    scatter(canvas, rng, tuft.width_px, int(rng.poisson(0.7 if tuft.count else 2.0)))
    hairs = _draw_hairs(canvas, rng, tuft, _light(rng, phone))
    truth = AnnotatedPhoto("", size_px, size_px, tuple(hairs), np.zeros((0, 2)))
    return _photographed(canvas, phone), truth


def _tuft(rng: np.random.Generator, size_px: int) -> HairCluster:
    widest, most = WIDEST_PX, 12
    kind = rng.random()
    if kind < HAIRLESS_SHARE:
        most = 0
    elif kind < HAIRLESS_SHARE + TANGLE_SHARE:
        widest, most = TANGLE_WIDEST_PX, 40
    width = float(np.exp(rng.uniform(np.log(NARROWEST_PX), np.log(widest))))
    most = int(np.ceil(min(most, MOST_WIDTHS * size_px / width)))
    count = int(rng.integers(1, most + 1)) if most else 0
    return HairCluster(count, width, str(rng.choice(STYLES, p=SHARES)), natural_colour(rng))


def _phone(rng: np.random.Generator, width_px: float) -> PhoneSpec:
    """A phone whose blur leaves hairs of that width visible."""
    phone = sample_phone(rng)
    return replace(
        phone,
        defocus_px=min(phone.defocus_px, 0.4 + 0.25 * width_px),
        motion_px=min(phone.motion_px, 0.5 * width_px),
    )


def _light(rng: np.random.Generator, phone: PhoneSpec) -> Light:
    angle, gap = rng.uniform(0, 2 * np.pi), 6 * rng.random() ** 2
    shadow = 0.0 if rng.random() < 0.25 else rng.uniform(0.05, 0.6)
    grain = np.sqrt(FULL_LIGHT / phone.photons + phone.read_noise**2) / FULL_LIGHT
    away = gap * np.array([np.cos(angle), np.sin(angle)])
    softness = 0.05 if rng.random() < 0.5 else rng.uniform(0.1, 0.5)
    blur = 0.5 + phone.defocus_px + phone.motion_px / 3
    return Light(away, float(softness), float(shadow), float(grain), blur)


def _draw_hairs(
    canvas: Canvas, rng: np.random.Generator, tuft: HairCluster, light: Light
) -> list[AnnotatedHair]:
    hairs: list[AnnotatedHair] = []
    line = np.zeros((0, 2))
    for _ in range(tuft.count):
        width = tuft.width_px * rng.uniform(0.65, 1.35)
        if len(line) and rng.random() < COMPANION_SHARE:
            line = _beside(rng, line, width)
        else:
            line = placed(rng, _course(rng, tuft, len(canvas)), len(canvas))
        head = tuft.head if rng.random() < 0.7 else natural_colour(rng)
        hairs.append(draw_hair(canvas, rng, line, width, head, light))
    return hairs


def _course(rng: np.random.Generator, tuft: HairCluster, size_px: int) -> Array:
    style = tuft.style if rng.random() < 0.7 else str(rng.choice(STYLES, p=SHARES))
    shortest = max(12 * tuft.width_px, 24)
    length = np.exp(rng.uniform(np.log(shortest), np.log(max(2.0 * size_px, 1.5 * shortest))))
    return path(rng, style, float(length), tuft.width_px)


def _beside(rng: np.random.Generator, line: Array, width_px: float) -> Array:
    """The line moved sideways by one to four widths and turned a little."""
    middle = line[len(line) // 2]
    way = line[-1] - line[0]
    side = np.array([-way[1], way[0]]) / (np.linalg.norm(way) + 1e-9)
    angle = rng.normal(0, 0.04)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    return np.asarray((line - middle) @ turn.T + middle + side * width_px * rng.uniform(1, 4))


def _photographed(canvas: Canvas, phone: PhoneSpec) -> NDArray[np.uint8]:
    picture = photograph(canvas, phone, white=1.0)
    raw = np.frombuffer(encode(picture, phone), np.uint8)
    return np.asarray(cv2.imdecode(raw, cv2.IMREAD_COLOR), np.uint8)
