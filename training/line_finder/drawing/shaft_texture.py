"""The colour and opacity of a painted hair, across its shaft and along it.

Colours are linear RGB reflectances in the tile's light. Shares and ranges are our choice.
"""

from dataclasses import dataclass

import numpy as np

from data.arrays import Array
from data.render.colour import absorption, reflectance
from data.render.sampling.scene import DYES
from data.render.spec import ColourSpec
from training.line_finder.drawing.strokes import Band, smooth, soft_step

FINISHES = ("matte", "glossy", "broken", "translucent", "pale", "near_tone", "other_hue")
SHARES = (0.14, 0.2, 0.15, 0.14, 0.13, 0.16, 0.08)
LUMINANCE = np.array([0.2126, 0.7152, 0.0722])
FLARE = 0.02
"""Light that is hardly visible in a photo; it is added before contrast is computed."""
MAX_REFLECTANCE = 0.9


@dataclass(frozen=True)
class Backdrop:
    """The area under a hair: its median colour (3,), and the minimum contrast, as a logarithm, at
    which a hair is visible on it."""

    colour: Array
    min_contrast: float


@dataclass(frozen=True)
class ShaftTexture:
    """``colour`` (M, K, 3) and ``opacity`` (M, K) on a band's grid."""

    colour: Array
    opacity: Array


def natural_colour(rng: np.random.Generator) -> Array:
    """A random hair colour (3,): any melanin, sometimes red, white or dyed."""
    if rng.random() < 0.1:
        return np.array(DYES[int(rng.integers(len(DYES)))])
    kinds = (rng.uniform(0, 0.05), rng.uniform(0.05, 0.75), rng.uniform(0.75, 0.985))
    melanin = rng.choice(kinds, p=(0.12, 0.45, 0.43))
    redness = rng.uniform(0.4, 0.9) if rng.random() < 0.15 else rng.uniform(0, 0.25)
    return np.asarray(reflectance(absorption(ColourSpec(float(melanin), float(redness)))))


def textured(rng: np.random.Generator, band: Band, head: Array, backdrop: Backdrop) -> ShaftTexture:
    """A random texture of a hair of the natural colour ``head`` on that backdrop."""
    kind = str(rng.choice(FINISHES, p=SHARES))
    across = band.across()
    body = _body(rng, kind, len(band.line), head, backdrop)
    inner = np.clip(across, -1.1, 1.1)
    limb = rng.uniform(-0.9, -0.2) if kind == "pale" else rng.uniform(-0.3, 0.6)
    colour = body[:, None] * (1 - limb * inner[..., None] ** 2)
    colour = colour * (1 + rng.uniform(0, 0.12) * _streaks(rng, across)[..., None])
    gloss = _gloss(rng, kind, band, across)
    if kind in ("near_tone", "other_hue"):
        shine = body[:, None] * (1 + 2 * backdrop.min_contrast)
    else:
        shine = rng.uniform(0.25, 1.3) * (0.7 + 0.3 * head / head.max())
    colour = colour * (1 - gloss[..., None]) + shine * gloss[..., None]
    # The body is opaque, or in translucent hairs less so in the middle.
    middle = {"translucent": rng.uniform(0.1, 0.5), "pale": rng.uniform(0.45, 1)}.get(kind, 1.0)
    clear = np.clip(1 - np.abs(inner) ** rng.uniform(2, 6), 0, 1)
    opacity = band.cover(across) * (1 - (1 - middle) * clear)
    return ShaftTexture(np.maximum(colour, 0.002), opacity)


def _body(
    rng: np.random.Generator, kind: str, count: int, head: Array, backdrop: Backdrop
) -> Array:
    """The colour along the hair (M, 3): dyed ends, grey bands, lighter and darker stretches."""
    base = _base_colour(rng, kind, head, backdrop)
    along = np.linspace(0, 1, count)[:, None]
    change = rng.random()
    if change < 0.15 and kind not in ("near_tone", "other_hue"):
        other = _made_visible(rng, natural_colour(rng), backdrop)
        edge = soft_step((along - rng.uniform(0.15, 0.85)) / rng.uniform(0.005, 0.1))
        if change < 0.04:  # a band
            edge = edge * soft_step((rng.uniform(0.5, 1) - along) / rng.uniform(0.005, 0.1))
        base = base * (1 - edge) + other * edge
    spread = 0.3 * backdrop.min_contrast if kind == "near_tone" else rng.uniform(0, 0.15)
    return np.asarray(base * np.exp(spread * smooth(rng, count, int(rng.integers(3, 12))))[:, None])


