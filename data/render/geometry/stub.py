"""The end of a shaft, from which bulbs, stubs and splinters are built, and their common body."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from data.render.geometry.mesh import Mesh, Profile, bumps, sweep
from data.render.spec import LABEL_OF_KIND, EndSpec

Array = NDArray[np.float64]

PALE = np.array([0.80, 0.74, 0.62])
"""Keratin without pigment, linear RGB; our assumption (white to straw)."""


@dataclass(frozen=True)
class Stub:
    """Where a shaft ends: `at` (3,) mm, `heading_rad` out of the hair, `width_mm` of the shaft,
    its painted `colour` and `opacity`, the `aspect` of its section; `shaft` (K, 3) the centre line
    from the end back into the hair."""

    at: Array
    heading_rad: float
    width_mm: float
    colour: Array
    opacity: float
    aspect: float
    shaft: Array

    def line(self, reach: Array, bend_rad: Array, radius: Array) -> Array:
        """Centre line (N, 3) mm at distances `reach` (N,) in widths; negative ones go back along
        the shaft. `bend_rad` (N,) turns the heading, `radius` (N,) mm keeps it off the ground."""
        heading = self.heading_rad + bend_rad
        step = np.diff(np.maximum(reach, 0), prepend=0) * self.width_mm
        flat = np.stack([np.cos(heading) * step, np.sin(heading) * step], axis=1).cumsum(axis=0)
        belly = np.maximum.accumulate(np.where(reach > 0, radius, 0.0))
        rise = np.maximum(0, belly * 0.9 - self.width_mm * self.aspect / 2)
        out = self.at + np.column_stack([flat, rise])
        out[reach < 0] = self.behind(-reach[reach < 0])
        return np.asarray(out)

    def behind(self, widths: Array) -> Array:
        """Points (N, 3) on the shaft at distances from its end, in widths."""
        gaps = np.linalg.norm(np.diff(self.shaft, axis=0), axis=1)
        at = np.concatenate([[0.0], gaps.cumsum()])
        wanted = widths * self.width_mm
        return np.stack([np.interp(wanted, at, self.shaft[:, k]) for k in range(3)], axis=1)


@dataclass(frozen=True)
class EndShape:
    """The meshes of one end, and the far tip of bulb and tail in mm (the end itself if bare)."""

    meshes: list[Mesh]
    far: Array


def ease(x: Array) -> Array:
    """Smoothstep, clamped to 0-1."""
    x = np.clip(x, 0, 1)
    return np.asarray(x * x * (3 - 2 * x))


def paint(spec: EndSpec, stub: Stub, rng: np.random.Generator) -> Array:
    """Bulb colour: from pale through the shaft's to a darker shade of it, by pigment."""
    pale = PALE * rng.uniform(0.8, 1.12) * np.array([1.0, 1.0, rng.uniform(0.8, 1.15)])
    if spec.pigment <= 0.5:
        part = spec.pigment * 2
        return np.asarray(pale ** (1 - part) * stub.colour**part)
    return np.asarray(stub.colour * (1.5 - spec.pigment) ** 2)


def body(
    spec: EndSpec,
    stub: Stub,
    rng: np.random.Generator,
    outline: Callable[[Array], Array],
    reach: Array,
    bend_over: tuple[float, float] = (0.0, 1.0),
    aspect: float | None = None,
    sides: int = 16,
    cells: tuple[int, int] = (6, 5),
) -> tuple[Mesh, Array]:
    """One body of revolution with the end's colour, bend and roughness, and its centre line.

    `outline` gives the radius over the shaft's, at `reach` in widths. It fades in over the last
    stretch of shaft, so that no seam separates a painted end from a shaft.
    """
    radius = outline(reach) * stub.width_mm / 2
    bend = np.radians(spec.bend_deg) * ease((reach - bend_over[0]) / (bend_over[1] - bend_over[0]))
    centre = stub.line(reach, bend, radius)
    start = reach[0]
    into = ease((reach - start * 0.35) / max(0.5, spec.length_ratio * 0.5))[:, None]
    colour = stub.colour * (1 - into) + paint(spec, stub, rng) * into
    colour *= 1 + 0.12 * bumps(rng, (len(reach), 1), (7, 2))[:, :1]
    faded = ease((reach - start) / max(0.3, -start * 0.8))
    solid = stub.opacity if LABEL_OF_KIND[spec.kind] == "bare" else spec.opacity
    opacity = faded * (stub.opacity * (1 - into[:, 0]) + solid * into[:, 0])
    rough = 1 + spec.roughness * bumps(rng, (len(reach), sides), cells) * ease(reach + 0.5)[:, None]
    shape = Profile(
        radius, np.clip(colour, 0.002, 0.95), opacity, aspect or stub.aspect,
        bumps=np.clip(rough, 0.3, 2.0), sides=sides,
    )  # fmt: skip
    return sweep(centre, shape), centre


def steps(back: float, length: float, count: int = 36) -> Array:
    """Reaches from `back` widths inside the shaft to `length`, densest towards the far end."""
    inside = np.linspace(-back, 0, 7)[:-1]
    return np.concatenate([inside, length * np.sin(np.linspace(0, np.pi / 2, count))])
