"""Samples scenes: the camera, where hairs lie, what their roots are, what lights them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from data.render.luxcore.grounds import SHEETS
from data.render.luxcore.roots import RootSize
from data.render.luxcore.shafts import sample_centre_line
from data.render.luxcore.view import View

Array = NDArray[np.float64]

SIZES = ((1280, 960), (1200, 900), (1152, 864), (1024, 1024))
CAPTURES: dict[str, tuple[float, tuple[float, float], tuple[int, int], tuple[float, float]]] = {
    "tray": (0.6, (6, 20), (6, 55), (12, 22)),
    "far": (0.12, (2.2, 5), (12, 40), (18, 50)),
    "scope": (0.16, (28, 66), (3, 10), (7.5, 12)),
    "long": (0.12, (6, 14), (4, 16), (40, 120)),
}
"""Share, pixels a shaft, number of hairs, length in shaft widths; our choice."""
LABELS = {"telogen": 0.42, "misshapen": 0.38, "bare": 0.2}
KINDS: dict[str, dict[str, float]] = {
    "telogen": {"club": 0.55, "club_tail": 0.27, "club_sheath": 0.1, "club_both": 0.08},
    "misshapen": {
        "anagen_hooked": 0.2,
        "anagen_angular": 0.16,
        "anagen_rectangular": 0.23,
        "anagen_ragged": 0.15,
        "anagen_sheath": 0.15,
        "anagen_crushed": 0.11,
    },
    "bare": {"cut": 0.5, "oblique": 0.2, "frayed": 0.15, "split": 0.07, "tapered": 0.08},
}
PHOTOGRAPHED_SHARE, HAIR_FREE_SHARE, CROSSING_SHARE = 0.45, 0.04, 0.06
GREY_SHARE, DYED_SHARE = 0.1, 0.1


@dataclass(frozen=True)
class PlannedHair:
    """A hair: `line` (N, 2) mm from where shaft meets bulb to the tip. Colours are linear."""

    line: Array
    width_mm: float
    flat: float
    lift_mm: float
    label: str
    kind: str
    size: RootSize
    tip_kind: str
    melanin: float
    grey: bool
    dyed: bool
    shaft_rgb: Array
    root_rgb: Array
    tip_rgb: Array
    grid_step: float
    seed: int


@dataclass(frozen=True)
class Lamp:
    """A distant lamp: the way to it, its apparent radius in degrees, its share of the light."""

    way: tuple[float, float, float]
    radius_deg: float
    power: float
    tint: tuple[float, float, float]


@dataclass(frozen=True)
class ScenePlan:
    """A whole photo. `sky` is the share of light from everywhere."""

    seed: int
    capture: str
    view: View
    ground: str
    strands: tuple[PlannedHair, ...]
    specks: int
    lamps: tuple[Lamp, ...]
    sky: float
    shine: float


def sample_plan(
    seed: int, index: int, captures: Sequence[str] | None, grounds: Sequence[str]
) -> ScenePlan:
    """Photo `index` of a seed. Raises ValueError for an unknown capture."""
    names = list(captures or CAPTURES)
    if unknown := set(names) - set(CAPTURES):
        raise ValueError(f"unknown capture {sorted(unknown)}; known: {', '.join(CAPTURES)}")
    rng = np.random.default_rng([seed, index, 11])
    shares = np.array([CAPTURES[n][0] for n in names])
    name = names[int(rng.choice(len(names), p=shares / shares.sum()))]
    typical_mm = float(np.clip(rng.normal(0.077, 0.015), 0.04, 0.125))
    view = _view(name, typical_mm, rng)
    hair_free = rng.random() < HAIR_FREE_SHARE
    photographed = bool(grounds) and rng.random() < PHOTOGRAPHED_SHARE
    ground = f"photo:{rng.choice(list(grounds))}" if photographed else str(rng.choice(list(SHEETS)))
    return ScenePlan(
        seed=int(rng.integers(2**31)),
        capture=name,
        view=view,
        ground=ground,
        strands=() if hair_free else _strands(name, view, typical_mm, rng),
        specks=int(rng.integers(8, 40) if hair_free else min(rng.gamma(1.0, 4.0), 25)),
        lamps=_lamps(name, rng),
        sky=float(rng.uniform(0.1, 0.7)),
        shine=float(rng.uniform(0.02, 0.22)),
    )


def _view(name: str, typical_mm: float, rng: np.random.Generator) -> View:
    width, height = SIZES[int(rng.integers(len(SIZES)))]
    shaft_px = np.exp(rng.uniform(*np.log(CAPTURES[name][1])))
    focal = width / 2 / np.tan(np.radians(rng.uniform(20, 50)) / 2)
    distance = focal * typical_mm / shaft_px
    blur_px = shaft_px * rng.gamma(1.0, 0.05) + rng.gamma(1.0, 0.25)
    near_mm = 3 * typical_mm
    lens = min(blur_px / shaft_px * typical_mm * distance / near_mm / 2, distance / 12)
    focus = distance + rng.normal(0, 0.7) * near_mm
    return View(
        width, height, float(focal), float(distance), float(min(abs(rng.normal(0, 0.09)), 0.3)),
        float(rng.uniform(0, 2 * np.pi)), float(rng.uniform(0, 2 * np.pi)), float(lens),
        float(focus),
    )  # fmt: skip


def _strands(
    name: str, view: View, typical_mm: float, rng: np.random.Generator
) -> tuple[PlannedHair, ...]:
    """Hairs thrown at random. One that touches another is thrown again, save a few."""
    _, _, (least, most), ratios = CAPTURES[name]
    length = typical_mm * np.exp(rng.uniform(*np.log(ratios)))
    fits = view.size_mm.prod() / (length * (0.35 * length + 4 * typical_mm)) * rng.uniform(0.4, 0.9)
    count = int(np.clip(fits, least, most))
    head, mixed = _head(rng), rng.random() < 0.3
    common, spread = rng.uniform(0, 2 * np.pi), float(rng.choice([0.15, 0.6, np.pi]))
    curl = float(rng.choice([0.2, 0.5, 1.1], p=[0.5, 0.35, 0.15]))
    grid_step = float(np.clip(0.9 / (typical_mm * view.px_per_mm), 0.07, 0.18))
    found: list[PlannedHair] = []
    taken = np.zeros((0, 2))
    for _ in range(count * 12):
        if len(found) == count:
            break
        at = rng.uniform(-0.5, 0.5, 2) * view.size_mm * (0.8 if name == "scope" else 1)
        heading = common + rng.uniform(-spread, spread) + np.pi * rng.integers(2)
        line = sample_centre_line(rng, at, heading, length * rng.uniform(0.75, 1.1), curl)
        back = at - 3 * typical_mm * np.array([np.cos(heading), np.sin(heading)])
        whole = np.concatenate([line[::3], back[None]])
        crossing = rng.random() < CROSSING_SHARE
        if len(taken) and not crossing:
            gap = np.linalg.norm(taken[:, None] - whole[None], axis=2).min()
            if gap < 2.2 * typical_mm:
                continue
        taken = np.concatenate([taken, whole])
        found.append(_strand(line, typical_mm, grid_step, _head(rng) if mixed else head, rng))
    return tuple(found)


@dataclass(frozen=True)
class _Head:
    melanin: float
    red: float
    greying: bool
    dye: Array | None


def _head(rng: np.random.Generator) -> _Head:
    dye = np.exp(rng.normal(-1.4, 0.7, 3)).clip(0.01, 0.6) if rng.random() < DYED_SHARE else None
    melanin = float(
        rng.choice([rng.uniform(0.05, 0.35), rng.uniform(0.35, 0.7), rng.uniform(0.7, 1)])
    )
    return _Head(melanin, float(rng.random() ** 3), bool(rng.random() < GREY_SHARE), dye)


def hair_rgb(melanin: float, red: float) -> Array:
    """Linear reflectance of a shaft: white at 0, blond at 0.25, brown at 0.6, black at 1."""
    shades = np.array(
        [[0.75, 0.7, 0.62], [0.5, 0.34, 0.16], [0.16, 0.085, 0.04], [0.02, 0.016, 0.014]]
    )
    places = np.array([0.0, 0.25, 0.6, 1.0])
    shade = np.exp([np.interp(melanin, places, np.log(shades[:, k])) for k in range(3)])
    return np.asarray(shade * np.array([1 + 0.5 * red, 1 - 0.1 * red, 1 - 0.4 * red]))


PALE_ROOTS = np.array([[0.8, 0.77, 0.7], [0.75, 0.62, 0.42], [0.75, 0.5, 0.42], [0.5, 0.46, 0.42]])
"""White, straw, pink, greyish; our assumption."""


def _strand(
    line: Array, typical_mm: float, grid_step: float, head: _Head, rng: np.random.Generator
) -> PlannedHair:
    grey = bool(rng.random() < (0.6 if head.greying else 0.05))
    melanin = float(
        rng.uniform(0, 0.04) if grey else np.clip(head.melanin + rng.normal(0, 0.05), 0, 1)
    )
    natural = hair_rgb(melanin, head.red) * np.exp(rng.normal(0, 0.08))
    label = str(rng.choice(list(LABELS), p=list(LABELS.values())))
    shares = KINDS[label]
    kind = str(rng.choice(list(shares), p=list(shares.values())))
    tips = KINDS["bare"]
    tip = str(rng.choice(list(tips), p=list(tips.values())))
    pale = PALE_ROOTS[int(rng.choice(4, p=[0.4, 0.25, 0.2, 0.15]))] * rng.uniform(0.75, 1.1)
    dark = natural * rng.uniform(0.3, 1.1)
    whitened = rng.random() < (0.72 if label == "telogen" else 0.4) or grey
    part = rng.uniform(0, 0.25) if whitened else rng.uniform(0.35, 1.0)
    return PlannedHair(
        line, float(np.clip(typical_mm * np.exp(rng.normal(0, 0.14)), 0.02, 0.18)),
        float(rng.uniform(0.55, 1) if rng.random() < 0.4 else 1.0),
        float(typical_mm * rng.gamma(1.0, 0.6)), label, kind, _size(kind, rng), tip, melanin, grey,
        head.dye is not None, natural, pale ** (1 - part) * dark**part,
        natural if head.dye is None else head.dye, grid_step, int(rng.integers(2**31)),
    )  # fmt: skip


def _size(kind: str, rng: np.random.Generator) -> RootSize:
    """Sizes as in docs/domain.md for clubs; of torn roots, our assumption."""
    sign = float(rng.choice([-1, 1]))
    if kind.startswith("club"):
        width = float(np.clip(1.7 * np.exp(rng.normal(0, 0.24)), 1.2, 3))
        length = float(np.clip(width * rng.uniform(1, 2.1), 1.5, 4))
        return RootSize(width, length, float(rng.normal(0, 0.1)), float(rng.uniform(0.7, 1)))
    width, length = float(rng.uniform(1.2, 2.5)), float(rng.uniform(1.3, 3.8))
    return RootSize(width, length, sign * float(rng.uniform(0, 0.8)), float(rng.uniform(0.4, 1)))


def _lamps(name: str, rng: np.random.Generator) -> tuple[Lamp, ...]:
    """A window or lamps; a ring of them for a microscope."""
    if rng.random() < (0.5 if name == "scope" else 0.1):
        count, high = int(rng.integers(5, 9)), np.radians(rng.uniform(45, 78))
        ways = [2 * np.pi * k / count for k in range(count)]
        tint = (1.0, 1.0, float(rng.uniform(0.95, 1.15)))
        return tuple(Lamp(_way(high, a), float(rng.uniform(1, 4)), 1 / count, tint) for a in ways)
    warm = float(np.exp(rng.normal(0, 0.1)))
    return tuple(
        Lamp(
            _way(np.radians(rng.uniform(28, 80)), rng.uniform(0, 2 * np.pi)),
            float(np.exp(rng.uniform(np.log(2), np.log(25)))),
            float(1 if k == 0 else rng.uniform(0.1, 0.7)), (warm, 1.0, 1 / warm),
        )
        for k in range(int(rng.integers(1, 4)))
    )  # fmt: skip


def _way(high: float, round_: float) -> tuple[float, float, float]:
    return (
        float(np.cos(high) * np.cos(round_)),
        float(np.cos(high) * np.sin(round_)),
        float(np.sin(high)),
    )
