"""Paints one hair, with root, shaft, tip and shadow, and returns its annotation.

All shares and ranges are our choice, except the bulbs' proportions (docs/how-it-works/domain.md,
sizes).
"""

from dataclasses import dataclass, replace

import numpy as np

from data.arrays import Array
from data.strands.curves import resample
from training.datasets.annotations import AnnotatedHair
from training.line_finder.drawing.shaft_texture import LUMINANCE, Backdrop, ShaftTexture, textured
from training.line_finder.drawing.strokes import (
    STEP_PX,
    Band,
    Canvas,
    paint_stroke,
    smooth,
    soft_step,
    with_kink,
)

ROOTS = ("telogen", "misshapen", "bare")
ROOT_SHARES = (0.35, 0.25, 0.4)
MIN_BLUR_PX = 0.4
TRUTH_STEP_PX = 4.0
MID_LIGHT = 0.3
"""Light of a mid-toned background, for which the noise is given."""


@dataclass(frozen=True)
class TileLight:
    """The tile's lamp and camera. A shadow lies ``away`` (2,) shaft widths from its hair."""

    away: Array
    softness: float
    shadow: float
    noise: float
    blur_px: float


@dataclass(frozen=True)
class Root:
    """The first ``end`` points of a line are the bulb, the first ``tail`` of them its tail."""

    label: str
    end: int
    tail: int = 0
    width_ratio: float = 1.0
    roughness: float = 0.0


def paint_on_tile(
    canvas: Canvas,
    rng: np.random.Generator,
    line: Array,
    width_px: float,
    head: Array,
    light: TileLight,
) -> AnnotatedHair:
    """Paints a hair along ``line`` (M, 2), root first, over ``canvas``, in place."""
    root = _root(rng, line, width_px)
    if root.label == "misshapen":
        line = with_kink(rng, line, root.end, width_px, rng.normal(0, 50))
    band = Band(line, _half_px(rng, line, width_px, root), _blur_px(rng, len(line), width_px))
    backdrop = _backdrop(canvas, line, width_px, light)
    texture = textured(rng, band, head, backdrop)
    texture = _with_ends(rng, _with_bulb(rng, texture, root, backdrop), band, width_px, root)
    _paint_shadow(canvas, rng, band, texture, width_px, light)
    if root.label != "bare" and rng.random() < 0.25:
        _paint_sheath(canvas, rng, band, root)
    paint_stroke(canvas, band, texture.opacity, texture.colour)
    return _annotation(line, root, width_px, len(canvas))


def _root(rng: np.random.Generator, line: Array, width_px: float) -> Root:
    label = str(rng.choice(ROOTS, p=ROOT_SHARES))
    if label == "bare":
        return Root(label, 0)
    max_end = len(line) // 3
    bulb = rng.uniform(1.6, 5) * width_px / STEP_PX
    tail = rng.uniform(0.5, 4) * width_px / STEP_PX if rng.random() < 0.3 else 0.0
    ratio = rng.uniform(1.4, 3) if label == "telogen" else rng.uniform(0.9, 1.8)
    rough = 0.05 if label == "telogen" else 0.25
    end = max(2, min(max_end, int(bulb + tail)))
    return Root(label, end, int(end * tail / (bulb + tail)), float(ratio), rough * rng.random())


def _half_px(rng: np.random.Generator, line: Array, width_px: float, root: Root) -> Array:
    """Half widths (M,): gradual changes, flat stretches of a twisted hair, taper, bulb and tail."""
    count, along = len(line), np.linspace(0, 1, len(line))
    half = 0.5 * width_px * (1 + rng.uniform(0, 0.12) * smooth(rng, count, 5))
    if rng.random() < 0.2:
        turns = rng.uniform(0.5, 6) * along + 0.2 * smooth(rng, count, 5)
        half *= 1 - rng.uniform(0.15, 0.5) * np.sin(np.pi * turns) ** 2
    if rng.random() < 0.4:
        thinning = (1 - along) / rng.uniform(0.05, 0.6)
        half *= np.clip(thinning, 0.1, 1)
    if root.label == "bare":
        return np.maximum(half, 0.1 * width_px)
    bulb = np.clip(np.linspace(0, 1, root.end - root.tail), 0, 1)
    egg = np.sqrt(np.clip(np.sin(np.pi * bulb ** rng.uniform(0.6, 1.3)), 0, 1))
    rough = 1 + root.roughness * smooth(rng, len(bulb), 6)
    shaft = half[root.tail : root.end].copy()
    swollen = 0.5 * width_px * root.width_ratio * egg * rough
    half[root.tail : root.end] = np.where(bulb > 0.5, np.maximum(swollen, shaft), swollen)
    half[: root.tail] = 0.5 * width_px * rng.uniform(0.15, 0.4)
    return np.maximum(half, 0.05 * width_px)


def _blur_px(rng: np.random.Generator, count: int, width_px: float) -> Array:
    """Blur in px (M,): mostly minimal; sometimes more, in stretches above the background."""
    blur = np.full(count, MIN_BLUR_PX)
    if rng.random() < 0.3:
        max_blur = rng.uniform(0.3, 1) * min(0.6 * width_px + 0.6, 7)
        blur += max_blur * np.clip(smooth(rng, count, int(rng.integers(1, 4))) * 0.7, 0, 1)
    return np.asarray(blur)


