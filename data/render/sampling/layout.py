"""Where hairs lie: kinds of capture, and places in the view for each."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Regime:
    """One way of taking the photo. Ranges are inclusive; `length_ratio` in shaft widths. `share`
    weighs it among the regimes asked for."""

    share: float
    hairs: tuple[int, int]
    shaft_px: tuple[float, float]
    length_ratio: tuple[float, float]
    sizes_px: tuple[tuple[int, int], ...]
    swing: float

    @property
    def hair_free(self) -> bool:
        """Whether it never shows a hair."""
        return self.hairs[1] == 0


REGIMES: dict[str, Regime] = {
    "tray": Regime(0.5, (20, 45), (3, 14), (18, 60), ((1280, 960), (1200, 900), (1440, 1080)), 0.7),
    "short": Regime(0.15, (5, 30), (5, 16), (15, 90), ((1280, 960), (1360, 1020)), 1.0),
    "close": Regime(0.15, (3, 15), (4, 10), (60, 260), ((1280, 960), (1440, 1080)), 1.6),
    "macro": Regime(0.1, (1, 5), (10, 40), (90, 160), ((1280, 960), (1200, 1200)), 0.5),
    "whole": Regime(0.1, (5, 25), (2, 4), (250, 1400), ((2000, 1500), (1800, 1350)), 3.0),
    "dense": Regime(0.5, (50, 80), (3, 9), (14, 30), ((1280, 960), (1440, 1080)), 0.5),
    "scope": Regime(0.1, (3, 14), (14, 50), (10, 45), ((1280, 960), (1600, 1200)), 0.4),
    "empty": Regime(0.1, (0, 0), (2, 20), (1, 1), ((1280, 960), (1440, 1080), (1800, 1350)), 0.0),
}
"""Every way by name: trays are a cheap source of root ends, `dense` ones the cheapest; `scope` is
a USB microscope's view; `empty`, without a hair, has the scales of most. All figures our
assumption."""

DEFAULT_MIX = ("tray", "short", "close", "macro", "whole")
"""What is drawn from when no regime is asked for. One more here would change every seed."""


@dataclass(frozen=True)
class Place:
    """Where a hair starts, mm, which way it runs, degrees, and how long it may be, mm."""

    at_mm: tuple[float, float]
    heading_deg: float
    room_mm: float


def places(
    regime: str, count: int, view_mm: tuple[float, float], rng: np.random.Generator
) -> list[Place]:
    """A place for each of `count` hairs, about the middle of the view."""
    view = np.array(view_mm)
    if regime in ("tray", "dense"):
        return _tray(count, view, rng)
    if regime != "whole" and rng.random() < 0.2:
        return _row(count, view, rng)
    return [_scattered(view, rng, leaving=regime == "macro") for _ in range(count)]


def _tray(count: int, view: Array, rng: np.random.Generator) -> list[Place]:
    """A jittered grid: each piece lies across its own cell."""
    columns = max(1, round(np.sqrt(count * view[0] / view[1])))
    rows = -(-count // columns)
    cell = view / (columns, rows)
    base, spread = rng.uniform(0, 360), rng.choice([15, 60, 360])
    spots = rng.permutation(columns * rows)[:count]
    found = []
    for spot in spots:
        middle = (np.array([spot % columns, spot // columns]) + 0.5 + rng.normal(0, 0.07, 2)) * cell
        heading = base + rng.uniform(-0.5, 0.5) * spread + 180 * rng.integers(2)
        room = float(cell.min() * rng.uniform(0.75, 1.25))
        out = np.array([np.cos(np.radians(heading)), np.sin(np.radians(heading))])
        at = middle - view / 2 - out * room / 2
        found.append(Place((float(at[0]), float(at[1])), float(heading), room))
    return found


def _row(count: int, view: Array, rng: np.random.Generator) -> list[Place]:
    """Roots side by side near one edge, the hairs running across, as the guide asks."""
    found = []
    for k in range(count):
        x = (-0.35 + 0.2 * rng.random()) * view[0]
        y = ((k + 0.5) / count - 0.5 + rng.normal(0, 0.15 / count)) * view[1] * 0.9
        found.append(Place((float(x), float(y)), float(rng.normal(0, 8)), float(view[0])))
    if rng.random() < 0.5:
        found = [Place((-p.at_mm[0], p.at_mm[1]), 180 - p.heading_deg, p.room_mm) for p in found]
    return found


def _scattered(view: Array, rng: np.random.Generator, leaving: bool) -> Place:
    """Usually in the picture and running inwards, sometimes from outside.

    With ``leaving`` the root is in the picture and the shaft leaves it.
    """
    if leaving:
        at = rng.uniform(-0.35, 0.35, 2) * view
        heading, room = rng.uniform(0, 360), 2 * view.max()
    else:
        at = rng.uniform(-0.46, 0.46, 2) * view * (1.0 if rng.random() < 0.9 else 1.4)
        heading = np.degrees(np.arctan2(-at[1], -at[0])) + rng.normal(0, 55)
        room = 1.3 * view.max()
    return Place((float(at[0]), float(at[1])), float(heading), float(room))
