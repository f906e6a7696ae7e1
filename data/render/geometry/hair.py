"""A whole hair as shapes: its shaft as a curve (or a tube) and its two ends as meshes.

From the description of a hair's end to its geometry.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from data.render.colour import absorption, dye_absorption, glass, reflectance
from data.render.geometry import anagen, bare, club
from data.render.geometry import block_roots as built
from data.render.geometry.carved import CARVED
from data.render.geometry.centre_line import Height, centre_line
from data.render.geometry.deformed import deformed
from data.render.geometry.mesh import Mesh, Profile, bumps, sweep
from data.render.geometry.stub import EndShape, Stub
from data.render.spec import EndMake, EndSpec, HairSpec
from data.strands.curves import resample

Builder = Callable[[EndSpec, Stub, np.random.Generator], EndShape]

SWEPT: dict[str, Builder] = {
    "club": club.club,
    "club_tail": club.club,
    "club_sheath": club.club,
    "club_both": club.club,
    "anagen_hooked": anagen.hooked,
    "anagen_angular": anagen.angular,
    "anagen_rectangular": anagen.rectangular,
    "anagen_ragged": anagen.ragged,
    "anagen_sheath": anagen.sheathed,
    "anagen_crushed": anagen.crushed,
    "cut": bare.cut,
    "oblique": bare.oblique,
    "frayed": bare.frayed,
    "split": bare.split,
    "tapered": bare.tapered,
}

BUILT: dict[str, Builder] = SWEPT | {
    "club": built.solid_club,
    "club_tail": built.solid_club,
    "club_sheath": built.solid_club,
    "club_both": built.solid_club,
    "anagen_hooked": built.solid_kink,
    "anagen_angular": built.solid_kink,
    "anagen_rectangular": built.solid_block,
    "anagen_ragged": built.stump,
    "anagen_sheath": built.solid_sheathed,
    "anagen_crushed": built.crumpled,
}
BUILDERS: dict[EndMake, dict[str, Builder]] = {
    "swept": SWEPT,
    "built": BUILT,
    "carved": SWEPT | CARVED,
    "deformed": SWEPT
    | {
        "anagen_angular": deformed,
        "anagen_rectangular": deformed,
        "anagen_ragged": deformed,
        "anagen_crushed": deformed,
    },
}


def build_end(spec: EndSpec, stub: Stub) -> EndShape:
    """The end as meshes. Raises KeyError for an unknown make or kind."""
    return BUILDERS[spec.make][spec.kind](spec, stub, np.random.default_rng(spec.seed))


Array = NDArray[np.float64]


@dataclass(frozen=True)
class Fibre:
    """A stretch of shaft for the hair BSDF: `points` (N, 3), `radius` (N,) mm, `sigma` (3,)."""

    points: Array
    radius: Array
    sigma: Array


@dataclass(frozen=True)
class HairShape:
    """`line` (N, 3) mm from root to tip; `far` the end of bulb and tail."""

    line: Array
    far: Array
    fibres: list[Fibre]
    meshes: list[Mesh]


def build_hair(hair: HairSpec, height: Height) -> HairShape:
    """All shapes of one hair on the ground."""
    line = resample(centre_line(hair, height), hair.width_mm * 2)
    along = np.linspace(0, hair.length_mm, len(line))
    radius = hair.width_mm / 2 * _taper(hair, along)
    sigma = absorption(hair.colour)
    tip_sigma = dye_absorption(hair.colour.dye) if hair.colour.dye else sigma
    root = build_end(hair.root, _stub(hair, line, radius, sigma))
    dyed = hair.colour.dye_from_mm < hair.length_mm
    tip = build_end(hair.tip, _stub(hair, line[::-1], radius[::-1], tip_sigma if dyed else sigma))
    shafts = _painted if hair.solid else _fibres
    fibres, tubes = shafts(hair, line, radius, along, sigma, tip_sigma)
    return HairShape(line, root.far, fibres, root.meshes + tip.meshes + tubes)


def _taper(hair: HairSpec, along: Array) -> Array:
    """Radius over that at the root: 1.3 % thicker per cm (docs/how-it-works/domain.md) over the
    first 4 cm,
    and worn away at tapered ends."""
    shape = 1 + 0.0013 * np.minimum(along, 40)
    for end, distance in ((hair.root, along), (hair.tip, hair.length_mm - along)):
        if end.kind == "tapered":
            reach = min(end.length_ratio * hair.width_mm, 0.6 * hair.length_mm)
            shape = shape * (0.12 + 0.88 * np.clip(distance / reach, 0, 1) ** 0.8)
    return np.asarray(shape)


def _stub(hair: HairSpec, line: Array, radius: Array, sigma: Array) -> Stub:
    back = line[0] - line[1]
    colour, opacity = (reflectance(sigma), 1.0) if hair.solid else glass(sigma)
    return Stub(
        at=line[0],
        heading_rad=float(np.arctan2(back[1], back[0])),
        width_mm=float(2 * radius[0]),
        colour=colour,
        opacity=opacity,
        aspect=hair.aspect,
        shaft=line[:60],
    )


def _fibres(
    hair: HairSpec, line: Array, radius: Array, along: Array, sigma: Array, tip_sigma: Array
) -> tuple[list[Fibre], list[Mesh]]:
    cutoff = int(np.searchsorted(along, hair.colour.dye_from_mm)) if hair.colour.dye else len(line)
    parts = [(line[: cutoff + 1], radius[: cutoff + 1], sigma)]
    parts.append((line[cutoff:], radius[cutoff:], tip_sigma))
    return [Fibre(*part) for part in parts if len(part[0]) >= 2], []


def _painted(
    hair: HairSpec, line: Array, radius: Array, along: Array, sigma: Array, tip_sigma: Array
) -> tuple[list[Fibre], list[Mesh]]:
    rng = np.random.default_rng(hair.curve.seed)
    beyond = np.clip((along - hair.colour.dye_from_mm) / (4 * hair.width_mm), 0, 1)
    part = (beyond if hair.colour.dye else 0 * beyond)[:, None]
    colour = reflectance(sigma) * (1 - part) + reflectance(tip_sigma) * part
    streaks = 1 + 0.1 * bumps(rng, (len(line), 1), (max(4, len(line) // 4), 2))[:, :1]
    shape = Profile(
        radius, np.clip(colour * streaks, 0.002, 0.95), np.ones(len(line)), hair.aspect,
        twist_rad=rng.uniform(-1.2, 1.2) if hair.aspect < 0.9 else 0.0, sides=12,
    )  # fmt: skip
    return [], [replace(sweep(line, shape), part="shaft")]
