"""Hairs that still grow in skin, as a dermatoscope shows them."""

import cv2
import numpy as np

from data.render import labels
from data.render.lookalikes.fibres import wandering
from data.render.lookalikes.lettering import put, written
from data.render.lookalikes.picture import Array, Picture, covered
from data.render.painter.backdrops import mist
from data.render.painter.shapes import ribbon

SKINS = (
    (0.75, 0.45, 0.35),
    (0.62, 0.36, 0.27),
    (0.68, 0.5, 0.4),
    (0.4, 0.23, 0.15),
    (0.17, 0.09, 0.06),
)
"""Linear colours from pale to dark; our choice."""
SKIN = "skin_drawn"
"""The background in truth.jsonl of photos whose hairs grow in it."""


def draw_in_skin(picture: Picture, rng: np.random.Generator) -> None:
    """Scalp, arm or beard: hairs leave the skin at their openings and end cut or out of view."""
    lay_skin(picture, rng)
    picture.background = SKIN
    width, height = picture.size
    common, scatter = rng.uniform(0, 2 * np.pi), float(rng.choice([0.2, 0.5, 1.5]))
    shaft = picture.px_per_mm * rng.uniform(0.05, 0.1)
    gap = picture.px_per_mm * rng.uniform(0.7, 2.2)
    stubble = rng.random() < 0.45
    melanin = rng.uniform(0.3, 1.0)
    dark, pale = np.array([0.015, 0.011, 0.01]), np.array([0.5, 0.36, 0.2])
    count = int(np.clip(width * height / gap**2 * 0.6, 6, 90))
    look = _Openings(rng)
    for _ in range(count):
        opening = rng.uniform(-0.02, 1.02, 2) * picture.size
        look.mark(picture, opening, shaft)
        for _ in range(int(rng.choice([1, 2, 3], p=[0.55, 0.33, 0.12]))):
            own = shaft * float(np.exp(rng.normal(0, 0.25)))
            reach = picture.px_per_mm * (rng.uniform(0.4, 3) if stubble else rng.uniform(3, 25))
            heading = common + rng.normal(0, scatter)
            at = opening + rng.normal(0, 0.6 * own, 2)
            colour = pale ** (1 - melanin) * dark**melanin * rng.uniform(0.7, 1.3)
            _grow(picture, wandering(at, heading, reach, 0.16, rng), own, colour, rng)
    _finish(picture, rng)


class _Openings:
    """How the openings of one person's follicles look."""

    def __init__(self, rng: np.random.Generator) -> None:
        self.tone = np.array([0.5, 0.7, 0.8, 1.15, 1.35])[int(rng.integers(5))]
        self.yellow = rng.random() < 0.3
        self.across = rng.uniform(1.4, 3.6)
        self.rng = rng

    def mark(self, picture: Picture, at: Array, shaft_px: float) -> None:
        """A soft spot about an opening, darker, paler or yellow."""
        radius = 0.5 * self.across * shaft_px * float(np.exp(self.rng.normal(0, 0.2)))
        low = np.clip(np.floor(at - 4 * radius).astype(int), 0, picture.size)
        high = np.clip(np.ceil(at + 4 * radius).astype(int), 0, picture.size)
        if np.any(high - low < 2):
            return
        y, x = np.mgrid[low[1] : high[1], low[0] : high[0]]
        spot = np.exp(-((((x - at[0]) ** 2 + (y - at[1]) ** 2) / radius**2) ** 1.5))
        tone = np.full(3, self.tone) * ((1.05, 0.95, 0.6) if self.yellow else (1, 1, 1))
        window = picture.light[low[1] : high[1], low[0] : high[0]]
        window *= (1 + spot[..., None] * (tone - 1)).astype(np.float32)
        picture.clutter.append({"kind": "skin_opening", "xy": [round(float(v), 2) for v in at]})


