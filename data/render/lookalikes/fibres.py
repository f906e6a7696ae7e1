"""Sewing threads and textile fibres: twisted, coloured, glassy or flat, unlike a shaft of hair."""

import cv2
import numpy as np

from data.render import labels
from data.render.lookalikes.picture import Array, Picture
from data.render.painter.shapes import ribbon
from data.render.painter.strokes import FINE, pixel_share

DYES = (
    (0.02, 0.05, 0.45), (0.5, 0.02, 0.03), (0.02, 0.3, 0.08), (0.6, 0.1, 0.3), (0.1, 0.4, 0.6),
    (0.7, 0.5, 0.05), (0.012, 0.012, 0.014), (0.85, 0.84, 0.8), (0.3, 0.1, 0.4),
)  # fmt: skip
"""Linear; the last but two are black and white."""
FIBRE_MM, THREAD_MM = (0.009, 0.03), (0.12, 0.6)
LOOSE_WIDTHS, LOOSE_LENGTHS = (0.6, 2.5), (12.0, 150.0)
"""Of threads among hairs: widths in widths of a hair, lengths in their own widths. Our choice."""
UNDYED_SHARE = 0.35
"""Of threads among hairs: white to brown, as hairs are. Our choice."""


def wandering(
    start: Array, heading: float, length_px: float, bend: float, rng: np.random.Generator
) -> Array:
    """A curve (N, 2) whose heading drifts by about `bend` radians over its length."""
    count = int(np.clip(length_px / 4, 24, 500))
    knots = np.concatenate([[0.0], np.cumsum(rng.normal(0, bend, 8))])
    turn = np.interp(np.linspace(0, 8, count), np.arange(9), knots)
    turn = np.convolve(np.pad(turn, 8, mode="edge"), np.ones(17) / 17, mode="valid")
    way = heading + turn
    steps = np.stack([np.cos(way), np.sin(way)], axis=1) * length_px / count
    return np.asarray(start + np.cumsum(steps, axis=0))


def draw_microfibres(picture: Picture, rng: np.random.Generator) -> None:
    """A few textile fibres under a microscope or on a table."""
    micro = rng.random() < 0.75
    picture.lay_micrograph(rng) if micro else picture.lay_table(rng)
    dye = np.array(DYES[int(rng.integers(len(DYES)))])
    for _ in range(int(rng.integers(1, 12))):
        if rng.random() < 0.4:
            dye = np.array(DYES[int(rng.integers(len(DYES)))])
        width = picture.px_per_mm * rng.uniform(*FIBRE_MM)
        start = rng.uniform(-0.1, 1.1, 2) * picture.size
        length = picture.size[0] * float(np.exp(rng.uniform(np.log(0.15), np.log(1.8))))
        line = wandering(start, rng.uniform(0, 2 * np.pi), length, rng.uniform(0.1, 0.9), rng)
        _lay_fibre(picture, line, max(1.2, width), dye, rng)


