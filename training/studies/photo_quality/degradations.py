"""Degradations of photos, each increased step by step while everything else stays the same.

They work on light: (H, W, 3) float32 linear intensities, blue green red, 1 where a pixel saturates.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import cast

import cv2
import numpy as np

from data.arrays import Array, Floats, Pixels
from data.images.photo import Photo
from training.datasets.annotations import AnnotatedHair, AnnotatedPhoto

Scene = tuple[Floats, AnnotatedPhoto]
Degrade = Callable[[Floats, AnnotatedPhoto, float], Scene]

_FULL_WELL_ELECTRONS, _READ_NOISE_ELECTRONS = 5000.0, 3.0
"""Full-well capacity and read noise of a phone's small sensor. Our assumption."""
_TABLE_STEPS = 4096
"""Steps of the table from light to levels, evenly spaced over the square root of light."""
_GLARE_LIGHT, _GLARE_EDGE = 2.0, 4
"""Floats of a reflection relative to white in its middle, and the steepness of its edge. Our
assumption."""
_HAIR_WIDTHS, _ROOT_WIDTHS = 3.0, 6.0
"""Width of the area of a shaft with its shadow, and of a root, in shaft widths."""
_BACKGROUND_WIDTHS = 12.0
"""Side of the square over which the background around a hair is averaged, in shaft widths."""
_FLIPS = (-1, 0, 1)
"""Codes of ``cv2.flip``: both axes, upside down, left to right."""


@dataclass(frozen=True)
class Degradation:
    """A degradation. ``code`` is the finding that should fire, ``varied`` the quantity that
    ``steps`` set, from harmless to worst; the first step changes nothing."""

    code: str
    varied: str
    steps: tuple[float, ...]
    degrade: Degrade

    def at(self, photo: Photo, truth: AnnotatedPhoto, step: float) -> tuple[Photo, AnnotatedPhoto]:
        """The degraded photo with a camera's noise, and its annotations. The same input gives the
        same pixels."""
        light, moved = self.degrade(light_of(photo.pixels), truth, step)
        return Photo(photo_pixels(light), photo.sha256), moved


def light_of(pixels: Pixels) -> Floats:
    """The light of 8-bit pixels, by the sRGB curve (IEC 61966-2-1)."""
    levels = np.arange(256) / 255
    curve = np.where(levels <= 0.04045, levels / 12.92, ((levels + 0.055) / 1.055) ** 2.4)
    return np.asarray(curve.astype(np.float32)[pixels])


def photo_pixels(light: Floats) -> Pixels:
    """Pixels of a photo of ``light``: with photon and read noise, clipped, by the sRGB curve."""
    noise = np.random.default_rng(0).standard_normal(light.shape, np.float32)
    spread = np.sqrt(
        np.maximum(light, 0) / _FULL_WELL_ELECTRONS
        + (_READ_NOISE_ELECTRONS / _FULL_WELL_ELECTRONS) ** 2
    )
    noisy = np.clip(light + spread * noise, 0, 1)
    table_light = (np.arange(_TABLE_STEPS) / (_TABLE_STEPS - 1)) ** 2
    levels = np.where(
        table_light <= 0.0031308, 12.92 * table_light, 1.055 * table_light ** (1 / 2.4) - 0.055
    )
    table = np.round(255 * levels).astype(np.uint8)
    return np.asarray(table[(np.sqrt(noisy) * (_TABLE_STEPS - 1) + 0.5).astype(np.int32)])


def shaft_px_of(truth: AnnotatedPhoto) -> float:
    """The median width of the photo's shafts."""
    return float(np.median([hair.shaft_px for hair in truth.hairs]))


def _defocused(light: Floats, truth: AnnotatedPhoto, widths: float) -> Scene:
    """Every point becomes a disc, ``widths`` shaft widths in diameter."""
    radius = widths * shaft_px_of(truth) / 2
    if radius == 0:
        return light, truth
    reach = int(np.ceil(radius))
    y, x = np.mgrid[-reach : reach + 1, -reach : reach + 1]
    disc = np.clip(radius + 0.5 - np.hypot(x, y), 0, 1)
    return cast(
        Floats, cv2.filter2D(light, -1, disc / disc.sum(), borderType=cv2.BORDER_REFLECT)
    ), truth


def _shrunk(light: Floats, truth: AnnotatedPhoto, shaft_px: float) -> Scene:
    """The photo from farther away: its shafts are ``shaft_px`` wide."""
    scale = min(1.0, shaft_px / shaft_px_of(truth))
    size = round(scale * truth.width), round(scale * truth.height)
    shrunk = cv2.resize(light, size, interpolation=cv2.INTER_AREA)
    return cast(Floats, shrunk), _moved(truth, scale, (0.0, 0.0), size)


def _faded(light: Floats, truth: AnnotatedPhoto, share: float) -> Scene:
    """Hairs and roots keep this share of their contrast with the background, in grey levels."""
    levels, hairs = np.sqrt(light), _hair_mask(truth)
    background = _background(levels, hairs, truth)
    return cast(
        Floats, (levels + (1 - share) * hairs[..., None] * (background - levels)) ** 2
    ), truth


