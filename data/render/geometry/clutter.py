"""Things among the hairs that are no hair: lint, dust, crumbs, thread, skin flakes."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from data.render.geometry.centre_line import Height
from data.render.geometry.mesh import Mesh, Profile, bumps, lump, merge, sweep
from data.render.geometry.stub import Array
from data.render.spec import ClutterSpec


def build_clutter(clutter: ClutterSpec, height: Height) -> Mesh:
    """The thing's mesh, lying on the ground. Raises KeyError for an unknown kind."""
    mesh = BUILDERS[clutter.kind](clutter, np.random.default_rng(clutter.seed))
    place = np.array([*clutter.at_mm, 0.0])
    base = height(mesh.points[:, :2] + place[:2])
    return replace(mesh, points=mesh.points + place + np.column_stack([0 * base, 0 * base, base]))


def _painted(mesh: Mesh, clutter: ClutterSpec, rng: np.random.Generator, spread: float) -> Mesh:
    shade = 1 + spread * rng.standard_normal((len(mesh.points), 1))
    colour = np.clip(np.array(clutter.colour) * shade, 0.002, 0.95)
    return replace(mesh, colour=colour, opacity=np.full(len(mesh.points), clutter.opacity))


def _wander(clutter: ClutterSpec, rng: np.random.Generator, curl: float, lift: float) -> Array:
    """A curled centre line about the origin, on the ground."""
    count = int(np.clip(clutter.size_mm / clutter.width_mm, 24, 260))
    knots = rng.standard_normal(max(5, count // 8)).cumsum()
    swing = np.interp(np.linspace(0, len(knots) - 1, count), np.arange(len(knots)), knots)
    heading = rng.uniform(0, 2 * np.pi) + curl * swing
    step = clutter.size_mm / count * np.stack([np.cos(heading), np.sin(heading)], axis=1)
    flat = step.cumsum(axis=0)
    flat -= flat.mean(axis=0)
    rise = lift * np.abs(bumps(rng, (count, 1), (6, 2))[:, 0])
    return np.column_stack([flat, clutter.width_mm / 2 + rise])


def _lint(clutter: ClutterSpec, rng: np.random.Generator) -> Mesh:
    """A thin curled fibre of cloth; flat ones look like ribbons."""
    centre = _wander(clutter, rng, rng.uniform(0.2, 0.9), clutter.width_mm * rng.uniform(0, 6))
    count = len(centre)
    thick = (
        clutter.width_mm / 2 * np.clip(1 + 0.15 * bumps(rng, (count, 1), (9, 2))[:, 0], 0.5, 1.5)
    )
    shape = Profile(
        thick, np.full((count, 3), 0.5), np.ones(count), float(rng.uniform(0.4, 1)),
        twist_rad=rng.uniform(0, 9), sides=8,
    )  # fmt: skip
    return _painted(sweep(centre, shape), clutter, rng, 0.03)


def _thread(clutter: ClutterSpec, rng: np.random.Generator) -> Mesh:
    """Sewing thread: two or three plies round each other, with loose fibres at the ends."""
    core = _wander(clutter, rng, rng.uniform(0.05, 0.4), 0.0)
    plies = int(rng.integers(2, 4))
    turns = clutter.size_mm / clutter.width_mm * rng.uniform(0.15, 0.35)
    angle = np.linspace(0, 2 * np.pi * turns, len(core))
    tangent = np.gradient(core, axis=0)
    tangent /= np.linalg.norm(tangent, axis=1, keepdims=True) + 1e-12
    across = np.stack([-tangent[:, 1], tangent[:, 0], 0 * angle], axis=1)
    strands = []
    for ply in range(plies):
        turn = angle + 2 * np.pi * ply / plies
        offset = across * np.cos(turn)[:, None] + np.array([0, 0, 1]) * np.sin(turn)[:, None]
        thick = np.full(len(core), clutter.width_mm * 0.27)
        shape = Profile(thick, np.full((len(core), 3), 0.5), np.ones(len(core)), sides=8)
        strands.append(sweep(core + offset * clutter.width_mm * 0.24, shape))
    return _painted(merge(strands), clutter, rng, 0.06)


def _crumb(clutter: ClutterSpec, rng: np.random.Generator) -> Mesh:
    """A lump of any outline, from jagged to a smooth oval."""
    half = clutter.size_mm / 2 * rng.uniform(0.5, 1.0, 3) * np.array([1, 1, 0.7])
    rough = float(rng.choice([rng.uniform(0.0, 0.08), rng.uniform(0.1, 0.35)]))
    ball = lump(
        rng, (float(half[0]), float(half[1]), float(half[2])), rough, int(rng.integers(4, 9))
    )
    turn = rng.uniform(0, np.pi)
    spin = np.array([[np.cos(turn), -np.sin(turn), 0], [np.sin(turn), np.cos(turn), 0], [0, 0, 1]])
    lifted = ball.points @ spin.T + np.array([0, 0, half[2] * 0.8])
    return _painted(replace(ball, points=lifted), clutter, rng, 0.08)


def _flake(clutter: ClutterSpec, rng: np.random.Generator) -> Mesh:
    """A thin translucent scale of skin, slightly bent."""
    half = clutter.size_mm / 2
    aspect = rng.uniform(0.5, 1.0)
    ball = lump(rng, (half, half * aspect, half * 0.06), 0.25, int(rng.integers(5, 9)))
    curl = 0.25 * rng.normal() / half * (ball.points[:, 0] ** 2 + 0.3 * ball.points[:, 1] ** 2)
    lifted = ball.points + np.column_stack([0 * curl, 0 * curl, half * 0.15 + np.abs(curl)])
    return _painted(replace(ball, points=lifted), clutter, rng, 0.05)


BUILDERS: dict[str, Callable[[ClutterSpec, np.random.Generator], Mesh]] = {
    "lint": _lint,
    "thread": _thread,
    "crumb": _crumb,
    "dust": _crumb,
    "flake": _flake,
}
"""Every kind of clutter by the name that truth.jsonl gives it."""
