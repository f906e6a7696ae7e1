"""From the description of a hair's end to its geometry."""

from collections.abc import Callable

import numpy as np

from data.render import anagen, bare, club
from data.render.spec import EndSpec
from data.render.stub import EndShape, Stub

BUILDERS: dict[str, Callable[[EndSpec, Stub, np.random.Generator], EndShape]] = {
    "club": club.club,
    "club_tail": club.club,
    "club_sheath": club.club,
    "club_both": club.club,
    "anagen_hooked": anagen.hooked,
    "anagen_angular": anagen.angular,
    "anagen_rectangular": anagen.rectangular,
    "anagen_ragged": anagen.ragged,
    "anagen_sheath": anagen.sheathed,
    "anagen_crushed": anagen.crushed,
    "cut": bare.cut,
    "oblique": bare.oblique,
    "frayed": bare.frayed,
    "split": bare.split,
    "tapered": bare.tapered,
}


def build_end(spec: EndSpec, stub: Stub) -> EndShape:
    """The end as meshes. Raises KeyError for an unknown kind."""
    return BUILDERS[spec.kind](spec, stub, np.random.default_rng(spec.seed))
