"""Variants of the scenes of a seed, for evaluation; never trained on.

- ``light-table``: lit from below, with other proportions of clubs and torn roots. Retraining on
  people's labels is measured on it (``training/simulation``). What a club and a torn root are stays
  the same; their look and their frequency do not.
- ``second``: another phone, glossier roots, painted shafts in place of the hair BSDF and the other
  way round, and only photographed backgrounds that no training hair lies on.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Literal

import numpy as np

from data.render.spec import LABEL_OF_KIND, EndSpec, GroundSpec, PhoneSpec, SceneSpec


def light_table(spec: SceneSpec, _grounds: Sequence[str]) -> SceneSpec:
    """The scene lit from below, on plain paper, by a camera without colour; with slender clubs, and
    torn roots that are stout, less bent and less rough. All our assumption."""
    rng = np.random.default_rng([spec.seed, 3])
    return replace(
        spec,
        material="lacquer",
        ground=GroundSpec("white_paper", spec.ground.seed),
        backlight=1.0,
        fill=0.03,
        lights=tuple(replace(light, power=0.05 * light.power) for light in spec.lights),
        hairs=tuple(replace(hair, root=_root(hair.root, rng)) for hair in spec.hairs),
        phone=_camera(spec.phone, rng),
    )


def _camera(phone: PhoneSpec, rng: np.random.Generator) -> PhoneSpec:
    """Of a cheap microscope: grey, hard, dark in the corners."""
    return replace(
        phone,
        mean_level=float(rng.uniform(0.6, 0.8)),
        adapt=1.0,
        contrast=float(rng.uniform(1.2, 1.7)),
        saturation=0.0,
        vignette=float(rng.uniform(0.3, 0.6)),
        sharpen=float(rng.uniform(1.0, 2.0)),
        sharpen_px=float(rng.uniform(1.0, 3.0)),
        resample=1.0,
    )


def _root(root: EndSpec, rng: np.random.Generator) -> EndSpec:
    """A club little wider than its shaft, and long; a torn root wide and with softer outlines."""
    match LABEL_OF_KIND[root.kind]:
        case "telogen":
            width, length = rng.uniform(1.2, 1.7), rng.uniform(2.2, 4.0)
            return replace(root, width_ratio=float(width), length_ratio=float(length))
        case "misshapen":
            width, bend, rough = rng.uniform(1.4, 2.6), 0.6 * root.bend_deg, 0.6 * root.roughness
            return replace(root, width_ratio=float(width), bend_deg=bend, roughness=rough)
        case _:
            return root


def second_look(spec: SceneSpec, grounds: Sequence[str]) -> SceneSpec:
    """The scene as another renderer and phone would show it, on one of ``grounds`` if there are
    any; all figures are our assumption."""
    rng = np.random.default_rng([spec.seed, 2])
    kind = f"photo:{grounds[int(rng.integers(len(grounds)))]}" if grounds else spec.ground.kind
    return replace(
        spec,
        material="lacquer",
        hairs=tuple(replace(hair, solid=not hair.solid) for hair in spec.hairs),
        ground=replace(spec.ground, kind=kind),
        phone=_other_phone(spec.phone, rng),
    )


def _other_phone(phone: PhoneSpec, rng: np.random.Generator) -> PhoneSpec:
    """Noisy, smeared, sharpened hard and packed small, beyond what ``sample_phone`` gives."""
    return replace(
        phone,
        contrast=float(rng.uniform(1.2, 1.6)),
        saturation=float(rng.uniform(1.2, 1.6)),
        photons=float(np.exp(rng.uniform(np.log(80), np.log(500)))),
        denoise=float(rng.uniform(0.8, 1.0)),
        sharpen=float(rng.uniform(1.2, 2.4)),
        sharpen_px=float(rng.uniform(1.0, 3.0)),
        jpeg_quality=int(rng.integers(45, 75)),
    )


LookName = Literal["usual", "second", "light-table"]
Look = Callable[[SceneSpec, Sequence[str]], SceneSpec]
"""From a scene, and the photographed grounds that no training hair ever lay on, to the same scene
as it looks otherwise."""


def usual(spec: SceneSpec, _grounds: Sequence[str]) -> SceneSpec:
    """The scene as it is."""
    return spec


LOOKS: dict[LookName, Look] = {"usual": usual, "second": second_look, "light-table": light_table}
"""All but the usual one are for measuring, never trained on."""
