"""A folder of painted photos, in the format of every maker; a stopped run is resumed."""

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from data.render.backgrounds.photographs import usable_grounds
from data.render.dataset import Json, take_photos
from data.render.drawn_truth import drawn_hair_truth
from data.render.labels import write_labels
from data.render.legibility import with_legibility
from data.render.legible.overlays import with_overlay
from data.render.painter.backdrops import BACKDROPS, photographed_backdrop
from data.render.painter.brush import brush_hair
from data.render.painter.camera import encode, finish
from data.render.painter.scene import (
    CAPTURES,
    SIZES,
    Sampled,
    check_painter_captures,
    paint_clutter,
    sample_hairs,
    sample_light,
)

Array = NDArray[np.float64]
PHOTOGRAPHED_SHARE, HAIR_FREE_SHARE = 0.5, 0.04
TRANSMITTED_SHARES = {"large": 0.3, "pieces": 0.1}
"""Light from below, by capture; our choice."""
TYPICAL_MM = 0.077


def paint_dataset(
    out: Path,
    count: int,
    seed: int,
    grounds: Path | None = None,
    captures: Sequence[str] | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> None:
    """Paints photos 0..count-1 of a seed into `out`.

    Raises ValueError for unknown captures or an empty `grounds`.
    """
    names = check_painter_captures(captures)
    pictures = usable_grounds(grounds) if grounds else []

    def shot(index: int) -> tuple[str, Callable[[], tuple[bytes, Json]]]:
        rng = np.random.default_rng([seed, index, 21])
        shares = np.array([CAPTURES[n][0] for n in names])
        capture = names[int(rng.choice(len(names), p=shares / shares.sum()))]
        name = f"paint_{capture}_{seed}_{index:05d}.jpg"
        return name, lambda: _painted(out, name, capture, pictures, rng)

    take_photos(out, map(shot, range(count)), count, progress)


def _painted(
    out: Path, name: str, capture: str, pictures: list[Path], rng: np.random.Generator
) -> tuple[bytes, Json]:
    width, height = SIZES[int(rng.integers(len(SIZES)))]
    typical_px = float(np.exp(rng.uniform(*np.log(CAPTURES[capture][1]))))
    px_per_mm = typical_px / TYPICAL_MM
    below = bool(rng.random() < TRANSMITTED_SHARES.get(capture, 0.03))
    if pictures and not below and rng.random() < PHOTOGRAPHED_SHARE:
        path = pictures[int(rng.integers(len(pictures)))]
        ground, canvas = f"photo:{path.name}", photographed_backdrop(path, (height, width), rng)
    else:
        ground = "painted_white" if below else str(rng.choice(list(BACKDROPS)))
        canvas = BACKDROPS[ground]((height, width), px_per_mm, rng)
    label = np.zeros((height, width), np.uint8)
    empty = rng.random() < HAIR_FREE_SHARE
    hairs = [] if empty else sample_hairs(capture, (width, height), typical_px, rng)
    light = sample_light(rng, below)
    clutter = paint_clutter(canvas, label, hairs, rng)
    far = [brush_hair(canvas, label, sampled.hair, light) for sampled in hairs]
    picture, quality = finish(canvas, rng)
    if below and rng.random() < 0.35:
        picture = np.repeat(picture.mean(axis=2, keepdims=True).astype(np.uint8), 3, axis=2)
    like = "none" if not hairs else "near" if capture == "large" else capture
    picture, overlay = with_overlay(picture, label, like, px_per_mm, rng)
    raw = encode(picture, quality)
    line: Json = {
        "photo": name,
        "width": width,
        "height": height,
        "regime": capture,
        "background": ground,
        "decor": None,
        "material": "paint",
        "seed": int(rng.integers(2**31)),
        "px_per_mm": round(px_per_mm, 4),
        "maker": "painter",
        "overlay": overlay,
        "transmitted": below,
        "mask": write_labels(out, name, label),
        "hairs": [hair_truth(s, f, (width, height)) for s, f in zip(hairs, far, strict=True)],
        "clutter": clutter,
    }
    return raw, with_legibility(line, raw, label)


def hair_truth(sampled: Sampled, far: Array, size: tuple[int, int]) -> Json:
    """One painted hair of a truth line. `far` (2,) is the far end of its root, `size` (width,
    height) of the photo, px."""
    hair, kinds = sampled.hair, (sampled.kind, sampled.tip_kind)
    return {
        **drawn_hair_truth(hair.line, hair.shaft_px, kinds, far, size),
        "root_make": "painted",
        "melanin": round(sampled.melanin, 3),
        "grey": sampled.grey,
        "dyed": sampled.dyed,
    }
