"""Draws whole scenes at random."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from data.render.backgrounds.markings import DRAWERS
from data.render.backgrounds.procedural import PAINTERS
from data.render.camera import CameraSpec
from data.render.phone_camera import sample_phone
from data.render.sampling.clutter import sample_clutter, sample_litter
from data.render.sampling.ends import sample_root, sample_tip
from data.render.sampling.layout import DEFAULT_MIX, REGIMES, Place, Regime, places
from data.render.spec import (
    ColourSpec,
    CurveSpec,
    GroundSpec,
    HairSpec,
    LightSpec,
    SceneSpec,
)

PERSON_WIDTH_UM, PERSON_WIDTH_RANGE_UM = (77, 15), (40, 125)
"""A person's typical shaft width: mean and spread, and its limits (docs/how-it-works/domain.md,
sizes)."""
HAIR_FREE_SHARE = 0.1
"""Photos with nothing but clutter; our choice."""
PHOTOGRAPHED_SHARE = 0.6
"""Of the photos, when photographed grounds are given; our choice."""
DECOR_SHARE, HAIR_FREE_DECOR_SHARE = 0.15, 0.9
"""Grounds that are printed or drawn on, usually and in a hair-free regime; our choice."""
USUAL_RING_SHARE, RING_SHARES = 0.07, {"scope": 0.75}
"""Photos lit by the ring of a USB microscope, usually and by regime; our choice."""


def sample_scene(
    seed: int, index: int, regimes: Sequence[str] | None = None, grounds: Sequence[str] = ()
) -> SceneSpec:
    """Photo `index` of a run; `grounds` names the photographed grounds at hand.

    Raises ValueError for an unknown regime.
    """
    names = tuple(regimes or DEFAULT_MIX)
    if unknown := set(names) - set(REGIMES):
        raise ValueError(f"unknown regime {sorted(unknown)}; known: {', '.join(REGIMES)}")
    rng = np.random.default_rng([seed, index])
    shares = np.array([REGIMES[name].share for name in names])
    name = names[int(rng.choice(len(names), p=shares / shares.sum()))]
    regime = REGIMES[name]
    width_um = float(np.clip(rng.normal(*PERSON_WIDTH_UM), *PERSON_WIDTH_RANGE_UM))
    camera = _camera(regime, width_um, rng)
    hairs = () if rng.random() < HAIR_FREE_SHARE else _hairs(name, camera, width_um, rng)
    return SceneSpec(
        seed=int(rng.integers(2**31)),
        regime=name,
        camera=camera,
        ground=_ground(grounds, regime, rng),
        lights=_lights(RING_SHARES.get(name, USUAL_RING_SHARE), rng),
        fill=float(rng.uniform(0.05, 0.7)),
        hairs=hairs,
        clutter=(
            sample_litter(camera, width_um, rng)
            if regime.hair_free
            else sample_clutter(camera, width_um, hairs, rng)
        ),
        phone=sample_phone(rng),
        samples=int(rng.choice([12, 16, 20])),
    )


def _camera(regime: Regime, width_um: float, rng: np.random.Generator) -> CameraSpec:
    low, high = regime.shaft_px
    px_per_mm = np.exp(rng.uniform(np.log(low), np.log(high))) / (width_um / 1000)
    width, height = regime.sizes_px[int(rng.integers(len(regime.sizes_px)))]
    if rng.random() < 0.4:
        width, height = height, width
    camera = CameraSpec(
        width, height, float(px_per_mm),
        fov_deg=float(rng.uniform(22, 60)),
        tilt_deg=float(min(abs(rng.normal(0, 7)), 22)),
        tilt_towards_deg=float(rng.uniform(0, 360)),
        roll_deg=float(rng.normal(0, 4)),
        render_scale=float(rng.choice([1.0, 0.8, 0.65], p=[0.6, 0.25, 0.15])),
    )  # fmt: skip
    return _focused(camera, rng)


def _focused(camera: CameraSpec, rng: np.random.Generator) -> CameraSpec:
    """An aperture that blurs a point an eighth of the view off the plane by 0 to 9 pixels."""
    blur_px = rng.gamma(1.0, 2.2)
    depth = camera.view_mm[0] / 8
    aperture = blur_px / camera.px_per_mm * camera.distance_mm / (2 * depth)
    offset = rng.normal(0, 0.25) * depth
    limit = camera.distance_mm / 8
    return replace(camera, aperture_mm=float(min(aperture, limit)), focus_offset_mm=float(offset))


def _hairs(
    name: str, camera: CameraSpec, width_um: float, rng: np.random.Generator
) -> tuple[HairSpec, ...]:
    regime = REGIMES[name]
    count = int(rng.integers(regime.hairs[0], regime.hairs[1] + 1))
    person = _person(rng)
    curliness = float(rng.choice([0.3, 1.0, 2.0], p=[0.4, 0.4, 0.2]))
    spots = places(name, count, camera.view_mm, rng)
    mixed = rng.random() < 0.25
    return tuple(
        _hair(spot, regime, _person(rng) if mixed else person, width_um, curliness, rng)
        for spot in spots
    )


def _person(rng: np.random.Generator) -> ColourSpec:
    """A head's colour: every natural one about equally, so dark ones do not crowd out the rest."""
    melanin = float(
        rng.choice([rng.uniform(0.05, 0.4), rng.uniform(0.4, 0.8), rng.uniform(0.8, 0.985)])
    )
    redness = float(rng.uniform(0.4, 0.9) if rng.random() < 0.12 else rng.uniform(0.0, 0.25))
    dye = None
    if rng.random() < 0.12:
        dye = DYES[int(rng.integers(len(DYES)))]
    return ColourSpec(melanin, redness, grey=bool(rng.random() < 0.1), dye=dye)


