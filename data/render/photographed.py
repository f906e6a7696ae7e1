"""Grounds photographed by others: a random piece of a picture from a folder."""

import hashlib
from pathlib import Path

import cv2
import numpy as np

from data.render.texture import Ground, Patch

SUFFIXES = (".jpg", ".jpeg", ".png", ".webp")


def is_held_out(name: str) -> bool:
    """Whether a ground's file name belongs to the third that is never trained on."""
    return int(hashlib.sha256(name.encode()).hexdigest(), 16) % 3 == 0


def usable_grounds(folder: Path) -> list[Path]:
    """The pictures in `folder` that may be trained on, by name. Raises ValueError if none is."""
    files = sorted(p for p in folder.iterdir() if p.suffix.lower() in SUFFIXES)
    usable = [p for p in files if not is_held_out(p.name)]
    if not usable:
        raise ValueError(f"no usable ground picture in {folder}")
    return usable


def photographed(path: Path, patch: Patch, rng: np.random.Generator) -> Ground:
    """A crop of the picture, turned, mirrored, and changed in colour. Raises ValueError if the
    file is no picture."""
    image = cv2.imread(str(path), cv2.IMREAD_COLOR_RGB)
    if image is None:
        raise ValueError(f"not a readable picture: {path.name}")
    side = min(image.shape[:2])
    crop = side * rng.uniform(0.35, 0.7)
    spare = np.array(image.shape[1::-1]) - crop * 1.42
    centre = np.array(image.shape[1::-1]) / 2 + rng.uniform(-0.5, 0.5, 2) * np.maximum(spare, 0)
    turn = cv2.getRotationMatrix2D(
        (float(centre[0]), float(centre[1])), rng.uniform(0, 360), patch.size_px / crop
    )
    turn[:, 2] += patch.size_px / 2 - centre
    size = (patch.size_px, patch.size_px)
    mode = cv2.INTER_AREA if crop > patch.size_px else cv2.INTER_CUBIC
    piece = cv2.warpAffine(image, turn, size, flags=mode, borderMode=cv2.BORDER_REFLECT_101)
    if rng.random() < 0.5:
        piece = piece[:, ::-1]
    tint = rng.uniform(0.85, 1.1) * rng.uniform(0.93, 1.07, 3)
    albedo = np.clip(piece.astype(np.float32) / 255 * tint.astype(np.float32), 0.01, 0.97)
    return Ground(np.ascontiguousarray(albedo, dtype=np.float32))
