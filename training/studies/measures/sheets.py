"""Flat things to lay on a drawn table: references of known size, and things that look like them."""

from collections.abc import Callable
from functools import cache

import cv2
import numpy as np

from data.arrays import Floats, Pixels
from data.scale import card
from data.scale.coins import COINS_MM
from training.studies.measures.camera import Sheet

Rng = np.random.Generator
TEXELS = 20.0
"""Texels a millimetre of things up to a card's size."""


def _blank(size_mm: tuple[float, float], texels: float, colour: Floats) -> Floats:
    height, width = round(size_mm[1] * texels), round(size_mm[0] * texels)
    picture = np.ones((height, width, 4), np.float32)
    picture[..., :3] = colour
    return picture


def _colour(rng: Rng, low: float = 0.05, high: float = 0.95) -> Floats:
    return rng.uniform(low, high, 3).astype(np.float32)


def _ink(picture: Floats, mask: Pixels, colour: Floats) -> None:
    """Colours a picture where an 8-bit mask is not 0: OpenCV draws smooth lines in 8 bits only."""
    share = (mask / np.float32(255))[..., None]
    picture[..., :3] = picture[..., :3] * (1 - share) + colour * share


def rounded(picture: Floats, radius_mm: float, texels: float) -> Floats:
    """Cuts the corners of a picture round."""
    height, width = picture.shape[:2]
    y, x = np.mgrid[0:height, 0:width] + 0.5
    radius = radius_mm * texels
    away_x = np.maximum(np.abs(x - width / 2) - (width / 2 - radius), 0)
    away_y = np.maximum(np.abs(y - height / 2) - (height / 2 - radius), 0)
    picture[..., 3] = np.clip(radius + 0.5 - np.hypot(away_x, away_y), 0, 1)
    return picture


