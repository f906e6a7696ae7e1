"""Hair colour: from melanin to what the hair BSDF and the painted meshes need."""

import math

import numpy as np
from numpy.typing import NDArray

from data.render.spec import ColourSpec

EUMELANIN = np.array([0.419, 0.697, 1.37])
"""Absorption per unit of concentration, RGB (d'Eon 2011; the values in PBRT and Mitsuba)."""
PHEOMELANIN = np.array([0.187, 0.4, 1.05])

Array = NDArray[np.float64]


def concentrations(melanin: float, redness: float) -> tuple[float, float]:
    """(eumelanin, pheomelanin) for melanin 0-1, where 0.3 is blond, 0.7 brown and 0.97 black.

    -2 ln(1 - melanin), shared out by redness: perceptually even steps, our assumption.
    """
    amount = -2.0 * math.log(1 - min(melanin, 0.985))
    return amount * (1 - redness), amount * redness


def absorption(colour: ColourSpec) -> Array:
    """Absorption per shaft radius, RGB."""
    eumelanin, pheomelanin = concentrations(colour.melanin, colour.redness)
    return eumelanin * EUMELANIN + pheomelanin * PHEOMELANIN


def dye_absorption(dye: tuple[float, float, float]) -> Array:
    """The absorption whose painted reflectance is `dye`."""
    shade = np.clip((np.array(dye) - 0.02) / 0.8, 0.02, 0.99)
    return (np.log(shade) / 2.4) ** 2


def reflectance(sigma: Array) -> Array:
    """Linear RGB of a painted, opaque shaft of that absorption.

    Exponential in the square root of the absorption as in Chiang's 2015 fit; factors set by eye.
    """
    return 0.02 + 0.8 * np.exp(-2.4 * np.sqrt(sigma))


def glass(sigma: Array) -> tuple[Array, float]:
    """Linear RGB and opacity of a painted mesh that passes for a fibre of the hair BSDF.

    Fitted to renders of single fibres over black, grey and white ground (ours): a pale fibre
    shows the ground through it. The colour is the one it has over a mid-tone of 0.4.
    """
    own = 0.02 + 0.95 * np.exp(-4.6 * np.sqrt(sigma))
    cover = 1 - 0.93 * np.exp(-3 * sigma)
    return np.clip(cover * own + (1 - cover) * 0.4, 0.02, 0.9), float(cover.mean())
