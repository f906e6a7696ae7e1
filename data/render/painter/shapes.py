"""Roots and ends as polygons. Units are shaft widths; x points out of the hair along its axis."""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from data.render.painter.deformed_clubs import deformed_club

Array = NDArray[np.float64]
Generator = np.random.Generator

DEFORMED_SHARE = 0.45
"""Of the blocks, kinks, ragged and crushed roots: clubs but for a flaw. Our choice."""


@dataclass(frozen=True)
class Figure:
    """Polygons (N, 2) of one end by part. `flat` bodies are lit as sheets, others as rounded.

    `cut_back` is how far the shaft ends before the origin, `slant` its end's slope.
    """

    bulb: list[Array] = field(default_factory=list)
    shreds: list[Array] = field(default_factory=list)
    tail: list[Array] = field(default_factory=list)
    sheath: list[Array] = field(default_factory=list)
    flat: bool = False
    smooth: float = 0.0
    cut_back: float = 0.0
    slant: float = 0.0
    taper: float = 0.0
    far: tuple[float, float] = (0.0, 0.0)


def ribbon(line: Array, widths: Array) -> Array:
    """The outline of a line (N, 2) with widths (N,) across it."""
    way = np.gradient(line, axis=0)
    way /= np.linalg.norm(way, axis=1, keepdims=True) + 1e-12
    side = np.stack([-way[:, 1], way[:, 0]], axis=1) * widths[:, None] / 2
    return np.concatenate([line + side, (line - side)[::-1]])


def blob(
    rng: Generator, centre: tuple[float, float], half: tuple[float, float], wobble: float
) -> Array:
    """A closed curve: an ellipse with low harmonics in its radius."""
    angle = np.linspace(0, 2 * np.pi, 72, endpoint=False)
    radius = np.ones(72)
    for k in range(2, 7):
        radius = radius + wobble * rng.normal() / k * np.cos(k * angle + rng.uniform(0, 6.3))
    return (
        np.stack([np.cos(angle) * half[0], np.sin(angle) * half[1]], 1) * radius[:, None] + centre
    )


def rotated(points: Array, angle: float) -> Array:
    """Points turned about the origin."""
    cos, sin = np.cos(angle), np.sin(angle)
    return np.asarray(points @ np.array([[cos, sin], [-sin, cos]]))


def _size(rng: Generator) -> tuple[float, float]:
    """Width and length of a torn root: no narrower than a club, or it would be a bare end."""
    return float(rng.uniform(1.2, 2.5)), float(rng.uniform(1.2, 3.8))


def club_figure(rng: Generator, tail: bool, sheath: bool) -> Figure:
    """A smooth egg; the blend into the shaft is left to `smooth`."""
    width = float(np.clip(1.7 * np.exp(rng.normal(0, 0.24)), 1.2, 3))
    length = float(np.clip(width * rng.uniform(1, 2.1), 1.5, 4))
    bend = float(rng.normal(0, 0.1))
    egg = blob(rng, (length * 0.45, 0), (length * 0.55, width / 2), rng.uniform(0, 0.05))
    egg[:, 1] *= 1 + rng.uniform(-0.25, 0.25) * (egg[:, 0] / length - 0.45)
    pieces = [rotated(egg, bend)]
    far = rotated(np.array([[length, 0.0]]), bend)[0]
    tails: list[Array] = []
    if tail:
        count = 14
        heading = bend + np.cumsum(rng.normal(0, 0.22, count))
        step = rng.uniform(0.6, 4) / count
        line = np.stack([np.cos(heading), np.sin(heading)], 1) * step
        line = far - 0.25 * line[0] / step + line.cumsum(axis=0)
        tails = [ribbon(line, np.linspace(rng.uniform(0.25, 0.5), 0.12, count))]
        far = line[-1]
    skins = (
        [_skin(rng, rng.uniform(-2.5, -0.5), length * rng.uniform(0.1, 0.8), width)]
        if sheath
        else []
    )
    return Figure(
        bulb=pieces, tail=tails, sheath=skins, smooth=float(rng.uniform(0.15, 0.4)),
        far=(float(far[0]), float(far[1])),
    )  # fmt: skip


