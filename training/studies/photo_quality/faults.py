"""Faults of photos, each made worse step by step while all else is left as it was.

Each works on light: (H, W, 3) float32 linear intensities, blue green red, 1 where a pixel is full.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import cast

import cv2
import numpy as np
from numpy.typing import NDArray

from data.arrays import Array
from data.images.photo import Photo
from training.datasets.annotations import AnnotatedHair, AnnotatedPhoto

Light = NDArray[np.float32]
Scene = tuple[Light, AnnotatedPhoto]
Spoil = Callable[[Light, AnnotatedPhoto, float], Scene]

_FULL_ELECTRONS, _READ_ELECTRONS = 5000.0, 3.0
"""What a pixel of a phone's small sensor holds, and the noise of reading it. Our assumption."""
_FINE = 4096
"""Steps of the table that turns light into levels, evenly spread over its square root."""
_GLARE_LIGHT, _GLARE_EDGE = 2.0, 4
"""A reflection's light over white in its middle, and how steeply it ends. Our assumption."""
_HAIR_WIDTHS, _ROOT_WIDTHS = 3.0, 6.0
"""So many shafts wide is what belongs to a shaft with its shadow, and to a root."""
_GROUND_WIDTHS = 12.0
"""The ground under a hair is that within so many shaft widths of it."""
_TURNS = (-1, 0, 1)
"""Half a turn, upside down, left to right: as ``cv2.flip`` has them."""


@dataclass(frozen=True)
class Degradation:
    """What is made worse. ``code`` is the finding that should tell of it, ``varied`` what the
    numbers of ``steps`` are, from harmless to worst; the first one changes nothing."""

    code: str
    varied: str
    steps: tuple[float, ...]
    spoil: Spoil

    def at(self, photo: Photo, truth: AnnotatedPhoto, step: float) -> tuple[Photo, AnnotatedPhoto]:
        """The photo with this much of the fault, taken again with a camera's noise, and what is
        then true of it. The same input gives the same pixels."""
        light, moved = self.spoil(light_of(photo.pixels), truth, step)
        return Photo(taken(light), photo.sha256), moved


def light_of(pixels: NDArray[np.uint8]) -> Light:
    """The light of 8-bit pixels by the curve of sRGB (IEC 61966-2-1)."""
    levels = np.arange(256) / 255
    curve = np.where(levels <= 0.04045, levels / 12.92, ((levels + 0.055) / 1.055) ** 2.4)
    return np.asarray(curve.astype(np.float32)[pixels])


def taken(light: Light) -> NDArray[np.uint8]:
    """Pixels of a photo of ``light``: with noise of photons and of reading, clipped, by sRGB."""
    noise = np.random.default_rng(0).standard_normal(light.shape, np.float32)
    spread = np.sqrt(
        np.maximum(light, 0) / _FULL_ELECTRONS + (_READ_ELECTRONS / _FULL_ELECTRONS) ** 2
    )
    seen = np.clip(light + spread * noise, 0, 1)
    return np.asarray(_level_table()[(np.sqrt(seen) * (_FINE - 1) + 0.5).astype(np.int32)])


def _level_table() -> NDArray[np.uint8]:
    light = (np.arange(_FINE) / (_FINE - 1)) ** 2
    levels = np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055)
    return np.asarray(np.round(255 * levels).astype(np.uint8))


def shaft_px_of(truth: AnnotatedPhoto) -> float:
    """The typical width of the photo's shafts."""
    return float(np.median([hair.shaft_px for hair in truth.hairs]))


def _defocused(light: Light, truth: AnnotatedPhoto, widths: float) -> Scene:
    """Every point becomes a disc, ``widths`` shafts across."""
    radius = widths * shaft_px_of(truth) / 2
    if radius == 0:
        return light, truth
    reach = int(np.ceil(radius))
    y, x = np.mgrid[-reach : reach + 1, -reach : reach + 1]
    disc = np.clip(radius + 0.5 - np.hypot(x, y), 0, 1)
    return cast(
        Light, cv2.filter2D(light, -1, disc / disc.sum(), borderType=cv2.BORDER_REFLECT)
    ), truth


def _shrunk(light: Light, truth: AnnotatedPhoto, shaft_px: float) -> Scene:
    """The photo from farther away: its shafts are ``shaft_px`` wide."""
    scale = min(1.0, shaft_px / shaft_px_of(truth))
    size = round(scale * truth.width), round(scale * truth.height)
    shrunk = cv2.resize(light, size, interpolation=cv2.INTER_AREA)
    return cast(Light, shrunk), _moved(truth, scale, (0.0, 0.0), size)


def _faded(light: Light, truth: AnnotatedPhoto, kept: float) -> Scene:
    """Hairs and roots come nearer to the tone of the ground around them, in grey levels."""
    levels, hairs = np.sqrt(light), _hair_mask(truth)
    ground = _ground(levels, hairs, truth)
    return cast(Light, (levels + (1 - kept) * hairs[..., None] * (ground - levels)) ** 2), truth


