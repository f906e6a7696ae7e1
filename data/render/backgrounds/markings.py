"""What is printed or drawn on a ground: text, pen lines, grids, ruler ticks."""

from collections.abc import Callable
from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray

from data.render.backgrounds.texture import Ground, Patch

Colour = tuple[float, float, float]
Ink = NDArray[np.uint8]
Drawer = Callable[[Ink, Patch, np.random.Generator], None]
FULL = 255.0


def _text(ink: Ink, patch: Patch, rng: np.random.Generator) -> None:
    """Lines of letters, several fonts and sizes."""
    font = int(rng.integers(0, 8))
    high = float(np.clip(patch.px(rng.uniform(1.5, 6.0)), 14, patch.size_px / 4))
    scale, thick = high / 22, max(1, round(high / rng.uniform(7, 16)))
    letters = "abcdefghijklmnopqrstuvwxyz ABCDEFGHIJKLMNOPQRSTUVWXYZ 0123456789.,"
    y = rng.uniform(0, high)
    for _ in range(int(rng.integers(1, 9))):
        y += high * rng.uniform(1.3, 2.5)
        words = "".join(rng.choice(list(letters), 40))
        at = (int(rng.uniform(-0.3, 0.6) * patch.size_px), int(y))
        cv2.putText(ink, words, at, font, scale, FULL, thick, cv2.LINE_AA)


def _pen(ink: Ink, patch: Patch, rng: np.random.Generator) -> None:
    """Strokes of a pen: hair-like in colour and width, but flat on the ground."""
    for _ in range(int(rng.integers(1, 7))):
        count = 40
        heading = rng.uniform(0, 2 * np.pi) + np.cumsum(
            rng.normal(0, rng.uniform(0.02, 0.3), count)
        )
        step = patch.size_px * rng.uniform(0.005, 0.03)
        line = np.cumsum(np.stack([np.cos(heading), np.sin(heading)], axis=1) * step, axis=0)
        line += rng.uniform(0.1, 0.9, 2) * patch.size_px
        thick = int(np.clip(patch.px(rng.uniform(0.05, 0.5)), 1, 40))
        cv2.polylines(
            ink, [np.round(line * 8).astype(np.int32)], False, FULL, thick, cv2.LINE_AA, 3
        )


def _grid(ink: Ink, patch: Patch, rng: np.random.Generator) -> None:
    """Squared or ruled paper."""
    pitch = float(np.clip(patch.px(rng.choice([1.0, 5.0, 10.0])), 20, patch.size_px))
    thick = int(np.clip(patch.px(rng.uniform(0.05, 0.2)), 1, 12))
    ruled = rng.random() < 0.3
    for at in np.arange(rng.uniform(0, pitch), patch.size_px, pitch):
        cv2.line(ink, (0, int(at)), (patch.size_px, int(at)), FULL, thick, cv2.LINE_AA)
        if not ruled:
            cv2.line(ink, (int(at), 0), (int(at), patch.size_px), FULL, thick, cv2.LINE_AA)


def _ruler(ink: Ink, patch: Patch, rng: np.random.Generator) -> None:
    """Ticks along an edge, in millimetres, with numbers."""
    pitch = patch.px(1.0)
    base = int(patch.size_px * rng.uniform(0.2, 0.75))
    thick = int(np.clip(pitch * 0.12, 1, 20))
    for k, at in enumerate(np.arange(0, patch.size_px, max(4.0, pitch))):
        length = pitch * (5 if k % 10 == 0 else 4 if k % 5 == 0 else 3)
        cv2.line(ink, (int(at), base), (int(at), int(base + length)), FULL, thick, cv2.LINE_AA)
        if k % 10 == 0:
            at_text = (int(at + pitch * 0.3), int(base + length + pitch * 2))
            cv2.putText(ink, str(k // 10), at_text, 0, pitch / 12, FULL, thick, cv2.LINE_AA)


DRAWERS: dict[str, Drawer] = {"text": _text, "pen": _pen, "grid": _grid, "ruler": _ruler}
"""Every decoration by name."""

INKS: tuple[Colour, ...] = (
    (0.05, 0.05, 0.06),
    (0.1, 0.15, 0.5),
    (0.6, 0.1, 0.1),
    (0.35, 0.3, 0.28),
    (0.6, 0.7, 0.8),
    (0.92, 0.92, 0.9),
)


def decorate(ground: Ground, kind: str, patch: Patch, rng: np.random.Generator) -> Ground:
    """The ground with a decoration, turned by a random angle. Raises KeyError if unknown."""
    ink = np.zeros((patch.size_px, patch.size_px), np.uint8)
    DRAWERS[kind](ink, patch, rng)
    middle = patch.size_px / 2
    turn = cv2.getRotationMatrix2D((middle, middle), rng.uniform(0, 360), 1.25)
    turned = cv2.warpAffine(ink, turn, ink.shape[::-1]).astype(np.float32) / FULL
    colour = np.array(INKS[int(rng.integers(len(INKS)))], np.float32)
    cover = (turned * np.float32(rng.uniform(0.5, 1.0)))[..., None]
    return replace(ground, albedo=np.asarray(ground.albedo * (1 - cover) + colour * cover))
