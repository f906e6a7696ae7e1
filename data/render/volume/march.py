"""Draws hairs as translucent volumes: light is followed through each pixel from above.

Along the line of sight, a hair absorbs and scatters light by its density at each depth. So dark
shafts are opaque, pale bulbs glow at their middle, and skins are faint, without a surface anywhere.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from data.render import labels
from data.render.volume.fields import Field, Generator, Grid
from data.render.volume.roots import EndShape

Image = NDArray[np.float32]
Array = NDArray[np.float64]
LabelPicture = NDArray[np.uint8]

_LAYERS = 14
_SOLID, _THIN = 0.5, 0.12
"""Density at which a pixel gets the label of a shaft or bulb, and of a skin or thread. Our
choice."""


@dataclass(frozen=True)
class Matter:
    """What a part is made of: light absorbed and scattered along a shaft width, by colour (red,
    green, blue)."""

    absorbed: Array
    scattered: Array


@dataclass(frozen=True)
class Lamp:
    """Light on the scene. ``towards`` (3,) points to the lamp; ``ambient`` is the share that comes
    from everywhere, ``gloss`` the strength of the highlight. ``below``: the ground shines."""

    towards: Array
    ambient: float
    gloss: float
    gloss_power: float
    below: bool


@dataclass(frozen=True)
class VolumeHair:
    """A hair in a photo: ``line`` (N, 2) from root to tip, px."""

    line: Array
    shaft_px: float
    root: EndShape
    tip: EndShape
    shaft: Matter
    bulb: Matter
    skin: Matter
    core: float
    flatness: float
    height: float
    """Above the ground, in shaft widths."""


def draw_hair(
    light: Image, label: LabelPicture, hair: VolumeHair, lamp: Lamp, rng: Generator
) -> tuple[float, float]:
    """Draws a hair on linear ``light`` (H, W, 3), marks its parts in ``label`` (H, W), and returns
    the far end of its root, px."""
    px = hair.shaft_px
    ahead = (hair.line[0] - hair.line[1]) / np.linalg.norm(hair.line[0] - hair.line[1])
    side = np.array([-ahead[1], ahead[0]])
    far = hair.line[0] + px * (hair.root.far[0] * ahead + hair.root.far[1] * side)
    window, at = _pixels_near(light.shape, hair)
    if not len(at):
        return float(far[0]), float(far[1])
    along, across = _coordinates(at, hair)
    seen = _march(along, across, hair, lamp, rng)
    rows, columns = (at - [window[0], window[1]]).T[::-1].astype(int)
    shape = window[3] - window[1], window[2] - window[0]
    piece = np.s_[window[1] : window[3], window[0] : window[2]]

    def spread(values: NDArray[np.float32], empty: float) -> Image:
        full = np.full((*shape, *values.shape[1:]), empty, np.float32)
        full[rows, columns] = values
        return full

    through, height = spread(seen.through, 1.0), spread(seen.height, 0.0)
    glow = spread(seen.glow, 0.0)
    shade = _shading(height * px, through, lamp)
    if not lamp.below:
        _cast_shadow(light, piece, 1 - through.mean(axis=2), hair, lamp)
    tone, mirror = shade
    light[piece] = (
        light[piece] * through + glow * tone[..., None] + mirror[..., None] * (1 - through)
    )
    _mark(label[piece], {name: spread(part, 0.0) for name, part in seen.parts.items()})
    return float(far[0]), float(far[1])


@dataclass(frozen=True)
class _Seen:
    """By pixel: the light let ``through`` and sent back (P, 3), the ``height`` (P,) of the surface
    in shaft widths, and the largest density of each part (P,)."""

    through: NDArray[np.float32]
    glow: NDArray[np.float32]
    height: NDArray[np.float32]
    parts: dict[str, NDArray[np.float32]]


def _pixels_near(
    shape: tuple[int, ...], hair: VolumeHair
) -> tuple[tuple[int, int, int, int], Array]:
    """The window (left, top, right, bottom) of the hair in a picture of ``shape``, and the centres
    (P, 2) of the pixels that it may touch."""
    px = hair.shaft_px
    band = np.zeros(shape[:2], np.uint8)
    wide = max(3, int(np.ceil(px * (4.4 if hair.root.sheath else 2.6))))
    cv2.polylines(band, [np.round(hair.line).astype(np.int32)], False, 255, wide)
    for end, figure in ((hair.line[0], hair.root), (hair.line[-1], hair.tip)):
        radius = int(px * (figure.reach + 1.5)) + 3
        cv2.circle(band, (int(end[0]), int(end[1])), radius, 255, -1)
    ys, xs = np.nonzero(band)
    if not len(xs):
        return (0, 0, 0, 0), np.empty((0, 2))
    window = (int(xs.min()), int(ys.min()), int(xs.max()) + 1, int(ys.max()) + 1)
    return window, np.stack([xs, ys], axis=1).astype(np.float64)


def _coordinates(at: Array, hair: VolumeHair) -> tuple[Grid, Grid]:
    """Shaft widths (P,) along the hair from its root's end, and across it; beyond its ends the axis
    runs on straight."""
    px = hair.shaft_px
    more = np.arange(1, 12 * px, max(1.0, 0.1 * px))[:, None]
    before = hair.line[0] + more[::-1] * _way(hair.line[0] - hair.line[1])
    after = hair.line[-1] + more * _way(hair.line[-1] - hair.line[-2])
    line = np.concatenate([before, hair.line, after])
    steps = np.linalg.norm(np.diff(line, axis=0), axis=1)
    arc = np.concatenate([[0], steps.cumsum()]) - steps[: len(before)].sum()
    _, nearest = cKDTree(line).query(at)
    tangent = np.gradient(line, axis=0)
    tangent /= np.linalg.norm(tangent, axis=1, keepdims=True) + 1e-12
    away = at - line[nearest]
    along = arc[nearest] + (away * tangent[nearest]).sum(axis=1)
    across = away[:, 1] * tangent[nearest, 0] - away[:, 0] * tangent[nearest, 1]
    return (along / px).astype(np.float32), (across / px).astype(np.float32)


def _way(step: Array) -> Array:
    return np.asarray(step / (np.linalg.norm(step) + 1e-12))


def _march(along: Grid, across: Grid, hair: VolumeHair, lamp: Lamp, rng: Generator) -> _Seen:
    """Follows the light through ``_LAYERS`` layers, from the top down."""
    px, count = hair.shaft_px, len(along)
    length = float(np.linalg.norm(np.diff(hair.line, axis=0), axis=1).sum()) / px
    half = max(hair.root.depth, 0.62) + (0.5 if hair.root.sheath else 0.0)
    layer = 2 * half / _LAYERS
    shift = rng.random(count, dtype=np.float32)
    sharp = np.float32(px / 1.1)

    def density(field: Field | None, x: Grid, y: Grid, z: Grid) -> Grid:
        if field is None:
            return np.zeros(count, np.float32)
        return np.asarray(np.clip(field(x, y, z) * sharp + 0.5, 0, 1), np.float32)

    through = np.ones((count, 3), np.float32)
    glow, height = np.zeros_like(through), np.full(count, -half, np.float32)
    matters = {"shaft": hair.shaft, "bulb": hair.bulb, "tail": hair.bulb, "sheath": hair.skin}
    parts = {name: np.zeros(count, np.float32) for name in matters}
    # The root's x points out of the hair, and its y to the same side at both ends.
    x, from_tip = -along, along - np.float32(length)
    for k in range(_LAYERS):
        z = (half - (k + shift) * layer).astype(np.float32)
        deep = z / np.float32(hair.flatness)
        shaft = np.minimum(
            density(hair.root.shaft, x, across, deep),
            density(hair.tip.shaft, from_tip, -across, deep),
        )
        # Behind the shaft's end, a root is what bulges out of the shaft; beyond, it replaces it.
        is_ahead = np.clip(0.3 + x, 0, 1)
        bulb = density(hair.root.root, x, across, z) * np.clip(1 + x, 0, 1)
        bulb = bulb * (1 - shaft * (1 - is_ahead))
        shaft = shaft * (1 - bulb * is_ahead)
        tail, sheath = (density(f, x, across, z) for f in (hair.root.tail, hair.root.sheath))
        sheath = sheath * (1 - np.maximum(shaft, bulb))
        middle = 1 + np.float32(hair.core) * np.clip(1 - 6 * np.hypot(across, deep), 0, 1)
        weights = {"shaft": shaft * middle, "bulb": bulb, "tail": tail, "sheath": sheath}
        absorbed, scattered = np.zeros_like(through), np.zeros_like(through)
        for name, matter in matters.items():
            absorbed += weights[name][:, None] * matter.absorbed.astype(np.float32)
            scattered += weights[name][:, None] * matter.scattered.astype(np.float32)
        stopped = 1 - np.exp(-(absorbed + scattered) * np.float32(layer))
        share = scattered / np.maximum(absorbed + scattered, 1e-6)
        # Light from everywhere and from the lamp; what lies above has dimmed it.
        glow += through * stopped * share * (0.45 + 0.45 * through if not lamp.below else 0.1)
        through *= 1 - stopped
        solid = np.maximum(np.maximum(shaft, bulb), tail)
        height = np.maximum(height, np.where(solid > 0.5, z, -half))
        for name, weight in zip(parts, (shaft, bulb, tail, sheath), strict=True):
            parts[name] = np.maximum(parts[name], weight)
    return _Seen(through, glow, height, parts)


def _shading(height_px: Image, through: Image, lamp: Lamp) -> tuple[Image, Image]:
    """Brightness (h, w) of what scatters light, and of the highlight, from the surface's slope."""
    smooth = cv2.GaussianBlur(height_px, (0, 0), 1.0)
    slope_y, slope_x = np.gradient(smooth)
    steep = np.sqrt(slope_x**2 + slope_y**2 + 1)
    if lamp.below:
        return np.ones_like(height_px), np.zeros_like(height_px)

    def facing(way: Array) -> Image:
        return np.asarray(
            np.clip((-slope_x * way[0] - slope_y * way[1] + way[2]) / steep, 0, 1), np.float32
        )

    soft = 0.35 + 0.5 * facing(lamp.towards) / max(float(lamp.towards[2]), 0.35)
    tone = lamp.ambient * (0.6 + 0.4 / steep) + (1 - lamp.ambient) * soft
    half = lamp.towards + np.array([0, 0, 1.0])
    half /= np.linalg.norm(half)
    mirror = lamp.gloss * facing(half) ** lamp.gloss_power
    return np.asarray(tone, np.float32), np.asarray(mirror, np.float32)


