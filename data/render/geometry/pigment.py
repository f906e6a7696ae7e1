"""The colours of a root: pale, pink or dark, with gradients and mottling, for every class alike."""

import numpy as np

from data.render.geometry.mesh import bumps
from data.render.geometry.stub import Array, Stub, ease
from data.render.spec import EndSpec

PALE_TONES = np.array(
    [[0.84, 0.81, 0.75], [0.80, 0.72, 0.55], [0.82, 0.62, 0.55], [0.66, 0.62, 0.58]]
)
"""White, straw, pink, greyish: linear reflectance of unpigmented roots; our assumption."""
DARK_TONES = np.array([[0.05, 0.035, 0.025], [0.12, 0.07, 0.04], [0.22, 0.13, 0.08]])
"""Black, brown, light brown: pigment left in a root; our assumption."""


def root_colours(
    spec: EndSpec, stub: Stub, rng: np.random.Generator, reach: Array, sides: int
) -> tuple[Array, Array]:
    """Colour (N, sides, 3) and opacity (N, sides) of sections at `reach` shaft widths."""
    pale = PALE_TONES[int(rng.choice(4, p=[0.4, 0.25, 0.2, 0.15]))] * rng.uniform(0.8, 1.1)
    dark = np.minimum(DARK_TONES[int(rng.integers(3))], stub.colour * rng.uniform(0.6, 1.3))
    along = np.clip(reach / spec.length_ratio, 0, 1)[:, None]
    slope = rng.normal(0, 0.25) * (along - 0.5)
    mottle = rng.uniform(0.02, 0.2) * bumps(rng, (len(reach), sides), (7, 5))
    part = np.clip(spec.pigment + slope + mottle * spec.pigment, 0, 1)[..., None]
    root = pale ** (1 - part) * dark**part
    root = root * (
        1 + rng.uniform(0.02, 0.12) * bumps(rng, (len(reach), sides), (12, 9))[..., None]
    )
    start = reach[0]
    into = ease((reach - start * 0.3) / max(0.4, spec.length_ratio * rng.uniform(0.2, 0.6)))
    colour = stub.colour * (1 - into)[:, None, None] + root * into[:, None, None]
    faded = ease((reach - start) / max(0.3, -start * 0.8))
    opacity = faded * (stub.opacity * (1 - into) + spec.opacity * into)
    return np.clip(colour, 0.002, 0.95), np.repeat(opacity[:, None], sides, axis=1)
