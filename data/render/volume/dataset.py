"""A folder of photos of hairs drawn as volumes, in the format of every maker; a stopped run is
resumed."""

from collections.abc import Callable, Sequence
from pathlib import Path

import cv2
import numpy as np

from data.render.backgrounds.photographs import usable_grounds
from data.render.dataset import Json, take_photos
from data.render.drawn_truth import drawn_hair_truth
from data.render.labels import write_labels
from data.render.legibility import with_legibility
from data.render.legible.overlays import with_overlay
from data.render.volume.march import draw_hair
from data.render.volume.picture import coloured_noise, develop, lit_from_below, photographed
from data.render.volume.scene import (
    CAPTURES,
    SIZES,
    PlacedHair,
    check_captures,
    draw_clutter,
    sample_hairs,
    sample_lamp,
)

_BELOW_SHARE, _PHOTOGRAPHED_SHARE, _EMPTY_SHARE = 0.08, 0.5, 0.03
_SHAFT_MM = 0.075


def render_volumes(
    out: Path,
    count: int,
    seed: int,
    grounds: Path | None = None,
    captures: Sequence[str] | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> None:
    """Draws photos 0..count-1 of a seed into `out`.

    Raises ValueError for unknown captures or an empty `grounds`.
    """
    names = check_captures(captures)
    pictures = usable_grounds(grounds) if grounds else []
    shares = np.array([CAPTURES[name].share for name in names])

    def shot(index: int) -> tuple[str, Callable[[], tuple[bytes, Json]]]:
        rng = np.random.default_rng([seed, index, 47])
        capture = names[int(rng.choice(len(names), p=shares / shares.sum()))]
        name = f"volume_{capture}_{seed}_{index:05d}.jpg"
        return name, lambda: _drawn(out, name, capture, pictures, rng)

    take_photos(out, map(shot, range(count)), count, progress)


def _drawn(
    out: Path, name: str, capture: str, pictures: list[Path], rng: np.random.Generator
) -> tuple[bytes, Json]:
    size = width, height = SIZES[int(rng.integers(len(SIZES)))]
    typical_px = float(np.exp(rng.uniform(*np.log(CAPTURES[capture].shaft_px))))
    below = bool(rng.random() < _BELOW_SHARE)
    if below:
        ground, light = lit_from_below((height, width), rng)
    elif pictures and rng.random() < _PHOTOGRAPHED_SHARE:
        path = pictures[int(rng.integers(len(pictures)))]
        ground, light = photographed(path, (height, width), rng)
    else:
        ground, light = coloured_noise((height, width), rng)
    label = np.zeros((height, width), np.uint8)
    is_empty = rng.random() < _EMPTY_SHARE
    hairs = [] if is_empty else sample_hairs(CAPTURES[capture], size, typical_px, rng)
    lamp = sample_lamp(rng, below)
    clutter = draw_clutter(light, label, hairs, rng)
    far = [draw_hair(light, label, each.hair, lamp, rng) for each in hairs]
    px_per_mm = typical_px / _SHAFT_MM
    like = "none" if not hairs else "near" if capture == "near" else "pieces"
    picture, overlay = with_overlay(develop(light, rng), label, like, px_per_mm, rng)
    quality = [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(72, 97))]
    raw = cv2.imencode(".jpg", picture[..., ::-1], quality)[1].tobytes()
    line: Json = {
        "photo": name,
        "width": width,
        "height": height,
        "regime": capture,
        "background": ground,
        "decor": None,
        "material": "volume",
        "seed": int(rng.integers(2**31)),
        "px_per_mm": round(px_per_mm, 4),
        "maker": "volume",
        "overlay": overlay,
        "transmitted": below,
        "mask": write_labels(out, name, label),
        "hairs": [_truth(each, at, size) for each, at in zip(hairs, far, strict=True)],
        "clutter": clutter,
    }
    return raw, with_legibility(line, raw, label)


def _truth(placed: PlacedHair, far: tuple[float, float], size: tuple[int, int]) -> Json:
    """One hair of a truth line; ``far`` is the far end of its root."""
    hair, kinds = placed.hair, (placed.kind, placed.tip_kind)
    return {
        **drawn_hair_truth(hair.line, hair.shaft_px, kinds, far, size),
        "root_make": "volume",
        "melanin": round(placed.melanin, 3),
        "grey": placed.grey,
        "dyed": False,
    }
