"""Fibres of similar colour as one shape: the ray tracer's cost grows with the number of shapes."""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from data.render.geometry.hair import Fibre
from data.render.lights import Parts
from data.render.scene import BuiltScene, buried_curve, curve_rows
from data.render.spec import HairSpec

MOST_GROUPS = 5


def group_fibres(parts: Parts, built: BuiltScene, folder: Path) -> None:
    """Replaces the fibres among `parts` by a shape for each of at most MOST_GROUPS colours."""
    for key in [key for key in parts if key.startswith("fibre")]:
        del parts[key]
    fibres = [
        (hair, fibre)
        for hair, shape in zip(built.spec.hairs, built.hairs, strict=True)
        for fibre in shape.fibres
    ]
    if not fibres:
        return
    darkness = np.array([np.log(0.02 + fibre.sigma.mean()) for _, fibre in fibres])
    group = _grouped(darkness)
    for k in np.unique(group):
        members = [fibres[i] for i in np.flatnonzero(group == k)]
        parts[f"fibres{k}"] = _shape(members, folder / f"group{k}.txt")


def _grouped(values: NDArray[np.float64]) -> NDArray[np.int64]:
    """The group of each value: cut at the widest gaps."""
    order = np.argsort(values)
    gaps = np.diff(values[order])
    widest = np.sort(np.argsort(gaps)[::-1][: MOST_GROUPS - 1])
    cuts = widest[gaps[widest] > 0.1]
    group = np.empty(len(values), np.int64)
    group[order] = np.searchsorted(cuts, np.arange(len(values)), side="left")
    return group


def _shape(members: list[tuple[HairSpec, Fibre]], path: Path) -> dict[str, Any]:
    """One curve shape with the mean absorption of its members and the first one's roughness."""
    with path.open("w", encoding="ascii") as file:
        for _, fibre in members:
            np.savetxt(file, curve_rows(fibre), fmt="%.6f", footer="\n", comments="")
        buried = buried_curve(members[-1][1].points[-1])
        np.savetxt(file, buried, fmt="%.6f", footer="\n", comments="")
    hair = members[0][0]
    sigma = np.mean([fibre.sigma for _, fibre in members], axis=0)
    bsdf = {
        "type": "hair",
        "sigma_a": {"type": "rgb", "value": [float(v) for v in sigma]},
        "longitudinal_roughness": hair.longitudinal_roughness,
        "azimuthal_roughness": hair.azimuthal_roughness,
    }
    return {"type": "bsplinecurve", "filename": str(path), "bsdf": bsdf}