def _skin(rng: Generator, start: float, stop: float, width: float) -> Array:
    """A wobbly band round the axis from `start` to `stop`."""
    x = np.linspace(start, stop, 26)
    grown = np.interp(x, [start, 0, max(stop, 0.1)], [1.3, 1.35, max(1.3, width * 1.05)])
    sides = [
        grown / 2 * rng.uniform(0.95, 1.35)
        + 0.16 * np.interp(x, x[::3], rng.normal(0, 1, len(x[::3])))
        for _ in range(2)
    ]
    upper = np.stack([x + rng.normal(0, 0.05, 26), np.maximum(sides[0], 0.5)], 1)
    lower = np.stack([x + rng.normal(0, 0.05, 26), -np.maximum(sides[1], 0.5)], 1)
    return np.concatenate([upper, lower[::-1]])


def block_figure(rng: Generator) -> Figure:
    """Four corners, each moved a little."""
    width, length = _size(rng)
    near, far = width * rng.uniform(0.6, 1.15), width * rng.uniform(0.95, 1.3)
    corners = np.array(
        [
            [-0.1, near / 2],
            [length, far / 2],
            [length + rng.uniform(-0.5, 0.5), -far / 2],
            [-0.1, -near / 2],
        ]
    )
    corners += rng.normal(0, 0.07, (4, 2))
    bend = rng.uniform(-0.5, 0.5)
    corners = rotated(corners, bend)
    middle = corners[1:3].mean(axis=0)
    return Figure(
        bulb=[corners], flat=bool(rng.random() < 0.5), smooth=float(rng.uniform(0, 0.1)),
        far=(float(middle[0]), float(middle[1])),
    )  # fmt: skip


def hook_figure(rng: Generator) -> Figure:
    """A curled band with a blunt or swollen end."""
    _, length = _size(rng)
    length = max(length, 2.2)
    count, turn = 20, rng.choice([-1, 1]) * rng.uniform(1.0, 3.0)
    heading = turn * np.linspace(0, 1, count) ** rng.uniform(0.8, 1.8)
    line = np.cumsum(np.stack([np.cos(heading), np.sin(heading)], 1) * length / count, axis=0)
    end = rng.uniform(0.9, 1.7)
    widths = 1 + (end - 1) * np.linspace(0, 1, count) ** rng.uniform(0.7, 2)
    smooth = float(rng.choice([0.05, 0.3]))
    return Figure(
        bulb=[ribbon(line, widths)], smooth=smooth, far=(float(line[-1, 0]), float(line[-1, 1]))
    )


def angle(rng: Generator) -> Figure:
    """A straight piece set at an angle, squared at its end."""
    width, length = _size(rng)
    bend = rng.choice([-1, 1]) * rng.uniform(0.4, 1.4)
    ends = rng.uniform(0.9, 1.2), width
    piece = np.array(
        [[-0.3, ends[0] / 2], [length, ends[1] / 2], [length, -ends[1] / 2], [-0.3, -ends[0] / 2]]
    )
    piece = rotated(piece + rng.normal(0, 0.06, (4, 2)), bend)
    far = piece[1:3].mean(axis=0)
    joint = blob(rng, (0, 0), (0.52, 0.52), 0.05)
    return Figure(
        bulb=[piece, joint], smooth=float(rng.uniform(0, 0.12)), far=(float(far[0]), float(far[1]))
    )


def ragged_figure(rng: Generator) -> Figure:
    """Rings of unequal width, or a jagged star, with shreds."""
    width, length = _size(rng)
    pieces: list[Array] = []
    if rng.random() < 0.5:
        count = int(rng.integers(3, 6))
        for k in range(count):
            at = (length * (k + 0.5) / count, rng.normal(0, 0.08))
            half = length / count * rng.uniform(0.5, 0.75), width / 2 * rng.uniform(0.6, 1.2)
            pieces.append(blob(rng, at, half, 0.12))
    else:
        around = np.linspace(0, 2 * np.pi, int(rng.integers(12, 26)), endpoint=False)
        reach = rng.uniform(0.6, 1.25, len(around))
        star = (
            np.stack([np.cos(around) * length / 2, np.sin(around) * width / 2], 1) * reach[:, None]
        )
        pieces.append(star + np.array([length * 0.45, 0]))
    shreds = _spikes(rng, length * 0.7, width * 0.4, int(rng.integers(0, 6)))
    return Figure(bulb=pieces, shreds=shreds, far=(length, 0.0))


