"""Links ridge points into curves, after Steger's linking (IEEE TPAMI 20(2), 1998)."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from data.arrays import Array, Floats, Indices, Mask
from data.strands.ridges import RidgePoints


def resample(line: Array, step: float) -> Array:
    """(M, D) points at most ``step`` of arc length apart along (N, D) ``line``, with both ends."""
    gaps = np.linalg.norm(np.diff(line, axis=0), axis=1)
    along = np.concatenate([[0.0], np.cumsum(gaps)])
    count = max(2, int(np.ceil(along[-1] / step)) + 1)
    wanted = np.linspace(0, along[-1], count)
    return np.column_stack([np.interp(wanted, along, part) for part in line.T])


def smoothed(line: Array, reach: int = 2) -> Array:
    """A running mean over ``2 reach + 1`` points of (N, D) ``line``, with its two ends in place."""
    reach = min(reach, len(line) - 1)
    before, after = 2 * line[0] - line[reach:0:-1], 2 * line[-1] - line[-2 : -2 - reach : -1]
    sums = np.cumsum(np.vstack([0 * line[:1], before, line, after]), axis=0)
    window = 2 * reach + 1
    return np.asarray((sums[window:] - sums[:-window]) / window)


_AROUND = [(x, y) for y in (-1, 0, 1) for x in (-1, 0, 1) if (x, y) != (0, 0)]
_NEIGHBOURS = np.array([(x, y, turn) for turn in (-1, 0, 1) for x, y in _AROUND])
"""Columns, rows and directions from a point to its possible successors."""
_MAX_TURN = np.deg2rad(35)
_MIN_POINTS = 5


@dataclass(frozen=True)
class Curve:
    """A piece of a line.

    ``xy`` (N, 2) in cells of the map, in order along the line; ``probability`` (N,) as in
    RidgePoints; ``width`` (N,) in cells. ``ambiguous``: it was joined where another continuation
    was as good.
    """

    xy: Array
    probability: Floats
    width: Floats
    ambiguous: bool = False

    @cached_property
    def typical_width(self) -> float:
        """The median width, in cells."""
        return float(np.median(self.width))

    @property
    def length(self) -> float:
        """Along the line, in cells."""
        return float(np.linalg.norm(np.diff(self.xy, axis=0), axis=1).sum())


def trace_curves(points: RidgePoints) -> list[Curve]:
    """The curves through ridge points, of a few points or more."""
    successors = _mutual_links(points)
    return [
        Curve(
            smoothed(points.xy[chain].astype(np.float64)),
            points.probability[chain],
            points.width[chain],
        )
        for chain in _chains(successors)
        if len(chain) >= _MIN_POINTS
    ]


def _mutual_links(points: RidgePoints) -> Indices:
    """(N, 2): for each point the next one along its angle and against it, -1 for none.

    Two points are linked only where each prefers the other.
    """
    best = _preferred(points)
    links = np.full_like(best, -1)
    index = np.arange(len(best))
    for port in (0, 1):
        partner = best[:, port]
        back = best[np.maximum(partner, 0)]
        mutual = (partner >= 0) & ((back[:, 0] == index) | (back[:, 1] == index))
        links[mutual, port] = partner[mutual]
    return links


def _preferred(points: RidgePoints) -> Indices:
    """(N, 2): each point's cheapest neighbour along its angle and against it, -1 for none."""
    count = len(points.xy)
    neighbour = _neighbours(points)
    cost, ahead = _link_costs(points, neighbour)
    best = np.full((count, 2), -1, np.intp)
    for port in (0, 1):
        own = np.where(ahead == (port == 0), cost, np.inf)
        choice = own.argmin(axis=1) if count else np.empty(0, np.intp)
        rows = np.arange(count)
        found = np.isfinite(own[rows, choice])
        best[found, port] = neighbour[rows, choice][found]
    return best


def _neighbours(points: RidgePoints) -> Indices:
    """(N, 24) indices of the neighbours of each point, -1 where there is none."""
    directions, height, width = points.shape

    def key(cell: Indices) -> Indices:
        # One cell of border keeps the right neighbour of a row's last cell apart from the next row.
        return (
            ((cell[..., 2] % directions) * (height + 2) + cell[..., 1] + 1) * (width + 2)
            + cell[..., 0]
            + 1
        )

    own = key(points.cell)
    order = own.argsort()
    wanted = key(points.cell[:, None, :] + _NEIGHBOURS)
    place = np.searchsorted(own[order], wanted).clip(max=max(len(own) - 1, 0))
    return np.where(own[order][place] == wanted, order[place], -1) if len(own) else wanted


def _link_costs(points: RidgePoints, neighbour: Indices) -> tuple[Array, Mask]:
    """Cost (N, 24) of linking to each neighbour, infinite where not allowed; and which lie ahead.

    The cost is distance plus turn, as in Steger's linking.
    """
    step = points.xy[neighbour] - points.xy[:, None, :]
    along = (
        np.cos(points.angle)[:, None] * step[..., 0] + np.sin(points.angle)[:, None] * step[..., 1]
    )
    distance = np.hypot(step[..., 0], step[..., 1])
    difference = points.angle[neighbour] - points.angle[:, None]
    turn = np.abs((difference + np.pi / 2) % np.pi - np.pi / 2)  # angles are modulo pi
    aside = np.arccos(np.clip(np.abs(along) / np.maximum(distance, 1e-6), 0, 1))
    allowed = (neighbour >= 0) & (turn < _MAX_TURN) & (aside < _MAX_TURN)
    cost = distance + turn + aside
    return np.where(allowed, cost, np.inf), along > 0


def _chains(links: Indices) -> list[list[int]]:
    """Point indices in order along each chain of mutual links; a ring is cut open somewhere."""
    neighbours = links.tolist()
    degree = (links >= 0).sum(axis=1)
    seen = np.zeros(len(neighbours), bool)
    starts = [*np.flatnonzero(degree == 1).tolist(), *np.flatnonzero(degree == 2).tolist()]
    chains = []
    for start in starts:
        if not seen[start]:
            chains.append(_walk(start, neighbours, seen))
    return chains


def _walk(start: int, neighbours: list[list[int]], seen: Mask) -> list[int]:
    chain, here = [], start
    while here >= 0:
        seen[here] = True
        chain.append(here)
        here = next((n for n in neighbours[here] if n >= 0 and not seen[n]), -1)
    return chain
