"""Draws clutter at random: how much, of what, and never on the end of a hair."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from data.render.camera import CameraSpec
from data.render.geometry.centre_line import centre_line
from data.render.spec import ClutterSpec, HairSpec

KINDS = ("lint", "dust", "crumb", "thread", "flake")
SHARES = (0.27, 0.3, 0.25, 0.05, 0.13)
"""Our assumption."""
LITTER_SHARES = (0.33, 0.12, 0.2, 0.2, 0.15)
"""On a littered ground: more of what a finder of lines takes for a hair; our choice."""
LITTERED, LEAST_OF_A_KIND = (20, 60), 2
"""How many things lie on a littered ground, inclusive, and of each kind; our choice."""
KEEP_OFF_WIDTHS = 9.0
"""Least distance from an end, in shaft widths: nearer, the label would no longer be true."""


def sample_clutter(
    camera: CameraSpec, width_um: float, hairs: Sequence[HairSpec], rng: np.random.Generator
) -> tuple[ClutterSpec, ...]:
    """From none to a few dozen things; more when there is no hair."""
    amount = rng.gamma(1.0, 4.0) + (0 if hairs else rng.uniform(3, 25))
    count = int(min(amount, 40))
    palette = [_colour(rng) for _ in range(3)]
    ends = hair_ends(hairs)
    found = [
        _thing(str(rng.choice(KINDS, p=SHARES)), camera, width_um / 1000, palette, rng)
        for _ in range(count)
    ]
    limit = KEEP_OFF_WIDTHS * width_um / 1000
    return tuple(thing for thing in found if end_gap_mm(ends, thing) > limit)


def sample_litter(
    camera: CameraSpec, width_um: float, rng: np.random.Generator
) -> tuple[ClutterSpec, ...]:
    """A littered ground without a hair: dozens of things, and none of the kinds is missing."""
    count = int(rng.integers(LITTERED[0], LITTERED[1] + 1))
    palette = [_colour(rng) for _ in range(3)]
    sure = KINDS * LEAST_OF_A_KIND
    kinds = [*sure, *rng.choice(KINDS, count - len(sure), p=LITTER_SHARES)]
    return tuple(_thing(str(kind), camera, width_um / 1000, palette, rng) for kind in kinds)


def hair_ends(hairs: Sequence[HairSpec]) -> NDArray[np.float64]:
    """(2 N, 2) mm: where roots and tips lie on the ground."""
    lines = [centre_line(hair, lambda xy: np.zeros(len(xy))) for hair in hairs]
    return np.array([line[k, :2] for line in lines for k in (0, -1)]).reshape(-1, 2)


def end_gap_mm(ends: NDArray[np.float64], thing: ClutterSpec) -> float:
    """The gap in mm between a thing and the nearest of the ends (N, 2); infinite without ends."""
    reach = thing.size_mm / 2 if thing.kind in ("crumb", "dust", "flake") else thing.size_mm * 0.35
    gaps = np.linalg.norm(ends - np.array(thing.at_mm), axis=1) - reach
    return float(gaps.min(initial=np.inf))


def _thing(
    kind: str,
    camera: CameraSpec,
    shaft_mm: float,
    palette: list[tuple[float, float, float]],
    rng: np.random.Generator,
) -> ClutterSpec:
    at = rng.uniform(-0.5, 0.5, 2) * np.array(camera.view_mm)
    size, width = _size(kind, shaft_mm, rng)
    colour = palette[int(rng.integers(len(palette)))] if rng.random() < 0.5 else _colour(rng)
    opacity = 1.0
    if kind == "flake":
        shade = rng.uniform(0.6, 0.9)
        colour, opacity = (shade, shade * 0.95, shade * 0.86), float(rng.uniform(0.35, 0.95))
    seed = int(rng.integers(2**31))
    place = (float(at[0]), float(at[1]))
    return ClutterSpec(kind, place, float(size), float(width), colour, seed, opacity)


def _size(kind: str, shaft_mm: float, rng: np.random.Generator) -> tuple[float, float]:
    """Length and thickness, mm. Relative to the shaft so that each capture has some in sight."""
    if kind == "lint":
        return shaft_mm * np.exp(rng.uniform(1.5, 4.5)), shaft_mm * rng.uniform(0.12, 0.6)
    if kind == "thread":
        return shaft_mm * rng.uniform(30, 160), shaft_mm * rng.uniform(1.8, 5)
    if kind == "dust":
        return shaft_mm * rng.uniform(0.15, 0.8), shaft_mm
    return shaft_mm * np.exp(rng.uniform(-0.2, 2.0)), shaft_mm


def _colour(rng: np.random.Generator) -> tuple[float, float, float]:
    """White to grey to any colour, linear."""
    shade = rng.uniform(0.03, 0.9)
    tint = rng.normal(0, rng.choice([0.02, 0.35]), 3)
    red, green, blue = np.clip(shade * np.exp(tint), 0.01, 0.93)
    return float(red), float(green), float(blue)
