"""Hairs in light from below: what they let through, with the dark rims that refraction makes."""

import cv2
import numpy as np

from data.render.painter.strokes import (
    FINE,
    Image,
    Mask,
    PaintedHair,
    bulb_weight,
    half_width,
    pixel_share,
)

DENSITY = 0.9
"""How much of its surface's absorption a shaft has across its middle; our assumption."""


def through(body: Mask, fine: dict[str, Mask], hair: PaintedHair) -> Image:
    """The share (h, w, 3) of the light from below that passes."""
    rng = np.random.default_rng(hair.seed)
    inside = cv2.distanceTransform(body, cv2.DIST_L2, 5).astype(np.float32)
    is_bulb = bulb_weight(fine["bulb"], hair)
    depth = np.clip(inside / half_width(inside, is_bulb, hair), 0, 1)
    thick = np.sqrt(np.clip(depth * (2 - depth), 0, 1)) * (1 + 0.5 * is_bulb)
    rim = float(rng.uniform(0.3, 0.9)) * np.exp(-depth / float(rng.uniform(0.1, 0.3)))
    gleam = 1 + float(rng.uniform(0, 0.25)) * np.clip(depth * 4 - 3, 0, 1) * (1 - is_bulb)
    noise = rng.standard_normal((9, 9)).astype(np.float32)
    mottle = cv2.resize(noise, body.shape[::-1], interpolation=cv2.INTER_CUBIC)
    shaft, root = (-np.log(np.clip(rgb, 0.01, 0.95)) for rgb in (hair.shaft_rgb, hair.root_rgb))
    cloudy = 1 + float(rng.uniform(0, 0.4)) * mottle * is_bulb
    passed = []
    cloudy = np.clip(cloudy, 0.3, 2)
    for k in range(3):
        dense = (shaft[k] * (1 - is_bulb) + (0.7 * root[k] + 0.1) * is_bulb) * cloudy
        light = np.exp(-DENSITY * dense * thick) * (1 - rim) * gleam
        passed.append(pixel_share(np.where(body > 0, light, 1).astype(np.float32)))
    made = np.stack(passed, axis=-1)
    for name in ("tail", "sheath"):
        made *= 1 - _skin(fine[name], hair)[..., None]
    return np.asarray(made, dtype=np.float32)


def _skin(mask: Mask, hair: PaintedHair) -> Image:
    """What a skin or thread holds back: little, more at its rim."""
    inside = cv2.distanceTransform(mask, cv2.DIST_L2, 3).astype(np.float32)
    rim = np.exp(-inside / (0.08 * hair.shaft_px * FINE + 0.5))
    return pixel_share(((0.25 + 0.5 * rim) * hair.sheath_cover * (mask > 0)).astype(np.float32))
