"""Kinds of capture for legible photos, and where their hairs lie."""

from collections.abc import Sequence

import numpy as np

from data.render.sampling.layout import Place, Regime, places

PHONE_SIZES = ((1280, 960), (1440, 1080), (1200, 900))
SCOPE_SIZES = ((1280, 960), (1600, 1200), (1280, 1024))

CAPTURES: dict[str, Regime] = {
    "roots": Regime(0.56, (6, 70), (6, 20), (13, 24), PHONE_SIZES, 0.5),
    "fine": Regime(0.12, (12, 45), (2, 5), (20, 60), PHONE_SIZES, 0.8),
    "near": Regime(0.14, (3, 12), (30, 76), (11, 16), SCOPE_SIZES, 0.35),
    "side": Regime(0.13, (6, 26), (6, 16), (40, 110), PHONE_SIZES, 0.5),
    "none": Regime(0.05, (0, 0), (3, 30), (1, 1), PHONE_SIZES, 0.0),
}
"""`roots`: short pieces with their roots laid out. `fine`: the same from afar. `near`: a USB
microscope. `side`: hairs in a row with the roots on one side. `none`: no hair. Our choice."""

MICROSCOPE = "near"
PITCH_ALONG, PITCH_ACROSS = (1.1, 1.5), (0.35, 1.0)
"""Distance between hairs over their length, so that few ends touch another hair."""
LOOSE_SHARE = 0.12
"""Photos whose hairs lie anyhow, with crossings; our choice."""


def check_captures(names: Sequence[str] | None) -> tuple[str, ...]:
    """The captures asked for, or all. Raises ValueError for an unknown one."""
    wanted = tuple(names or CAPTURES)
    if unknown := set(wanted) - set(CAPTURES):
        raise ValueError(f"unknown capture {sorted(unknown)}; known: {', '.join(CAPTURES)}")
    return wanted


def hair_places(
    name: str, view_mm: tuple[float, float], shaft_mm: float, rng: np.random.Generator
) -> list[Place]:
    """Places for as many hairs as the view has room for."""
    capture = CAPTURES[name]
    low, high = capture.hairs
    if name == "side":
        return _side_by_side(view_mm, shaft_mm, rng)
    length = shaft_mm * float(np.exp(rng.uniform(*np.log(capture.length_ratio))))
    if rng.random() < LOOSE_SHARE:
        room = view_mm[0] * view_mm[1] / (1.3 * length**2)
        return places("short", int(np.clip(room, low, high)), view_mm, rng)
    found = _laid_out(view_mm, length, rng)
    if len(found) < low:
        found += [_inward(view_mm, rng) for _ in range(low - len(found))]
    keep = int(np.clip(len(found) * rng.uniform(0.6, 1.0), low, high))
    return [found[k] for k in rng.permutation(len(found))[:keep]]


def _laid_out(view_mm: tuple[float, float], length: float, rng: np.random.Generator) -> list[Place]:
    """A brick lattice at any angle. Hairs that lie all one way are set closer side by side."""
    spread = float(rng.choice([12, 40, 360], p=[0.4, 0.35, 0.25]))
    along = length * rng.uniform(*PITCH_ALONG)
    across = length * (rng.uniform(0.8, 1.2) if spread > 90 else rng.uniform(*PITCH_ACROSS))
    base = rng.uniform(0, 360)
    out = np.array([np.cos(np.radians(base)), np.sin(np.radians(base))])
    side = np.array([-out[1], out[0]])
    reach = int(np.hypot(*view_mm) / 2 / min(along, across)) + 2
    found = []
    for row in range(-reach, reach + 1):
        for column in range(-reach, reach + 1):
            step = along * (column + 0.5 * (row % 2)) + rng.normal(0, 0.04) * length
            middle = out * step + side * (across * row + rng.normal(0, 0.05) * across)
            if np.any(np.abs(middle) > np.array(view_mm) * 0.5):
                continue
            turned = rng.random() < 0.5
            heading = base + rng.uniform(-0.5, 0.5) * spread + 180 * turned
            way = np.array([np.cos(np.radians(heading)), np.sin(np.radians(heading))])
            room = length * float(rng.uniform(0.8, 1.0))
            at = middle - way * room / 2
            found.append(Place((float(at[0]), float(at[1])), float(heading), room))
    return found


def _inward(view_mm: tuple[float, float], rng: np.random.Generator) -> Place:
    """A root clear of the edges of the picture, whose shaft runs anywhere."""
    at = rng.uniform(-0.36, 0.36, 2) * np.array(view_mm)
    return Place((float(at[0]), float(at[1])), float(rng.uniform(0, 360)), float(max(view_mm)))


def _side_by_side(
    view_mm: tuple[float, float], shaft_mm: float, rng: np.random.Generator
) -> list[Place]:
    """A row with the roots near one edge. One hair in twelve lies the other way round."""
    width, height = view_mm
    pitch = shaft_mm * rng.uniform(6, 16)
    count = int(np.clip(height * 0.9 / pitch, 4, 26))
    edge = rng.uniform(-0.4, -0.15)
    found = []
    for k in range(count):
        x = (edge + rng.normal(0, 0.03)) * width
        y = ((k + 0.5) / count - 0.5) * 0.9 * height + rng.normal(0, 0.12) * pitch
        found.append(Place((float(x), float(y)), float(rng.normal(0, 5)), float(1.2 * width)))
    mirrored = rng.random() < 0.5
    turned = [mirrored != bool(rng.random() < 1 / 12) for _ in found]
    return [
        Place((-p.at_mm[0], p.at_mm[1]), 180 - p.heading_deg, p.room_mm) if turn else p
        for p, turn in zip(found, turned, strict=True)
    ]