def _overlaid(light: Light, truth: AnnotatedPhoto, layers: float) -> Scene:
    """The hairs, turned over, lie across themselves in so many layers: three at most."""
    hairs = _hair_mask(truth)
    shade = 1 + hairs[..., None] * (light / np.maximum(_ground(light, hairs, truth), 1e-3) - 1)
    for turn in _TURNS[: round(layers)]:
        light = light * cast(Light, cv2.flip(shade, turn))
    return light, truth


def _ground(values: Light, hairs: Light, truth: AnnotatedPhoto) -> Light:
    """(H, W, 3) ``values`` without the hairs: everywhere the mean of what lies bare around."""
    side = 2 * int(_GROUND_WIDTHS * shaft_px_of(truth) / 2) + 1
    bare = 1 - hairs[..., None]
    share = cast(Light, cv2.blur(bare, (side, side)))[..., None]
    return cast(Light, cv2.blur(values * bare, (side, side)) / np.maximum(share, 1e-3))


def _hair_mask(truth: AnnotatedPhoto) -> Light:
    """(H, W): 1 where a hair or its root is, softly 0 elsewhere."""
    mask = np.zeros((truth.height, truth.width), np.float32)
    for hair in truth.hairs:
        root = np.stack([hair.root_xy, hair.root_tip_xy])
        for line, widths in ((hair.line, _HAIR_WIDTHS), (root, _ROOT_WIDTHS)):
            thick = max(1, round(widths * hair.shaft_px))
            cv2.polylines(mask, [np.rint(line).astype(np.int32)], False, 1.0, thick)
    return cast(Light, cv2.GaussianBlur(mask, (0, 0), max(0.5, shaft_px_of(truth) / 4)))


def _exposed(light: Light, truth: AnnotatedPhoto, stops: float) -> Scene:
    """Twice the light for each stop up, half of it for each one down."""
    return light * np.float32(2**stops), truth


def _glaring(light: Light, truth: AnnotatedPhoto, share: float) -> Scene:
    """A soft round reflection over this share of the photo, in its middle."""
    height, width = light.shape[:2]
    y, x = np.mgrid[:height, :width].astype(np.float32)
    away = ((x - width / 2) ** 2 + (y - height / 2) ** 2) * np.pi
    shine = np.exp(-((away / max(share * width * height, 1e-6)) ** (_GLARE_EDGE / 2)) * np.log(2))
    return light + (share > 0) * np.float32(_GLARE_LIGHT) * shine[..., None], truth


def _cropped(light: Light, truth: AnnotatedPhoto, share: float) -> Scene:
    """Only an upright strip is in the picture, from the middle, with this share of the width."""
    width = round(share * truth.width)
    left = (truth.width - width) // 2
    strip = np.ascontiguousarray(light[:, left : left + width])
    return strip, _moved(truth, 1.0, (left, 0.0), (width, truth.height))


def _moved(
    truth: AnnotatedPhoto, scale: float, offset: tuple[float, float], size: tuple[int, int]
) -> AnnotatedPhoto:
    """The truth of a photo of ``size`` in which (x, y) lies at ``scale`` * ((x, y) - offset)."""
    photo = replace(truth, width=size[0], height=size[1])

    def place(points: Array) -> Array:
        return scale * (points - offset)

    def hair(one: AnnotatedHair) -> AnnotatedHair:
        root, tip = place(one.root_xy), place(one.tip_xy)
        return replace(
            one,
            root_xy=root,
            root_tip_xy=place(one.root_tip_xy),
            tip_xy=tip,
            root_in_photo=one.root_in_photo and bool(photo.contains(root)),
            tip_in_photo=one.tip_in_photo and bool(photo.contains(tip)),
            shaft_px=scale * one.shaft_px,
            line=place(one.line),
        )

    hairs = tuple(hair(one) for one in truth.hairs)
    return replace(photo, hairs=hairs, clutter=place(truth.clutter))


DEGRADATIONS = (
    Degradation("too_dark", "stops of light", (0, -1, -2, -3, -4, -5, -6), _exposed),
    Degradation("too_bright", "stops of light", (0, 0.5, 1, 1.5, 2, 2.5, 3), _exposed),
    Degradation("glare", "share of the photo under it", (0, 0.02, 0.04, 0.08, 0.15, 0.3), _glaring),
    Degradation("hairs_too_small", "shaft, px", (8, 6, 5, 4, 3, 2.5, 2, 1.5), _shrunk),
    Degradation("blurred", "blur disc, shaft widths", (0, 0.3, 0.6, 0.9, 1.2, 1.6, 2), _defocused),
    Degradation(
        "low_contrast", "share of contrast kept", (1, 0.8, 0.6, 0.5, 0.4, 0.25, 0.15), _faded
    ),
    Degradation("tangled", "layers laid across", (0, 1, 2, 3), _overlaid),
    Degradation(
        "ends_out_of_photo", "strip, share of width", (1, 0.6, 0.4, 0.3, 0.2, 0.15), _cropped
    ),
)
"""All that are made in the picture; too few hairs is not
(training/studies/photo_quality/study.py)."""
