"""A folder of photos of what is taken for hair and is none, and of real hairs among it, in the
format of every maker; a stopped run is resumed."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from zlib import crc32

import numpy as np

from data.render.backgrounds.photographs import usable_grounds
from data.render.dataset import Json, take_photos
from data.render.labels import write_labels
from data.render.legibility import with_legibility
from data.render.lookalikes.fibres import draw_microfibres, draw_threads
from data.render.lookalikes.hairs import (
    draw_cut_hairs,
    draw_hairs,
    draw_hairs_among_threads,
    draw_hairs_on_skin,
    draw_hairs_on_tissue,
    draw_pale_hairs,
)
from data.render.lookalikes.overlays import OVERLAYS, burn_in
from data.render.lookalikes.papers import (
    draw_embossed,
    draw_glass_edges,
    draw_paper_edges,
    draw_quilted,
)
from data.render.lookalikes.picture import Picture
from data.render.lookalikes.prints import draw_grid, draw_ruler, draw_text
from data.render.lookalikes.skin import draw_in_skin
from data.render.painter.camera import encode, finish

SIZES = ((1280, 960), (1440, 1080), (1200, 900), (960, 1280))
MICRO, PHONE, TRAY = (80.0, 700.0), (20.0, 120.0), (80.0, 260.0)
"""Pixels per millimetre: a microscope, a phone, a phone near short hairs; our choice."""


@dataclass(frozen=True)
class Kind:
    """A kind of photo: who draws it, at which scale, and with which overlays burned in."""

    draw: Callable[[Picture, np.random.Generator], None]
    px_per_mm: tuple[float, float]
    overlays: tuple[str, ...] = ()
    has_hairs: bool = False


def _draw_ground(picture: Picture, rng: np.random.Generator) -> None:
    """A field of view or a table with nothing on it, or a field of view with textile fibres."""
    if rng.random() < 0.3:
        draw_microfibres(picture, rng)
    else:
        picture.lay_micrograph(rng) if rng.random() < 0.6 else picture.lay_table(rng)


KINDS: dict[str, Kind] = {
    "scale_bar": Kind(_draw_ground, MICRO, ("scale_bar",)),
    "caption": Kind(_draw_ground, MICRO, ("caption",)),
    "time_stamp": Kind(_draw_ground, MICRO, ("time_stamp",)),
    "ruler": Kind(draw_ruler, PHONE),
    "grid": Kind(draw_grid, PHONE),
    "text": Kind(draw_text, PHONE),
    "thread": Kind(draw_threads, PHONE),
    "microfibre": Kind(draw_microfibres, MICRO),
    "paper_edge": Kind(draw_paper_edges, PHONE),
    "glass_edge": Kind(draw_glass_edges, MICRO),
    "embossed": Kind(draw_embossed, PHONE),
    "quilted": Kind(draw_quilted, PHONE),
    "in_skin": Kind(draw_in_skin, (45.0, 160.0)),
    "hairs_overlay": Kind(draw_hairs, TRAY, OVERLAYS, has_hairs=True),
    "hairs_tissue": Kind(draw_hairs_on_tissue, TRAY, has_hairs=True),
    "hairs_skin": Kind(draw_hairs_on_skin, TRAY, has_hairs=True),
    "hairs_threads": Kind(draw_hairs_among_threads, TRAY, has_hairs=True),
    "cut_hairs": Kind(draw_cut_hairs, MICRO, has_hairs=True),
    "pale_hairs": Kind(draw_pale_hairs, TRAY, has_hairs=True),
}
"""Kinds by the name that truth.jsonl gives them as `regime`. Only those with hairs have any in
their truth: a hair that still grows in skin is none here, because it was not shed."""


def draw_lookalikes(
    out: Path,
    count: int,
    seed: int,
    grounds: Path | None = None,
    captures: Sequence[str] | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> None:
    """Draws photos 0..count-1 of a seed into `out`; the kinds (`captures`, or all) take turns.

    A kind's photos depend on the seed and their number alone, not on which other kinds are drawn.
    Raises ValueError for unknown kinds or an empty `grounds`.
    """
    names = list(captures or KINDS)
    if unknown := set(names) - set(KINDS):
        raise ValueError(f"unknown kind {sorted(unknown)}; known: {', '.join(KINDS)}")
    pictures = usable_grounds(grounds) if grounds else []

    def shot(index: int) -> tuple[str, Callable[[], tuple[bytes, Json]]]:
        number, kind = index // len(names), names[index % len(names)]
        name = f"{kind}_{seed}_{number:05d}.jpg"
        rng = np.random.default_rng([seed, number, crc32(kind.encode())])
        return name, lambda: _drawn(out, name, kind, pictures, rng)

    take_photos(out, map(shot, range(count)), count, progress)


def _drawn(
    out: Path, name: str, regime: str, photographs: list[Path], rng: np.random.Generator
) -> tuple[bytes, Json]:
    kind = KINDS[regime]
    width, height = SIZES[int(rng.integers(len(SIZES)))]
    picture = Picture(
        light=np.zeros((height, width, 3), np.float32),
        mask=np.zeros((height, width), np.uint8),
        px_per_mm=float(np.exp(rng.uniform(*np.log(kind.px_per_mm)))),
        photographs=photographs,
    )
    kind.draw(picture, rng)
    pixels, quality = finish(picture.light, rng)
    if picture.transmitted and rng.random() < 0.35:
        pixels = np.repeat(pixels.mean(axis=2, keepdims=True).astype(np.uint8), 3, axis=2)
    overlay = str(rng.choice(kind.overlays)) if kind.overlays else None
    if overlay:
        pixels = burn_in(picture, pixels, overlay, rng)
    raw = encode(pixels, quality)
    line: Json = {
        "photo": name,
        "width": width,
        "height": height,
        "regime": regime,
        "background": picture.background,
        "decor": None,
        "material": "paint",
        "seed": int(rng.integers(2**31)),
        "px_per_mm": round(picture.px_per_mm, 4),
        "maker": "lookalikes",
        "overlay": overlay,
        "transmitted": picture.transmitted,
        "mask": write_labels(out, name, picture.mask),
        "hairs": picture.hairs,
        "clutter": picture.clutter,
    }
    return raw, with_legibility(line, raw, picture.mask)
