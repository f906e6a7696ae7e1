"""The truth of a hair that was drawn straight from above, without a camera."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from data.strands.curves import resample

Array = NDArray[np.float64]
_COARSE_END = {"oblique": "cut", "split": "frayed"}
_STEP_PX = 10.0


def root_of(kind: str) -> str:
    """The class of a root of a kind: telogen, misshapen or bare."""
    if kind.startswith("club"):
        return "telogen"
    return "misshapen" if kind.startswith("anagen") else "bare"


def drawn_hair_truth(
    line: Array,
    shaft_px: float,
    kinds: tuple[str, str],
    far: Sequence[float] | Array,
    size: tuple[int, int],
) -> dict[str, object]:
    """Where one hair of a truth line lies, and its ends. ``line`` (N, 2) runs from root to tip,
    ``kinds`` are those of root and tip, ``far`` (2,) is the far end of the root, ``size`` (width,
    height) of the photo; all in px."""
    line = resample(line, _STEP_PX)
    kind, tip_kind = kinds
    root = root_of(kind)
    return {
        "root": root,
        "root_kind": kind,
        "end_kind": _COARSE_END.get(kind, kind) if root == "bare" else None,
        "tip": "tapered" if tip_kind == "tapered" else "cut",
        "tip_kind": tip_kind,
        "root_xy": _rounded(line[0]),
        "root_tip_xy": _rounded(far),
        "tip_xy": _rounded(line[-1]),
        "root_in_photo": _is_inside(line[0], size),
        "tip_in_photo": _is_inside(line[-1], size),
        "shaft_px": round(shaft_px, 3),
        "length_px": round(float(np.linalg.norm(np.diff(line, axis=0), axis=1).sum()), 1),
        "polyline": [_rounded(point) for point in line],
    }


def _is_inside(xy: Array, size: tuple[int, int]) -> bool:
    return bool(0 <= xy[0] < size[0] and 0 <= xy[1] < size[1])


def _rounded(xy: Sequence[float] | Array) -> list[float]:
    return [round(float(xy[0]), 2), round(float(xy[1]), 2)]
