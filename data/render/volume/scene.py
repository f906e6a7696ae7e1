"""Samples scenes of the volume maker: lines, hairs, light, clutter."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from data.render import labels
from data.render.volume.ends import END_KINDS
from data.render.volume.fields import Generator
from data.render.volume.march import Image, LabelPicture, Lamp, Matter, VolumeHair

Array = NDArray[np.float64]
SIZES = ((1280, 960), (1400, 1050), (960, 1280), (1120, 1120))


@dataclass(frozen=True)
class Capture:
    """A way to take the photo: its share, pixels a shaft, number of hairs, length in shaft widths,
    and how its hairs lie. Our choice."""

    share: float
    shaft_px: tuple[float, float]
    hairs: tuple[int, int]
    length: tuple[float, float]
    layout: str


CAPTURES: dict[str, Capture] = {
    "roots": Capture(0.34, (5, 15), (6, 26), (40, 160), "row"),
    "pieces": Capture(0.36, (5, 18), (8, 45), (14, 30), "scattered"),
    "near": Capture(0.1, (24, 60), (2, 7), (9, 18), "scattered"),
    "thin": Capture(0.1, (2.2, 5), (12, 40), (25, 80), "scattered"),
    "whole": Capture(0.1, (4, 10), (4, 14), (60, 160), "scattered"),
}
_CROSSING_SHARE = 0.1
_WHITE, _STRAW, _PINK, _GREY = (
    np.array(tone)
    for tone in ((0.05, 0.07, 0.12), (0.1, 0.3, 0.9), (0.1, 0.5, 0.6), (0.5, 0.5, 0.5))
)
"""Light absorbed along a shaft width by roots without pigment; our assumption."""
_MELANIN = np.array([11.0, 15.0, 21.0])
"""Light absorbed along a shaft width by black hair: more of blue than of red."""


@dataclass(frozen=True)
class PlacedHair:
    """A hair with what is true of it."""

    hair: VolumeHair
    kind: str
    tip_kind: str
    melanin: float
    grey: bool


def check_captures(captures: Sequence[str] | None) -> list[str]:
    """The captures asked for, or all. Raises ValueError for an unknown one."""
    names = list(captures or CAPTURES)
    if unknown := set(names) - set(CAPTURES):
        raise ValueError(f"unknown capture {sorted(unknown)}; known: {', '.join(CAPTURES)}")
    return names


def sample_lamp(rng: Generator, below: bool) -> Lamp:
    """A lamp at a random height, harder or softer."""
    turn, up = rng.uniform(0, 2 * np.pi), rng.uniform(0.5, 1.45)
    towards = np.array([np.cos(turn) * np.cos(up), np.sin(turn) * np.cos(up), np.sin(up)])
    gloss = float(rng.choice([0, rng.uniform(0.02, 0.25)]))
    return Lamp(towards, float(rng.uniform(0.1, 0.8)), gloss, float(rng.uniform(6, 50)), below)


def sample_hairs(
    capture: Capture, size: tuple[int, int], typical_px: float, rng: Generator
) -> list[PlacedHair]:
    """Hairs that mostly keep clear of each other."""
    count = int(rng.integers(capture.hairs[0], capture.hairs[1] + 1))
    length = typical_px * float(np.exp(rng.uniform(*np.log(capture.length))))
    curl = float(rng.choice([0.05, 0.25, 0.7], p=[0.45, 0.4, 0.15]))
    head = _sample_head(rng)
    taken = np.zeros((size[1] // 2 + 1, size[0] // 2 + 1), np.uint8)
    base = rng.uniform(0, 2 * np.pi)
    hairs: list[PlacedHair] = []
    edge = int(rng.integers(4))
    for number in range(count * 6):
        if len(hairs) == count:
            break
        if capture.layout == "row":
            at, heading = _in_row(number % count, count, edge, size, rng)
        else:
            at = rng.uniform(-0.02, 1.02, 2) * size
            heading = base + rng.normal(0, 1.2) + np.pi * rng.integers(2)
        line = _line(at, heading, length * rng.uniform(0.7, 1.15), typical_px, curl, rng)
        spot = np.zeros_like(taken)
        wide = max(2, int(1.6 * typical_px))
        cv2.polylines(spot, [np.round(line / 2).astype(np.int32)], False, 255, wide)
        if rng.random() >= _CROSSING_SHARE and np.any(spot & taken):
            continue
        taken |= spot
        hairs.append(_sample_hair(line, typical_px, head, rng))
    return hairs


def _in_row(
    number: int, count: int, edge: int, size: tuple[int, int], rng: Generator
) -> tuple[Array, float]:
    """Roots side by side along an edge, the hairs running across: where, and which way."""
    share = (number + 0.5 + rng.normal(0, 0.2)) / count
    inset = rng.uniform(0.08, 0.3)
    at = np.array([inset, share]) if edge % 2 == 0 else np.array([share, inset])
    at = 1 - at if edge >= 2 else at
    heading = (0 if edge % 2 == 0 else np.pi / 2) + (np.pi if edge >= 2 else 0)
    return at * size, float(heading + rng.normal(0, 0.15))


def _line(
    at: Array, heading: float, length: float, px: float, curl: float, rng: Generator
) -> Array:
    """A line whose curvature wanders."""
    count = max(12, int(length / 1.5))
    reach = max(4, count // 6)
    knots = rng.normal(0, 1, count // reach + 2)
    bends = np.interp(np.arange(count) / reach, np.arange(len(knots)), knots)
    turn = heading + np.cumsum(bends) * curl / reach * 0.6
    steps = np.stack([np.cos(turn), np.sin(turn)], axis=1) * length / count
    return np.asarray(at + np.concatenate([[[0, 0]], steps.cumsum(axis=0)]))


@dataclass(frozen=True)
class _Head:
    melanin: float
    red: float
    greying: bool


def _sample_head(rng: Generator) -> _Head:
    return _Head(float(rng.beta(1.6, 1.1)), float(rng.beta(1, 3)), bool(rng.random() < 0.15))


def _sample_hair(line: Array, typical_px: float, head: _Head, rng: Generator) -> PlacedHair:
    kinds = list(END_KINDS)
    root_shares = np.array([END_KINDS[kind].root_share for kind in kinds])
    tip_shares = np.array([END_KINDS[kind].tip_share for kind in kinds])
    kind = str(rng.choice(kinds, p=root_shares / root_shares.sum()))
    tip = str(rng.choice(kinds, p=tip_shares / tip_shares.sum()))
    grey = bool(rng.random() < (0.6 if head.greying else 0.04))
    melanin = 0.0 if grey else float(np.clip(head.melanin + rng.normal(0, 0.06), 0.02, 1))
    tone = _MELANIN * np.array([1 - 0.4 * head.red, 1.0, 1.0 + 0.4 * head.red])
    shaft = Matter(
        0.08 + tone * melanin**1.7,
        np.full(3, float(rng.uniform(1.5, 4.0) if grey else rng.uniform(0.4, 1.4))),
    )
    is_pale = rng.random() < (0.75 if kind.startswith("club") else 0.45) or grey
    share = float(rng.uniform(0, 0.2) if is_pale else rng.uniform(0.25, 1.0))
    pale = (_WHITE, _STRAW, _PINK, _GREY)[int(rng.choice(4, p=[0.4, 0.25, 0.2, 0.15]))]
    bulb = Matter(
        pale * rng.uniform(0.5, 2) * (1 - share) + shaft.absorbed * share,
        np.full(3, float(np.exp(rng.uniform(np.log(0.8), np.log(6.0))))),
    )
    skin = Matter(pale * 0.2, np.full(3, float(np.exp(rng.uniform(np.log(0.08), np.log(0.7))))))
    made = VolumeHair(
        line=line,
        shaft_px=float(np.clip(typical_px * np.exp(rng.normal(0, 0.14)), 1.5, 90)),
        root=END_KINDS[kind].make(rng),
        tip=END_KINDS[tip].make(rng),
        shaft=shaft,
        bulb=bulb,
        skin=skin,
        core=float(rng.choice([0.0, rng.uniform(-0.7, 1.0)])),
        flatness=float(rng.uniform(0.65, 1.0)),
        height=float(min(rng.gamma(1.0, 0.5), 2.0)),
    )
    return PlacedHair(made, kind, tip, melanin, grey)


def draw_clutter(
    light: Image, label: LabelPicture, hairs: Sequence[PlacedHair], rng: Generator
) -> list[dict[str, object]]:
    """Specks and coloured fibres away from the roots, with their truth."""
    size = np.array(light.shape[1::-1])
    typical = float(np.median([each.hair.shaft_px for each in hairs])) if hairs else 8.0
    roots = np.array([each.hair.line[k] for each in hairs for k in (0, -1)]).reshape(-1, 2)
    found: list[dict[str, object]] = []
    for _ in range(int(min(rng.gamma(1.0, 4.0), 25))):
        at = rng.uniform(0, 1, 2) * size
        reach = typical * float(np.exp(rng.uniform(-1, 2)))
        if len(roots) and np.linalg.norm(roots - at, axis=1).min() < 9 * typical + reach:
            continue
        mask = np.zeros(light.shape[:2], np.uint8)
        is_fibre = rng.random() < 0.6
        if is_fibre:
            line = _line(at, rng.uniform(0, 6.3), 3 * reach, typical, 1.2, rng)
            wide = max(1, round(typical * float(rng.uniform(0.15, 0.7))))
            cv2.polylines(mask, [np.round(line).astype(np.int32)], False, 255, wide, cv2.LINE_AA)
        else:
            axes = (max(1, int(reach / 3)), max(1, int(reach / 3 * rng.uniform(0.3, 1))))
            turn = float(rng.uniform(0, 180))
            cv2.ellipse(mask, (int(at[0]), int(at[1])), axes, turn, 0, 360, 255, -1, cv2.LINE_AA)
        cover = (mask.astype(np.float32) / 255 * rng.uniform(0.4, 1))[..., None]
        colour = np.exp(rng.uniform(np.log(0.02), np.log(0.9), 3) * 0.5 + rng.uniform(-1.5, 0))
        light *= 1 - cover
        light += cover * np.clip(colour, 0.01, 0.9).astype(np.float32)
        label[mask > 127] = labels.OTHER
        kind = "fibre" if is_fibre else "speck"
        found.append({"kind": kind, "xy": [round(float(v), 2) for v in at]})
    return found
