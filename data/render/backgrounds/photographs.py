"""Grounds photographed by others: a random piece of a picture from a folder."""

import hashlib
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from data.render.backgrounds.texture import Ground, Patch

Pixels = NDArray[np.uint8]

SUFFIXES = (".jpg", ".jpeg", ".png", ".webp")


def is_held_out(name: str) -> bool:
    """Whether a ground's file name belongs to the third that is never trained on."""
    return int(hashlib.sha256(name.encode()).hexdigest(), 16) % 3 == 0


def usable_grounds(folder: Path) -> list[Path]:
    """The pictures in `folder` that may be trained on, by name. Raises ValueError if none is."""
    return _grounds(folder, held_out=False)


def held_out_grounds(folder: Path) -> list[Path]:
    """The pictures in `folder` never trained on, by name. Raises ValueError if none is."""
    return _grounds(folder, held_out=True)


def _grounds(folder: Path, held_out: bool) -> list[Path]:
    files = sorted(p for p in folder.iterdir() if p.suffix.lower() in SUFFIXES)
    usable = [p for p in files if is_held_out(p.name) == held_out]
    if not usable:
        raise ValueError(f"no usable ground picture in {folder}")
    return usable


def read_ground(path: Path) -> Pixels:
    """(H, W, 3) 8-bit sRGB. Raises ValueError if the file is no picture."""
    image = cv2.imread(str(path), cv2.IMREAD_COLOR_RGB)
    if image is None:
        raise ValueError(f"not a readable picture: {path.name}")
    return np.asarray(image, dtype=np.uint8)


def piece_of(
    image: Pixels, centre: NDArray[np.float64], turn_deg: float, scale: float, size: tuple[int, int]
) -> Pixels:
    """A turned piece of `size` (width, height) about `centre` (x, y), mirrored past the borders.

    `scale` is its pixels per pixel of the image.
    """
    about = float(centre[0]), float(centre[1])
    turn = np.asarray(cv2.getRotationMatrix2D(about, turn_deg, scale), np.float64)
    turn[:, 2] += np.array(size) / 2 - centre
    mode = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    piece = cv2.warpAffine(image, turn, size, flags=mode, borderMode=cv2.BORDER_REFLECT_101)
    return np.asarray(piece, dtype=np.uint8)


def photographed(path: Path, patch: Patch, rng: np.random.Generator) -> Ground:
    """A crop of the picture, turned, mirrored, and changed in colour. Raises ValueError if the
    file is no picture."""
    image = read_ground(path)
    side = min(image.shape[:2])
    crop = side * rng.uniform(0.35, 0.7)
    spare = np.array(image.shape[1::-1]) - crop * 1.42
    centre = np.array(image.shape[1::-1]) / 2 + rng.uniform(-0.5, 0.5, 2) * np.maximum(spare, 0)
    size = (patch.size_px, patch.size_px)
    piece = piece_of(image, centre, rng.uniform(0, 360), patch.size_px / crop, size)
    if rng.random() < 0.5:
        piece = piece[:, ::-1]
    tint = rng.uniform(0.85, 1.1) * rng.uniform(0.93, 1.07, 3)
    albedo = np.clip(piece.astype(np.float32) / 255 * tint.astype(np.float32), 0.01, 0.97)
    return Ground(np.ascontiguousarray(albedo, dtype=np.float32))