DYES = (
    (0.62, 0.5, 0.3),
    (0.5, 0.34, 0.18),
    (0.5, 0.08, 0.07),
    (0.12, 0.16, 0.42),
    (0.42, 0.1, 0.36),
    (0.04, 0.03, 0.03),
    (0.4, 0.16, 0.06),
)
"""Bleached, honey, red, blue, purple, black, copper: linear reflectance, our assumption."""


def _own_colour(head: ColourSpec, width_um: float, rng: np.random.Generator) -> ColourSpec:
    grey = rng.random() < (0.6 if head.grey else 0.05)
    melanin = (
        rng.uniform(0, 0.04) if grey else np.clip(head.melanin + rng.normal(0, 0.05), 0.03, 0.985)
    )
    dye_from = rng.uniform(1, 60) * width_um / 1000
    return replace(head, melanin=float(melanin), grey=bool(grey), dye_from_mm=float(dye_from))


def _hair(
    spot: Place,
    regime: Regime,
    head: ColourSpec,
    typical_um: float,
    curliness: float,
    rng: np.random.Generator,
) -> HairSpec:
    width_um = float(np.clip(typical_um * np.exp(rng.normal(0, 0.16)), 17, 181))
    if rng.random() < 0.03:
        width_um = float(rng.uniform(20, 40))
    ratio = np.exp(rng.uniform(*np.log(regime.length_ratio)))
    length = min(ratio * typical_um / 1000, spot.room_mm * (3 if regime.swing > 1 else 1))
    if spot.room_mm > length and regime.hairs[1] <= 5:
        length = spot.room_mm
    solid = rng.random() < 0.3
    return HairSpec(
        width_um, float(max(length, 12 * width_um / 1000)), spot.at_mm,
        spot.heading_deg,
        _curve(regime.swing * curliness, width_um / 1000, rng),
        colour := _own_colour(head, width_um, rng),
        sample_root(rng, colour.grey),
        sample_tip(rng),
        aspect=float(rng.uniform(0.45, 1.0)) if solid and rng.random() < 0.5 else 1.0,
        solid=bool(solid),
        longitudinal_roughness=float(rng.uniform(0.12, 0.6)),
        azimuthal_roughness=float(rng.uniform(0.15, 0.6)),
    )  # fmt: skip


def _curve(swing: float, width_mm: float, rng: np.random.Generator) -> CurveSpec:
    loops = rng.random() < 0.06 * swing
    return CurveSpec(
        turn_deg=float(rng.normal(0, 40 * swing) + (rng.choice([-1, 1]) * 330 if loops else 0)),
        wave_deg=float(abs(rng.normal(0, 12 * swing))),
        waves=float(rng.uniform(0.5, 1 + 2.0 * swing)),
        wander_deg=float(abs(rng.normal(0, 9 * swing))),
        lift_mm=float(width_mm * rng.gamma(1.0, 0.8 * (1 + swing))),
        seed=int(rng.integers(2**31)),
    )


def _ground(grounds: Sequence[str], regime: Regime, rng: np.random.Generator) -> GroundSpec:
    seed = int(rng.integers(2**31))
    share = HAIR_FREE_DECOR_SHARE if regime.hair_free else DECOR_SHARE
    decor = str(rng.choice(list(DRAWERS))) if rng.random() < share else ""
    if grounds and rng.random() < PHOTOGRAPHED_SHARE:
        return GroundSpec(f"photo:{grounds[int(rng.integers(len(grounds)))]}", seed, decor)
    names = list(PAINTERS)
    return GroundSpec(names[int(rng.integers(len(names)))], seed, decor)


def _lights(ring_share: float, rng: np.random.Generator) -> tuple[LightSpec, ...]:
    """One to three lamps, from bulb to window; sometimes the ring of a USB microscope."""
    if rng.random() < ring_share:
        return _ring(rng)
    warmth = rng.normal(0, 0.12)
    return tuple(
        LightSpec(
            elevation_deg=float(rng.uniform(22, 82)),
            azimuth_deg=float(rng.uniform(0, 360)),
            size_ratio=float(np.exp(rng.uniform(np.log(0.15), np.log(1.3)))),
            power=float(1.0 if k == 0 else rng.uniform(0.1, 0.8)),
            tint=(float(np.exp(warmth)), 1.0, float(np.exp(-warmth))),
        )
        for k in range(int(rng.integers(1, 4)))
    )


def _ring(rng: np.random.Generator) -> tuple[LightSpec, ...]:
    high, size = float(rng.uniform(62, 80)), float(rng.uniform(0.08, 0.16))
    return tuple(
        LightSpec(high, 60.0 * k, size, 0.35, (1.0, 1.0, float(rng.uniform(1.0, 1.15))))
        for k in range(6)
    )
