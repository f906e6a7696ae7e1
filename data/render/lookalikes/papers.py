"""Edges of paper and glass, embossed kitchen paper and quilted tissue."""

import cv2
import numpy as np

from data.render.lookalikes.fibres import wandering
from data.render.lookalikes.picture import Image, Picture, covered
from data.render.painter.backdrops import mist

Shape = tuple[int, int]


def draw_paper_edges(picture: Picture, rng: np.random.Generator) -> None:
    """Sheets one on the other: straight, torn and folded edges with their shadows."""
    picture.lay_table(rng)
    for _ in range(int(rng.integers(1, 5))):
        away = _edge(picture, rng, torn=rng.random() < 0.3)
        soft = 1 + picture.px_per_mm * float(np.exp(rng.uniform(np.log(0.02), np.log(0.6))))
        shadow = rng.uniform(0.2, 0.7) * np.exp(-np.maximum(away, 0) / soft) * (away > -1)
        picture.light *= (1 - shadow)[..., None]
        stock = np.exp(rng.uniform(np.log(0.25), np.log(0.9))) * np.exp(rng.normal(0, 0.06, 3))
        sheet = 1 + 0.02 * mist(rng, picture.mask.shape, (2, 5, 14), 0.8)
        picture.cover(np.clip(0.5 - away, 0, 1), sheet[..., None] * np.clip(stock, 0.02, 0.92))
        lit = np.exp(-np.abs(away + 1.0) / rng.uniform(0.6, 1.6)) * (away < 0.5)
        picture.cover((lit * rng.uniform(0, 0.5)).astype(np.float32), np.full(3, 0.95))
        picture.note("paper_edge", np.abs(away) < 1)
    for _ in range(int(rng.integers(0, 3))):  # creases
        away = _edge(picture, rng, torn=False)
        width = rng.uniform(0.8, 5)
        picture.light *= (1 - rng.uniform(0.1, 0.4) * np.exp(-np.abs(away) / width))[..., None]
        picture.light *= (1 + rng.uniform(0.1, 0.3) * np.exp(-np.abs(away - 2 * width) / width))[
            ..., None
        ]


def draw_glass_edges(picture: Picture, rng: np.random.Generator) -> None:
    """Slides and cover glasses: bright and dark lines at their edges, bubbles, scratches."""
    picture.lay_micrograph(rng) if rng.random() < 0.6 else picture.lay_table(rng)
    for _ in range(int(rng.integers(1, 4))):
        away = _edge(picture, rng, torn=False)
        picture.light *= np.where(away < 0, rng.uniform(0.8, 1.0), 1)[..., None].astype(np.float32)
        for _ in range(int(rng.integers(1, 4))):  # what refraction makes of one edge
            at, wide = rng.uniform(-14, 14), rng.uniform(0.7, 7)
            line = np.exp(-(((away - at) / wide) ** 2)).astype(np.float32)
            tone = np.full(3, float(rng.choice([0.0, 0.02, 0.95])))
            picture.cover(line * np.float32(rng.uniform(0.3, 0.95)), tone, "glass_edge")
    y, x = np.mgrid[0 : picture.size[1], 0 : picture.size[0]].astype(np.float32)
    for _ in range(int(rng.integers(0, 5))):
        middle, radius = rng.uniform(0, 1, 2) * picture.size, rng.uniform(8, 120)
        away = np.abs(np.hypot(x - middle[0], y - middle[1]) - radius)
        ring = np.exp(-((away / rng.uniform(1, 5)) ** 2)).astype(np.float32)
        picture.cover(ring * np.float32(rng.uniform(0.3, 0.9)), np.full(3, 0.03), "bubble")
    for _ in range(int(rng.integers(0, 5))):
        scratch = np.zeros(picture.mask.shape, np.uint8)
        line = wandering(rng.uniform(0, 1, 2) * picture.size, rng.uniform(0, 6.3),
                         picture.size[0] * rng.uniform(0.1, 0.8), 0.05, rng)  # fmt: skip
        points = np.round(line * 16).astype(np.int32)
        cv2.polylines(scratch, [points], False, 255.0, 1, cv2.LINE_AA, 4)
        share = covered(scratch) * np.float32(rng.uniform(0.1, 0.5))
        picture.cover(share, np.full(3, float(rng.choice([0.02, 0.9]))), "scratch")


def _edge(picture: Picture, rng: np.random.Generator, torn: bool) -> Image:
    """Signed distance (H, W) in pixels from the edge of a half plane, or of a corner."""
    y, x = np.mgrid[0 : picture.size[1], 0 : picture.size[0]].astype(np.float32)
    turn = rng.uniform(0, 2 * np.pi)
    at = rng.uniform(0.1, 0.9, 2) * picture.size
    away = (x - at[0]) * np.cos(turn) + (y - at[1]) * np.sin(turn)
    if rng.random() < 0.35:
        other = -(x - at[0]) * np.sin(turn) + (y - at[1]) * np.cos(turn)
        away = np.maximum(away, other)
    if torn:
        mm = picture.px_per_mm
        away = away + rng.uniform(0.1, 0.6) * mm * mist(
            rng, picture.mask.shape, (3 * mm, mm, 4), 0.6
        )
    return np.asarray(away, np.float32)


