"""Procedural backgrounds, made from noise."""

from collections.abc import Callable

import cv2
import numpy as np

from data.render.backgrounds.texture import (
    Colour,
    Ground,
    Image,
    Patch,
    fractal,
    noise,
    point,
    tinted,
    vary,
)

Painter = Callable[[Patch, np.random.Generator], Ground]


def _sheet(colour: Colour, by: float, mottle: float) -> Painter:
    """Paper or card: a fine grain, faint clouds, sometimes flecks."""

    def paint(patch: Patch, rng: np.random.Generator) -> Ground:
        size = patch.size_px
        grain = fractal(rng, size, patch.px(rng.uniform(0.05, 0.3)), 3)
        clouds = fractal(rng, size, size / rng.uniform(2, 8), 3)
        level = 1 + mottle * rng.uniform(0.2, 1.5) * grain + 0.02 * rng.uniform(0, 1.5) * clouds
        albedo = tinted(level.astype(np.float32), vary(rng, colour, by))
        if rng.random() < 0.25:
            albedo = _flecked(albedo, patch, rng)
        gloss = float(rng.uniform(0.2, 0.5)) if rng.random() < 0.2 else None
        return Ground(albedo, grain * np.float32(0.008 * rng.random() ** 2), gloss=gloss)

    return paint


def _flecked(albedo: Image, patch: Patch, rng: np.random.Generator) -> Image:
    """Recycled paper: short dark or coloured fibres and specks in the sheet."""
    out = np.ascontiguousarray(albedo)
    for _ in range(int(rng.integers(10, 200))):
        at = rng.uniform(0, patch.size_px, 2)
        reach = patch.px(rng.uniform(0.05, 0.8)) * rng.normal(0, 0.5, 2)
        colour = tuple(float(c) for c in rng.uniform(0.1, 0.9, 3))
        thick = int(np.clip(patch.px(rng.uniform(0.01, 0.05)), 1, 8))
        cv2.line(out, point(at), point(at + reach), colour, thick, cv2.LINE_AA)
    return np.asarray(cv2.addWeighted(out, 0.6, albedo, 0.4, 0), dtype=np.float32)


def _crumpled(patch: Patch, rng: np.random.Generator) -> Ground:
    """White paper with creases: real height, folded noise."""
    flat = _sheet((0.88, 0.88, 0.86), 0.08, 0.02)(patch, rng)
    cells = rng.uniform(12, 50)
    folds = [np.abs(noise(rng, (160, 160), (cells, cells))) for _ in range(3)]
    height = sum(folds[1:], folds[0]) * patch.size_px * patch.mm_per_px * rng.uniform(0.002, 0.012)
    return Ground(flat.albedo, flat.bump_mm, np.asarray(height, dtype=np.float32))


def _weave(patch: Patch, rng: np.random.Generator, colour: Colour) -> Ground:
    """Over-under cloth, plain or twill, turned to any angle."""
    size = patch.size_px
    pitch = patch.px(np.exp(rng.uniform(np.log(0.12), np.log(0.8))))
    turn, twill = rng.uniform(0, np.pi), int(rng.integers(1, 4))
    y, x = np.mgrid[0:size, 0:size].astype(np.float32)
    sway = fractal(rng, size, pitch * 6, 2) * pitch * 0.15
    u = (x * np.cos(turn) + y * np.sin(turn) + sway) / pitch
    v = (-x * np.sin(turn) + y * np.cos(turn) - sway) / pitch
    over = (np.floor(u) + np.floor(v)) % (twill + 1) < 1
    warp, weft = np.abs(np.sin(np.pi * u)), np.abs(np.sin(np.pi * v))
    thread = np.where(over, warp * (0.6 + 0.4 * weft), weft * (0.6 + 0.4 * warp))
    lint = fractal(rng, size, max(2.0, pitch / 6), 3)
    level = 0.75 + 0.25 * thread + rng.uniform(0.03, 0.12) * lint
    other = vary(rng, colour, 0.15)
    shade = np.where(over[..., None], tinted(level, colour), tinted(level, other))
    return Ground(
        shade.astype(np.float32), (thread * pitch * patch.mm_per_px * 0.3).astype(np.float32)
    )


def _cloth(*colours: Colour) -> Painter:
    def paint(patch: Patch, rng: np.random.Generator) -> Ground:
        return _weave(patch, rng, vary(rng, colours[int(rng.integers(len(colours)))], 0.2))

    return paint