def _cast_shadow(
    light: Image, piece: tuple[slice, slice], cover: Image, hair: VolumeHair, lamp: Lamp
) -> None:
    """Darkens the ground away from the lamp, and where the hair lies close to it."""
    px = hair.shaft_px
    drop = hair.height * px + 0.3 * px
    margin = int(min(3 * drop + 2 * px, 200)) + 2
    padded = np.pad(cover, margin)
    flat = lamp.towards[:2] / max(float(lamp.towards[2]), 0.25)
    move = np.array([[1, 0, -drop * flat[0]], [0, 1, -drop * flat[1]]])
    cast = cv2.warpAffine(padded, move, padded.shape[::-1])
    cast = cv2.GaussianBlur(cast, (0, 0), 0.5 + 0.35 * drop)
    close = cv2.GaussianBlur(padded, (0, 0), 0.6 + 0.25 * px + 0.5 * drop)
    dim = 1 - (1 - lamp.ambient) * 0.7 * cast - 0.3 * lamp.ambient * close
    top, left = piece[0].start - margin, piece[1].start - margin
    low, start = max(0, top), max(0, left)
    high = min(light.shape[0], top + padded.shape[0])
    stop = min(light.shape[1], left + padded.shape[1])
    light[low:high, start:stop] *= dim[low - top : high - top, start - left : stop - left, None]


def _mark(label: LabelPicture, parts: dict[str, Image]) -> None:
    """Labels of pixels with enough of a part. Skins do not hide what lies beneath."""
    is_shaft, is_bulb = parts["shaft"] > _SOLID, parts["bulb"] > _SOLID
    body = is_shaft | is_bulb
    label[is_shaft] = labels.SHAFT
    label[is_bulb & (parts["bulb"] >= parts["shaft"])] = labels.BULB
    label[(parts["tail"] > _THIN) & ~body] = labels.TAIL
    label[(parts["sheath"] > _THIN) & ~body] = labels.SHEATH