def lay_embossed(picture: Picture, rng: np.random.Generator) -> None:
    """Kitchen paper: a fine grid of dots or lozenges, often with drawn curves pressed over it."""
    shape, mm = (picture.size[1], picture.size[0]), picture.px_per_mm
    u, v = _turned(shape, rng)
    height = np.zeros(shape, np.float32)
    if rng.random() < 0.8:
        height += rng.uniform(0.3, 1) * _lattice(u, v, mm * rng.uniform(1.2, 4.0), rng)
    if rng.random() < 0.6 or not height.any():
        height += _pressed_curves(shape, u, v, mm, rng)
    _light_relief(picture, height, mm * rng.uniform(0.04, 0.25), rng, "embossed")


def lay_quilted(picture: Picture, rng: np.random.Generator) -> None:
    """Quilted tissue: soft cushions between seams, the seams stitched with dots or plain."""
    shape, mm = (picture.size[1], picture.size[0]), picture.px_per_mm
    u, v = _turned(shape, rng)
    pitch = mm * rng.uniform(5, 18)
    slant = float(rng.choice([0.0, 0.5, 1.0]))
    one, two = (u + slant * v) / pitch, (v - slant * u) / pitch
    if rng.random() < 0.4:
        two = two + 0.25 * np.sin(2 * np.pi * one)
    seams = np.minimum(np.abs(np.sin(np.pi * one)), np.abs(np.sin(np.pi * two)))
    cushion = (1 - np.exp(-seams / rng.uniform(0.05, 0.4))).astype(np.float32)
    if rng.random() < 0.4:
        on_seam = np.exp(-((seams / 0.1) ** 2))
        cushion -= (0.6 * on_seam * (_lattice(u, v, mm * rng.uniform(0.8, 2), rng) > 0.5)).astype(
            np.float32
        )
    _light_relief(picture, cushion, mm * rng.uniform(0.1, 0.6), rng, "quilted")


def draw_embossed(picture: Picture, rng: np.random.Generator) -> None:
    """Embossed kitchen paper with nothing on it."""
    lay_embossed(picture, rng)


def draw_quilted(picture: Picture, rng: np.random.Generator) -> None:
    """Quilted tissue with nothing on it."""
    lay_quilted(picture, rng)


def _turned(shape: Shape, rng: np.random.Generator) -> tuple[Image, Image]:
    y, x = np.mgrid[0 : shape[0], 0 : shape[1]].astype(np.float32)
    turn = rng.uniform(0, np.pi)
    slack = 6 * mist(rng, shape, (shape[1] / 2, shape[1] / 4), 0.5)  # paper never lies quite flat
    u = x * np.cos(turn) + y * np.sin(turn) + slack
    return np.asarray(u, np.float32), np.asarray(y * np.cos(turn) - x * np.sin(turn), np.float32)


def _lattice(u: Image, v: Image, pitch: float, rng: np.random.Generator) -> Image:
    """Dots, lozenges, bricks or hexagons, 0-1."""
    row = np.floor(v / pitch)
    across = (u / pitch + 0.5 * (row % 2)) % 1 - 0.5
    down = (v / pitch) % 1 - 0.5
    power = float(rng.choice([1.0, 2.0, 8.0]))  # lozenge, dot, brick
    away = (np.abs(across) ** power + np.abs(down) ** power) ** (1 / power)
    radius, edge = rng.uniform(0.2, 0.42), rng.uniform(0.02, 0.12)
    made = 1 / (1 + np.exp(np.clip((away - radius) / edge, -30, 30)))
    return np.asarray(1 - made if rng.random() < 0.4 else made, np.float32)


def _pressed_curves(shape: Shape, u: Image, v: Image, mm: float, rng: np.random.Generator) -> Image:
    """Curved grooves in a repeat: petals, waves or rings."""
    pitch, wide = mm * rng.uniform(8, 30), max(1.5, mm * rng.uniform(0.25, 0.9))
    a, b = (u / pitch) % 1 - 0.5, (v / pitch) % 1 - 0.5
    radius, angle = np.hypot(a, b), np.arctan2(b, a)
    kind = int(rng.integers(3))
    if kind == 0:
        away = radius - 0.3 * (1 + rng.uniform(0.2, 0.6) * np.cos(int(rng.integers(4, 9)) * angle))
    elif kind == 1:
        away = b - rng.uniform(0.1, 0.35) * np.sin(2 * np.pi * a)
    else:
        away = (radius * rng.integers(2, 5)) % 1 - 0.5
    return np.asarray(np.exp(-((away * pitch / wide) ** 2)), np.float32)


def _light_relief(
    picture: Picture, height: Image, depth_px: float, rng: np.random.Generator, kind: str
) -> None:
    """Soft paper of this relief, `depth_px` deep, in light from the side."""
    soft = cv2.GaussianBlur(height, (0, 0), float(rng.uniform(0.6, 1.5)))
    turn = rng.uniform(0, 2 * np.pi)
    gy, gx = np.gradient(soft * depth_px)
    slope = gx * np.cos(turn) + gy * np.sin(turn)
    tone = 1 + rng.uniform(0.3, 1.0) * np.tanh(slope * rng.uniform(0.5, 1.5)) * 0.5
    tone = tone * (1 - rng.uniform(0, 0.15) * (1 - soft))
    fibre = mist(rng, picture.mask.shape, (2, 5, 12), 0.8)
    stock = np.array([0.85, 0.84, 0.82]) * rng.uniform(0.7, 1.08) * np.exp(rng.normal(0, 0.03, 3))
    sheet = (tone * (1 + rng.uniform(0.01, 0.04) * fibre))[..., None] * stock
    picture.lay(np.clip(sheet, 0.01, 0.95).astype(np.float32), kind)