def _base_colour(rng: np.random.Generator, kind: str, head: Array, backdrop: Backdrop) -> Array:
    background, contrast = backdrop.colour, backdrop.min_contrast
    if kind == "near_tone":
        tinge = np.exp(rng.normal(0, 0.15, 3))
        luminance = background @ LUMINANCE
        tinged = background * tinge * luminance / ((background * tinge) @ LUMINANCE)
        return _shifted(rng, tinged, contrast * rng.uniform(1.0, 1.8))
    if kind == "other_hue":
        swing = rng.choice([-1, 1]) * (0.3 + 2 * contrast) * np.array([1, -0.2, -1])
        other = (background + FLARE) * np.exp(rng.normal(0, 0.3, 3) + swing)
        return np.asarray(other * (background @ LUMINANCE) / (other @ LUMINANCE))
    if kind == "pale":
        head = reflectance(absorption(ColourSpec(float(rng.uniform(0, 0.3)), 0.1)))
    colour = head * np.exp(rng.normal(0, 0.12))
    return _made_visible(rng, colour, backdrop, 2.0 if kind == "translucent" else 1.3)


def _made_visible(
    rng: np.random.Generator, colour: Array, backdrop: Backdrop, margin: float = 1.3
) -> Array:
    """The colour, or where its contrast is too low a lighter or darker colour of the background."""
    contrast = margin * backdrop.min_contrast
    difference = np.log((colour + FLARE) / (backdrop.colour + FLARE)) @ LUMINANCE
    if abs(difference) >= contrast:
        return colour
    return _shifted(rng, backdrop.colour, contrast * rng.uniform(1, 2))


def _shifted(rng: np.random.Generator, background: Array, contrast: float) -> Array:
    """The background's colour, lighter or darker by ``contrast``, as black and white allow."""
    tone = float(background @ LUMINANCE) + FLARE
    headroom = np.log([tone / FLARE, MAX_REFLECTANCE / tone])
    enough = np.flatnonzero(headroom >= contrast)
    side = int(rng.choice(enough)) if len(enough) else int(np.argmax(headroom))
    shifted = (background + FLARE) * np.exp(contrast * (2 * side - 1)) - FLARE
    return np.asarray(np.maximum(shifted, 0.003))


def _streaks(rng: np.random.Generator, across: Array) -> Array:
    """Unevenness of the surface (M, K): intermittent streaks along the hair."""
    count = len(across)
    streak = smooth(rng, across.shape[1], max(2, across.shape[1] // 4))
    return np.outer(smooth(rng, count, max(3, count // 25)), streak)


def _gloss(rng: np.random.Generator, kind: str, band: Band, across: Array) -> Array:
    """Strength of a pale stripe (M, K): narrow or wide, off-centre, sometimes interrupted."""
    strength = {
        "matte": 0.08, "glossy": 0.9, "broken": 1.0, "translucent": 0.35, "pale": 0.5,
        "near_tone": 0.6, "other_hue": 0.3,
    }[kind] * rng.uniform(0.3, 1)  # fmt: skip
    count = len(across)
    width = np.exp(rng.uniform(np.log(0.08), np.log(0.55)))
    centre = rng.uniform(-0.5, 0.5) + rng.uniform(0, 0.3) * smooth(rng, count, 4)
    if kind == "broken":
        shape = soft_step(3 * (smooth(rng, count, max(3, count // 60)) - rng.uniform(-0.3, 1)))
    else:
        shape = np.exp(-0.5 * np.maximum(0, rng.uniform(0, 1) * smooth(rng, count, 6)))
    softened = np.hypot(width, 0.6 * band.blur_px / np.maximum(band.half_px, 0.3))
    stripe = np.exp(-(((across - centre[:, None]) / softened[:, None]) ** 2))
    return np.asarray(np.clip(strength * (shape * width / softened)[:, None] * stripe, 0, 1))
