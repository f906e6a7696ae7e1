"""Draws the ends of hairs at random: which root, how large, how bent, how pale."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from data.render.spec import ROOT_KINDS, EndSpec, RootLabel

Array = NDArray[np.float64]

LABEL_SHARES: dict[RootLabel, float] = {"telogen": 0.4, "misshapen": 0.3, "bare": 0.3}
"""Our assumption: enough of each to learn from; the base rate of shed hair is far more uneven."""

BUILT_SHARE = 0.5
"""Roots put together from solids; our choice."""

NORMAL_CLUBS = np.array([62.7, 23.7, 6.8, 5.4])
"""Plain, tail, sheath, both, in healthy people, per cent (Park 2020;
docs/how-it-works/domain.md)."""
EFFLUVIUM_CLUBS = np.array([32.7, 44.4, 12.7, 10.2])
"""In telogen effluvium: 32.7 from Park 2020, the rest shared out as above, our assumption."""

MISSHAPEN_SHARES = np.array([0.24, 0.12, 0.2, 0.14, 0.2, 0.1])
"""By ROOT_KINDS order; our assumption."""
BARE_SHARES = np.array([0.36, 0.16, 0.16, 0.1, 0.22])
"""By ROOT_KINDS order; our assumption."""
TIP_SHARES = np.array([0.4, 0.1, 0.04, 0.02, 0.44])
"""44 % of young women's shed hairs keep a tapered tip (docs/how-it-works/domain.md, root types)."""


def sample_root(rng: np.random.Generator, unpigmented: bool) -> EndSpec:
    """A root of any label. `unpigmented`: of a grey hair, whose roots have no dark bulb."""
    labels = list(LABEL_SHARES)
    label = labels[int(rng.choice(len(labels), p=list(LABEL_SHARES.values())))]
    if label == "bare":
        return _bare(rng, BARE_SHARES)
    root = _club(rng, unpigmented) if label == "telogen" else _misshapen(rng, unpigmented)
    return replace(root, make="built") if rng.random() < BUILT_SHARE else root


def sample_tip(rng: np.random.Generator) -> EndSpec:
    """The far end of a hair."""
    return _bare(rng, TIP_SHARES)


def _seed(rng: np.random.Generator) -> int:
    return int(rng.integers(2**31))


def _kind(rng: np.random.Generator, label: RootLabel, shares: Array) -> str:
    return ROOT_KINDS[label][int(rng.choice(len(shares), p=shares / shares.sum()))]


def _pigment(rng: np.random.Generator, dark: float) -> float:
    """Pale or dark, the latter in a share ``dark`` of the roots."""
    if rng.random() < dark:
        return float(rng.uniform(0.3, 1.0))
    return float(min(0.4, rng.beta(1.2, 5)))


def _club(rng: np.random.Generator, unpigmented: bool) -> EndSpec:
    """Width 1.2-3 shafts, median 1.7; length 1.5-4 (docs/how-it-works/domain.md, sizes). Straight
    or nearly."""
    kind = _kind(rng, "telogen", NORMAL_CLUBS if rng.random() < 0.5 else EFFLUVIUM_CLUBS)
    width = float(np.clip(1.7 * np.exp(rng.normal(0, 0.25)), 1.2, 3.0))
    tail = kind in ("club_tail", "club_both")
    sheath = kind in ("club_sheath", "club_both")
    return EndSpec(
        kind, _seed(rng), width,
        length_ratio=float(np.clip(width * rng.uniform(1.0, 2.2), 1.5, 4.0)),
        bend_deg=float(rng.normal(0, 7)),
        pigment=min(0.4 if unpigmented else 0.7, _pigment(rng, DARK_CLUBS)),
        opacity=float(rng.choice([1.0, rng.uniform(0.6, 1.0)])),
        roughness=float(rng.uniform(0, 0.035)),
        tail_ratio=float(rng.uniform(1, 5)) if tail else 0.0,
        sheath_ratio=float(rng.uniform(1, 4)) if sheath else 0.0,
        sheath_width_ratio=float(rng.uniform(1.15, 1.7)),
        sheath_opacity=float(rng.uniform(0.25, 0.75)),
    )  # fmt: skip


DARK_CLUBS, DARK_MISSHAPEN = 0.2, 0.6
"""Shares of roots with pigment. It hints at a growing hair (docs/how-it-works/domain.md, the two
labels), no
more: at 0 and 0.8 the network went by it and called a white square block a club. Our assumption."""

SIZES: dict[str, tuple[tuple[float, float], tuple[float, float], tuple[float, float]]] = {
    "anagen_hooked": ((0.95, 2.4), (2.0, 4.5), (25, 110)),
    "anagen_angular": ((1.1, 2.4), (1.5, 4.0), (20, 70)),
    "anagen_rectangular": ((1.2, 2.6), (1.4, 4.0), (0, 35)),
    "anagen_ragged": ((1.0, 2.4), (0.8, 3.5), (0, 45)),
    "anagen_sheath": ((1.05, 2.0), (1.5, 3.5), (5, 70)),
    "anagen_crushed": ((1.4, 2.8), (1.5, 4.0), (0, 60)),
}
"""Width ratio, length ratio, bend: our assumptions around docs/how-it-works/domain.md's "about 20
degrees"."""

ROUGHNESS = {
    "anagen_hooked": (0.0, 0.14),
    "anagen_angular": (0.0, 0.15),
    "anagen_rectangular": (0.0, 0.06),
    "anagen_ragged": (0.15, 0.4),
    "anagen_sheath": (0.03, 0.15),
    "anagen_crushed": (0.12, 0.35),
}


def _misshapen(rng: np.random.Generator, unpigmented: bool) -> EndSpec:
    kind = _kind(rng, "misshapen", MISSHAPEN_SHARES)
    width, length, bend = SIZES[kind]
    pigment = _pigment(rng, DARK_MISSHAPEN)
    return EndSpec(
        kind, _seed(rng), float(rng.uniform(*width)), float(rng.uniform(*length)),
        bend_deg=float(rng.choice([-1, 1]) * rng.uniform(*bend)),
        pigment=float(min(pigment, 0.4) if unpigmented else pigment),
        opacity=float(rng.choice([1.0, rng.uniform(0.7, 1.0)])),
        roughness=float(rng.uniform(*ROUGHNESS[kind])),
        sheath_ratio=float(4 + 16 * rng.beta(1.2, 2.0)),
        sheath_width_ratio=float(rng.uniform(1.3, 2.2)),
        sheath_opacity=float(rng.uniform(0.1, 0.55)),
    )  # fmt: skip


def _bare(rng: np.random.Generator, shares: Array) -> EndSpec:
    kind = _kind(rng, "bare", shares)
    length = {
        "tapered": np.exp(rng.uniform(np.log(6), np.log(120))),
        "frayed": rng.uniform(0.8, 3.0),
        "split": rng.uniform(2, 10),
    }.get(kind, 0.5)
    return EndSpec(kind, _seed(rng), length_ratio=float(length), pigment=0.5)
