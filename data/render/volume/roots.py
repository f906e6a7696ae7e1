"""Roots as fields: clubs and misshapen roots."""

from dataclasses import dataclass

import numpy as np

from data.render.volume.fields import (
    Field,
    Generator,
    Grid,
    ball,
    box,
    curled,
    cut,
    joined,
    ringed,
    rod,
    roughened,
    squashed,
    turned,
    waves,
    without,
)

SHAFT = 0.5
"""Radius of the shaft, in its widths."""
_BEHIND = -3.0
"""Where the part of the shaft begins that is joined to a root."""


@dataclass(frozen=True)
class EndShape:
    """An end: the ``root`` (None for a bare end), what is left of the ``shaft`` there, and skins
    and threads around. ``far`` is the end's farthest point (x, y), ``depth`` half its thickness."""

    shaft: Field
    root: Field | None = None
    tail: Field | None = None
    sheath: Field | None = None
    far: tuple[float, float] = (0.0, 0.0)
    reach: float = 0.5
    depth: float = 0.6


WHOLE = rod(-1e4, 0.0, SHAFT)


def _bulb(rng: Generator, length: float, width: float, off_axis: float = 0.0) -> Field:
    """Balls in a row that grow to the middle of the bulb and shrink again, joined to the shaft."""
    last = max(length - width / 2 * rng.uniform(0.75, 1.0), 0.3 * length)
    count = 3 + int(last / (0.3 * width))  # closer than their radii, or they would look like beads
    middles = np.linspace(0.15 * length, last, count)
    at = middles / length
    peak = rng.uniform(0.4, 0.68)
    shape = np.interp(at, [0, peak, 1], [rng.uniform(0.62, 0.8), 1.0, rng.uniform(0.75, 0.95)])
    sides = rng.normal(0, 0.03 + off_axis, count) * width
    balls = [
        ball((float(x), float(y), float(rng.normal(0, 0.03))), float(max(width / 2 * r, 0.42)))
        for x, y, r in zip(middles, sides, shape, strict=True)
    ]
    fillet = float(rng.uniform(0.06, 0.16))
    solid = joined([*balls, rod(_BEHIND, 0.3 * length, SHAFT)], fillet)
    thick = float(fillet * np.log(count))
    return lambda x, y, z: solid(x, y, z) - np.float32(0.6 * thick)


def _size(rng: Generator) -> tuple[float, float]:
    """Length and width of a club: 1.5 to 4 and 1.2 to 3 (docs/how-it-works/domain.md, sizes)."""
    width = float(np.clip(1.75 * np.exp(rng.normal(0, 0.22)), 1.25, 3.0))
    return float(np.clip(width * rng.uniform(1.0, 2.1), 1.5, 4.0)), width


def club(rng: Generator, tail: bool = False, sheath: bool = False) -> EndShape:
    """A smooth rounded bulb."""
    length, width = _size(rng)
    bend = float(rng.normal(0, 0.12))
    bulb = roughened(_bulb(rng, length, width), waves(rng, 2.5), float(rng.uniform(0, 0.035)))
    bulb = squashed(bulb, 1.0, float(rng.uniform(0.75, 1.1)))
    far = (length * float(np.cos(bend)), length * float(np.sin(bend)))
    reach, thread = length, None
    if tail:
        long = float(rng.uniform(0.7, 4.0))
        thin = float(rng.uniform(0.1, 0.2))
        strand = rod(length - 0.3, length + long, thin, 0.6)
        sway = waves(rng, 1.2, 4)
        thread = turned(lambda x, y, z: strand(x, y + 0.35 * sway(x, 0 * y, 0 * z), z), bend)
        reach += long
    skin = _skin(rng, float(rng.uniform(-2.5, -0.4)), length * float(rng.uniform(0.1, 0.9)), width)
    return EndShape(
        WHOLE, turned(bulb, bend), thread, skin if sheath else None, far, reach + 0.5,
        depth=0.6 * width,
    )  # fmt: skip


