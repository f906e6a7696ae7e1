"""Samples painted photos: hairs, light, clutter."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from data.render import labels
from data.render.painter.shapes import FIGURES, ribbon
from data.render.painter.strokes import Light, PaintedHair

Array = NDArray[np.float64]
Image = NDArray[np.float32]
SIZES = ((1280, 960), (1440, 1080), (1200, 900), (960, 1280))
CAPTURES: dict[str, tuple[float, tuple[float, float], tuple[int, int], tuple[float, float]]] = {
    "pieces": (0.62, (6, 20), (8, 60), (13, 26)),
    "small": (0.1, (2, 5), (12, 45), (18, 60)),
    "large": (0.14, (28, 76), (3, 9), (9, 16)),
    "whole": (0.14, (4, 12), (4, 16), (50, 160)),
}
"""Share, pixels a shaft, number of hairs, length in shaft widths; our choice."""
ROOTS = {
    "club": 0.225, "club_tail": 0.11, "club_sheath": 0.045, "club_both": 0.035,
    "anagen_hooked": 0.075, "anagen_angular": 0.065, "anagen_rectangular": 0.09,
    "anagen_ragged": 0.06, "anagen_sheath": 0.055, "anagen_crushed": 0.045,
    "cut": 0.08, "oblique": 0.04, "frayed": 0.03, "split": 0.015, "tapered": 0.03,
}  # fmt: skip
TIPS = {"cut": 0.5, "oblique": 0.15, "frayed": 0.08, "split": 0.02, "tapered": 0.25}
TOUCHING_SHARE = 0.06
PALE = np.array([[0.8, 0.77, 0.7], [0.74, 0.62, 0.42], [0.74, 0.5, 0.43], [0.48, 0.44, 0.4]])
"""White, straw, pink, greyish; our assumption."""


@dataclass(frozen=True)
class Sampled:
    """A hair with what is true of it."""

    hair: PaintedHair
    kind: str
    tip_kind: str
    melanin: float
    grey: bool
    dyed: bool

    @property
    def label(self) -> str:
        """The class of its root."""
        if self.kind.startswith("club"):
            return "telogen"
        return "misshapen" if self.kind.startswith("anagen") else "bare"


def check_painter_captures(captures: Sequence[str] | None) -> list[str]:
    """The captures asked for, or all. Raises ValueError for an unknown one."""
    names = list(captures or CAPTURES)
    if unknown := set(names) - set(CAPTURES):
        raise ValueError(f"unknown capture {sorted(unknown)}; known: {', '.join(CAPTURES)}")
    return names


def sample_light(rng: np.random.Generator, below: bool = False) -> Light:
    """One lamp or window and light from everywhere, or light from below."""
    return Light(
        azimuth_rad=float(rng.uniform(0, 2 * np.pi)),
        elevation_rad=float(rng.uniform(0.55, 1.4)),
        ambient=float(rng.uniform(0.15, 0.8)),
        softness=float(rng.uniform(0.1, 0.8)),
        gloss=float(rng.uniform(0, 0.35) ** 1.5),
        gloss_power=float(np.exp(rng.uniform(np.log(4), np.log(60)))),
        below=below,
    )


@dataclass(frozen=True)
class HairMix:
    """Which ends hairs have, by share, and how much melanin (0-1, None for every head of hair)."""

    roots: dict[str, float] = field(default_factory=ROOTS.copy)
    tips: dict[str, float] = field(default_factory=TIPS.copy)
    melanin: tuple[float, float] | None = None


def sample_hairs(
    name: str,
    size: tuple[int, int],
    typical_px: float,
    rng: np.random.Generator,
    mix: HairMix = HairMix(),
) -> list[Sampled]:
    """Hairs that mostly keep clear of each other's pixels."""
    _, _, (least, most), ratios = CAPTURES[name]
    length = typical_px * float(np.exp(rng.uniform(*np.log(ratios))))
    room = size[0] * size[1] / (length * (0.4 * length + 5 * typical_px)) * rng.uniform(0.4, 0.9)
    count = int(np.clip(room, least, most))
    head, mixed = _head(rng, mix), rng.random() < 0.3
    common, spread = rng.uniform(0, 2 * np.pi), float(rng.choice([0.15, 0.6, np.pi]))
    curl = float(rng.choice([0.15, 0.45, 1.0], p=[0.5, 0.35, 0.15]))
    taken = np.zeros((size[1] // 2, size[0] // 2), np.uint8)
    found: list[Sampled] = []
    for _ in range(count * 10):
        if len(found) == count:
            break
        at = rng.uniform(0, 1, 2) * size
        heading = common + rng.uniform(-spread, spread) + np.pi * rng.integers(2)
        line = _line(rng, at, heading, length * rng.uniform(0.75, 1.1), curl)
        spot = np.zeros_like(taken)
        wide = max(2, int(1.4 * typical_px))
        cv2.polylines(spot, [np.round(line / 2).astype(np.int32)], False, 255, wide)
        back = at - 2.5 * typical_px * np.array([np.cos(heading), np.sin(heading)])
        cv2.circle(spot, tuple(int(v) for v in back / 2), wide, 255, -1)
        if rng.random() >= TOUCHING_SHARE and np.any(spot & taken):
            continue
        taken |= spot
        own = _head(rng, mix) if mixed else head
        found.append(_sampled(line, typical_px, own, mix, rng))
    return found


def _line(
    rng: np.random.Generator, start: Array, heading: float, length: float, curl: float
) -> Array:
    """A bent line through a few headings."""
    knots = np.concatenate([[0.0], np.cumsum(rng.normal(0, 0.45 * curl, 6))])
    count = 70
    bend = np.interp(np.linspace(0, 6, count), np.arange(7), knots)
    bend = np.convolve(np.pad(bend, 6, mode="edge"), np.ones(13) / 13, mode="valid")
    way = heading + bend - bend[0]
    steps = np.stack([np.cos(way), np.sin(way)], axis=1) * length / count
    return np.asarray(start + np.concatenate([np.zeros((1, 2)), steps.cumsum(axis=0)]))


@dataclass(frozen=True)
class _Head:
    melanin: float
    warmth: float
    greying: bool
    dye: Array | None


def _head(rng: np.random.Generator, mix: HairMix) -> _Head:
    dye = np.exp(rng.normal(-1.7, 0.45, 3)).clip(0.01, 0.6) if rng.random() < 0.08 else None
    melanin = float(
        rng.choice([rng.uniform(0.05, 0.35), rng.uniform(0.35, 0.7), rng.uniform(0.7, 1)])
    )
    head = _Head(melanin, float(rng.beta(1, 3)), bool(rng.random() < 0.1), dye)
    return replace(head, melanin=rng.uniform(*mix.melanin), dye=None) if mix.melanin else head


def _sampled(
    line: Array, typical_px: float, head: _Head, mix: HairMix, rng: np.random.Generator
) -> Sampled:
    shares = np.array(list(mix.roots.values()))
    kind = str(rng.choice(list(mix.roots), p=shares / shares.sum()))
    tip = str(rng.choice(list(mix.tips), p=list(mix.tips.values())))
    grey = bool(rng.random() < (0.6 if head.greying else 0.05))
    melanin = float(
        rng.uniform(0, 0.05) if grey else np.clip(head.melanin + rng.normal(0, 0.05), 0, 1)
    )
    dark, pale = np.array([0.018, 0.013, 0.011]), np.array([0.72, 0.62, 0.46])
    warm = np.array([1 + 0.5 * head.warmth, 1.0, 1 - 0.4 * head.warmth])
    natural = pale ** (1 - melanin) * dark**melanin * warm
    if grey:
        natural = np.array([0.7, 0.69, 0.67]) * rng.uniform(0.7, 1.1)
    whitened = rng.random() < (0.72 if kind.startswith("club") else 0.4) or grey
    part = rng.uniform(0, 0.25) if whitened else rng.uniform(0.35, 1)
    root_pale = PALE[int(rng.choice(4, p=[0.4, 0.25, 0.2, 0.15]))] * rng.uniform(0.75, 1.1)
    shaft_px = float(np.clip(typical_px * np.exp(rng.normal(0, 0.14)), 1.2, 110))
    made = PaintedHair(
        line=line, shaft_px=shaft_px, root=FIGURES[kind](rng), tip=FIGURES[tip](rng),
        shaft_rgb=natural if head.dye is None else head.dye,
        root_rgb=root_pale ** (1 - part) * (natural * rng.uniform(0.4, 1.1)) ** part,
        sheath_rgb=np.array([0.78, 0.73, 0.64]) * rng.uniform(0.75, 1.1),
        sheath_cover=float(rng.uniform(0.2, 0.7)), core=float(rng.normal(0, 0.35)),
        height_px=float(shaft_px * rng.gamma(1.0, 0.4)), seed=int(rng.integers(2**31)),
    )  # fmt: skip
    return Sampled(made, kind, tip, melanin, grey, head.dye is not None)


def paint_clutter(
    canvas: Image, label: NDArray[np.uint8], hairs: list[Sampled], rng: np.random.Generator
) -> list[dict[str, object]]:
    """Dust, fibres and threads away from the ends of hairs, with their truth."""
    size = np.array(canvas.shape[1::-1])
    typical = (
        float(np.median([s.hair.shaft_px for s in hairs])) if hairs else float(rng.uniform(4, 20))
    )
    ends = np.array([s.hair.line[k] for s in hairs for k in (0, -1)]).reshape(-1, 2)
    found: list[dict[str, object]] = []
    for _ in range(int(min(rng.gamma(1.0, 5.0), 30) if hairs else rng.integers(8, 40))):
        at = rng.uniform(0, 1, 2) * size
        reach = typical * np.exp(rng.uniform(-0.7, 1.6))
        if len(ends) and np.linalg.norm(ends - at, axis=1).min() < 9 * typical + reach:
            continue
        mask = np.zeros(canvas.shape[:2], np.uint8)
        kind = str(rng.choice(["dust", "lint", "thread"], p=[0.45, 0.4, 0.15]))
        if kind == "dust":
            around = np.linspace(0, 2 * np.pi, 14, endpoint=False)
            outline = (
                np.stack([np.cos(around), np.sin(around)], 1)
                * rng.uniform(0.5, 1, (14, 1))
                * reach
                / 2
            )
            outline = outline + at
        else:
            heading = rng.uniform(0, 6.3) + np.cumsum(rng.normal(0, 0.35, 16))
            steps = np.stack([np.cos(heading), np.sin(heading)], 1)
            steps *= reach * (0.4 if kind == "lint" else 1.0)
            width = typical * (rng.uniform(0.12, 0.5) if kind == "lint" else rng.uniform(1.2, 3.5))
            outline = ribbon(at + steps.cumsum(axis=0) - steps.sum(axis=0) / 2, np.full(16, width))
        cv2.fillPoly(mask, [np.round(outline * 16).astype(np.int32)], 255, cv2.LINE_AA, 4)
        colour = np.exp(rng.uniform(np.log(0.03), np.log(0.8))) * np.exp(rng.normal(0, 0.3, 3))
        cover = (mask.astype(np.float32) / 255 * rng.uniform(0.6, 1))[..., None]
        shade = cv2.GaussianBlur(mask, (0, 0), 1 + 0.3 * typical).astype(np.float32) / 255
        canvas *= 1 - 0.3 * shade[..., None]
        canvas *= 1 - cover
        canvas += cover * np.clip(colour, 0.01, 0.9).astype(np.float32)
        label[mask > 127] = labels.OTHER
        found.append({"kind": kind, "xy": [round(float(v), 2) for v in at]})
    return found
