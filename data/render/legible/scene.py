"""Samples whole scenes of legible photos."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from data.render.backgrounds.markings import DRAWERS
from data.render.backgrounds.procedural import PAINTERS
from data.render.backgrounds.tissue import TISSUE_PAINTERS
from data.render.camera import CameraSpec
from data.render.legible.captures import CAPTURES, MICROSCOPE, check_captures, hair_places
from data.render.legible.ends import sample_legible_root, sample_legible_tip
from data.render.legible.phone import focused, sample_faults, sample_legible_phone
from data.render.sampling.clutter import sample_clutter, sample_litter
from data.render.sampling.layout import Place, Regime
from data.render.sampling.scene import DYES
from data.render.spec import (
    ColourSpec,
    CurveSpec,
    GroundSpec,
    HairSpec,
    LightSpec,
    SceneSpec,
)

PHOTOGRAPHED_SHARE, TISSUE_SHARE = 0.45, 0.35
"""Photographed grounds of all photos, tissue and edges of the others; our choice."""
DECOR_SHARE = {"none": 0.7}
USUAL_DECOR_SHARE = 0.12
RING_SHARES = {MICROSCOPE: 0.5, "roots": 0.12}
TRANSMITTED_SHARES = {MICROSCOPE: 0.2, "roots": 0.06}
"""Ring light and light from below, by capture; 0.04 and 0.02 elsewhere. Our choice."""
SAMPLES = 4
"""Paths a pixel: a quarter of what a picture needs that is not denoised."""


def sample_legible_scene(
    seed: int, index: int, captures: Sequence[str] | None = None, grounds: Sequence[str] = ()
) -> SceneSpec:
    """Photo `index` of a seed; `grounds` names the photographed grounds at hand.

    Raises ValueError for an unknown capture.
    """
    names = check_captures(captures)
    rng = np.random.default_rng([seed, index, 4])
    shares = np.array([CAPTURES[name].share for name in names])
    name = names[int(rng.choice(len(names), p=shares / shares.sum()))]
    capture = CAPTURES[name]
    width_um = float(np.clip(rng.normal(77, 15), 40, 125))
    faults = sample_faults(rng)
    camera = _camera(capture, width_um, rng, faults)
    hairs = () if capture.hair_free else _hairs(name, camera, width_um, rng)
    transmitted = bool(rng.random() < TRANSMITTED_SHARES.get(name, 0.02))
    if transmitted:
        hairs = tuple(replace(hair, solid=True) for hair in hairs)
    return SceneSpec(
        seed=int(rng.integers(2**31)),
        regime=name,
        camera=camera,
        ground=_ground(grounds, name, transmitted, rng),
        lights=_lights(name, transmitted, rng),
        fill=float(rng.uniform(0.02, 0.12) if transmitted else rng.uniform(0.08, 0.6)),
        hairs=hairs,
        clutter=(
            sample_litter(camera, width_um, rng)
            if capture.hair_free
            else sample_clutter(camera, width_um, hairs, rng)[: int(rng.choice([3, 8, 40]))]
        ),
        phone=sample_legible_phone(rng, faults),
        samples=SAMPLES,
        backlight=float(rng.uniform(0.7, 1.2)) if transmitted else 0.0,
    )


def _camera(
    capture: Regime, width_um: float, rng: np.random.Generator, faults: frozenset[str]
) -> CameraSpec:
    shaft_px = float(np.exp(rng.uniform(*np.log(capture.shaft_px))))
    width, height = capture.sizes_px[int(rng.integers(len(capture.sizes_px)))]
    if rng.random() < 0.35:
        width, height = height, width
    camera = CameraSpec(
        width, height, shaft_px / (width_um / 1000),
        fov_deg=float(rng.uniform(22, 60)),
        tilt_deg=float(min(abs(rng.normal(0, 5)), 20)),
        tilt_towards_deg=float(rng.uniform(0, 360)),
        roll_deg=float(rng.normal(0, 4)),
    )  # fmt: skip
    return focused(camera, shaft_px, rng, faults)


def _hairs(
    name: str, camera: CameraSpec, width_um: float, rng: np.random.Generator
) -> tuple[HairSpec, ...]:
    person = _person(rng)
    mixed = rng.random() < 0.3
    curliness = float(rng.choice([0.3, 1.0, 2.0], p=[0.45, 0.4, 0.15]))
    return tuple(
        _hair(CAPTURES[name], spot, _person(rng) if mixed else person, width_um, curliness, rng)
        for spot in hair_places(name, camera.view_mm, width_um / 1000, rng)
    )


def _person(rng: np.random.Generator) -> ColourSpec:
    """A head of hair; natural colours about equally often."""
    low, high = ((0.05, 0.4), (0.4, 0.8), (0.8, 0.985))[int(rng.integers(3))]
    redness = float(rng.uniform(0.4, 0.9) if rng.random() < 0.12 else rng.uniform(0.0, 0.25))
    dye = DYES[int(rng.integers(len(DYES)))] if rng.random() < 0.12 else None
    return ColourSpec(float(rng.uniform(low, high)), redness, bool(rng.random() < 0.1), dye)


def _hair(
    capture: Regime,
    spot: Place,
    head: ColourSpec,
    typical_um: float,
    curliness: float,
    rng: np.random.Generator,
) -> HairSpec:
    width_um = float(np.clip(typical_um * np.exp(rng.normal(0, 0.15)), 20, 181))
    width_mm = width_um / 1000
    ratio = float(np.exp(rng.uniform(*np.log(capture.length_ratio))))
    length = float(max(min(ratio * typical_um / 1000, spot.room_mm), 11 * width_mm))
    grey = bool(rng.random() < (0.6 if head.grey else 0.06))
    melanin = rng.uniform(0, 0.05) if grey else head.melanin + rng.normal(0, 0.05)
    colour = ColourSpec(
        float(np.clip(melanin, 0, 0.985)), head.redness, grey, head.dye,
        float(rng.uniform(1, 60) * width_mm),
    )  # fmt: skip
    swing = capture.swing * curliness
    solid = bool(rng.random() < 0.35)
    return HairSpec(
        width_um, length, spot.at_mm, spot.heading_deg,
        CurveSpec(
            turn_deg=float(rng.normal(0, 35 * swing)),
            wave_deg=float(abs(rng.normal(0, 10 * swing))),
            waves=float(rng.uniform(0.5, 1 + 2.0 * swing)),
            wander_deg=float(abs(rng.normal(0, 7 * swing))),
            lift_mm=float(width_mm * rng.gamma(1.0, 0.6 * (1 + swing))),
            seed=int(rng.integers(2**31)),
        ),
        colour,
        sample_legible_root(rng, grey),
        sample_legible_tip(rng),
        aspect=float(rng.uniform(0.5, 1.0)) if solid and rng.random() < 0.5 else 1.0,
        solid=solid,
        longitudinal_roughness=float(rng.uniform(0.12, 0.6)),
        azimuthal_roughness=float(rng.uniform(0.15, 0.6)),
    )  # fmt: skip


def _ground(
    grounds: Sequence[str], name: str, transmitted: bool, rng: np.random.Generator
) -> GroundSpec:
    seed = int(rng.integers(2**31))
    decorated = rng.random() < DECOR_SHARE.get(name, USUAL_DECOR_SHARE)
    decor = str(rng.choice(list(DRAWERS))) if decorated else ""
    if transmitted:
        return GroundSpec(str(rng.choice(["white_paper", "cream_paper", "glass"])), seed)
    if grounds and rng.random() < PHOTOGRAPHED_SHARE:
        return GroundSpec(f"photo:{grounds[int(rng.integers(len(grounds)))]}", seed, decor)
    kinds = list(TISSUE_PAINTERS if rng.random() < TISSUE_SHARE else PAINTERS)
    return GroundSpec(str(rng.choice(kinds)), seed, decor)


def _lights(name: str, transmitted: bool, rng: np.random.Generator) -> tuple[LightSpec, ...]:
    """A window or one to three lamps; a microscope's ring; next to none with light from below."""
    if transmitted:
        return (LightSpec(60, float(rng.uniform(0, 360)), 0.8, float(rng.uniform(0.01, 0.1)),
                          (1.0, 1.0, 1.0)),)  # fmt: skip
    if rng.random() < RING_SHARES.get(name, 0.04):
        high, size, count = rng.uniform(48, 80), rng.uniform(0.08, 0.2), int(rng.integers(4, 9))
        tint = (1.0, 1.0, float(rng.uniform(0.95, 1.15)))
        return tuple(
            LightSpec(float(high), 360.0 * k / count, float(size), 2.1 / count, tint)
            for k in range(count)
        )
    warmth = rng.normal(0, 0.1)
    return tuple(
        LightSpec(
            elevation_deg=float(rng.uniform(28, 82)),
            azimuth_deg=float(rng.uniform(0, 360)),
            size_ratio=float(np.exp(rng.uniform(np.log(0.2), np.log(1.6)))),
            power=float(1.0 if k == 0 else rng.uniform(0.1, 0.8)),
            tint=(float(np.exp(warmth)), 1.0, float(np.exp(-warmth))),
        )
        for k in range(int(rng.integers(1, 4)))
    )
