"""Grounds from filtered white noise and stripes, and pieces of photographs."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from data.render.backgrounds.photographs import read_ground

Image = NDArray[np.float32]
SIZE = 1536
"""Texels a side."""
HEIGHT_CELLS = 220


@dataclass(frozen=True)
class Sheet:
    """`albedo` (SIZE, SIZE, 3) linear 0-1. `height_mm` (n, n) or None. `gloss` 0-1."""

    albedo: Image
    height_mm: Image | None = None
    gloss: float = 0.0


Painter = Callable[[float, np.random.Generator], Sheet]


def spectral(
    rng: np.random.Generator, size: int, slope: float, longest: float, stretch: float = 1.0
) -> Image:
    """Noise of unit spread whose amplitude falls as frequency to the power of `slope`, flat below
    one cycle in `longest` texels, and drawn out `stretch` times along a random direction."""
    fx, fy = np.fft.rfftfreq(size)[None, :], np.fft.fftfreq(size)[:, None]
    turn = rng.uniform(0, np.pi)
    u, v = fx * np.cos(turn) + fy * np.sin(turn), -fx * np.sin(turn) + fy * np.cos(turn)
    radius = np.hypot(u * stretch, v)
    gain = (radius + 1 / longest) ** -slope
    gain[0, 0] = 0
    white = np.fft.rfft2(rng.standard_normal((size, size)))
    noise = np.fft.irfft2(white * gain, (size, size))
    return np.asarray(noise / noise.std(), dtype=np.float32)


def _coloured(level: Image, colour: NDArray[np.float64]) -> Image:
    return np.clip(level[..., None] * colour, 0.004, 0.95).astype(np.float32)


def _tone(
    rng: np.random.Generator, tones: tuple[tuple[float, float, float], ...]
) -> NDArray[np.float64]:
    tone = np.array(tones[int(rng.integers(len(tones)))]) * rng.uniform(0.75, 1.15)
    return np.clip(tone * np.exp(rng.normal(0, 0.05, 3)), 0.006, 0.93)


def _card(*tones: tuple[float, float, float]) -> Painter:
    def paint(span_mm: float, rng: np.random.Generator) -> Sheet:
        grain = spectral(rng, SIZE, rng.uniform(0.5, 1.3), SIZE / span_mm * 0.4)
        cloud = spectral(rng, SIZE, 2.2, SIZE)
        level = 1 + rng.uniform(0.005, 0.04) * grain + rng.uniform(0, 0.03) * cloud
        gloss = float(rng.uniform(0.1, 0.5)) if rng.random() < 0.3 else 0.0
        return Sheet(_coloured(level, _tone(rng, tones)), gloss=gloss)

    return paint


def _kitchen_roll(span_mm: float, rng: np.random.Generator) -> Sheet:
    """Soft paper pressed into a lattice of cushions."""
    fibre = spectral(rng, SIZE, 1.0, 60, 6) + spectral(rng, SIZE, 1.0, 60, 6)
    level = 1 + 0.012 * fibre + 0.01 * spectral(rng, SIZE, 2.0, SIZE / 4)
    y, x = np.mgrid[0:HEIGHT_CELLS, 0:HEIGHT_CELLS] / HEIGHT_CELLS * span_mm
    turn, pitch = rng.uniform(0, np.pi), rng.uniform(1.5, 7)
    ways = [turn + k * np.pi / (2 if rng.random() < 0.5 else 3) for k in range(3)]
    waves = [np.cos(2 * np.pi * (x * np.cos(w) + y * np.sin(w)) / pitch) for w in ways]
    cushions = np.tanh(rng.uniform(0.6, 2.5) * sum(waves[: int(rng.integers(2, 4))]))
    height = cushions * pitch * rng.uniform(0.01, 0.05) * rng.choice([-1, 1])
    return Sheet(_coloured(level, _tone(rng, PAPERS)), height.astype(np.float32))


def _stripes(span_mm: float, rng: np.random.Generator) -> Sheet:
    """Laminate, wood or corduroy: warped stripes in two tones."""
    y, x = np.mgrid[0:SIZE, 0:SIZE] / SIZE * span_mm
    turn, pitch = rng.uniform(0, np.pi), np.exp(rng.uniform(np.log(0.3), np.log(6)))
    warp = spectral(rng, SIZE, 2.2, SIZE, 5) * pitch * rng.uniform(0.1, 1.5)
    phase = (x * np.cos(turn) + y * np.sin(turn) + warp) / pitch
    part = 0.5 + 0.5 * np.sin(2 * np.pi * phase + np.sin(2 * np.pi * phase))
    grain = spectral(rng, SIZE, 0.8, 40, 8)
    tones = _tone(rng, WOODS), _tone(rng, WOODS)
    mixed = part[..., None] * tones[0] + (1 - part[..., None]) * (0.6 * tones[0] + 0.4 * tones[1])
    albedo = np.clip(mixed * (1 + 0.04 * grain[..., None]), 0.004, 0.95)
    return Sheet(albedo.astype(np.float32), gloss=float(rng.uniform(0, 0.5)))


def _cloth(span_mm: float, rng: np.random.Generator) -> Sheet:
    """Threads both ways with uneven thickness."""
    y, x = np.mgrid[0:SIZE, 0:SIZE] / SIZE * span_mm
    turn, pitch = rng.uniform(0, np.pi), np.exp(rng.uniform(np.log(0.15), np.log(0.7)))
    wobble = spectral(rng, SIZE, 1.8, SIZE / 8) * pitch * 0.12
    u = (x * np.cos(turn) + y * np.sin(turn) + wobble) / pitch
    v = (y * np.cos(turn) - x * np.sin(turn) + wobble) / pitch
    weave = np.cos(np.pi * u) ** 2 * (np.cos(np.pi * (u + v)) > 0)
    weave = weave + np.cos(np.pi * v) ** 2 * (np.cos(np.pi * (u + v)) <= 0)
    fuzz = spectral(rng, SIZE, 0.7, 20)
    level = 0.55 + 0.45 * weave + 0.05 * fuzz
    return Sheet(_coloured(level.astype(np.float32), _tone(rng, CLOTHS)))


def _stone(span_mm: float, rng: np.random.Generator) -> Sheet:
    """Speckled worktop: grains of three tones, polished."""
    del span_mm
    tones = [_tone(rng, STONES) for _ in range(3)]
    albedo = np.ones((SIZE, SIZE, 3), np.float32) * tones[0].astype(np.float32)
    for tone in tones[1:]:
        field = spectral(rng, SIZE, rng.uniform(1.0, 2.0), rng.uniform(10, 120))
        cover = 1 / (1 + np.exp(-8 * (field - rng.uniform(0.3, 1.5))))[..., None]
        albedo = albedo * (1 - cover) + tone.astype(np.float32) * cover
    return Sheet(
        np.clip(albedo, 0.004, 0.95).astype(np.float32), gloss=float(rng.uniform(0.2, 0.8))
    )


def _marked(span_mm: float, rng: np.random.Generator) -> Sheet:
    """Card with a millimetre scale, squares, or print."""
    sheet = _card(*PAPERS)(span_mm, rng)
    ink = np.zeros((SIZE, SIZE), np.uint8)
    mm = SIZE / span_mm
    kind = int(rng.integers(3))
    if kind == 0:
        pitch = max(12.0, mm * float(rng.choice([1, 5])))
        for at in np.arange(rng.uniform(0, pitch), SIZE, pitch):
            thick = int(np.clip(pitch / 25, 1, 9))
            cv2.line(ink, (int(at), 0), (int(at), SIZE), 255, thick, cv2.LINE_AA)
            cv2.line(ink, (0, int(at)), (SIZE, int(at)), 255, thick, cv2.LINE_AA)
    elif kind == 1:
        base, pitch = int(rng.uniform(0.3, 0.7) * SIZE), max(6.0, mm)
        for k, at in enumerate(np.arange(0, SIZE, pitch)):
            tall = int(pitch * (6 if k % 10 == 0 else 4.5 if k % 5 == 0 else 3))
            thick = int(np.clip(pitch / 9, 1, 12))
            cv2.line(ink, (int(at), base), (int(at), base + tall), 255, thick, cv2.LINE_AA)
    else:
        high = float(np.clip(mm * rng.uniform(2, 5), 24, 400))
        for row in np.arange(high, SIZE, high * 1.7):
            words = "".join(chr(int(c)) for c in rng.integers(65, 123, 60))
            cv2.putText(
                ink, words, (0, int(row)), 3, high / 30, 255, max(1, int(high / 12)), cv2.LINE_AA
            )
    cover = (ink.astype(np.float32) / 255 * rng.uniform(0.5, 1))[..., None]
    colour = np.array(
        [[0.02, 0.02, 0.03], [0.02, 0.05, 0.3], [0.4, 0.03, 0.03]][int(rng.integers(3))]
    )
    return Sheet((sheet.albedo * (1 - cover) + colour * cover).astype(np.float32))


PAPERS = ((0.85, 0.85, 0.84), (0.8, 0.75, 0.62), (0.78, 0.8, 0.85))
WOODS = ((0.5, 0.3, 0.15), (0.25, 0.13, 0.06), (0.65, 0.5, 0.33), (0.4, 0.38, 0.35))
CLOTHS = (
    (0.75, 0.73, 0.7),
    (0.05, 0.05, 0.06),
    (0.1, 0.16, 0.35),
    (0.4, 0.1, 0.1),
    (0.3, 0.36, 0.25),
)
STONES = (
    (0.6, 0.58, 0.55),
    (0.1, 0.1, 0.1),
    (0.35, 0.33, 0.32),
    (0.75, 0.73, 0.7),
    (0.3, 0.2, 0.15),
)

SHEETS: dict[str, Painter] = {
    "lux_white": _card(*PAPERS),
    "lux_grey": _card((0.2, 0.2, 0.2), (0.35, 0.35, 0.36), (0.1, 0.1, 0.11)),
    "lux_black": _card((0.015, 0.015, 0.016), (0.03, 0.03, 0.035)),
    "lux_colour": _card((0.05, 0.15, 0.4), (0.05, 0.3, 0.15), (0.5, 0.12, 0.12), (0.6, 0.45, 0.1)),
    "lux_skin": _card((0.55, 0.35, 0.26), (0.35, 0.19, 0.12), (0.7, 0.5, 0.42)),
    "lux_kitchen_roll": _kitchen_roll,
    "lux_stripes": _stripes,
    "lux_cloth": _cloth,
    "lux_stone": _stone,
    "lux_marked": _marked,
}
"""Grounds by the name that truth.jsonl gives them."""


def photographed_sheet(path: Path, rng: np.random.Generator) -> Sheet:
    """A square of a photograph, turned and recoloured a little."""
    image = read_ground(path)
    height, width = image.shape[:2]
    side = min(height, width) * rng.uniform(0.4, 0.95)
    corners = np.array([[0, 0], [1, 0], [1, 1], [0, 1]]) - 0.5
    turn = rng.uniform(0, 2 * np.pi)
    spin = np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
    middle = rng.uniform(0.35, 0.65, 2) * np.array([width, height])
    source = (corners @ spin * side + middle).astype(np.float32)
    target = ((corners + 0.5) * SIZE).astype(np.float32)
    warp = cv2.getPerspectiveTransform(source, target)
    piece = cv2.warpPerspective(
        image, warp, (SIZE, SIZE), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT_101
    )
    linear = (piece.astype(np.float32) / 255) ** 2.2
    tint = (rng.uniform(0.75, 1.1) * np.exp(rng.normal(0, 0.05, 3))).astype(np.float32)
    return Sheet(np.clip(linear * tint, 0.004, 0.95).astype(np.float32), gloss=0.0)
