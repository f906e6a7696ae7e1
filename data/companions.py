"""Lines that only accompany a hair: its shadow, its gloss, its edges, the outline of its bulb."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from data.strand import Strand

_WITHIN_WIDTHS = 1.2
_BESIDE_WIDTHS = 3.5
_AT_END_WIDTHS = 9.0
_ALONG_SHARE = 0.7
_SAME_DIRECTION = np.cos(np.deg2rad(25))
_FAINTER, _FAINTER_OPPOSITE = 0.75, 1.5


def drop_companions(strands: Sequence[Strand]) -> list[Strand]:
    """The strands without those that only run beside, inside or at the end of a stronger one."""
    kept: list[Strand] = []
    for strand in sorted(strands, key=_prominence, reverse=True):
        if not any(_near(strand, other) and _accompanies(strand, other) for other in kept):
            kept.append(strand)
    return kept


def _prominence(strand: Strand) -> float:
    return abs(strand.contrast) * strand.length_px


def _near(strand: Strand, other: Strand) -> bool:
    """Whether the boxes round two strands come as close as a companion would."""
    reach_px = _AT_END_WIDTHS * other.shaft_px
    apart = np.maximum(
        strand.path.min(axis=0) - other.path.max(axis=0),
        other.path.min(axis=0) - strand.path.max(axis=0),
    )
    return bool((apart < reach_px).all())


def _accompanies(strand: Strand, other: Strand) -> bool:
    some = slice(None, None, max(1, len(strand.path) // 40))
    points, tangents = strand.path[some], _tangents(strand.path)[some]
    distance = np.linalg.norm(points[:, None] - other.path[None], axis=2)
    gap_px = distance.min(axis=1)
    parallel = np.abs((tangents * _tangents(other.path)[distance.argmin(axis=1)]).sum(axis=1))
    along = parallel > _SAME_DIRECTION
    wider_px = max(strand.shaft_px, other.shaft_px)
    inside = along & (gap_px < _WITHIN_WIDTHS * wider_px)
    beside = along & (gap_px < _BESIDE_WIDTHS * wider_px)
    return (
        _share(inside) >= _ALONG_SHARE
        or (_is_fainter(strand, other) and _share(beside) >= _ALONG_SHARE)
        or _is_part_of_an_end(strand, other, gap_px)
    )


def _share(flags: NDArray[np.bool_]) -> float:
    return float(flags.mean())


def _is_fainter(strand: Strand, other: Strand) -> bool:
    """Halos, of less contrast, and shadows, which may be darker than a pale hair is pale."""
    limit = _FAINTER_OPPOSITE if strand.contrast * other.contrast < 0 else _FAINTER
    return abs(strand.contrast) < limit * abs(other.contrast)


def _is_part_of_an_end(strand: Strand, other: Strand, gap_px: NDArray[np.float64]) -> bool:
    """A short piece that lies wholly round one end of a longer strand: its bulb or sheath."""
    reach_px = _AT_END_WIDTHS * other.shaft_px
    if strand.length_px > reach_px or strand.length_px > other.length_px / 2:
        return False
    from_ends = [np.linalg.norm(strand.path - (end.x, end.y), axis=1).max() for end in other.ends]
    return min(from_ends) < reach_px and bool((gap_px < _BESIDE_WIDTHS * other.shaft_px).all())


def _tangents(path: NDArray[np.float64]) -> NDArray[np.float64]:
    """(N, 2) unit vectors along a path."""
    step = np.gradient(path, axis=0)
    return np.asarray(step / np.maximum(np.linalg.norm(step, axis=1, keepdims=True), 1e-9))
