"""Paints a hair: polygons at thrice the resolution, inflated by their distance transform, lit."""

import cv2
import numpy as np
from numpy.typing import NDArray

from data.render import labels
from data.render.painter.shapes import Array, ribbon
from data.render.painter.strokes import (
    FINE,
    Image,
    Light,
    Mask,
    PaintedHair,
    bulb_weight,
    half_width,
    pixel_share,
)
from data.render.painter.transmitted import through

MARGIN_PX = 6


def brush_hair(canvas: Image, label: Mask, hair: PaintedHair, light: Light) -> Array:
    """Paints a hair on linear light `canvas` and marks its pixels in `label`. Returns the far end
    of its root, px."""
    far = np.asarray(_placed(hair, np.array([hair.root.far]))[0])
    parts = _polygons(hair)
    everything = np.concatenate([p for group in parts.values() for p in group])
    reach = MARGIN_PX + int(2.5 * hair.height_px + 2 * hair.shaft_px)
    low = np.maximum(np.floor(everything.min(axis=0)).astype(int) - reach, 0)
    size = np.array(canvas.shape[1::-1])
    high = np.minimum(np.ceil(everything.max(axis=0)).astype(int) + reach, size)
    if np.any(high - low < 2):
        return far
    window = (slice(low[1], high[1]), slice(low[0], high[0]))
    shape = tuple((high - low)[::-1] * FINE)
    fine = {name: _filled(polygons, low, shape) for name, polygons in parts.items()}
    if hair.root.smooth:
        fine["bulb"] = _filleted(fine, hair)
    body = np.maximum(fine["shaft"], np.maximum(fine["bulb"], fine["shreds"]))
    piece = canvas[window]
    if light.below:
        piece *= through(body, fine, hair)
    else:
        _shade_ground(piece, pixel_share(np.maximum(body, fine["sheath"])), hair, light)
        lit, cover = _lit(body, fine, hair, light)
        piece *= 1 - cover[..., None]
        piece += lit * cover[..., None]
        for name in ("tail", "sheath"):
            _veil(piece, fine[name], hair, light, 0.75 if name == "tail" else hair.sheath_cover)
    _mark(label[window], fine)
    return far


def _placed(hair: PaintedHair, points: Array, at_tip: bool = False) -> Array:
    """Points of an end's figure in pixels. Those on the shaft follow its line."""
    line = hair.line[::-1] if at_tip else hair.line
    along = _along(line)
    back = int(np.clip(np.searchsorted(along, 2.0 * hair.shaft_px), 1, len(line) - 1))
    way = line[0] - line[back]
    way = way / (np.linalg.norm(way) + 1e-9)
    frame = np.array([way, [-way[1], way[0]]])
    ahead = points @ frame * hair.shaft_px + line[0]
    out = -np.gradient(line, axis=0)
    out /= np.linalg.norm(out, axis=1, keepdims=True) + 1e-9
    at = -points[:, 0] * hair.shaft_px
    spot = np.stack([np.interp(at, along, line[:, k]) for k in range(2)], axis=1)
    turn = np.stack([np.interp(at, along, out[:, k]) for k in range(2)], axis=1)
    side = np.stack([-turn[:, 1], turn[:, 0]], axis=1)
    behind = spot + side * points[:, 1:] * hair.shaft_px
    return np.where(points[:, :1] < 0, behind, ahead)


def _along(line: Array) -> Array:
    return np.concatenate([[0], np.linalg.norm(np.diff(line, axis=0), axis=1).cumsum()])