def _skin(rng: Generator, start: float, stop: float, width: float) -> Field:
    """A wrinkled tube around the axis."""
    wide = SHAFT * float(rng.uniform(1.25, 1.9))
    grown = max(wide, width / 2 * float(rng.uniform(1.0, 1.15)))
    wrinkles, depth = waves(rng, 3.0), float(rng.uniform(0.05, 0.2))
    edge = waves(rng, 4.0, 5)

    def inside(x: Grid, y: Grid, z: Grid) -> Grid:
        radius = np.where(x > 0, grown, wide).astype(np.float32)
        side = radius - np.hypot(y, z)
        torn = 0.35 * edge(0 * x, y, z)
        tube = np.minimum(side, np.minimum(x - start - torn, stop + torn - x))
        return np.asarray(tube + depth * wrinkles(x, y, z))

    return inside


def _torn_size(rng: Generator) -> tuple[float, float]:
    """Length and width of a misshapen root. It is no narrower than a club: it would be bare."""
    return float(rng.uniform(1.2, 3.8)), float(rng.uniform(1.2, 2.5))


def _misshapen(rng: Generator, root: Field, length: float, width: float, bend: float) -> EndShape:
    root = squashed(root, 1.0, float(rng.uniform(0.4, 1.0)))
    far = (length * float(np.cos(bend)), length * float(np.sin(bend)))
    skin = None
    if rng.random() < 0.25:
        skin = _skin(rng, float(-rng.uniform(2, 14)), float(rng.uniform(-0.3, 0.8)), width)
    return EndShape(WHOLE, root, None, skin, far, length + width, 0.6 * width)


def block(rng: Generator) -> EndShape:
    """A block with corners, straight or set askew."""
    length, width = _torn_size(rng)
    bend = float(rng.uniform(-0.5, 0.5))
    half = (length / 2, width / 2, width / 2)
    solid = box(length / 2, half, float(rng.uniform(0.02, 0.18)))
    wedge = float(rng.uniform(-0.25, 0.25))
    shear = float(rng.uniform(-0.4, 0.4))
    root = turned(
        lambda x, y, z: solid(x + shear * y, y * (1 + wedge * (x / length - 0.5)), z), bend
    )
    root = joined([root, rod(_BEHIND, 0.2, SHAFT)], float(rng.uniform(0, 0.08)))
    return _misshapen(rng, root, length, width, bend)


def angle(rng: Generator) -> EndShape:
    """A straight piece that leaves the axis at an angle, with a squared end."""
    length, width = _torn_size(rng)
    bend = float(rng.choice([-1, 1]) * rng.uniform(0.4, 1.4))
    half = (length / 2, max(SHAFT, 0.4 * width), SHAFT * float(rng.uniform(0.7, 1.2)))
    piece = turned(box(length / 2 - 0.2, half, float(rng.uniform(0.03, 0.2))), bend)
    root = joined([piece, rod(_BEHIND, 0.15, SHAFT)], float(rng.uniform(0.02, 0.1)))
    return _misshapen(rng, root, length, width, bend)


def hook(rng: Generator) -> EndShape:
    """A curl that flares to a blunt end."""
    length = max(_torn_size(rng)[0], 2.0)
    curvature = float(rng.choice([-1, 1]) * rng.uniform(0.9, 2.6)) / length
    flare = float(rng.uniform(0.85, 1.6)) / length
    end = rod(-1.0, length, SHAFT, float(rng.uniform(0.6, 1.0)))

    def flared(x: Grid, y: Grid, z: Grid) -> Grid:
        return end(x, np.asarray(y / (1 + flare * np.maximum(x, 0) / 2), np.float32), z)

    grown = curled(flared, curvature)
    root = roughened(grown, waves(rng, 3.0), float(rng.uniform(0, 0.07)))
    turn = curvature * length
    far = (float(np.sin(turn) / curvature), float((1 - np.cos(turn)) / curvature))
    return EndShape(cut(WHOLE, -0.2, 0.0), root, None, None, far, length + 1, 0.7)


def ragged(rng: Generator) -> EndShape:
    """Lumps of different sizes with a rough surface."""
    length, width = _torn_size(rng)
    lumps = []
    for at in np.linspace(0.1, max(length - 0.3 * width, 0.3), int(rng.integers(3, 7))):
        side, deep = rng.normal(0, 0.16 * width, 2)
        if rng.random() < 0.5:
            lumps.append(ball((at, side, deep), float(width * rng.uniform(0.28, 0.5))))
        else:
            half = tuple(float(v) for v in width * rng.uniform(0.2, 0.45, 3))
            lumps.append(turned(box(at, half, 0.04), float(rng.normal(0, 0.2))))  # type: ignore[arg-type]
    root = joined([*lumps, rod(_BEHIND, 0.2, SHAFT)], float(rng.uniform(0, 0.06)))
    root = roughened(root, waves(rng, float(rng.uniform(4, 9)), 12), float(rng.uniform(0.06, 0.2)))
    return _misshapen(rng, root, length, width, 0.0)


