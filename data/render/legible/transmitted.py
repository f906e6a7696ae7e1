"""Hairs in light from below: translucent by their pigment, with bulbs clearer than shafts."""

from dataclasses import replace

import numpy as np

from data.render.colour import absorption
from data.render.geometry.hair import HairShape
from data.render.scene import BuiltScene
from data.render.spec import HairSpec


def seen_through(built: BuiltScene) -> BuiltScene:
    """The scene with every mesh of a hair as opaque as that hair's pigment makes it."""
    rng = np.random.default_rng([built.spec.seed, 6])
    hairs = [
        _translucent(hair, shape, rng)
        for hair, shape in zip(built.spec.hairs, built.hairs, strict=True)
    ]
    return replace(built, hairs=hairs)


def _translucent(hair: HairSpec, shape: HairShape, rng: np.random.Generator) -> HairShape:
    """Each ray meets two sides of a mesh, each of which has the square root of its clearness."""
    pigment = float(absorption(hair.colour).mean())
    clear = float(np.clip(0.85 * np.exp(-0.9 * pigment), 0.02, 0.8))
    bulb_clear = float(
        np.clip(clear + rng.uniform(-0.1, 0.35) * (1 - hair.root.pigment), 0.02, 0.8)
    )
    by_part = {"shaft": clear, "bulb": bulb_clear, "sheath": 0.8, "tail": 0.6}
    meshes = [
        replace(mesh, opacity=mesh.opacity * (1 - np.sqrt(by_part[mesh.part])))
        for mesh in shape.meshes
    ]
    return replace(shape, meshes=meshes)
