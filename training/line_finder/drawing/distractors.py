"""Paints objects and marks on a tile that are no hair. All shares and ranges are our choice."""

from collections.abc import Callable, Sequence

import cv2
import numpy as np

from data.arrays import Array
from data.render.backgrounds.markings import INKS
from training.line_finder.drawing.strokes import (
    STEP_PX,
    Band,
    Canvas,
    paint_stroke,
    path,
    placed,
    smooth,
)

Distractor = Callable[[Canvas, np.random.Generator, float], None]
BROAD_PX = 7.0
"""Wider or softer strokes of one width are painted by OpenCV, which is faster for them."""


def distract(canvas: Canvas, rng: np.random.Generator, width_px: float, count: int) -> None:
    """Paints ``count`` random kinds of distractors, in place, for hairs ``width_px`` wide."""
    for _ in range(count):
        KINDS[int(rng.integers(len(KINDS)))](canvas, rng, width_px)


def _stroke(
    canvas: Canvas,
    line: Array,
    width_px: Array | float,
    colour: Array,
    opacity: Array | float = 1.0,
    blur_px: float = 0.45,
) -> None:
    """A plain band; ``width_px`` and ``opacity`` are single numbers or (M,)."""
    if isinstance(width_px, float) and isinstance(opacity, float) and width_px + blur_px > BROAD_PX:
        _broad_strokes(canvas, [line], width_px, colour, opacity, blur_px)
        return
    width = np.broadcast_to(np.asarray(width_px), len(line))
    reach = width.max() + 3 * blur_px
    near = np.flatnonzero(((line > -reach) & (line < len(canvas) + reach)).all(axis=1))
    if len(near) < 2:
        return
    part = slice(near[0], near[-1] + 1)
    band = Band(line[part], width[part] / 2, np.full(part.stop - part.start, blur_px))
    solid = np.broadcast_to(np.asarray(opacity), len(line))[part]
    paint_stroke(canvas, band, band.cover(band.across()) * solid[:, None], colour)


def _broad_strokes(
    canvas: Canvas,
    lines: Sequence[Array],
    width_px: float,
    colour: Array,
    opacity: float,
    blur_px: float,
) -> None:
    """As ``_stroke``, for many lines, or for broad ones where whole pixels of width suffice."""
    mask = np.zeros(canvas.shape[:2], np.uint8)
    points = [np.round((line[::4] - 0.5) * 16).astype(np.int32) for line in lines]
    cv2.polylines(mask, points, False, 255.0, max(1, round(width_px)), cv2.LINE_AA, 4)
    x, y, wide, high = cv2.boundingRect(mask)
    margin = int(3 * blur_px) + 1
    box = (
        slice(max(0, y - margin), y + high + margin),
        slice(max(0, x - margin), x + wide + margin),
    )
    if wide == 0:
        return
    cover = cv2.GaussianBlur(mask[box], (0, 0), blur_px).astype(np.float32)
    part = canvas[box]
    part += (colour.astype(np.float32) - part) * (cover * np.float32(opacity / 255))[..., None]


def _random_colour(rng: np.random.Generator) -> Array:
    """A random linear colour (3,) from near black to white, mostly dull."""
    vivid = rng.choice([0.12, 0.5], p=[0.7, 0.3])
    return np.asarray(np.clip(rng.uniform(0.05, 0.95) * (1 - vivid * rng.random(3)), 0, 1) ** 2)


def _straight(rng: np.random.Generator, size: int, heading: float, length_px: float) -> Array:
    """A straight line whose middle lies in the tile."""
    along = np.arange(-length_px / 2, length_px / 2, STEP_PX)
    way = np.array([np.cos(heading), np.sin(heading)])
    return np.asarray(rng.uniform(0, size, 2) + along[:, None] * way)


def _pen(canvas: Canvas, rng: np.random.Generator, width_px: float) -> None:
    """Pen or pencil: flat ink of one width with the grain of the paper."""
    ink = np.array(INKS[int(rng.integers(4))]) ** 2  # the dark ones
    width = width_px * np.exp(rng.uniform(-1, 0.5)) + 0.8
    style = str(rng.choice(["straight", "gentle", "curly"]))
    for _ in range(int(rng.integers(1, 5))):
        length = rng.uniform(0.1, 1.2) * len(canvas)
        line = placed(rng, path(rng, style, length, width), len(canvas))
        grain = rng.uniform(0.4, 0.95) * (1 + rng.uniform(0, 0.5) * rng.standard_normal(len(line)))
        _stroke(canvas, line, width, ink, np.clip(grain, 0, 1))


