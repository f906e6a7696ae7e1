"""Drawn photos of hairs with a reference of known size beside them, or with things like one."""

from dataclasses import dataclass

import cv2
import numpy as np

from data.arrays import Array
from data.images.photo import Photo
from data.scale.coins import COINS_MM
from data.scale.request import ScaleRequest
from data.scale.scale import ScaleSource
from training.studies.measures.camera import Canvas, Sheet, View, sample_view
from training.studies.measures.sheets import (
    DECOYS,
    bank_card,
    coin,
    printed_card,
    ruler,
)

REFERENCES = (
    ScaleSource.CARD,
    ScaleSource.BANK_CARD,
    ScaleSource.COIN,
    ScaleSource.RULER,
)
_SIZES = ((1280, 960), (1600, 1200), (2400, 1800))
_FIELDS_MM = {
    ScaleSource.CARD: (20.0, 190.0),
    ScaleSource.BANK_CARD: (100.0, 170.0),
    ScaleSource.COIN: (45.0, 140.0),
    ScaleSource.RULER: (35.0, 160.0),
}
"""Across the photo, in millimetres."""
ANYTHING = ScaleRequest(any_thing=True)


@dataclass(frozen=True)
class DrawnPhoto:
    """A drawn photo, its camera, where the reference lies (mm), and what a person would say."""

    photo: Photo
    view: View
    place_mm: Array
    request: ScaleRequest


def reference_photo(
    source: ScaleSource, tilt_deg: float, seed: int, size: tuple[int, int] | None = None
) -> DrawnPhoto:
    """A photo of hairs with one reference in view, on a random ground."""
    rng = np.random.default_rng([seed, 1])
    size = size or _SIZES[int(rng.integers(len(_SIZES)))]
    field_mm = float(np.exp(rng.uniform(*np.log(_FIELDS_MM[source]))))
    view = sample_view(rng, size, field_mm, tilt_deg)
    canvas, request = Canvas(view, _ground(rng, field_mm)), ANYTHING
    seen_mm = np.array([field_mm, field_mm * size[1] / size[0]])
    level = -np.arctan2(view.to_px[1, 0], view.to_px[0, 0])
    if source is ScaleSource.BANK_CARD:
        sheet, turn = bank_card(rng), level + rng.uniform(-0.25, 0.25)
        place = _along(level, rng.uniform(-0.5, 0.5, 2) * np.maximum(seen_mm - (97, 72), 0))
    elif source is ScaleSource.COIN:
        name, sheet = coin(rng)
        turn, request = rng.uniform(0, 2 * np.pi), ScaleRequest.parse(f"coin={name}")
        free = np.maximum(seen_mm - 1.15 * COINS_MM[name], 0)
        place = _along(level, rng.uniform(-0.4, 0.4, 2) * free)
    elif source is ScaleSource.RULER:
        pattern = "half_mm" if rng.random() < 0.25 else "mm"
        sheet, turn = ruler(rng, pattern), rng.uniform(0, 2 * np.pi)
        place = rng.uniform(-0.2, 0.2, 2) * seen_mm[1]
    else:
        sheet, turn = printed_card(), level + rng.uniform(-0.3, 0.3)
        near = np.array([75.0, 30.0]) if field_mm < 110 else np.array([75.0, 50.0])
        offset = near - sheet.size_mm / 2 + rng.uniform(-0.1, 0.1, 2) * seen_mm
        place = -_along(turn, offset)
    if source is ScaleSource.CARD:
        canvas.lay(sheet, place, turn)
        _hairs(canvas, rng, seen_mm, int(rng.integers(5, 16)))
        return DrawnPhoto(canvas.photo(rng), view, np.zeros(2), request)
    _hairs(canvas, rng, seen_mm, int(rng.integers(3, 12)))
    canvas.lay(sheet, place, turn)
    _hairs(canvas, rng, seen_mm, int(rng.integers(0, 3)))
    return DrawnPhoto(canvas.photo(rng), view, place, request)


def photo_without_scale(seed: int, size: tuple[int, int] | None = None) -> tuple[str, Photo]:
    """A photo of hairs with one to three things that look like a reference and are none."""
    rng = np.random.default_rng([seed, 2])
    size = size or _SIZES[seed % 2]
    field_mm = float(rng.uniform(60, 170))
    view = sample_view(rng, size, field_mm, float(rng.choice([0.0, 5.0, 15.0])))
    canvas = Canvas(view, _ground(rng, field_mm))
    seen_mm = np.array([field_mm, field_mm * size[1] / size[0]])
    _hairs(canvas, rng, seen_mm, int(rng.integers(3, 12)))
    names = [sorted(DECOYS)[seed % len(DECOYS)], *rng.choice(sorted(DECOYS), rng.integers(0, 3))]
    for name in names:
        place = rng.uniform(-0.3, 0.3, 2) * seen_mm
        canvas.lay(DECOYS[name](rng), place, rng.uniform(0, 2 * np.pi))
    _hairs(canvas, rng, seen_mm, int(rng.integers(0, 3)))
    return " + ".join(map(str, names)), canvas.photo(rng)


def _along(turn: float, offset: Array) -> Array:
    """An offset turned by an angle."""
    cos, sin = np.cos(turn), np.sin(turn)
    return np.asarray(np.array([[cos, -sin], [sin, cos]]) @ offset)


def _ground(rng: np.random.Generator, field_mm: float) -> Sheet:
    """Paper, cloth or skin by its look: a colour with grain."""
    side = 900
    noise = rng.standard_normal((side, side), np.float32)
    grain = np.asarray(cv2.GaussianBlur(noise, (0, 0), float(rng.uniform(1, 6))), np.float32)
    grain *= np.float32(rng.uniform(0.005, 0.06)) / grain.std()
    colour = rng.uniform(0.12, 0.92) + rng.normal(0, 0.08, 3)
    picture = np.ones((side, side, 4), np.float32)
    picture[..., :3] = np.clip(colour + grain[..., None], 0, 1)
    return Sheet(picture, side / (2.4 * field_mm))


def _hairs(canvas: Canvas, rng: np.random.Generator, seen_mm: Array, count: int) -> None:
    for _ in range(count):
        start = rng.uniform(-0.5, 0.5, 2) * seen_mm
        way = rng.uniform(0, 2 * np.pi) + np.cumsum(rng.normal(0, 0.1, 30))
        steps = np.column_stack([np.cos(way), np.sin(way)]) * seen_mm[0] / 50
        canvas.draw_hair(
            start + np.cumsum(steps, axis=0), rng.uniform(0.06, 0.1), rng.uniform(0, 0.3, 3)
        )
