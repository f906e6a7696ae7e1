"""Samples the ends of hairs for legible photos: class shares, makes, sizes, pigment."""

from dataclasses import replace

import numpy as np

from data.render.sampling.ends import (
    BARE_SHARES,
    EFFLUVIUM_CLUBS,
    NORMAL_CLUBS,
    ROUGHNESS,
    SIZES,
)
from data.render.spec import ROOT_KINDS, EndMake, EndSpec, RootLabel

LABEL_SHARES: dict[RootLabel, float] = {"telogen": 0.42, "misshapen": 0.38, "bare": 0.2}
"""Tips add bare ends; our choice."""
CLUB_MAKES: dict[EndMake, float] = {"swept": 0.35, "built": 0.25, "carved": 0.4}
MISSHAPEN_MAKES: dict[EndMake, float] = {
    "swept": 0.18, "built": 0.18, "carved": 0.34, "deformed": 0.3,
}  # fmt: skip
DEFORMED_KINDS = ("anagen_angular", "anagen_rectangular", "anagen_ragged", "anagen_crushed")
"""Kinds that may be a club with a flaw; hooks and sheaths are carved instead."""
NORMAL_CLUB_SHARE = 0.6
"""Clubs in the proportions of healthy people, the others in those of telogen effluvium: half of all
are plain."""
MISSHAPEN_SHARES = (0.2, 0.16, 0.24, 0.16, 0.14, 0.1)
"""By ROOT_KINDS order; our choice: shapes that look most like clubs are frequent."""
TIP_SHARES = np.array([0.5, 0.12, 0.06, 0.02, 0.3])
"""By ROOT_KINDS order. Short pieces show few of the natural tapered tips; our choice."""
PALE_MISSHAPEN, PIGMENTED_CLUBS = 0.4, 0.3
"""Colour hints at the class no more than this; our choice."""


def sample_legible_root(rng: np.random.Generator, unpigmented: bool) -> EndSpec:
    """A root of any class. `unpigmented` roots belong to grey hairs and are pale."""
    labels = list(LABEL_SHARES)
    label = labels[int(rng.choice(len(labels), p=list(LABEL_SHARES.values())))]
    if label == "bare":
        return _bare(rng, BARE_SHARES)
    return _club(rng, unpigmented) if label == "telogen" else _misshapen(rng, unpigmented)


def sample_legible_tip(rng: np.random.Generator) -> EndSpec:
    """The far end of a hair."""
    return _bare(rng, TIP_SHARES)


def _make(rng: np.random.Generator, shares: dict[EndMake, float]) -> EndMake:
    makes = list(shares)
    return makes[int(rng.choice(len(makes), p=list(shares.values())))]


def _club(rng: np.random.Generator, unpigmented: bool) -> EndSpec:
    """Sizes as in docs/domain.md: width 1.2-3 shafts, median 1.7; length 1.5-4."""
    shares = NORMAL_CLUBS if rng.random() < NORMAL_CLUB_SHARE else EFFLUVIUM_CLUBS
    kind = ROOT_KINDS["telogen"][int(rng.choice(4, p=shares / shares.sum()))]
    width = float(np.clip(1.7 * np.exp(rng.normal(0, 0.24)), 1.2, 3.0))
    pigment = rng.uniform(0.2, 0.8) if rng.random() < PIGMENTED_CLUBS else 0.35 * rng.beta(1.2, 3)
    tail, sheath = kind in ("club_tail", "club_both"), kind in ("club_sheath", "club_both")
    return EndSpec(
        kind, int(rng.integers(2**31)), width,
        length_ratio=float(np.clip(width * rng.uniform(1.0, 2.2), 1.5, 4.0)),
        bend_deg=float(rng.normal(0, 7)),
        pigment=float(min(0.3, pigment) if unpigmented else pigment),
        opacity=float(rng.choice([1.0, rng.uniform(0.75, 1.0)])),
        roughness=float(rng.uniform(0, 0.018)),
        tail_ratio=float(rng.uniform(0.6, 4)) if tail else 0.0,
        sheath_ratio=float(rng.uniform(1, 4)) if sheath else 0.0,
        sheath_width_ratio=float(rng.uniform(1.15, 1.7)),
        sheath_opacity=float(rng.uniform(0.25, 0.75)),
        make=_make(rng, CLUB_MAKES),
    )  # fmt: skip


def _misshapen(rng: np.random.Generator, unpigmented: bool) -> EndSpec:
    kind = ROOT_KINDS["misshapen"][int(rng.choice(6, p=MISSHAPEN_SHARES))]
    make = _make(rng, MISSHAPEN_MAKES)
    if make == "deformed" and kind in DEFORMED_KINDS:
        like_a_club = replace(_club(rng, unpigmented), kind=kind, make=make)
        return replace(like_a_club, tail_ratio=0.0, sheath_ratio=0.0)
    make = "carved" if make == "deformed" else make
    width, length, bend = SIZES[kind]
    low, high = ROUGHNESS[kind]
    pale = rng.random() < PALE_MISSHAPEN or unpigmented
    root = EndSpec(
        kind, int(rng.integers(2**31)), float(rng.uniform(*width)), float(rng.uniform(*length)),
        bend_deg=float(rng.choice([-1, 1]) * rng.uniform(*bend)),
        pigment=float(0.35 * rng.beta(1.2, 3) if pale else rng.uniform(0.3, 1.0)),
        opacity=float(rng.choice([1.0, rng.uniform(0.75, 1.0)])),
        roughness=float(rng.uniform(low, high)),
        sheath_ratio=float(3 + 14 * rng.beta(1.2, 2.0)),
        sheath_width_ratio=float(rng.uniform(1.3, 2.2)),
        sheath_opacity=float(rng.uniform(0.12, 0.6)),
        make=make,
    )  # fmt: skip
    return replace(root, roughness=root.roughness * 0.25) if make == "carved" else root


def _bare(rng: np.random.Generator, shares: np.ndarray) -> EndSpec:
    kind = ROOT_KINDS["bare"][int(rng.choice(len(shares), p=shares / shares.sum()))]
    length = {
        "tapered": np.exp(rng.uniform(np.log(4), np.log(30))),
        "frayed": rng.uniform(0.8, 3.0),
        "split": rng.uniform(2, 8),
    }.get(kind, 0.5)
    return EndSpec(kind, int(rng.integers(2**31)), length_ratio=float(length), pigment=0.5)
