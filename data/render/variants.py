"""Hairs on a light table: a world whose look and shapes are not those of the training scenes.

What a model learns from people's labels is measured on it (``training/simulation``). What a club
is and what a torn root is stays the same; how they look, and which are frequent, does not.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from data.render.spec import LABEL_OF_KIND, EndSpec, GroundSpec, HairSpec, PhoneSpec, SceneSpec


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
        hairs=tuple(_hair(hair, rng) for hair in spec.hairs),
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


def _hair(hair: HairSpec, rng: np.random.Generator) -> HairSpec:
    return replace(hair, root=_root(hair.root, rng))


def _root(root: EndSpec, rng: np.random.Generator) -> EndSpec:
    match LABEL_OF_KIND[root.kind]:
        case "telogen":
            return _slender(root, rng)
        case "misshapen":
            return _stout(root, rng)
        case _:
            return root


def _slender(root: EndSpec, rng: np.random.Generator) -> EndSpec:
    """A club little wider than its shaft, and long."""
    width, length = rng.uniform(1.2, 1.7), rng.uniform(2.2, 4.0)
    return replace(root, width_ratio=float(width), length_ratio=float(length))


def _stout(root: EndSpec, rng: np.random.Generator) -> EndSpec:
    """A torn root, wide and with softer outlines."""
    width, bend, rough = rng.uniform(1.4, 2.6), 0.6 * root.bend_deg, 0.6 * root.roughness
    return replace(root, width_ratio=float(width), bend_deg=bend, roughness=rough)
