"""Lines that repeat: embossed paper, rulers, grids, weaves. Laid hairs never repeat one another."""

from collections.abc import Sequence

import numpy as np

from data.arrays import Array, Mask
from data.strands.curves import resample
from data.strands.strand import Strand

_POINTS = 9
_MIN_STRANDS = 6
_MAX_STRANDS = 250
"""Of more, the longest ones are compared."""
_SHAPE_PX, _SHAPE_WIDTHS, _SHAPE_SHARE = 2.0, 0.7, 0.06
"""Two lines are alike if their points differ by no more, or by this share of their length."""
_SHIFT_PX, _SHIFT_WIDTHS = 3.0, 0.6
"""Two shifts are alike if they differ by no more."""
_MIN_SHIFT_WIDTHS = 3.0
_MIN_SUPPORT, _MIN_SUPPORT_SHARE = 4, 0.1
"""One shift has to lead from this many lines, and from this share of all, to lines like them."""
_MAX_PAIRS = 1500


def repeated(strands: Sequence[Strand]) -> Mask:
    """Which of the strands (N,) take part in a pattern: a shift takes many lines to their likes."""
    marked = np.zeros(len(strands), bool)
    if len(strands) < _MIN_STRANDS:
        return marked
    longest = np.argsort([-strand.length_px for strand in strands])[:_MAX_STRANDS]
    some = [strands[k] for k in longest]
    middle, alike, width_px = _likeness(some)
    first, second = np.nonzero(np.triu(alike, 1))
    shift = middle[second] - middle[first]
    far = np.linalg.norm(shift, axis=1) > _MIN_SHIFT_WIDTHS * width_px[first]
    first, second, shift = (part[far][:_MAX_PAIRS] for part in (first, second, shift))
    if len(first) < _MIN_SUPPORT:
        return marked
    opposite = shift[:, 0] + 1e-3 * shift[:, 1] < 0
    shift[opposite] *= -1
    reach = np.maximum(_SHIFT_PX, _SHIFT_WIDTHS * width_px[first])
    same = np.abs(shift[:, None] - shift[None]).max(axis=2) <= reach[:, None]
    least = max(_MIN_SUPPORT, _MIN_SUPPORT_SHARE * len(some))
    for row in same:
        pairs = np.flatnonzero(row)
        if len(np.unique(first[pairs])) >= least:
            marked[longest[first[pairs]]] = marked[longest[second[pairs]]] = True
    return marked


def _likeness(strands: Sequence[Strand]) -> tuple[Array, Mask, Array]:
    """Middles (N, 2), which pairs (N, N) have the same shape and tone, and widths (N,)."""
    lines = np.stack([_evenly(strand.path) for strand in strands])
    width_px = np.array([strand.shaft_px for strand in strands])
    length_px = np.array([strand.length_px for strand in strands])
    darker = np.array([strand.contrast < 0 for strand in strands])
    middle = lines.mean(axis=1)
    shape = lines - middle[:, None]
    apart = np.minimum(_apart(shape, shape), _apart(shape, shape[:, ::-1]))
    reach = np.maximum(_SHAPE_PX, np.maximum(_SHAPE_WIDTHS * width_px, _SHAPE_SHARE * length_px))
    alike = (apart <= np.minimum(reach[:, None], reach[None])) & (darker[:, None] == darker[None])
    return middle, alike, width_px


def _evenly(path: Array) -> Array:
    line = resample(path, 1.0)
    return np.asarray(line[np.linspace(0, len(line) - 1, _POINTS).round().astype(int)])


def _apart(one: Array, other: Array) -> Array:
    """(N, N) root mean square distances of corresponding points of (N, P, 2) lines."""
    return np.asarray(np.sqrt(((one[:, None] - other[None]) ** 2).sum(axis=3).mean(axis=2)))
