"""Photos of the held-out grounds with nothing on them, which need no ray tracer."""

from pathlib import Path

import numpy as np

from data.render.dataset import Json, Progress, Shot, take_photos
from data.render.phone import Image, encode, photograph, sample_phone, to_linear
from data.render.photographed import held_out_grounds, piece_of, read_ground

REGIME = "bare_ground"
SIZES_PX = ((1600, 1200), (2000, 1500), (2400, 1800), (3000, 2250))
"""A phone's photos, as they are or as messengers shrink them; our choice."""
MOST_PICTURES = 2.0
"""How often the ground's picture may fit into a photo, shorter sides compared; its mirrored repeats
fill the rest. Our choice."""
ENLARGED = 2.5
"""Up to this much more than need be, and no further: a ground without fine structure would be an
easy one. Our choice."""
_LINEAR = np.array([to_linear(level / 255) for level in range(256)], np.float32)


def photograph_bare_grounds(
    out: Path, count: int, seed: int, grounds: Path, progress: Progress | None = None
) -> None:
    """Photos 0..count-1 of a seed, as `render_dataset` writes its own, all without a hair.

    The held-out pictures of the folder `grounds` take turns. Photos already in the truth file are
    kept. Raises ValueError when `grounds` holds no such picture or an unreadable one.
    """
    files = held_out_grounds(grounds)

    def shot(index: int) -> Shot:
        name = f"{REGIME}_{seed}_{index:05d}.jpg"
        file = files[index % len(files)]
        return name, lambda: _taken(name, file, np.random.default_rng([seed, index]))

    take_photos(out, map(shot, range(count)), count, progress)


def _taken(name: str, file: Path, rng: np.random.Generator) -> tuple[bytes, Json]:
    width, height = SIZES_PX[int(rng.integers(len(SIZES_PX)))]
    if rng.random() < 0.4:
        width, height = height, width
    light = _light(file, (width, height), rng)
    phone = sample_phone(rng)
    line: Json = {
        "photo": name,
        "width": width,
        "height": height,
        "regime": REGIME,
        "background": f"photo:{file.name}",
        "decor": None,
        "seed": phone.seed,
        "px_per_mm": None,
        "hairs": [],
        "clutter": [],
    }
    return encode(photograph(light, phone, white=1.0), phone), line


def _light(file: Path, size: tuple[int, int], rng: np.random.Generator) -> Image:
    """A piece of the ground anywhere in its picture, at any turn, evenly lit: (H, W, 3) linear."""
    image = read_ground(file)
    centre = rng.uniform(0, 1, 2) * image.shape[1::-1]
    least = max(1.0, min(size) / (MOST_PICTURES * min(image.shape[:2])))
    scale = float(least * rng.uniform(1, ENLARGED))
    # OpenCV mirrors once and then smears the last row, so the repeats are laid out beforehand.
    reach = int(np.hypot(*size) / 2 / scale) + 2
    wide = np.pad(image, ((reach, reach), (reach, reach), (0, 0)), mode="reflect")
    piece = piece_of(wide, centre + reach, float(rng.uniform(0, 360)), scale, size)
    return np.asarray(_LINEAR[piece], dtype=np.float32)
