"""Curves whose ends were paired, made into one."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from data.strands.curves import Curve

_HEADING_POINTS = 6


def chains(partner: NDArray[np.intp]) -> list[list[int]]:
    """Lists of entry ends: curve ``e // 2`` is entered at end ``e`` and left at ``e ^ 1``."""
    loose = [end for end in range(len(partner)) if partner[end] < 0]
    seen: set[int] = set()
    found = []
    for start in [*loose, *range(len(partner))]:
        chain, end = [], start
        while end >= 0 and end // 2 not in seen:
            seen.add(end // 2)
            chain.append(end)
            end = int(partner[end ^ 1])
        if chain:
            found.append(chain)
    return found


def joined(curves: Sequence[Curve], chain: list[int], doubtful: NDArray[np.bool_]) -> Curve:
    """One curve through all of a chain; ``doubtful`` (2N,) tells of each end."""
    parts: list[Curve] = []
    for end in chain:
        part = _some(curves[end // 2], slice(None, None, -1 if end % 2 else 1))
        parts.append(_beyond(parts[-1].xy, part) if parts else part)
    in_doubt = bool(doubtful[chain].any() or doubtful[[end ^ 1 for end in chain]].any())
    return Curve(
        np.vstack([part.xy for part in parts]),
        np.concatenate([part.chance for part in parts]),
        np.concatenate([part.width for part in parts]),
        doubtful=in_doubt or any(part.doubtful for part in parts),
    )


def _beyond(line: NDArray[np.float64], part: Curve) -> Curve:
    """What of ``part`` lies beyond ``line`` (N, 2), which may run past its beginning."""
    heading = line[-1] - line[-min(len(line), _HEADING_POINTS)]
    ahead = (part.xy - line[-1]) @ heading > 0
    return _some(part, slice(min(int(ahead.argmax()), len(ahead) - 2), None))


def _some(curve: Curve, points: slice) -> Curve:
    return replace(
        curve, xy=curve.xy[points], chance=curve.chance[points], width=curve.width[points]
    )