def _towel(patch: Patch, rng: np.random.Generator) -> Ground:
    """Looped pile: many short curved strokes, and real unevenness."""
    size = patch.size_px
    base = np.array(vary(rng, TOWEL[int(rng.integers(len(TOWEL)))], 0.15))
    canvas = np.full((size, size), 0.55, np.float32)
    loop = patch.px(rng.uniform(0.5, 1.6))
    for _ in range(min(9000, int(5 * (size / loop) ** 2))):
        at, arc = rng.uniform(0, size, 2), rng.uniform(0, 360)
        level, thick = (
            float(rng.uniform(0.6, 1.05)),
            int(np.clip(loop * rng.uniform(0.1, 0.35), 1, 60)),
        )
        axes = (int(loop * rng.uniform(0.3, 0.9)) + 1, int(loop * rng.uniform(0.1, 0.6)) + 1)
        cv2.ellipse(canvas, point(at), axes, arc, 0, 220, level, thick, cv2.LINE_AA)
    soft = cv2.GaussianBlur(canvas, (0, 0), max(0.8, loop / 20))
    fuzz = fractal(rng, size, max(2.0, loop / 8), 3) * 0.05
    relief = noise(rng, (90, 90), (6, 6)) * np.float32(loop * patch.mm_per_px * 0.08)
    bump = (soft * loop * patch.mm_per_px * 0.4).astype(np.float32)
    return Ground(tinted(soft + fuzz, (base[0], base[1], base[2])), bump, relief)


def _wood(patch: Patch, rng: np.random.Generator) -> Ground:
    """Bent growth rings, stretched pores, often varnished."""
    size = patch.size_px
    y, x = np.mgrid[0:size, 0:size].astype(np.float32) / size
    bend = noise(rng, (size, size), (size * 0.7, size * 0.25)) * rng.uniform(0.02, 0.12)
    rings = rng.uniform(2, 14)
    grain = (np.sin(2 * np.pi * rings * (x + bend + rng.uniform(0, 0.1) * y)) + 1) / 2
    pores = noise(rng, (size, size), (patch.px(3.0), patch.px(0.08)))
    pores = np.clip(pores - rng.uniform(0.3, 1.2), 0, None)
    level = 1 - rng.uniform(0.08, 0.4) * grain**1.5 - rng.uniform(0.03, 0.15) * pores
    level = level + 0.03 * noise(rng, (size, size), (patch.px(2.0), patch.px(0.2)))
    colour = vary(rng, WOOD[int(rng.integers(len(WOOD)))], 0.15)
    albedo = tinted(level.astype(np.float32), colour)
    gloss = float(rng.uniform(0.08, 0.4)) if rng.random() < 0.6 else None
    return Ground(albedo, gloss=gloss)


def _tile(patch: Patch, rng: np.random.Generator) -> Ground:
    """Glazed tile or stone, with a joint or two in view."""
    size = patch.size_px
    colour = vary(rng, TILE[int(rng.integers(len(TILE)))], 0.15)
    veins = np.exp(-np.abs(fractal(rng, size, size / rng.uniform(1.5, 6), 5)) * rng.uniform(4, 20))
    clouds = fractal(rng, size, size / 4, 4) * rng.uniform(0, 0.05)
    level = 1 + clouds - rng.uniform(0, 0.3) * veins
    albedo = tinted(level.astype(np.float32), colour)
    bump = np.zeros((size, size), np.float32)
    joint = vary(rng, (0.55, 0.53, 0.5), 0.5)
    thick = int(np.clip(patch.px(rng.uniform(0.8, 4.0)), 2, size / 8))
    for _ in range(int(rng.integers(0, 3))):
        middle = rng.uniform(0.2, 0.8, 2) * size
        turn = rng.choice([0, np.pi / 2]) + rng.normal(0, 0.1)
        out = np.array([np.cos(turn), np.sin(turn)]) * size * 2
        cv2.line(albedo, point(middle - out), point(middle + out), joint, thick, cv2.LINE_AA)
        cv2.line(bump, point(middle - out), point(middle + out), -0.3, thick, cv2.LINE_AA)
    gritty = albedo * (1 + 0.03 * fractal(rng, size, 3.0, 2)[..., None])
    gloss = float(rng.uniform(0.04, 0.3)) if rng.random() < 0.8 else None
    edge = np.asarray(cv2.GaussianBlur(bump, (0, 0), thick / 6 + 0.5), dtype=np.float32)
    return Ground(np.clip(gritty, 0, 0.97).astype(np.float32), edge, gloss=gloss)