def _ruled(canvas: Canvas, rng: np.random.Generator, width_px: float) -> None:
    """Evenly spaced parallel lines or ticks."""
    size, ink, heading = len(canvas), _random_colour(rng), rng.uniform(0, np.pi)
    width = width_px * rng.uniform(0.3, 1.2) + 0.5
    pitch, length = width * rng.uniform(4, 30), rng.choice([rng.uniform(4, 20) * width, 1.5 * size])
    first = _straight(rng, size, heading, length)
    across = pitch * np.array([-np.sin(heading), np.cos(heading)])
    for k in range(int(rng.integers(2, 12))):
        _stroke(canvas, first + k * across, width, ink, 0.8)


def _scratches(canvas: Canvas, rng: np.random.Generator, width_px: float) -> None:
    """Many fine straight lines of similar heading that fade at both ends."""
    size, heading, spread = len(canvas), rng.uniform(0, np.pi), rng.uniform(0.02, 0.5)
    colour = np.full(3, rng.choice([0.02, 0.95]))
    for _ in range(int(rng.integers(3, 16))):
        line = _straight(rng, size, heading + rng.normal(0, spread), rng.uniform(0.1, 0.7) * size)
        fade = np.sin(np.linspace(0, np.pi, len(line))) * rng.uniform(0.05, 0.35)
        _stroke(canvas, line, min(1.5, 0.5 * width_px), colour, fade)


def _fold(canvas: Canvas, rng: np.random.Generator, width_px: float) -> None:
    """A crease or seam across the tile: a lit and a shaded side."""
    line = _straight(rng, len(canvas), rng.uniform(0, np.pi), 2.5 * len(canvas))
    line = line + smooth(rng, len(line), 6)[:, None] * rng.uniform(0, 2)
    width = width_px * rng.uniform(0.5, 4) + 1
    side = rng.normal(0, 1, 2)
    side *= width / np.linalg.norm(side)
    blur = min(width * rng.uniform(0.3, 1.5), 15.0)
    _stroke(canvas, line, width, np.zeros(3), rng.uniform(0.1, 0.5), blur)
    _stroke(canvas, line + side, width, np.ones(3), rng.uniform(0.05, 0.4), blur)


