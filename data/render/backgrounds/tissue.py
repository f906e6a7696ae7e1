"""Tissue, embossed kitchen paper, quilted paper, edges of sheets, and glass."""

from collections.abc import Callable

import cv2
import numpy as np

from data.render.backgrounds.texture import Ground, Image, Patch, fractal, noise, tinted, vary

Painter = Callable[[Patch, np.random.Generator], Ground]
RELIEF_CELLS = 176
"""Side of the height grid of an embossed sheet: OpenCV looks up at most 32,766 heights at once."""


def _tissue_sheet(patch: Patch, rng: np.random.Generator) -> tuple[Image, Image]:
    """Albedo (S, S, 3) and bump (S, S) mm of soft paper: fibres, creping, thin spots."""
    size = patch.size_px
    fibres = np.zeros((size, size), np.float32)
    for _ in range(3):
        cell = patch.px(rng.uniform(0.3, 1.0)), patch.px(rng.uniform(0.015, 0.04))
        layer = noise(rng, (size, size), cell)
        turn = cv2.getRotationMatrix2D((size / 2, size / 2), rng.uniform(0, 180), 1.45)
        fibres += cv2.warpAffine(layer, turn, (size, size), borderMode=cv2.BORDER_REFLECT)
    y, x = np.mgrid[0:size, 0:size].astype(np.float32)
    angle, pitch = rng.uniform(0, np.pi), patch.px(rng.uniform(0.12, 0.4))
    sway = fractal(rng, size, pitch * 5, 3) * pitch * 0.5
    creping = np.sin(2 * np.pi * (x * np.cos(angle) + y * np.sin(angle) + sway) / pitch)
    clouds = fractal(rng, size, size / rng.uniform(6, 20), 3)
    level = 1 + 0.008 * fibres + rng.uniform(0, 0.012) * creping + 0.012 * clouds
    colour = vary(rng, ((0.94, 0.93, 0.91), (0.9, 0.86, 0.76))[int(rng.random() < 0.2)], 0.04)
    bump = rng.uniform(0.001, 0.005) * fibres + rng.uniform(0, 0.006) * creping
    return tinted(level.astype(np.float32), colour), bump.astype(np.float32)


def _pattern(rng: np.random.Generator, span_mm: float, kind: str) -> Image:
    """Heights 0-1 of an embossing (RELIEF_CELLS a side)."""
    n = RELIEF_CELLS
    y, x = np.mgrid[0:n, 0:n].astype(np.float32) / n * span_mm
    angle = rng.uniform(0, np.pi)
    u, v = x * np.cos(angle) + y * np.sin(angle), -x * np.sin(angle) + y * np.cos(angle)
    if kind == "quilted":
        pitch = rng.uniform(4, 11)
        seams = np.abs(np.sin(np.pi * u / pitch)) * np.abs(np.sin(np.pi * v / pitch))
        return np.asarray(seams ** rng.uniform(0.25, 0.6), dtype=np.float32)
    pitch = rng.uniform(1.2, 3.5)
    if kind == "lines":
        wave = np.sin(2 * np.pi * (u + 0.3 * pitch * np.sin(2 * np.pi * v / (4 * pitch))) / pitch)
        return np.asarray((0.5 + 0.5 * wave) ** rng.uniform(0.6, 2.5), dtype=np.float32)
    row = np.floor(v / pitch)
    du = (u / pitch + 0.5 * (row % 2)) % 1 - 0.5
    dv = (v / pitch) % 1 - 0.5
    away = np.hypot(du, dv) if kind == "dots" else np.abs(du) + np.abs(dv)
    radius, edge = rng.uniform(0.2, 0.4), rng.uniform(0.03, 0.15)
    return np.asarray(1 / (1 + np.exp(np.clip((away - radius) / edge, -30, 30))), dtype=np.float32)


def _embossed(kind: str, deepest_mm: float) -> Painter:
    def paint(patch: Patch, rng: np.random.Generator) -> Ground:
        albedo, bump = _tissue_sheet(patch, rng)
        height = _pattern(rng, patch.size_px * patch.mm_per_px, kind)
        if rng.random() < 0.5:
            height = 1 - height
        return Ground(albedo, bump, height * np.float32(rng.uniform(0.2, 1) * deepest_mm))

    return paint


def _tissue(patch: Patch, rng: np.random.Generator) -> Ground:
    albedo, bump = _tissue_sheet(patch, rng)
    hills = noise(rng, (RELIEF_CELLS, RELIEF_CELLS), (60, 60))
    span_mm = patch.size_px * patch.mm_per_px
    return Ground(albedo, bump, np.asarray(hills * 0.006 * span_mm * rng.random(), np.float32))


def _sheet_edge(patch: Patch, rng: np.random.Generator) -> Ground:
    """A sheet on a table, its edge in view, with the step and a thin shadow."""
    size = patch.size_px
    y, x = np.mgrid[0:size, 0:size].astype(np.float32) / size - 0.5
    angle = rng.uniform(0, 2 * np.pi)
    across = x * np.cos(angle) + y * np.sin(angle) - rng.uniform(-0.18, 0.18)
    if rng.random() < 0.3:
        other = -x * np.sin(angle) + y * np.cos(angle) - rng.uniform(-0.2, 0.2)
        across = np.maximum(across, other)
    across = across * size
    sheet, bump = _tissue_sheet(patch, rng)
    table = tinted(1 + 0.05 * fractal(rng, size, size / 9, 4), vary(rng, (0.4, 0.36, 0.32), 0.5))
    inside = np.clip(0.5 - across, 0, 1)[..., None]
    soft = patch.px(rng.uniform(0.03, 0.4))
    shadow = 1 - rng.uniform(0.1, 0.6) * np.exp(-np.maximum(across, 0) / soft)[..., None]
    albedo = sheet * inside + table * shadow * (1 - inside)
    return Ground(albedo.astype(np.float32), bump * inside[..., 0])


def _glass(patch: Patch, rng: np.random.Generator) -> Ground:
    """A slide: even, glossy, with specks and faint scratches."""
    size = patch.size_px
    level = np.ones((size, size), np.float32) + 0.01 * fractal(rng, size, size / 4, 3)
    for _ in range(int(rng.integers(0, 25))):
        spot = tuple(int(v) for v in rng.integers(0, size, 2))
        speck = int(rng.integers(1, max(2, size // 250)))
        cv2.circle(level, spot, speck, float(rng.uniform(0.6, 0.95)), -1, cv2.LINE_AA)
    for _ in range(int(rng.integers(0, 5))):
        first, second = (tuple(int(v) for v in rng.integers(0, size, 2)) for _ in range(2))
        cv2.line(level, first, second, float(rng.uniform(0.85, 1.05)), 1, cv2.LINE_AA)
    colour = vary(rng, ((0.9, 0.92, 0.9), (0.6, 0.62, 0.62))[int(rng.random() < 0.3)], 0.08)
    return Ground(tinted(level, colour), gloss=float(rng.uniform(0.05, 0.2)))


TISSUE_PAINTERS: dict[str, Painter] = {
    "tissue": _tissue,
    "embossed_dots": _embossed("dots", 0.25),
    "embossed_diamonds": _embossed("diamonds", 0.25),
    "embossed_lines": _embossed("lines", 0.18),
    "quilted": _embossed("quilted", 0.7),
    "sheet_edge": _sheet_edge,
    "glass": _glass,
}
"""Grounds by the name that truth.jsonl gives them."""