def _backdrop(canvas: Canvas, line: Array, width_px: float, light: TileLight) -> Backdrop:
    """The backdrop of a line. Thin hairs, noise and rough backgrounds need more contrast."""
    inside = line[((line >= 0) & (line < len(canvas))).all(axis=1)].astype(int)
    if len(inside) < 2:
        return Backdrop(np.full(3, MID_LIGHT), 0.3)
    under = np.maximum(canvas[inside[:, 1], inside[:, 0]].astype(float), 0.004)
    tone = np.log(under @ LUMINANCE)
    lag = min(len(tone) - 1, int(np.ceil(width_px / STEP_PX)))
    rough = float(np.median(np.abs(tone[lag:] - tone[:-lag])))
    colour = np.median(under, axis=0)
    grain = light.noise * np.sqrt(MID_LIGHT / max(float(colour @ LUMINANCE), 0.02))
    contrast = 0.1 + 1.5 * grain / np.sqrt(width_px) + 0.8 * rough
    diluted = (width_px + 1.5 * light.blur_px) / width_px
    return Backdrop(colour, float(min(contrast * diluted, 1.5)))


def _with_bulb(
    rng: np.random.Generator, texture: ShaftTexture, root: Root, backdrop: Backdrop
) -> ShaftTexture:
    """The texture with a bulb that is darker, paler or clearer than the shaft."""
    if root.label == "bare":
        return texture
    rows = np.arange(len(texture.opacity))
    bulb = soft_step((root.end - rows) / max(1.0, 0.15 * root.end))[:, None]
    shaft = texture.colour[root.end :].mean(axis=(0, 1))
    pale = np.array([0.7, 0.6, 0.45]) * rng.uniform(0.6, 1.2)
    other = [shaft * rng.uniform(0.3, 0.8), pale, shaft, backdrop.colour * rng.uniform(0.7, 1.3)]
    tint = other[int(rng.integers(4))] * rng.uniform(0.4, 1)
    mixed = texture.colour * (1 - 0.8 * bulb[..., None]) + 0.8 * bulb[..., None] * tint
    return ShaftTexture(
        mixed, texture.opacity * (1 - bulb * rng.choice([0.0, 0.0, rng.uniform(0, 0.6)]))
    )


def _with_ends(
    rng: np.random.Generator, texture: ShaftTexture, band: Band, width_px: float, root: Root
) -> ShaftTexture:
    """The texture with ends cut straight, slanted or frayed, and blurred as the hair is there."""
    offset = band.across() * band.half_px[:, None]
    rows = np.arange(len(band.line))[:, None] * STEP_PX
    opacity = texture.opacity
    for gap, is_bare in ((rows, root.label == "bare"), (rows[::-1], True)):
        slope = rng.uniform(-1.5, 1.5) if is_bare and rng.random() < 0.4 else 0.0
        frayed = rng.uniform(0.5, 2) if is_bare and rng.random() < 0.15 else 0.0
        columns = np.abs(smooth(rng, offset.shape[1], max(2, int(width_px / 3))))
        past = gap - slope * offset - frayed * width_px * (columns - columns.min())
        opacity = opacity * soft_step((past - band.blur_px[:, None]) / band.blur_px[:, None])
    return replace(texture, opacity=opacity)


def _paint_shadow(
    canvas: Canvas,
    rng: np.random.Generator,
    band: Band,
    texture: ShaftTexture,
    width_px: float,
    light: TileLight,
) -> None:
    """Paints the hair's shadow: farther away and softer where the hair is higher."""
    if light.shadow == 0:
        return
    count = len(band.line)
    height = np.clip(0.6 + 0.5 * smooth(rng, count, 3), 0.05, 2)
    gap = width_px * np.linalg.norm(light.away) * height
    line = band.line + width_px * height[:, None] * light.away
    shadow = Band(line, band.half_px, MIN_BLUR_PX + light.softness * gap)
    solid = np.sqrt(texture.opacity.max(axis=1))[:, None]
    paint_stroke(canvas, shadow, light.shadow * solid * shadow.cover(shadow.across()), np.zeros(3))


def _paint_sheath(canvas: Canvas, rng: np.random.Generator, band: Band, root: Root) -> None:
    """Paints a clear ragged sleeve around the root and the start of the shaft."""
    last = min(len(band.line) - 1, int(root.end * rng.uniform(1.1, 2.5)) + 3)
    part = slice(int(root.end * rng.uniform(0, 0.5)), last)
    if last - part.start < 4:
        return
    count = last - part.start
    ragged = np.clip(rng.uniform(1.4, 2.4) + 0.3 * smooth(rng, count, 6), 1, 3)
    sleeve = Band(
        band.line[part], band.half_px[part].max() * 0.6 * ragged, band.blur_px[part] + 0.3
    )
    colour = np.array([0.75, 0.7, 0.6]) * rng.uniform(0.4, 1.2)
    paint_stroke(canvas, sleeve, rng.uniform(0.1, 0.4) * sleeve.cover(sleeve.across()), colour)


def _annotation(line: Array, root: Root, width_px: float, size_px: int) -> AnnotatedHair:
    def is_inside(xy: Array) -> bool:
        return bool(((xy >= 0) & (xy < size_px)).all())

    return AnnotatedHair(
        root=root.label,
        root_xy=line[root.end],
        root_tip_xy=line[0],
        tip_xy=line[-1],
        root_in_photo=is_inside(line[root.end]),
        tip_in_photo=is_inside(line[-1]),
        shaft_px=width_px,
        line=resample(line, TRUTH_STEP_PX),
    )