def _joint(canvas: Canvas, rng: np.random.Generator, width_px: float) -> None:
    """A gap between tiles or boards: a broad even stripe with ragged edges."""
    line = _straight(rng, len(canvas), rng.uniform(0, np.pi), 2.5 * len(canvas))
    width = min(width_px * rng.uniform(2.5, 8) + 3, 0.2 * len(canvas))
    ragged = 1 + rng.uniform(0, 0.12) * smooth(rng, len(line), len(line) // 40)
    _stroke(canvas, line, width * ragged, _random_colour(rng), 1.0, rng.uniform(0.5, 2))


def _thread(canvas: Canvas, rng: np.random.Generator, width_px: float) -> None:
    """Sewing thread or string: two or three twisted plies, each with a highlight."""
    width = max(8.0, width_px * rng.uniform(1.5, 4))  # narrower, its plies would not show
    style = str(rng.choice(["straight", "gentle", "wavy"]))
    line = placed(rng, path(rng, style, rng.uniform(0.3, 2) * len(canvas), width), len(canvas))
    along = np.arange(len(line)) * STEP_PX / width
    plies, colour = int(rng.integers(2, 4)), _random_colour(rng)
    normal = np.gradient(line, axis=0)[:, ::-1] * (-1, 1)
    normal /= np.linalg.norm(normal, axis=1, keepdims=True) + 1e-9
    _stroke(canvas, line + rng.normal(0, 0.4 * width, 2), width, np.zeros(3), 0.3, 0.3 * width)
    _stroke(canvas, line, width, colour * 0.5)
    pitch = rng.uniform(1.5, 4)
    for ply in range(plies):
        turn = 2 * np.pi * (along / pitch + ply / plies)
        ply_line = line + (np.sin(turn) * 0.27 * width)[:, None] * normal
        front = np.clip(np.cos(turn) + 0.4, 0, 1)
        _stroke(canvas, ply_line, 0.5 * width, colour, front)
        _stroke(canvas, ply_line, 0.16 * width, np.minimum(colour * 1.8 + 0.05, 1), 0.5 * front)


def _lint(canvas: Canvas, rng: np.random.Generator, width_px: float) -> None:
    """Lint: a few fibres of cloth close together, crinkled, coloured, uneven and fuzzy."""
    colour, middle = _random_colour(rng), rng.uniform(0, len(canvas), 2)
    for _ in range(int(rng.integers(1, 8))):
        width = width_px * rng.uniform(0.15, 0.6) + 0.4
        length = width_px * rng.uniform(4, 25) + 12
        line = path(rng, "coil", length, width)
        knots = max(6, int(length / (4 * width)))
        crinkles = [smooth(rng, len(line), knots) for _ in range(2)]
        line = line + 1.5 * width * np.stack(crinkles, axis=1)
        line = line - line[len(line) // 2] + middle + rng.normal(0, 4 * width_px, 2)
        uneven = np.clip(1 + 0.4 * smooth(rng, len(line), 12), 0.2, 2)
        _stroke(canvas, line, 2.5 * width * uneven, colour, 0.2, 0.8 * width)
        _stroke(canvas, line, width * uneven, colour, rng.uniform(0.4, 0.9))


def _wire(canvas: Canvas, rng: np.random.Generator, width_px: float) -> None:
    """A wire, cable or edge of a rod: much wider than the hairs, shaded like a cylinder."""
    width = min(width_px * rng.uniform(3, 7) + 6, 0.2 * len(canvas))
    line = placed(rng, path(rng, "gentle", 3.0 * len(canvas), width), len(canvas))
    colour = _random_colour(rng)
    _stroke(canvas, line + rng.normal(0, 0.5 * width, 2), width, np.zeros(3), 0.4, 0.3 * width)
    _stroke(canvas, line, width, colour * 0.4)
    _stroke(canvas, line, 0.6 * width, colour, 0.8, 0.2 * width)
    _stroke(canvas, line - 0.1 * width, 0.15 * width, np.ones(3), 0.5, 0.1 * width)


def _specks(canvas: Canvas, rng: np.random.Generator, width_px: float) -> None:
    """Dust, crumbs or flakes: irregular lumps with a shadow."""
    colour, clear = _random_colour(rng), rng.uniform(0.3, 1)
    typical = min(width_px * np.exp(rng.uniform(np.log(0.5), np.log(5))) + 1, 40.0)
    for _ in range(int(rng.integers(1, 25 if typical < 8 else 6))):
        across = typical * np.exp(rng.normal(0, 0.4))
        line = placed(rng, path(rng, "gentle", across * rng.uniform(1, 2), 1.0), len(canvas))
        arch = np.sqrt(np.sin(np.linspace(0, np.pi, len(line))))
        rough = np.clip(1 + rng.uniform(0, 0.5) * smooth(rng, len(line), 6), 0.3, 2)
        away = rng.normal(0, 0.2 * across, 2)
        _stroke(canvas, line + away, across * arch, np.zeros(3), 0.3 * clear, 0.3 + 0.15 * across)
        _stroke(canvas, line, across * arch * rough, colour * rng.uniform(0.7, 1.2), clear, 0.6)


def _stripes(canvas: Canvas, rng: np.random.Generator, width_px: float) -> None:
    """Woven or printed stripes, slats: soft parallel bands over the whole tile."""
    size, heading = len(canvas), rng.uniform(0, np.pi)
    width = width_px * rng.uniform(1, 5) + 2
    pitch, colour, clear = width * rng.uniform(2, 6), _random_colour(rng), rng.uniform(0.1, 0.7)
    way = np.array([np.cos(heading), np.sin(heading)])
    along = np.arange(-size, size, STEP_PX)[:, None] * way + size / 2
    side = way[::-1] * (-1, 1)
    lines = [along + shift * side for shift in np.arange(-size / 2, size / 2, pitch)[:24]]
    blur = rng.uniform(0.5, 0.25 * width + 0.6)
    _broad_strokes(canvas, lines, width, colour, clear, blur)


KINDS: tuple[Distractor, ...] = (
    _pen, _ruled, _scratches, _fold, _joint, _thread, _lint, _wire, _specks, _specks, _stripes,
)  # fmt: skip
"""Every distractor, repeated by its frequency."""
