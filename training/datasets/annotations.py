"""Ground truth of rendered photos: ``truth.jsonl``, as ``shedlight render`` writes it."""

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from data.arrays import Array, Mask
from data.io.jsonl import Json

PHOTOGRAPH = "photo:"
"""Prefix of backgrounds that are photographs, which we may not distribute."""


@dataclass(frozen=True)
class Attributes:
    """Further attributes of a rendered hair, to break results down by.

    ``kind`` is the kind of its root and ``shade`` of its colour (one of ``SHADES``), both empty for
    what is no hair. ``background`` is the photo's background, without the number of a photograph,
    and ``maker`` the program that made the photo (data/render/makers.py).
    """

    kind: str = ""
    shade: str = ""
    background: str = ""
    maker: str = ""


NO_ATTRIBUTES = Attributes()
MIN_ROOT_AREA, MIN_ROOT_CONTRAST = 0.1, 4.0
"""Of a root that a person could read: the area in view in squared shaft widths, and the distance of
its colour from the ground's in Lab (data/render/legibility.py). Our choice."""
MIN_FLAW, MIN_BEND_DEG = 0.1, 20.0
"""Of a misshapen root that a person could distinguish from a club: the share of its area that
differs from an ellipse, or its bend. Nine clubs in ten have a flaw of less than 0.06 to 0.11, nine
misshapen roots in ten one of more than 0.07 to 0.10, by maker. Our choice."""
MAX_SHEATHED_FLAW = 0.12
"""Of a club that a person could distinguish from a torn root: the flaw of its outline with its
sheath. Networks that never saw its maker took 153 of 669 clubs above it for torn, and 203 of 2,852
others (run 13 in docs/research/experiments.md). Our choice."""
ROOTS_BY = {"lookalikes": "painter"}
"""Makers whose roots are drawn by another one: left out with it, or it would not be left out."""
SHADES = ("pale", "brown", "dark", "grey", "dyed")
"""Pale: melanin up to 0.5. Dark: from 0.8 on (melanin as in data/render/colour.py)."""


@dataclass(frozen=True)
class AnnotatedHair:
    """One hair, in pixels of the photo.

    ``root`` is telogen, misshapen or bare. ``root_xy`` (2,) is where the shaft meets the bulb,
    ``root_tip_xy`` the far end of bulb and tail, ``line`` (N, 2) runs from root to tip. A root that
    ``is_ambiguous`` is misshapen and looks like a club, or a club whose sheath looks torn.
    """

    root: str
    root_xy: Array
    root_tip_xy: Array
    tip_xy: Array
    root_in_photo: bool
    tip_in_photo: bool
    shaft_px: float
    line: Array
    attributes: Attributes = NO_ATTRIBUTES
    root_is_legible: bool = True
    is_ambiguous: bool = False


@dataclass(frozen=True)
class AnnotatedPhoto:
    """One photo; ``clutter`` (N, 2) are the positions of objects that are no hair, ``mask`` the
    path of its label picture (data/render/labels.py) in the folder, empty without one."""

    name: str
    width: int
    height: int
    hairs: tuple[AnnotatedHair, ...]
    clutter: Array
    background: str = ""
    maker: str = ""
    mask: str = ""

    def contains(self, points: Array) -> Mask:
        """Which of (N, 2) points lie in the photo."""
        inside = (points >= 0) & (points < (self.width, self.height))
        return np.asarray(inside.all(axis=-1))


def load_annotations(rendered: Path) -> list[AnnotatedPhoto]:
    """The annotations of a folder of renders, one entry for each photo."""
    lines = (rendered / "truth.jsonl").read_text("utf-8").splitlines()
    return [_photo(json.loads(line)) for line in lines if line.strip()]


def _photo(raw: Json) -> AnnotatedPhoto:
    background, maker = str(raw.get("background", "")), str(raw.get("maker", ""))
    if raw["hairs"]:
        maker = ROOTS_BY.get(maker, maker)
    if background.startswith(PHOTOGRAPH):  # grouped by family: photo:cc0 of photo:cc0_03.jpg
        background = background.split("_")[0]
    return AnnotatedPhoto(
        name=raw["photo"],
        width=raw["width"],
        height=raw["height"],
        hairs=tuple(_hair(hair, background, maker) for hair in raw["hairs"]),
        clutter=np.array([item["xy"] for item in raw["clutter"]], float).reshape(-1, 2),
        background=background,
        maker=maker,
        mask=str(raw.get("mask") or ""),
    )


def _hair(raw: Json, background: str, maker: str) -> AnnotatedHair:
    return AnnotatedHair(
        root=raw["root"],
        root_xy=np.array(raw["root_xy"]),
        root_tip_xy=np.array(raw.get("root_tip_xy", raw["root_xy"])),
        tip_xy=np.array(raw["tip_xy"]),
        root_in_photo=raw["root_in_photo"],
        tip_in_photo=raw["tip_in_photo"],
        shaft_px=raw["shaft_px"],
        line=np.array(raw["polyline"]),
        attributes=Attributes(raw.get("root_kind", ""), _shade(raw), background, maker),
        is_ambiguous=_is_ambiguous(raw),
        root_is_legible=(
            raw.get("root_area", MIN_ROOT_AREA) >= MIN_ROOT_AREA
            and raw.get("root_contrast", MIN_ROOT_CONTRAST) >= MIN_ROOT_CONTRAST
        ),
    )


def _is_ambiguous(raw: Json) -> bool:
    if raw["root"] == "telogen":
        return bool(raw.get("sheathed_flaw", 0.0) > MAX_SHEATHED_FLAW)
    is_straight = raw.get("root_bend_deg", MIN_BEND_DEG) < MIN_BEND_DEG
    is_smooth = raw.get("root_flaw", MIN_FLAW) < MIN_FLAW
    return bool(raw["root"] == "misshapen" and is_straight and is_smooth)


def _shade(raw: Json) -> str:
    if raw.get("grey") or raw.get("dyed"):
        return "grey" if raw.get("grey") else "dyed"
    melanin = raw.get("melanin")
    if melanin is None:
        return ""
    return "pale" if melanin <= 0.5 else "brown" if melanin < 0.8 else "dark"


def distance_to_line(points: Array, line: Array) -> Array:
    """Distances (N,) of ``points`` (N, 2) from the polyline ``line`` (M, 2)."""
    start, step = line[:-1], np.diff(line, axis=0)
    along = np.einsum("nmk,mk->nm", points[:, None] - start, step)
    part = np.clip(along / np.maximum((step**2).sum(axis=1), 1e-9), 0, 1)
    nearest = start + part[..., None] * step
    gaps = np.linalg.norm(points[:, None] - nearest, axis=2)
    return np.asarray(gaps.min(axis=1))