def _spikes(rng: Generator, start: float, spread: float, count: int) -> list[Array]:
    found = []
    for _ in range(count):
        foot = np.array([start, rng.normal(0, spread * 0.6)])
        way = rotated(np.array([[rng.uniform(0.5, 1.8), 0.0]]), rng.normal(0, 0.4))[0]
        bow = foot + way * 0.5 + rng.normal(0, 0.08, 2)
        found.append(ribbon(np.stack([foot, bow, foot + way]), np.array([0.35, 0.25, 0.06])))
    return found


def crushed_figure(rng: Generator) -> Figure:
    """An irregular polygon with six to ten corners, lit as a sheet."""
    width, length = _size(rng)
    count = int(rng.integers(6, 11))
    around = np.sort(rng.uniform(0, 2 * np.pi, count))
    radii = rng.uniform(0.7, 1.2, count)
    corners = (
        np.stack([np.cos(around) * length / 2, np.sin(around) * width / 2], 1) * radii[:, None]
    )
    corners = rotated(corners + np.array([length * 0.45, 0]), rng.normal(0, 0.3))
    reach = length * 0.45
    neck = np.array([[-0.3, 0.5], [reach, 0.5], [reach, -0.5], [-0.3, -0.5]])
    return Figure(bulb=[corners, neck], flat=True, far=(length, 0.0))


def deformed_figure(rng: Generator) -> Figure:
    """A club but for a flaw."""
    outline = deformed_club(rng)
    far = outline[np.argmax(outline[:, 0])]
    return Figure(
        bulb=[outline], flat=bool(rng.random() < 0.2), smooth=float(rng.uniform(0.03, 0.2)),
        far=(float(far[0]), float(far[1])),
    )  # fmt: skip


def _or_deformed(figure: Callable[[Generator], Figure]) -> Callable[[Generator], Figure]:
    def draw(rng: Generator) -> Figure:
        return deformed_figure(rng) if rng.random() < DEFORMED_SHARE else figure(rng)

    return draw


def sheathed_figure(rng: Generator) -> Figure:
    """One of the torn shapes in a long skin."""
    inner = (block_figure, hook_figure, angle, ragged_figure)[int(rng.integers(4))](rng)
    stop = rng.uniform(0.0, 1.5)
    skin = _skin(rng, stop - rng.uniform(3, 9), stop, 1.4)
    return Figure(
        bulb=inner.bulb, shreds=inner.shreds, sheath=[skin], flat=inner.flat, smooth=inner.smooth,
        far=inner.far,
    )  # fmt: skip


def cut_figure(rng: Generator) -> Figure:
    """Straight across."""
    return Figure(slant=float(rng.normal(0, 0.1)))


def oblique_figure(rng: Generator) -> Figure:
    """At a slant."""
    return Figure(slant=float(rng.choice([-1, 1]) * rng.uniform(0.5, 1.8)))


def frayed_figure(rng: Generator) -> Figure:
    """Ends in a brush."""
    return Figure(
        shreds=_spikes(rng, -0.3, 0.4, int(rng.integers(3, 8))), slant=float(rng.normal(0, 0.3))
    )


def split_figure(rng: Generator) -> Figure:
    """Two branches."""
    arms = []
    for side in (-1, 1):
        reach, aside = rng.uniform(1.5, 4), side * rng.uniform(0.4, 1.3)
        line = np.array(
            [[-1.0, side * 0.2], [0, side * 0.28], [0.5 * reach, 0.7 * aside], [reach, aside]]
        )
        arms.append(ribbon(line, np.array([0.6, 0.55, 0.45, 0.15])))
    return Figure(shreds=arms, cut_back=0.7)


def tapered_figure(rng: Generator) -> Figure:
    """Thins out over several widths."""
    return Figure(taper=float(rng.uniform(4, 12)))


FIGURES: dict[str, Callable[[Generator], Figure]] = {
    "club": lambda rng: club_figure(rng, False, False),
    "club_tail": lambda rng: club_figure(rng, True, False),
    "club_sheath": lambda rng: club_figure(rng, False, True),
    "club_both": lambda rng: club_figure(rng, True, True),
    "anagen_hooked": hook_figure,
    "anagen_angular": _or_deformed(angle),
    "anagen_rectangular": _or_deformed(block_figure),
    "anagen_ragged": _or_deformed(ragged_figure),
    "anagen_sheath": sheathed_figure,
    "anagen_crushed": _or_deformed(crushed_figure),
    "cut": cut_figure,
    "oblique": oblique_figure,
    "frayed": frayed_figure,
    "split": split_figure,
    "tapered": tapered_figure,
}
"""Figures by the kinds of root that truth.jsonl names."""
