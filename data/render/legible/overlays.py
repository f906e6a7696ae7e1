"""What cameras and microscopes burn into a picture: scale bars, captions, time stamps."""

from collections.abc import Callable

import cv2
import numpy as np
from numpy.typing import NDArray

from data.render import labels

Pixels = NDArray[np.uint8]
Colour = tuple[int, int, int]
OVERLAY_SHARES = {"none": 0.4, "near": 0.16}
USUAL_OVERLAY_SHARE = 0.04
"""Photos with an overlay, by capture; our choice."""


def sample_overlay(capture: str, rng: np.random.Generator) -> str | None:
    """The overlay of a photo, or None."""
    if rng.random() >= OVERLAY_SHARES.get(capture, USUAL_OVERLAY_SHARE):
        return None
    return str(rng.choice(list(OVERLAYS), p=[0.5, 0.25, 0.25]))


def with_overlay(
    picture: Pixels,
    mask: NDArray[np.uint8],
    capture: str,
    px_per_mm: float,
    rng: np.random.Generator,
) -> tuple[Pixels, str | None]:
    """The picture with an overlay or none, by the shares of a capture; `mask` is marked."""
    overlay = sample_overlay(capture, rng)
    if overlay:
        picture, marked = burn_in(picture, overlay, px_per_mm, rng)
        mask[marked] = labels.OTHER
    return picture, overlay


def burn_in(
    picture: Pixels, kind: str, px_per_mm: float, rng: np.random.Generator
) -> tuple[Pixels, NDArray[np.bool_]]:
    """The picture with an overlay, and where it lies."""
    ink = np.zeros(picture.shape, np.uint8)
    box = np.zeros(picture.shape[:2], np.uint8)
    OVERLAYS[kind](ink, box, px_per_mm, rng)
    dark = rng.random() < 0.35
    text: Colour = (20, 20, 20) if dark else (255, 255, 255)
    if rng.random() < 0.25:
        text = ((255, 60, 40), (250, 230, 60), (60, 255, 90))[int(rng.integers(3))]
    made = np.asarray(picture, dtype=np.float64)
    if rng.random() < 0.4:
        plate = (box > 0)[..., None] * rng.uniform(0.5, 1.0)
        made = made * (1 - plate) + (255.0 if dark else 0.0) * plate
        marked = box > 0
    else:
        marked = ink[..., 0] > 0
    cover = ink[..., :1].astype(np.float32) / 255
    made = made * (1 - cover) + np.array(text, np.float32) * cover
    return made.round().astype(np.uint8), marked


def _write(ink: Pixels, words: str, at: tuple[int, int], high: float, font: int) -> None:
    thick = max(1, round(high / 12))
    cv2.putText(ink, words, at, font, high / 22, (255, 255, 255), thick, cv2.LINE_AA)


def _corner(
    shape: tuple[int, ...], wide: int, high: int, rng: np.random.Generator
) -> tuple[int, int]:
    """Upper left pixel of a box in a corner, most often the lower right one."""
    margin = int(rng.uniform(0.01, 0.05) * shape[1])
    right, low = rng.random() < 0.7, rng.random() < 0.75
    x = shape[1] - wide - margin if right else margin
    y = shape[0] - high - margin if low else margin
    return max(0, x), max(0, y)


def _scale_bar(ink: Pixels, box: Pixels, px_per_mm: float, rng: np.random.Generator) -> None:
    """A bar of a round length, with or without end ticks, and its caption."""
    choices = np.array([0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20])
    target = ink.shape[1] * rng.uniform(0.1, 0.3) / px_per_mm
    mm = float(choices[np.argmin(np.abs(np.log(choices / target)))])
    long = int(min(mm * px_per_mm, ink.shape[1] * 0.6))
    unit = f"{mm * 1000:.0f} um" if mm < 1 else f"{mm:.0f} mm"
    thick = int(rng.uniform(2, 14))
    high = float(rng.uniform(14, 40))
    wide, tall = max(long, int(high * len(unit))), int(high * 2 + thick)
    x, y = _corner(ink.shape, wide + 10, tall + 10, rng)
    cv2.rectangle(box, (x, y), (x + wide + 10, y + tall + 10), 255, -1)
    level = y + tall
    cv2.rectangle(ink, (x + 5, level - thick), (x + 5 + long, level), (255, 255, 255), -1)
    if rng.random() < 0.4:
        for end in (x + 5, x + 5 + long):
            cv2.line(ink, (end, level - 2 * thick), (end, level + thick), (255,) * 3, 2)
    _write(ink, unit, (x + 5, level - thick - 8), high, int(rng.integers(0, 4)))


def _caption(ink: Pixels, box: Pixels, _px_per_mm: float, rng: np.random.Generator) -> None:
    """One or two lines of text."""
    words = ("Sample", "Hair", "mag", "x200", "WD 8.1", "IMG", "cam1", "left", "probe", "PL 4/0.1")
    high = float(rng.uniform(12, 36))
    lines = [
        " ".join(str(w) for w in rng.choice(words, 3)) + f" {int(rng.integers(1, 999))}"
        for _ in range(int(rng.integers(1, 3)))
    ]
    wide, tall = int(high * 0.75 * max(map(len, lines))), int(high * 1.5 * len(lines))
    x, y = _corner(ink.shape, wide, tall, rng)
    cv2.rectangle(box, (x, y), (x + wide, y + tall + 4), 255, -1)
    font = int(rng.integers(0, 4))
    for k, line in enumerate(lines):
        _write(ink, line, (x + 4, int(y + high * (1.5 * k + 1.1))), high, font)


def _time_stamp(ink: Pixels, box: Pixels, _px_per_mm: float, rng: np.random.Generator) -> None:
    """Date and time."""
    day, month, year = int(rng.integers(1, 29)), int(rng.integers(1, 13)), int(rng.integers(5, 27))
    clock = f"{int(rng.integers(24)):02d}:{int(rng.integers(60)):02d}"
    words = f"20{year:02d}/{month:02d}/{day:02d} {clock}"
    high = float(rng.uniform(14, 40))
    wide, tall = int(high * 0.8 * len(words)), int(high * 1.6)
    x, y = _corner(ink.shape, wide, tall, rng)
    cv2.rectangle(box, (x, y), (x + wide, y + tall), 255, -1)
    _write(ink, words, (x + 4, int(y + high * 1.15)), high, int(rng.integers(0, 4)))


OVERLAYS: dict[str, Callable[[Pixels, Pixels, float, np.random.Generator], None]] = {
    "scale_bar": _scale_bar,
    "caption": _caption,
    "time_stamp": _time_stamp,
}
"""Overlays by the name that truth.jsonl gives them."""
