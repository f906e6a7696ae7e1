"""What the shaft of a drawn hair looks like, across its width and along it.

Colours are linear RGB, as reflectance in the tile's light. Shares and ranges are our choice.
"""

from dataclasses import dataclass

import numpy as np

from data.arrays import Array
from data.render.colour import absorption, reflectance
from data.render.sampling.scene import DYES
from data.render.spec import ColourSpec
from training.line_finder.drawing.strokes import Band, smooth, soft_step

LOOKS = ("matte", "glossy", "broken", "translucent", "pale", "near_tone", "other_hue")
SHARES = (0.14, 0.2, 0.15, 0.14, 0.13, 0.16, 0.08)
LUMINANCE = np.array([0.2126, 0.7152, 0.0722])
FLARE = 0.02
"""Light that hardly shows in a photo; contrast is reckoned on top of it."""
BRIGHTEST = 0.9


@dataclass(frozen=True)
class Backdrop:
    """What a hair lies on: its median colour (3,), and the least contrast, as a logarithm, at which
    a hair still shows on it."""

    colour: Array
    least_contrast: float


@dataclass(frozen=True)
class ShaftTexture:
    """``colour`` (M, K, 3) and ``opacity`` (M, K) on a band's grid."""

    colour: Array
    opacity: Array


def natural_colour(rng: np.random.Generator) -> Array:
    """A head's colour (3,): any melanin, sometimes red, white or dyed."""
    if rng.random() < 0.1:
        return np.array(DYES[int(rng.integers(len(DYES)))])
    kinds = (rng.uniform(0, 0.05), rng.uniform(0.05, 0.75), rng.uniform(0.75, 0.985))
    melanin = rng.choice(kinds, p=(0.12, 0.45, 0.43))
    redness = rng.uniform(0.4, 0.9) if rng.random() < 0.15 else rng.uniform(0, 0.25)
    return np.asarray(reflectance(absorption(ColourSpec(float(melanin), float(redness)))))


def textured(rng: np.random.Generator, band: Band, head: Array, backdrop: Backdrop) -> ShaftTexture:
    """The look of a hair of the natural colour ``head`` on that backdrop."""
    kind = str(rng.choice(LOOKS, p=SHARES))
    across = band.across()
    body = _body(rng, kind, len(band.line), head, backdrop)
    inner = np.clip(across, -1.1, 1.1)
    limb = rng.uniform(-0.9, -0.2) if kind == "pale" else rng.uniform(-0.3, 0.6)
    colour = body[:, None] * (1 - limb * inner[..., None] ** 2)
    colour = colour * (1 + rng.uniform(0, 0.12) * _mottle(rng, across)[..., None])
    gloss = _gloss(rng, kind, band, across)
    if kind in ("near_tone", "other_hue"):
        shine = body[:, None] * (1 + 2 * backdrop.least_contrast)
    else:
        shine = rng.uniform(0.25, 1.3) * (0.7 + 0.3 * head / head.max())
    colour = colour * (1 - gloss[..., None]) + shine * gloss[..., None]
    opacity = band.cover(across) * _body_opacity(rng, kind, inner)
    return ShaftTexture(np.maximum(colour, 0.002), opacity)


def _body(
    rng: np.random.Generator, kind: str, count: int, head: Array, backdrop: Backdrop
) -> Array:
    """The colour along the hair (M, 3): dyed ends, grey bands, lighter and darker stretches."""
    own = _own(rng, kind, head, backdrop)
    along = np.linspace(0, 1, count)[:, None]
    change = rng.random()
    if change < 0.15 and kind not in ("near_tone", "other_hue"):
        other = _standing_out(rng, natural_colour(rng), backdrop)
        edge = soft_step((along - rng.uniform(0.15, 0.85)) / rng.uniform(0.005, 0.1))
        if change < 0.04:  # a band
            edge = edge * soft_step((rng.uniform(0.5, 1) - along) / rng.uniform(0.005, 0.1))
        own = own * (1 - edge) + other * edge
    spread = 0.3 * backdrop.least_contrast if kind == "near_tone" else rng.uniform(0, 0.15)
    return np.asarray(own * np.exp(spread * smooth(rng, count, int(rng.integers(3, 12))))[:, None])


def _own(rng: np.random.Generator, kind: str, head: Array, backdrop: Backdrop) -> Array:
    ground, least = backdrop.colour, backdrop.least_contrast
    if kind == "near_tone":
        tinge = np.exp(rng.normal(0, 0.15, 3))
        tinged = ground * tinge * (ground @ LUMINANCE) / ((ground * tinge) @ LUMINANCE)
        return _shifted(rng, tinged, least * rng.uniform(1.0, 1.8))
    if kind == "other_hue":
        swing = rng.choice([-1, 1]) * (0.3 + 2 * least) * np.array([1, -0.2, -1])
        other = (ground + FLARE) * np.exp(rng.normal(0, 0.3, 3) + swing)
        return np.asarray(other * (ground @ LUMINANCE) / (other @ LUMINANCE))
    if kind == "pale":
        head = reflectance(absorption(ColourSpec(float(rng.uniform(0, 0.3)), 0.1)))
    own = head * np.exp(rng.normal(0, 0.12))
    return _standing_out(rng, own, backdrop, 2.0 if kind == "translucent" else 1.3)


def _standing_out(
    rng: np.random.Generator, colour: Array, backdrop: Backdrop, margin: float = 1.3
) -> Array:
    """The colour, or where it would drown in the ground one as much lighter or darker as needed."""
    least = margin * backdrop.least_contrast
    apart = np.log((colour + FLARE) / (backdrop.colour + FLARE)) @ LUMINANCE
    if abs(apart) >= least:
        return colour
    return _shifted(rng, backdrop.colour, least * rng.uniform(1, 2))


def _shifted(rng: np.random.Generator, ground: Array, contrast: float) -> Array:
    """The ground's colour, lighter or darker by ``contrast``, whichever black and white allow."""
    tone = float(ground @ LUMINANCE) + FLARE
    room = np.log([tone / FLARE, BRIGHTEST / tone])
    enough = np.flatnonzero(room >= contrast)
    side = int(rng.choice(enough)) if len(enough) else int(np.argmax(room))
    shifted = (ground + FLARE) * np.exp(contrast * (2 * side - 1)) - FLARE
    return np.asarray(np.maximum(shifted, 0.003))


def _mottle(rng: np.random.Generator, across: Array) -> Array:
    """Unevenness of the surface: streaks along the hair that come and go."""
    count = len(across)
    streak = smooth(rng, across.shape[1], max(2, across.shape[1] // 4))
    return np.outer(smooth(rng, count, max(3, count // 25)), streak)


def _gloss(rng: np.random.Generator, kind: str, band: Band, across: Array) -> Array:
    """How much of a pale stripe there is (M, K): narrow or wide, off-centre, coming and going."""
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


def _body_opacity(rng: np.random.Generator, kind: str, inner: Array) -> Array:
    """How much of the ground the body hides: all of it, or in clear hairs little in the middle."""
    middle = {"translucent": rng.uniform(0.1, 0.5), "pale": rng.uniform(0.45, 1)}.get(kind, 1.0)
    clear = np.clip(1 - np.abs(inner) ** rng.uniform(2, 6), 0, 1)
    return np.asarray(1 - (1 - middle) * clear)