def _lay_fibre(
    picture: Picture, line: Array, width: float, dye: Array, rng: np.random.Generator
) -> None:
    """A twisted ribbon of cotton, or a glassy rod of polyester with specks."""
    count = len(line)
    along = np.linspace(0, 1, count) * np.linalg.norm(np.diff(line, axis=0), axis=1).sum()
    twisted = rng.random() < 0.5
    if twisted:
        phase = 2 * np.pi * along / (width * rng.uniform(6, 16)) + rng.uniform(0, 6)
        wide = width * (0.45 + 0.75 * np.abs(np.sin(phase + 0.8 * np.sin(0.37 * phase))))
    else:
        wide = np.full(count, width)
    outline = ribbon(line, wide)
    low = np.maximum(np.floor(outline.min(axis=0)).astype(int) - 3, 0)
    high = np.minimum(np.ceil(outline.max(axis=0)).astype(int) + 4, picture.size)
    if np.any(high - low < 3):
        return
    shape = tuple((high - low)[::-1] * FINE)
    fine = np.zeros(shape, np.uint8)
    cv2.fillPoly(fine, [np.round((outline - low) * FINE * 16).astype(np.int32)], 255, cv2.LINE_8, 4)
    inside = cv2.distanceTransform(fine, cv2.DIST_L2, 5)
    depth = np.clip(inside / (width * FINE / 2), 0, 1)
    window = slice(low[1], high[1]), slice(low[0], high[0])
    rim = np.exp(-depth / float(rng.uniform(0.15, 0.4)))
    clear = float(rng.uniform(0.15, 0.7))
    specks = cv2.resize(
        rng.random((shape[0] // 3 + 1, shape[1] // 3 + 1), np.float32), shape[::-1]
    ) if not twisted else np.zeros(shape, np.float32)  # fmt: skip
    if picture.transmitted:
        passed = np.stack([
            pixel_share(np.where(fine > 0, (dye[k] * (1 - clear) + clear) * (1 - 0.7 * rim)
                                 * (1 - 0.6 * (specks > 0.86)), 1).astype(np.float32))
            for k in range(3)
        ], axis=-1)  # fmt: skip
        picture.light[window] *= passed
    else:
        lit = 0.55 + 0.9 * np.exp(-(((depth - 0.75) / 0.25) ** 2)) * rng.uniform(0.2, 0.9)
        share = pixel_share(fine) * (1 - 0.6 * clear)
        tone = pixel_share((lit * (fine > 0)).astype(np.float32))
        picture.light[window] *= (1 - share)[..., None]
        picture.light[window] += (share * tone)[..., None] * (0.85 * dye + 0.05).astype(np.float32)
    where = np.zeros(picture.mask.shape, bool)
    where[window] = pixel_share(fine) > 0.5
    picture.mask[where] = labels.OTHER
    picture.note("microfibre", where)


def lay_loose_threads(picture: Picture, rng: np.random.Generator, width_px: float) -> None:
    """Pieces of thread and lint, about as wide as hairs of ``width_px``, in dyes and pale tones."""
    for _ in range(int(rng.integers(2, 9))):
        width = max(1.2, width_px * float(np.exp(rng.uniform(*np.log(LOOSE_WIDTHS)))))
        dye = np.array(DYES[int(rng.integers(len(DYES)))]) * rng.uniform(0.7, 1.1)
        if rng.random() < UNDYED_SHARE:
            dye = rng.uniform(0.15, 0.8) * np.array([1.0, 0.93, 0.8]) ** rng.uniform(0, 1.5)
        length = width * float(np.exp(rng.uniform(*np.log(LOOSE_LENGTHS))))
        start, heading = rng.uniform(0, 1, 2) * picture.size, rng.uniform(0, 2 * np.pi)
        line = wandering(start, heading, length, rng.uniform(0.1, 0.8), rng)
        lay = _lay_thread if rng.random() < 0.6 else _lay_fibre
        lay(picture, line, width, dye, rng)


def draw_threads(picture: Picture, rng: np.random.Generator) -> None:
    """Sewing thread, yarn or string on a table: twisted plies with fuzz and frayed ends."""
    picture.lay_table(rng)
    for _ in range(int(rng.integers(1, 6))):
        width = max(5.0, picture.px_per_mm * float(np.exp(rng.uniform(*np.log(THREAD_MM)))))
        dye = np.array(DYES[int(rng.integers(len(DYES)))]) * rng.uniform(0.7, 1.1)
        start = rng.uniform(-0.1, 1.1, 2) * picture.size
        length = picture.size[0] * rng.uniform(0.3, 1.8)
        line = wandering(start, rng.uniform(0, 2 * np.pi), length, rng.uniform(0.1, 0.8), rng)
        _lay_thread(picture, line, width, dye, rng)


def _lay_thread(
    picture: Picture, line: Array, width: float, dye: Array, rng: np.random.Generator
) -> None:
    body = picture.inked([ribbon(line, np.full(len(line), width))])
    shadow = cv2.GaussianBlur(body, (0, 0), 1 + 0.35 * width)
    picture.light *= (1 - rng.uniform(0.2, 0.6) * shadow)[..., None]
    picture.cover(body, dye * 0.35, "thread")
    _lay_plies(picture, line, width, dye, rng)
    fuzz: list[Array] = []
    for _ in range(int(len(line) * rng.uniform(0.05, 0.5))):
        at = int(rng.integers(len(line)))
        fuzz.append(
            _strand(
                line[at],
                rng.uniform(0, 2 * np.pi),
                width * rng.uniform(0.5, 2.5),
                width * 0.06,
                rng,
            )
        )
    for end, inner in ((line[0], line[8]), (line[-1], line[-9])):
        heading = float(np.arctan2(*(end - inner)[::-1]))
        for _ in range(int(rng.integers(3, 14))):
            turned = heading + rng.normal(0, 0.5)
            fuzz.append(_strand(end, turned, width * rng.uniform(0.5, 4), width * 0.1, rng))
    hairy = picture.inked(fuzz)
    picture.cover(hairy * np.float32(rng.uniform(0.4, 0.9)), np.minimum(dye * 1.2 + 0.03, 0.9))


def _lay_plies(
    picture: Picture, line: Array, width: float, dye: Array, rng: np.random.Generator
) -> None:
    """The slanted leaves that twisted plies show, each lit along its middle."""
    pitch, slant = width * rng.uniform(0.5, 1.1), float(rng.choice([-1, 1]) * rng.uniform(0.5, 1.1))
    along = np.concatenate([[0], np.cumsum(np.linalg.norm(np.diff(line, axis=0), axis=1))])
    leaves, gleams = [], []
    around = np.linspace(0, 2 * np.pi, 20, endpoint=False)
    for at in np.arange(0, along[-1], pitch):
        middle = np.array([np.interp(at, along, line[:, k]) for k in range(2)])
        ahead = np.array([np.interp(min(at + 2, along[-1]), along, line[:, k]) for k in range(2)])
        behind = np.array([np.interp(max(at - 2, 0), along, line[:, k]) for k in range(2)])
        turn = np.arctan2(*(ahead - behind)[::-1]) + slant
        leaf = np.stack([np.cos(around) * width * 0.66, np.sin(around) * pitch * 0.46], axis=1)
        spin = np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
        leaves.append(middle + leaf @ spin)
        gleams.append(middle + leaf * (0.7, 0.35) @ spin)
    picture.cover(picture.inked(leaves), dye, "thread")
    gleam = cv2.GaussianBlur(picture.inked(gleams), (0, 0), 0.5 + 0.06 * width)
    lit = gleam * np.float32(rng.uniform(0.2, 0.7))
    picture.cover(lit, np.minimum(dye * 1.7 + 0.06, 0.95))


def _strand(
    start: Array, heading: float, length: float, width: float, rng: np.random.Generator
) -> Array:
    line = wandering(start, heading, length, 0.35, rng)
    return ribbon(line, np.full(len(line), max(0.7, width)))
