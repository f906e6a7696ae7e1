"""The same scenes by other means, to measure how well a model carries over; never trained on.

Another phone, glossier roots, the painted shafts where the hair BSDF was and the other way round,
and only photographed grounds that no training hair ever lay on.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from data.render.spec import GroundSpec, PhoneSpec, SceneSpec


def second_look(spec: SceneSpec, grounds: Sequence[str]) -> SceneSpec:
    """The scene as another renderer and phone would show it, on one of ``grounds`` if there are
    any; all figures are our assumption."""
    rng = np.random.default_rng([spec.seed, 2])
    return replace(
        spec,
        material="lacquer",
        hairs=tuple(replace(hair, solid=not hair.solid) for hair in spec.hairs),
        ground=_elsewhere(spec.ground, grounds, rng),
        phone=_other_phone(spec.phone, rng),
    )


def _elsewhere(ground: GroundSpec, grounds: Sequence[str], rng: np.random.Generator) -> GroundSpec:
    if not grounds:
        return ground
    return replace(ground, kind=f"photo:{grounds[int(rng.integers(len(grounds)))]}")


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