def collapsed(rng: Generator) -> EndShape:
    """A flat, folded sheet."""
    length, width = _torn_size(rng)
    sheet = box(length / 2, (length / 2, width / 2 * 1.1, 0.5), 0.1)
    folds = waves(rng, 3.0, 5)
    bent = curled(
        lambda x, y, z: sheet(x, y * (1 + 0.3 * folds(x, 0 * y, 0 * z)), z),
        float(rng.uniform(-0.6, 0.6)) / length,
    )
    root = roughened(bent, waves(rng, 5.0), float(rng.uniform(0.04, 0.12)))
    root = joined([root, rod(_BEHIND, 0.2, SHAFT)], 0.03)
    return _misshapen(rng, root, length, width, 0.0)


def narrow_in_sheath(rng: Generator) -> EndShape:
    """A small crooked end in a long sheath."""
    length, width = float(rng.uniform(1.2, 3.0)), float(rng.uniform(1.1, 1.7))
    end = rod(_BEHIND, length, SHAFT * float(rng.uniform(0.9, 1.3)), float(rng.uniform(0.6, 1)))
    bend = float(rng.uniform(-1, 1)) / length
    root = roughened(curled(end, bend), waves(rng, 4.0), float(rng.uniform(0.03, 0.12)))
    long = float(4 + 14 * rng.beta(1.2, 2.0))
    skin = _skin(rng, -long, float(rng.uniform(-0.5, 0.7 * length)), width)
    return EndShape(WHOLE, root, None, skin, (length, 0.0), length + 1, 0.8)


def flawed_club(rng: Generator) -> EndShape:
    """A club but for one flaw."""
    length, width = _size(rng)
    length, width = max(length, 1.8), max(width, 1.45)
    flaws = ["plane", "dent", "aside", "rings", "bent", "blunt", "split"]
    flaw = str(rng.choice(flaws))
    bend = float(rng.choice([-1, 1]) * rng.uniform(0.0, 0.35))
    root = _bulb(rng, length, width, 0.1 if flaw == "aside" else 0.0)
    if flaw == "plane":
        slope = float(rng.choice([-1, 1]) * rng.uniform(0, 1.1))
        root = cut(root, float(rng.uniform(0.4, 0.7)) * length, slope, float(rng.normal(0, 0.3)))
    elif flaw == "dent":
        for _ in range(int(rng.integers(1, 4))):
            side = float(rng.choice([-1, 1]) * width * rng.uniform(0.38, 0.52))
            at = float(rng.uniform(0.4, 0.9) * length)
            root = without(root, ball((at, side, 0.0), float(width * rng.uniform(0.27, 0.4))))
    elif flaw == "aside":
        bump = ball(
            (float(rng.uniform(0.3, 0.8) * length), float(rng.choice([-1, 1]) * 0.6 * width), 0.0),
            float(width * rng.uniform(0.3, 0.45)),
        )
        root = joined([root, bump], 0.04)
    elif flaw == "rings":
        root = ringed(root, length / float(rng.uniform(2.0, 4.5)), float(rng.uniform(0.1, 0.2)))
    elif flaw == "bent":
        root = curled(root, float(rng.choice([-1, 1]) * rng.uniform(1.0, 1.9)) / length)
    elif flaw == "blunt":
        half = (length / 2, width / 2, width / 2)
        solid = box(length / 2, half, float(rng.uniform(0.08, 0.22)))
        root = joined([solid, rod(_BEHIND, 0.3, SHAFT)], float(rng.uniform(0.05, 0.2)))
    else:
        slit = box(length, (0.6 * length, float(rng.uniform(0.08, 0.22)), 3.0), 0.02)
        root = without(root, turned(slit, float(rng.normal(0, 0.15))))
    return _misshapen(rng, turned(root, bend), length, width, bend)
