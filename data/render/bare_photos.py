"""Photos of grounds with nothing on them, which need no ray tracer."""

from pathlib import Path

import numpy as np

from data.render.backgrounds.markings import DRAWERS, decorate
from data.render.backgrounds.photographs import (
    Pixels,
    held_out_grounds,
    piece_of,
    read_ground,
    usable_grounds,
)
from data.render.backgrounds.texture import Ground, Patch
from data.render.dataset import Json, Progress, Shot, take_photos
from data.render.phone_camera import Image, encode, photograph, sample_phone, to_linear

REGIME, MARKED_REGIME = "bare_ground", "marked_ground"
SIZES_PX = ((1600, 1200), (2000, 1500), (2400, 1800), (3000, 2250))
"""A phone's photos, as they are or as messengers shrink them; our choice."""
MOST_PICTURES = 2.0
"""How often the ground's picture may fit into a photo, shorter sides compared; its mirrored repeats
fill the rest. Our choice."""
ENLARGED = 2.5
"""Up to this much more than need be, and no further: a ground without fine structure would be an
easy one. Our choice."""
MARKED_SHARE = 0.6
"""Of the grounds to train on, those that are printed or drawn on; our choice."""
PX_PER_MM = (15.0, 120.0)
"""Scales at which marks are drawn: from a whole page to a macro photo; our choice."""
_LINEAR = np.array([to_linear(level / 255) for level in range(256)], np.float32)


def photograph_bare_grounds(
    out: Path,
    count: int,
    seed: int,
    grounds: Path,
    to_train: bool = False,
    progress: Progress | None = None,
) -> None:
    """Photos 0..count-1 of a seed, as `render_dataset` writes its own, all without a hair.

    The held-out pictures of the folder `grounds` take turns, or, `to_train`, the others, most of
    them with print or pen on them. Photos already in the truth file are skipped. Raises ValueError
    when `grounds` holds no such picture or an unreadable one.
    """
    files = usable_grounds(grounds) if to_train else held_out_grounds(grounds)
    regime = MARKED_REGIME if to_train else REGIME

    def shot(index: int) -> Shot:
        name = f"{regime}_{seed}_{index:05d}.jpg"
        file = files[index % len(files)]
        return name, lambda: _taken(name, regime, file, np.random.default_rng([seed, index]))

    take_photos(out, map(shot, range(count)), count, progress)


def _taken(name: str, regime: str, file: Path, rng: np.random.Generator) -> tuple[bytes, Json]:
    width, height = SIZES_PX[int(rng.integers(len(SIZES_PX)))]
    if rng.random() < 0.4:
        width, height = height, width
    picture = _piece(file, (width, height), rng)
    marked = regime == MARKED_REGIME and rng.random() < MARKED_SHARE
    decor = str(rng.choice(list(DRAWERS))) if marked else None
    if decor:
        picture = _marked(picture, decor, rng)
    phone = sample_phone(rng)
    line: Json = {
        "photo": name,
        "width": width,
        "height": height,
        "regime": regime,
        "background": f"photo:{file.name}",
        "decor": decor,
        "seed": phone.seed,
        "px_per_mm": None,
        "hairs": [],
        "clutter": [],
    }
    return encode(photograph(_LINEAR[picture], phone, white=1.0), phone), line


def _piece(file: Path, size: tuple[int, int], rng: np.random.Generator) -> Pixels:
    """A piece of the ground anywhere in its picture, at any turn: (H, W, 3) sRGB."""
    image = read_ground(file)
    centre = rng.uniform(0, 1, 2) * image.shape[1::-1]
    least = max(1.0, min(size) / (MOST_PICTURES * min(image.shape[:2])))
    scale = float(least * rng.uniform(1, ENLARGED))
    # OpenCV mirrors once and then smears the last row, so the repeats are laid out beforehand.
    reach = int(np.hypot(*size) / 2 / scale) + 2
    wide = np.pad(image, ((reach, reach), (reach, reach), (0, 0)), mode="reflect")
    return piece_of(wide, centre + reach, float(rng.uniform(0, 360)), scale, size)


def _marked(picture: Pixels, decor: str, rng: np.random.Generator) -> Pixels:
    """The picture with marks of a kind, as `decorate` draws them on a square."""
    height, width = picture.shape[:2]
    side = max(height, width)
    square = np.zeros((side, side, 3), np.float32)
    square[:height, :width] = picture.astype(np.float32) / 255
    px_per_mm = np.exp(rng.uniform(*np.log(PX_PER_MM)))
    marked: Image = decorate(Ground(square), decor, Patch(side, 1 / px_per_mm), rng).albedo
    return np.asarray(np.round(marked[:height, :width] * 255), dtype=np.uint8)
