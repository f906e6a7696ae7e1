"""From the description of a hair's end to its geometry."""

from collections.abc import Callable

import numpy as np

from data.render.geometry import anagen, bare, club
from data.render.geometry import block_roots as built
from data.render.geometry.stub import EndShape, Stub
from data.render.spec import EndMake, EndSpec

Builder = Callable[[EndSpec, Stub, np.random.Generator], EndShape]

SWEPT: dict[str, Builder] = {
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

BUILT: dict[str, Builder] = SWEPT | {
    "club": built.club,
    "club_tail": built.club,
    "club_sheath": built.club,
    "club_both": built.club,
    "anagen_hooked": built.kinked,
    "anagen_angular": built.kinked,
    "anagen_rectangular": built.block,
    "anagen_ragged": built.stump,
    "anagen_sheath": built.sheathed,
    "anagen_crushed": built.crumpled,
}
BUILDERS: dict[EndMake, dict[str, Builder]] = {"swept": SWEPT, "built": BUILT}


def build_end(spec: EndSpec, stub: Stub) -> EndShape:
    """The end as meshes. Raises KeyError for an unknown make or kind."""
    return BUILDERS[spec.make][spec.kind](spec, stub, np.random.default_rng(spec.seed))