def _overlaid(light: Floats, truth: AnnotatedPhoto, layers: float) -> Scene:
    """Flipped copies of the hairs lie across them in ``layers`` layers, at most three."""
    hairs = _hair_mask(truth)
    shade = 1 + hairs[..., None] * (light / np.maximum(_background(light, hairs, truth), 1e-3) - 1)
    for flip in _FLIPS[: round(layers)]:
        light = light * cast(Floats, cv2.flip(shade, flip))
    return light, truth


def _background(values: Floats, hairs: Floats, truth: AnnotatedPhoto) -> Floats:
    """(H, W, 3) ``values`` without the hairs: the local mean of the pixels without hair."""
    side = 2 * int(_BACKGROUND_WIDTHS * shaft_px_of(truth) / 2) + 1
    bare = 1 - hairs[..., None]
    share = cast(Floats, cv2.blur(bare, (side, side)))[..., None]
    return cast(Floats, cv2.blur(values * bare, (side, side)) / np.maximum(share, 1e-3))


def _hair_mask(truth: AnnotatedPhoto) -> Floats:
    """(H, W): 1 on hairs and roots, falling softly to 0 around them."""
    mask = np.zeros((truth.height, truth.width), np.float32)
    for hair in truth.hairs:
        root = np.stack([hair.root_xy, hair.root_tip_xy])
        for line, widths in ((hair.line, _HAIR_WIDTHS), (root, _ROOT_WIDTHS)):
            thick = max(1, round(widths * hair.shaft_px))
            cv2.polylines(mask, [np.rint(line).astype(np.int32)], False, 1.0, thick)
    return cast(Floats, cv2.GaussianBlur(mask, (0, 0), max(0.5, shaft_px_of(truth) / 4)))


def _exposed(light: Floats, truth: AnnotatedPhoto, stops: float) -> Scene:
    """Twice the light for each stop up, half the light for each stop down."""
    return light * np.float32(2**stops), truth


def _glaring(light: Floats, truth: AnnotatedPhoto, share: float) -> Scene:
    """A soft round reflection in the middle, over this share of the photo."""
    height, width = light.shape[:2]
    y, x = np.mgrid[:height, :width].astype(np.float32)
    away = ((x - width / 2) ** 2 + (y - height / 2) ** 2) * np.pi
    shine = np.exp(-((away / max(share * width * height, 1e-6)) ** (_GLARE_EDGE / 2)) * np.log(2))
    return light + (share > 0) * np.float32(_GLARE_LIGHT) * shine[..., None], truth


def _cropped(light: Floats, truth: AnnotatedPhoto, share: float) -> Scene:
    """Only an upright strip from the middle, with this share of the width."""
    width = round(share * truth.width)
    left = (truth.width - width) // 2
    strip = np.ascontiguousarray(light[:, left : left + width])
    return strip, _moved(truth, 1.0, (left, 0.0), (width, truth.height))


def _moved(
    truth: AnnotatedPhoto, scale: float, offset: tuple[float, float], size: tuple[int, int]
) -> AnnotatedPhoto:
    """The annotations of a photo of ``size`` in which (x, y) is at ``scale`` * ((x, y) -
    offset)."""
    photo = replace(truth, width=size[0], height=size[1])

    def moved(points: Array) -> Array:
        return scale * (points - offset)

    def hair(one: AnnotatedHair) -> AnnotatedHair:
        root, tip = moved(one.root_xy), moved(one.tip_xy)
        return replace(
            one,
            root_xy=root,
            root_tip_xy=moved(one.root_tip_xy),
            tip_xy=tip,
            root_in_photo=one.root_in_photo and bool(photo.contains(root)),
            tip_in_photo=one.tip_in_photo and bool(photo.contains(tip)),
            shaft_px=scale * one.shaft_px,
            line=moved(one.line),
        )

    hairs = tuple(hair(one) for one in truth.hairs)
    return replace(photo, hairs=hairs, clutter=moved(truth.clutter))


DEGRADATIONS = (
    Degradation("too_dark", "stops of light", (0, -1, -2, -3, -4, -5, -6), _exposed),
    Degradation("too_bright", "stops of light", (0, 0.5, 1, 1.5, 2, 2.5, 3), _exposed),
    Degradation("glare", "share of the photo under it", (0, 0.02, 0.04, 0.08, 0.15, 0.3), _glaring),
    Degradation("hairs_too_small", "shaft, px", (8, 6, 5, 4, 3, 2.5, 2, 1.5), _shrunk),
    Degradation("blurred", "blur disc, shaft widths", (0, 0.3, 0.6, 0.9, 1.2, 1.6, 2), _defocused),
    Degradation(
        "low_contrast",
        "share of contrast left",
        (1, 0.8, 0.6, 0.5, 0.4, 0.25, 0.15),
        _faded,
    ),
    Degradation("tangled", "layers laid across", (0, 1, 2, 3), _overlaid),
    Degradation(
        "ends_out_of_photo", "strip, share of width", (1, 0.6, 0.4, 0.3, 0.2, 0.15), _cropped
    ),
)
"""All degradations of the image. Too few hairs is handled in
training/studies/photo_quality/study.py."""
