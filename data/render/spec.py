"""What one rendered photo holds, as plain frozen values. The unit is in the name."""

import math
from dataclasses import dataclass
from typing import Literal

from data.render.camera import CameraSpec

EndMake = Literal["swept", "built", "carved", "deformed"]
"""How a root is modelled (data/render/geometry): as one smooth body (club.py, anagen.py), from
solids (block_roots.py), by an outline with corners (carved.py), or as a club with flaws
(deformed.py)."""
Material = Literal["keratin", "lacquer"]
"""What bulbs are made of; lacquer is only for other looks (look.py)."""
RootLabel = Literal["telogen", "misshapen", "bare"]

ROOT_KINDS: dict[RootLabel, tuple[str, ...]] = {
    "telogen": ("club", "club_tail", "club_sheath", "club_both"),
    "misshapen": (
        "anagen_hooked",
        "anagen_angular",
        "anagen_rectangular",
        "anagen_ragged",
        "anagen_sheath",
        "anagen_crushed",
    ),
    "bare": ("cut", "oblique", "frayed", "split", "tapered"),
}
"""Every way a hair can end at its root, by the label it gets (docs/how-it-works/domain.md, root
types)."""

LABEL_OF_KIND: dict[str, RootLabel] = {k: label for label, ks in ROOT_KINDS.items() for k in ks}


@dataclass(frozen=True)
class EndSpec:
    """One end of a hair. Ratios are over the shaft width there.

    `width_ratio`, `length_ratio`: the bulb, stub or worn stretch. `bend_deg`: how far the bulb
    turns out of line. `pigment` 0 (white) to 1 (darker than the shaft). `roughness` of the
    outline 0-1. `tail_ratio`, `sheath_ratio`: length of a tail beyond, of a sleeve around.
    """

    kind: str
    seed: int
    width_ratio: float = 1.0
    length_ratio: float = 1.0
    bend_deg: float = 0.0
    pigment: float = 0.5
    opacity: float = 1.0
    roughness: float = 0.0
    tail_ratio: float = 0.0
    sheath_ratio: float = 0.0
    sheath_width_ratio: float = 1.5
    sheath_opacity: float = 0.4
    make: EndMake = "swept"


@dataclass(frozen=True)
class CurveSpec:
    """How the centre line runs: net turn, waves (swing of the heading, and their number),
    wander (random swing), lift off the ground."""

    turn_deg: float = 0.0
    wave_deg: float = 0.0
    waves: float = 1.0
    wander_deg: float = 0.0
    lift_mm: float = 0.0
    seed: int = 0


@dataclass(frozen=True)
class ColourSpec:
    """`melanin` 0-1 and `redness` 0-1 as in colour.py; `dye` is a linear reflectance that
    replaces them beyond `dye_from_mm` of the root."""

    melanin: float
    redness: float
    grey: bool = False
    dye: tuple[float, float, float] | None = None
    dye_from_mm: float = 0.0


@dataclass(frozen=True)
class HairSpec:
    """One hair lying on the ground; `root_at_mm` is where shaft meets bulb."""

    width_um: float
    length_mm: float
    root_at_mm: tuple[float, float]
    heading_deg: float
    curve: CurveSpec
    colour: ColourSpec
    root: EndSpec
    tip: EndSpec
    aspect: float = 1.0
    solid: bool = False
    longitudinal_roughness: float = 0.3
    azimuthal_roughness: float = 0.3

    @property
    def width_mm(self) -> float:
        """Shaft width."""
        return self.width_um / 1000


@dataclass(frozen=True)
class ClutterSpec:
    """Something that is no hair. `size_mm` is its length or diameter, `width_mm` its thickness."""

    kind: str
    at_mm: tuple[float, float]
    size_mm: float
    width_mm: float
    colour: tuple[float, float, float]
    seed: int
    opacity: float = 1.0


@dataclass(frozen=True)
class LightSpec:
    """A square lamp. Elevation above the ground; `size_ratio` is its side over its distance."""

    elevation_deg: float
    azimuth_deg: float
    size_ratio: float
    power: float
    tint: tuple[float, float, float]


@dataclass(frozen=True)
class GroundSpec:
    """`kind` names a procedural ground, or `photo:NAME` one of the photographed."""

    kind: str
    seed: int
    decor: str = ""


@dataclass(frozen=True)
class PhoneSpec:
    """What the phone does to the light; see phone.py for each figure's meaning."""

    seed: int
    mean_level: float = 0.45
    adapt: float = 0.5
    bias: float = 1.0
    white_balance: tuple[float, float, float] = (1.0, 1.0, 1.0)
    contrast: float = 1.0
    saturation: float = 1.0
    vignette: float = 0.1
    defocus_px: float = 0.0
    motion_px: float = 0.0
    motion_deg: float = 0.0
    shadow: float = 0.0
    shadow_deg: float = 0.0
    shadow_at: float = 0.0
    shadow_soft: float = 0.1
    photons: float = 2000.0
    read_noise: float = 0.004
    denoise: float = 0.5
    sharpen: float = 0.5
    sharpen_px: float = 1.2
    resample: float = 1.0
    jpeg_quality: int = 85


@dataclass(frozen=True)
class SceneSpec:
    """A whole photo. ``backlight``: what the ground itself shines with where it is white, as a
    light table or the slide under a microscope does."""

    seed: int
    regime: str
    camera: CameraSpec
    ground: GroundSpec
    lights: tuple[LightSpec, ...]
    fill: float
    hairs: tuple[HairSpec, ...]
    clutter: tuple[ClutterSpec, ...]
    phone: PhoneSpec
    samples: int
    material: Material = "keratin"
    backlight: float = 0.0

    @property
    def white(self) -> float:
        """Radiance of a white sheet on the ground in the open: of the fill, of the lamps, each of
        which sends 3 x power to the ground (scene.py), and of the ground itself."""
        lamps = 3.0 / math.pi * sum(light.power for light in self.lights)
        return self.fill + lamps + self.backlight