def card_like(rng: Rng, size_mm: tuple[float, float], radius_mm: float) -> Sheet:
    """A plastic or paper card with stripes, a chip, a picture and writing."""
    picture = _blank(size_mm, TEXELS, _colour(rng))
    height, width = picture.shape[:2]
    if rng.random() < 0.5:
        ramp = np.linspace(0, 1, width, dtype=np.float32)[None, :, None]
        picture[..., :3] = picture[..., :3] * (1 - 0.5 * ramp) + _colour(rng) * 0.5 * ramp
    for _ in range(int(rng.integers(0, 3))):
        top = int(rng.uniform(0.05, 0.8) * height)
        picture[top : top + int(rng.uniform(0.03, 0.2) * height), :, :3] = _colour(rng)
    if rng.random() < 0.6:
        at = (int(0.12 * width), int(0.35 * height))
        far = (at[0] + int(0.13 * width), at[1] + int(0.18 * height))
        picture[at[1] : far[1], at[0] : far[0], :3] = (0.35, 0.7, 0.8)
    for row in range(int(rng.integers(0, 5))):
        at = (int(0.08 * width), int((0.6 + 0.09 * row) * height))
        digits = "".join(rng.choice(list("0123456789 ABCDEF"), 19))
        mask = np.zeros((height, width), np.uint8)
        cv2.putText(mask, digits, at, 0, height / 450, 255, max(1, height // 200), cv2.LINE_AA)
        _ink(picture, mask, _colour(rng))
    return Sheet(rounded(picture, radius_mm, TEXELS), TEXELS)


def bank_card(rng: Rng) -> Sheet:
    """A card of ISO/IEC 7810 ID-1: 85.60 x 53.98 mm, corners of 3.18 mm."""
    return card_like(rng, (85.60, 53.98), 3.18)


def coin_of(diameter_mm: float, rng: Rng) -> Sheet:
    """A coin: a rim, a relief, perhaps a core of another metal."""
    metal = np.array([[0.45, 0.6, 0.7], [0.35, 0.45, 0.65], [0.7, 0.72, 0.74]], np.float32)
    texels = TEXELS * 2
    picture = _blank((diameter_mm, diameter_mm), texels, metal[int(rng.integers(3))])
    side = picture.shape[0]
    grain = cv2.GaussianBlur(rng.normal(0, 1, (side, side)).astype(np.float32), (0, 0), side / 40)
    middle, radius = (side // 2, side // 2), side / 2
    y, x = np.mgrid[0:side, 0:side] + 0.5
    away = np.hypot(x - side / 2, y - side / 2)
    inside = away < 0.93 * radius  # the raised rim is smooth
    picture[..., :3] *= (1 + 0.12 * inside * grain / grain.std())[..., None]
    if rng.random() < 0.4:
        mask = np.zeros((side, side), np.uint8)
        cv2.circle(mask, middle, int(0.7 * radius), 255, -1, cv2.LINE_AA)
        _ink(picture, mask, metal[int(rng.integers(3))])
    for share, level in ((0.97, 0.55), (0.92, 0.9)):
        mask = np.zeros((side, side), np.uint8)
        cv2.circle(mask, middle, int(share * radius), 255, max(2, side // 90), cv2.LINE_AA)
        _ink(picture, mask, np.array([0.8, 0.9, 1.0], np.float32) * np.float32(level))
    word = str(rng.choice(["1", "2", "5", "10", "20"]))
    place = (int(0.35 * side), int(0.6 * side))
    mask = np.zeros((side, side), np.uint8)
    cv2.putText(mask, word, place, 0, side / 90, 255, side // 60, cv2.LINE_AA)
    _ink(picture, mask, np.array([0.2, 0.25, 0.3], np.float32))
    picture[..., 3] = np.clip(radius + 0.5 - away, 0, 1)
    return Sheet(picture, texels)


def coin(rng: Rng) -> tuple[str, Sheet]:
    """One of the known coins, with its name."""
    name = str(rng.choice(sorted(COINS_MM)))
    return name, coin_of(COINS_MM[name], rng)


def ruler(rng: Rng, pattern: str = "mm", length_mm: float = 120.0) -> Sheet:
    """A ruler: ``mm``, ``half_mm``, ``inch16``, ``inch10`` or ``plain`` (all ticks alike)."""
    texels = TEXELS * 1.5
    height = float(rng.uniform(14, 30))
    dark = rng.random() < 0.3
    sheet = _colour(rng, 0.02, 0.2) if dark else _colour(rng, 0.6, 0.95)
    ink = _colour(rng, 0.75, 1.0) if dark else _colour(rng, 0.0, 0.25)
    picture = _blank((length_mm, height), texels, sheet)
    pitch_mm = {"mm": 1.0, "half_mm": 0.5, "inch16": 25.4 / 16, "inch10": 2.54, "plain": 1.0}[
        pattern
    ]
    first, gap = float(rng.uniform(2, 6)), float(rng.choice([0.0, rng.uniform(0.3, 1.5)]))
    thick_mm = float(rng.uniform(0.12, 0.25)) * min(1.0, pitch_mm + 0.3)
    short = float(rng.uniform(2.0, 4.0))
    mask = np.zeros(picture.shape[:2], np.uint8)
    for k in range(int((length_mm - 2 * first) / pitch_mm) + 1):
        length = short * tick_length(pattern, k)
        left = (first + k * pitch_mm - thick_mm / 2) * texels
        box = np.array([[left, gap * texels], [left + thick_mm * texels, (gap + length) * texels]])
        low, high = np.round(box[0] * 16).astype(int), np.round(box[1] * 16).astype(int)
        corners = np.array([low, [high[0], low[1]], high, [low[0], high[1]]])
        cv2.fillConvexPoly(mask, corners.astype(np.int32), 255, cv2.LINE_AA, 4)
        if length > 1.7 * short or (pattern == "inch16" and k % 16 == 0):
            at = (int(left - 0.8 * texels), int((gap + length + 3.5) * texels))
            number = str(round(k * pitch_mm / (25.4 if pattern.startswith("inch") else 10)))
            cv2.putText(mask, number, at, 0, texels / 10, 255, 4, cv2.LINE_AA)
    _ink(picture, mask, ink)
    return Sheet(picture, texels)


def tick_length(pattern: str, k: int) -> float:
    """The length of tick ``k`` over that of the shortest."""
    if pattern == "plain":
        return 1.0
    if pattern == "inch16":
        return next(1 + 0.35 * (4 - n) for n, step in enumerate((16, 8, 4, 2, 1)) if k % step == 0)
    steps: tuple[tuple[int, float], ...]
    if pattern == "half_mm":
        steps = ((20, 2.0), (10, 1.7), (2, 1.3), (1, 1.0))
    else:
        steps = ((10, 1.8), (5, 1.4), (1, 1.0))
    return next(length for step, length in steps if k % step == 0)


def disc(rng: Rng) -> Sheet:
    """A lid, a button or a washer: round, of any size."""
    sheet = coin_of(float(rng.uniform(10, 45)), rng)
    if rng.random() < 0.4:
        side = sheet.picture.shape[0]
        hole = np.zeros((side, side), np.uint8)
        cv2.circle(hole, (side // 2, side // 2), int(side * rng.uniform(0.1, 0.3)), 1, -1)
        sheet.picture[..., 3] *= 1 - hole
    return sheet


def comb(rng: Rng) -> Sheet:
    """A comb: evenly spaced teeth, all of one length."""
    pitch = float(rng.uniform(1.2, 4.0))
    picture = _blank((90, 28), TEXELS, _colour(rng, 0.02, 0.6))
    for at in np.arange(4, 86, pitch):
        box = (
            slice(int(9 * TEXELS), None),
            slice(int(at * TEXELS), int((at + 0.5 * pitch) * TEXELS)),
        )
        picture[(*box, 3)] = 0
    return Sheet(picture, TEXELS)


def lined_paper(rng: Rng) -> Sheet:
    """Ruled or squared paper."""
    picture = _blank((110, 80), TEXELS, _colour(rng, 0.85, 0.97))
    pitch, squared = float(rng.choice([4.0, 5.0, 7.0, 8.0])), rng.random() < 0.5
    ink = np.array([0.8, 0.55, 0.45], np.float32)
    for at in np.arange(rng.uniform(0, pitch), 110, pitch):
        line = slice(int(at * TEXELS), int(at * TEXELS) + 4)
        picture[line, :, :3] = ink
        if squared:
            picture[:, line, :3] = ink
    return Sheet(picture, TEXELS)


def barcode(rng: Rng) -> Sheet:
    """Parallel bars of uneven widths."""
    picture = _blank((50, 25), TEXELS, _colour(rng, 0.9, 0.98))
    at = 3.0
    while at < 46:
        wide = float(rng.choice([1, 2, 3, 4])) * 0.33
        left, right = int(at * TEXELS), int((at + wide) * TEXELS)
        picture[int(2 * TEXELS) : int(22 * TEXELS), left:right, :3] = 0.05
        at += wide + float(rng.choice([1, 2, 3, 4])) * 0.33
    return Sheet(picture, TEXELS)


def rectangle(rng: Rng) -> Sheet:
    """A business card, playing card, photo print, phone, note: anything but a bank card."""
    kinds = (
        ((85.0, 55.0), 0.0),
        ((88.9, 50.8), 0.0),
        ((88.0, 63.0), 3.0),
        ((90.0, 57.0), 0.0),
        ((74.0, 52.0), 0.0),
        ((105.0, 74.0), 0.0),
        ((76.0, 76.0), 0.0),
        ((85.6, 53.98), 0.0),
        ((100.0, 50.0), 6.0),
        ((55.0, 34.0), 0.0),
    )
    size, radius = kinds[int(rng.integers(len(kinds)))]
    return card_like(rng, size, radius)


def grid(rng: Rng) -> Sheet:
    """A grid with thicker lines every few, as on graph paper or a cutting mat."""
    step, every = float(rng.uniform(1.0, 12.0)), int(rng.choice([2, 4, 5, 8, 10]))
    texels, side = TEXELS / 2, 90.0
    picture = _blank((side, side * 0.7), texels, _colour(rng))
    ink = _colour(rng)
    for axis in (0, 1):
        for k in range(1, int((side, side * 0.7)[axis] / step)):
            wide = max(1, round((0.5 if k % every == 0 else 0.2) * texels))
            at = round(k * step * texels)
            place = (slice(None), slice(at, at + wide))[:: 1 if axis == 0 else -1]
            picture[(*place, slice(0, 3))] = ink
    return Sheet(picture, texels)


def lines(rng: Rng) -> Sheet:
    """Stripes across a strip, of two or three lengths in a rhythm, as on tape or trim."""
    texels, step = TEXELS, float(rng.uniform(0.8, 4.0))
    wide, high = 100.0, float(rng.uniform(6, 20))
    picture, ink = _blank((wide, high), texels, _colour(rng)), _colour(rng)
    rhythm = rng.uniform(0.2, 0.9, int(rng.integers(2, 9)))
    for k in range(1, int(wide / step)):
        at, thick = round(k * step * texels), max(1, round(0.25 * step * texels))
        length = round(rhythm[k % len(rhythm)] * high * texels)
        picture[:length, at : at + thick, :3] = ink
    return Sheet(picture, texels)


DECOYS: dict[str, Callable[[Rng], Sheet]] = {
    "rectangle": rectangle,
    "disc": disc,
    "comb": comb,
    "lined_paper": lined_paper,
    "barcode": barcode,
    "inch_ruler": lambda rng: ruler(rng, "inch16"),
    "inch_tenths": lambda rng: ruler(rng, "inch10"),
    "grid": grid,
    "lines": lines,
    "plain_ticks": lambda rng: ruler(rng, "plain"),
}
"""What must give no scale, by name."""


@cache
def printed_card() -> Sheet:
    """Our card, printed on white paper."""
    texels = 40.0
    height, width = int(card.HEIGHT_MM * texels), int(card.WIDTH_MM * texels)
    level = np.full((height, width), 0.92, np.float32)

    def fill(box: tuple[float, float, float, float], shade: float) -> None:
        x, y, wide, high = (round(value * texels) for value in box)
        level[y : y + high, x : x + wide] = shade

    fill(card.FIELD_MM, 0.5)
    fill(card.SMALL_ROW_MM, 0.92)
    left, _, across, _ = card.FIELD_MM
    fill((left, card.GUIDE_Y_MM - 0.1, across, 0.2), 0.1)
    for marker in card.markers().values():
        cell = marker.side_mm / card.MARKER_CELLS
        for row, cells in enumerate(marker.cells()):
            for column, dark in enumerate(cells):
                place = (marker.x_mm + column * cell, marker.y_mm + row * cell)
                fill((*place, cell, cell), 0.08 if dark else 0.92)
    picture = np.ones((height, width, 4), np.float32)
    picture[..., :3] = level[..., None]
    return Sheet(picture, texels)