def _polygons(hair: PaintedHair) -> dict[str, list[Array]]:
    """Every part's polygons in pixels."""
    along = _along(hair.line)
    start, stop = hair.root.cut_back * hair.shaft_px, along[-1] - hair.tip.cut_back * hair.shaft_px
    keep = np.linspace(start, stop, len(along))
    line = np.stack([np.interp(keep, along, hair.line[:, k]) for k in range(2)], axis=1)
    width = np.ones(len(line))
    for figure, distance in ((hair.root, keep), (hair.tip, along[-1] - keep)):
        if figure.taper:
            run = min(figure.taper * hair.shaft_px, along[-1] * 0.5)
            width = width * (0.12 + 0.88 * np.clip(distance / run, 0, 1) ** 0.7)
    shaft = ribbon(line, width * hair.shaft_px)
    n = len(line)
    for figure, rows, outward in ((hair.root, (0, 2 * n - 1), line[0] - line[1]),
                                  (hair.tip, (n - 1, n), line[-1] - line[-2])):  # fmt: skip
        way = outward / (np.linalg.norm(outward) + 1e-9)
        shaft[rows[0]] += way * figure.slant * hair.shaft_px / 2
        shaft[rows[1]] -= way * figure.slant * hair.shaft_px / 2
    groups: dict[str, list[Array]] = {"shaft": [shaft]}
    for name in ("bulb", "shreds", "tail", "sheath"):
        groups[name] = [_placed(hair, p) for p in getattr(hair.root, name)]
    groups["shreds"] += [_placed(hair, p, at_tip=True) for p in hair.tip.shreds]
    return groups


def _filled(polygons: list[Array], low: NDArray[np.int_], shape: tuple[int, ...]) -> Mask:
    mask = np.zeros(shape, np.uint8)
    for polygon in polygons:
        fixed = np.round((polygon - low) * FINE * 16 - 8).astype(np.int32)
        cv2.fillPoly(mask, [fixed], 255, cv2.LINE_8, 4)
    return mask


def _filleted(fine: dict[str, Mask], hair: PaintedHair) -> Mask:
    """The bulb with rounded corners and a smooth neck."""
    sigma = hair.root.smooth * hair.shaft_px * FINE
    joined = np.maximum(fine["shaft"], fine["bulb"])
    soft = cv2.GaussianBlur(joined, (0, 0), max(sigma, 0.5))
    near = cv2.dilate(fine["bulb"], np.ones((3, 3), np.uint8), iterations=max(1, int(sigma)))
    return np.asarray(np.where((soft > 127) & (near > 0), 255, 0), dtype=np.uint8)


def _shade_ground(piece: Image, cover: Image, hair: PaintedHair, light: Light) -> None:
    """A cast shadow, away from the light, and a darker rim where the hair touches."""
    drop = (hair.height_px + 0.5 * hair.shaft_px) / np.tan(light.elevation_rad)
    move = -drop * np.array([np.cos(light.azimuth_rad), np.sin(light.azimuth_rad)])
    shift = np.array([[1, 0, move[0]], [0, 1, move[1]]])
    cast = cv2.warpAffine(cover, shift, cover.shape[::-1])
    cast = cv2.GaussianBlur(cast, (0, 0), 0.4 + light.softness * (drop + 0.3 * hair.shaft_px))
    rim = cv2.GaussianBlur(cover, (0, 0), 0.5 + 0.35 * hair.shaft_px)
    shade = 1 - (1 - light.ambient) * 0.85 * cast - 0.35 * light.ambient * rim
    piece *= np.clip(shade, 0.05, 1)[..., None]