def lay_skin(picture: Picture, rng: np.random.Generator) -> None:
    """Mottled skin with vessels, sometimes with a net of pigment."""
    shape, mm = (picture.size[1], picture.size[0]), picture.px_per_mm
    colour = np.array(SKINS[int(rng.choice(5, p=[0.3, 0.25, 0.2, 0.15, 0.1]))])
    colour = colour * np.exp(rng.normal(0, 0.08, 3))
    blotch = mist(rng, shape, (3 * mm, 1.2 * mm, 0.4 * mm), 0.7)
    fine = mist(rng, shape, (max(2, 0.08 * mm), max(2, 0.03 * mm)), 0.7)
    red = np.array([0.03, 0.09, 0.08]) * rng.uniform(0.4, 1.4)
    tone = 1 + blotch[..., None] * red + rng.uniform(0.01, 0.04) * fine[..., None]
    picture.lay(np.clip(colour * tone, 0.005, 0.9).astype(np.float32), "skin_bare")
    if rng.random() < 0.4:  # a net of pigment
        y, x = np.mgrid[0 : shape[0], 0 : shape[1]].astype(np.float32)
        sway = 0.15 * mm * mist(rng, shape, (mm, 0.5 * mm), 0.5)
        pitch = mm * rng.uniform(0.18, 0.4)
        net = [
            np.sin(np.pi * (x * np.cos(a) + y * np.sin(a) + sway) / pitch) for a in (0, 1.05, 2.1)
        ]
        lines = np.clip(1 - np.abs(np.prod(net, axis=0)) * 3, 0, 1)
        picture.light *= (1 - rng.uniform(0.05, 0.3) * lines[..., None]).astype(np.float32)
    vessels = np.zeros(shape, np.uint8)
    for _ in range(int(rng.integers(0, 14))):
        line = wandering(
            rng.uniform(0, 1, 2) * picture.size,
            rng.uniform(0, 6.3),
            mm * rng.uniform(0.5, 4),
            0.6,
            rng,
        )
        points = np.round(line * 16).astype(np.int32)
        cv2.polylines(vessels, [points], False, 255.0, max(1, int(0.03 * mm)), cv2.LINE_AA, 4)
    soft = cv2.GaussianBlur(covered(vessels), (0, 0), 0.5 + 0.02 * mm)
    picture.light *= 1 - soft[..., None] * np.array([0.1, 0.5, 0.45], np.float32)


def _grow(
    picture: Picture, line: Array, width: float, colour: Array, rng: np.random.Generator
) -> None:
    """A shaft from its opening on; the part under the skin shows faintly before it."""
    under = 2 * line[0] - line[: max(2, min(len(line), int(3 * width / 4)))][::-1]
    near = picture.around(np.vstack([under, line]), 3 * width + 4)
    if near is None:
        return
    part, low = near
    root = part.inked([ribbon(under - low, np.full(len(under), 1.1 * width))])
    below = cv2.GaussianBlur(root, (0, 0), 0.5 + 0.4 * width)
    part.cover(below * np.float32(rng.uniform(0.0, 0.7)), colour * 1.5)
    swell = 1 + rng.uniform(0, 0.8) * np.exp(-np.arange(len(line)) * 4 / (1.5 * width))
    taper = np.clip(np.arange(len(line))[::-1] / max(2.0, rng.uniform(0, 0.2) * len(line)), 0.15, 1)
    body = part.inked([ribbon(line - low, width * swell * taper)])
    shade = cv2.GaussianBlur(body, (0, 0), 0.5 + 0.3 * width)
    part.light *= (1 - 0.2 * shade)[..., None]
    part.cover(body * np.float32(rng.uniform(0.8, 1)), colour)
    gloss = part.inked([ribbon(line - low, 0.25 * width * taper)])
    part.cover(gloss * np.float32(rng.uniform(0, 0.35)), np.minimum(colour * 3 + 0.1, 0.9))
    part.mask[body > 0.5] = labels.OTHER


def _finish(picture: Picture, rng: np.random.Generator) -> None:
    """Gel bubbles, the round field of view, and the ticks that some dermatoscopes have."""
    width, height = picture.size
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    for _ in range(int(rng.integers(0, 6))):
        middle, radius = rng.uniform(0, 1, 2) * picture.size, rng.uniform(6, 60)
        away = np.hypot(x - middle[0], y - middle[1])
        ring = np.exp(-(((away - radius) / rng.uniform(1, 3)) ** 2)).astype(np.float32)
        picture.cover(ring * np.float32(rng.uniform(0.2, 0.7)), np.full(3, 0.9))
    if rng.random() < 0.5:
        away = np.hypot(x - width / 2, y - height / 2)
        rim = np.clip((away - rng.uniform(0.42, 0.6) * width) / rng.uniform(2, 25), 0, 1)
        picture.cover(rim.astype(np.float32), np.full(3, 0.002))
    if rng.random() < 0.3:
        ink = np.zeros(picture.mask.shape, np.uint8)
        edge, step = int(height * rng.uniform(0.85, 0.95)), picture.px_per_mm
        for k, at in enumerate(np.arange(0.1 * width, 0.9 * width, step)):
            tall = int(step * (0.9 if k % 5 == 0 else 0.5))
            cv2.line(
                ink,
                (int(at), edge),
                (int(at), edge - tall),
                255.0,
                max(1, int(step / 25)),
                cv2.LINE_AA,
            )
        put(ink, written("mm", 0.4 * step, rng), int(0.9 * width), edge - int(step))
        picture.cover(covered(ink), np.full(3, 0.01), "ruler")