def _steel(patch: Patch, rng: np.random.Generator) -> Ground:
    """Brushed steel: streaks along one way."""
    size = patch.size_px
    streaks = noise(rng, (size, size), (1.5, size / rng.uniform(2, 20)))
    broad = noise(rng, (size, size), (12.0, float(size)))
    level = rng.uniform(0.5, 0.8) + rng.uniform(0.02, 0.06) * streaks + 0.03 * broad
    albedo = tinted(level.astype(np.float32), vary(rng, (0.97, 0.98, 1.0), 0.03))
    return Ground(albedo, gloss=float(rng.uniform(0.25, 0.5)), metal=True)


def _cells(rng: np.random.Generator, size: int, cell: float) -> Image:
    """A net of polygons about `cell` texels wide: 1 inside, 0.5 on the lines between them."""
    seeds = np.full((size, size), 255, np.uint8)
    spots = rng.integers(0, size, (int((size / cell) ** 2) + 4, 2))
    seeds[spots[:, 0], spots[:, 1]] = 0
    _, nearest = cv2.distanceTransformWithLabels(seeds, cv2.DIST_L2, 5)
    inside = np.ones((size, size), np.uint8)
    inside[:-1] &= nearest[:-1] == nearest[1:]
    inside[:, :-1] &= nearest[:, :-1] == nearest[:, 1:]
    away = cv2.distanceTransform(inside, cv2.DIST_L2, 5)
    return np.asarray(1 - 0.5 * np.exp(-away / max(1.0, cell * 0.12)), dtype=np.float32)


def _skin(patch: Patch, rng: np.random.Generator) -> Ground:
    """Palm or arm: mottled, with a net of fine furrows."""
    size = patch.size_px
    colour = np.array(vary(rng, SKIN[int(rng.integers(len(SKIN)))], 0.1), np.float32)
    cell = patch.px(rng.uniform(0.2, 0.7))
    net = _cells(rng, size, cell)
    red = fractal(rng, size, size / rng.uniform(3, 10), 4)[..., None] * np.array(
        [0.02, 0.05, 0.045]
    )
    pores = fractal(rng, size, 3.0, 2)[..., None] * 0.02
    albedo = colour * (0.93 + 0.07 * net[..., None] + pores) * (1 - red)
    relief = noise(rng, (60, 60), (18, 18)) * np.float32(patch.size_px * patch.mm_per_px * 0.006)
    bump = (net * cell * patch.mm_per_px * rng.uniform(0.02, 0.08)).astype(np.float32)
    gloss = float(rng.uniform(0.3, 0.5)) if rng.random() < 0.6 else None
    return Ground(np.clip(albedo, 0.01, 0.97).astype(np.float32), bump, relief, gloss)


TOWEL = (
    (0.92, 0.91, 0.88),
    (0.5, 0.6, 0.7),
    (0.75, 0.6, 0.55),
    (0.3, 0.33, 0.4),
    (0.85, 0.75, 0.4),
)
WOOD = (
    (0.75, 0.55, 0.36),
    (0.55, 0.36, 0.22),
    (0.85, 0.72, 0.55),
    (0.3, 0.19, 0.13),
    (0.6, 0.55, 0.5),
)
TILE = (
    (0.92, 0.92, 0.9),
    (0.8, 0.78, 0.73),
    (0.45, 0.47, 0.5),
    (0.15, 0.15, 0.16),
    (0.6, 0.72, 0.75),
)
SKIN = (
    (0.92, 0.76, 0.66),
    (0.85, 0.64, 0.52),
    (0.7, 0.48, 0.36),
    (0.45, 0.29, 0.21),
    (0.95, 0.82, 0.76),
)

PAINTERS: dict[str, Painter] = {
    "white_paper": _sheet((0.93, 0.93, 0.92), 0.05, 0.015),
    "cream_paper": _sheet((0.93, 0.88, 0.76), 0.06, 0.02),
    "crumpled_paper": _crumpled,
    "grey_card": _sheet((0.5, 0.5, 0.5), 0.35, 0.03),
    "blue_card": _sheet((0.2, 0.38, 0.66), 0.35, 0.03),
    "green_card": _sheet((0.2, 0.46, 0.32), 0.35, 0.03),
    "black_card": _sheet((0.1, 0.1, 0.1), 0.5, 0.08),
    "coloured_card": _sheet((0.7, 0.4, 0.42), 0.5, 0.03),
    "dark_cloth": _cloth((0.08, 0.08, 0.09), (0.1, 0.13, 0.25), (0.28, 0.1, 0.12)),
    "pale_cloth": _cloth((0.9, 0.88, 0.84), (0.72, 0.76, 0.8), (0.8, 0.7, 0.6), (0.55, 0.6, 0.52)),
    "towel": _towel,
    "wood": _wood,
    "tile": _tile,
    "steel": _steel,
    "skin": _skin,
}
"""Every procedural ground by the name that truth.jsonl gives it."""