def _lit(body: Mask, fine: dict[str, Mask], hair: PaintedHair, light: Light) -> tuple[Image, Image]:
    """Colour (h, w, 3) and cover (h, w) of shaft and bulb."""
    rng = np.random.default_rng(hair.seed)
    inside = cv2.distanceTransform(body, cv2.DIST_L2, 5).astype(np.float32)
    is_bulb = bulb_weight(fine["bulb"], hair)
    radius = half_width(inside, is_bulb, hair)
    if hair.root.flat:
        radius = radius * (1 - 0.65 * is_bulb)
    depth = np.clip(inside / radius, 0, 1)
    height = np.sqrt(np.clip(depth * (2 - depth), 0, 1)) * radius
    if fine["bulb"].any():
        dents = cv2.resize(rng.standard_normal((9, 9)).astype(np.float32), body.shape[::-1])
        height = height + dents * is_bulb * rng.uniform(0, 0.12) * radius
    gx, gy = (cv2.Sobel(cv2.GaussianBlur(height, (0, 0), 1.2), cv2.CV_32F, a, b, scale=1 / 8)
              for a, b in ((1, 0), (0, 1)))  # fmt: skip
    steep = np.sqrt(gx**2 + gy**2 + 1)
    way = np.array([np.cos(light.azimuth_rad), np.sin(light.azimuth_rad)]) * np.cos(
        light.elevation_rad
    )
    high = np.sin(light.elevation_rad)
    facing = np.clip((-gx * way[0] - gy * way[1] + high) / steep, 0, 1)
    half = np.array([way[0], way[1], high + 1]) / np.linalg.norm([way[0], way[1], high + 1])
    mirror = np.clip((-gx * half[0] - gy * half[1] + half[2]) / steep, 0, 1) ** light.gloss_power
    tone = (light.ambient * (0.55 + 0.45 / steep) + (1 - light.ambient) * facing / high).astype(
        np.float32
    )
    colour = _pigment(body.shape, is_bulb, depth, hair, rng)
    lit = np.stack(
        [pixel_share(colour[..., k] * tone + light.gloss * mirror) for k in range(3)], axis=-1
    )
    cover = pixel_share(body)
    inner = pixel_share(body > 0)
    full = lit / np.maximum(inner, 1e-3)[..., None] * (inner > 0)[..., None]
    return np.asarray(full, dtype=np.float32), cover


def _pigment(
    shape: tuple[int, ...],
    is_bulb: Image,
    depth: Image,
    hair: PaintedHair,
    rng: np.random.Generator,
) -> Image:
    """Reflectance (h, w, 3): shaft and root, with a pale or dark core and mottling."""
    inside = (depth > 0).astype(np.float32)
    core = 1 + hair.core * (depth - 0.5)
    cell = max(6.0, float(rng.uniform(0.3, 1.0)) * hair.shaft_px * FINE)
    mottle = 1 + rng.uniform(0.02, 0.15) * cv2.resize(
        rng.standard_normal(tuple(max(4, int(side / cell)) for side in shape)).astype(np.float32),
        (shape[1], shape[0]), interpolation=cv2.INTER_CUBIC,
    )  # fmt: skip
    shaft = hair.shaft_rgb[None, None] * core[..., None]
    root = hair.root_rgb[None, None] * mottle[..., None]
    made = shaft * (1 - is_bulb[..., None]) + root * is_bulb[..., None]
    return np.asarray(np.clip(made, 0.003, 0.92) * inside[..., None], dtype=np.float32)


def _veil(piece: Image, fine: Mask, hair: PaintedHair, light: Light, cover: float) -> None:
    """A translucent skin or thread, denser at its rim."""
    if not fine.any():
        return
    inside = cv2.distanceTransform(fine, cv2.DIST_L2, 3).astype(np.float32)
    rim = np.exp(-inside / (0.12 * hair.shaft_px * FINE + 0.5))
    noise = np.random.default_rng(hair.seed + 1).standard_normal((7, 7)).astype(np.float32)
    patchy = 1 + 0.3 * cv2.resize(noise, fine.shape[::-1], interpolation=cv2.INTER_CUBIC)
    dense = np.clip(cover * (0.75 + 0.5 * rim) * patchy, 0, 0.95) * (fine > 0)
    share = pixel_share(dense)[..., None]
    piece *= 1 - share
    piece += share * (hair.sheath_rgb * (0.6 + 0.4 * light.ambient)).astype(np.float32)


def _mark(label: Mask, fine: dict[str, Mask]) -> None:
    """Labels of pixels that are half covered. Skins do not hide what lies beneath."""
    half = {name: pixel_share(mask) >= 0.5 for name, mask in fine.items()}
    label[half["shaft"] | half["shreds"]] = labels.SHAFT
    label[half["bulb"]] = labels.BULB
    label[half["tail"] & ~half["bulb"]] = labels.TAIL
    skin = half["sheath"]
    label[skin & ~half["shaft"] & ~half["bulb"]] = labels.SHEATH
    label[skin & half["shaft"] & ~half["bulb"]] = labels.SHEATHED_SHAFT
    label[skin & half["bulb"]] = labels.SHEATHED_BULB
