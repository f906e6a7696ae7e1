"""Ridge points strung into curves.

Lines through points.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from data.strands.ridges import RidgePoints


def resample(line: NDArray[np.float64], step: float) -> NDArray[np.float64]:
    """(M, D) points at most ``step`` of arc length apart along (N, D) ``line``, both ends kept."""
    gaps = np.linalg.norm(np.diff(line, axis=0), axis=1)
    along = np.concatenate([[0.0], np.cumsum(gaps)])
    count = max(2, int(np.ceil(along[-1] / step)) + 1)
    wanted = np.linspace(0, along[-1], count)
    return np.column_stack([np.interp(wanted, along, part) for part in line.T])


def smoothed(line: NDArray[np.float64], reach: int = 2) -> NDArray[np.float64]:
    """A running mean over ``2 reach + 1`` points of (N, D) ``line``, its two ends left in place."""
    reach = min(reach, len(line) - 1)
    before, after = 2 * line[0] - line[reach:0:-1], 2 * line[-1] - line[-2 : -2 - reach : -1]
    sums = np.cumsum(np.vstack([0 * line[:1], before, line, after]), axis=0)
    window = 2 * reach + 1
    return np.asarray((sums[window:] - sums[:-window]) / window)


_AROUND = [(x, y) for y in (-1, 0, 1) for x in (-1, 0, 1) if (x, y) != (0, 0)]
_NEIGHBOURS = np.array([(x, y, turn) for turn in (-1, 0, 1) for x, y in _AROUND])
"""Columns, rows and directions from a point to those that it may go on to."""
_WIDEST_TURN = np.deg2rad(35)
_LEAST_POINTS = 5


@dataclass(frozen=True)
class Curve:
    """A piece of a line.

    ``xy`` (N, 2) in cells of the map, in order along the line; ``chance`` (N,) as in RidgePoints;
    ``width`` (N,) in cells. ``doubtful``: it was joined where another way on was as good.
    """

    xy: NDArray[np.float64]
    chance: NDArray[np.float32]
    width: NDArray[np.float32]
    doubtful: bool = False

    @cached_property
    def typical_width(self) -> float:
        """The median width, in cells."""
        return float(np.median(self.width))

    @property
    def length(self) -> float:
        """Along the line, in cells."""
        return float(np.linalg.norm(np.diff(self.xy, axis=0), axis=1).sum())


def trace(points: RidgePoints) -> list[Curve]:
    """Curves of at least a few points."""
    successors = _mutual_links(points)
    return [
        Curve(
            smoothed(points.xy[chain].astype(np.float64)),
            points.chance[chain],
            points.width[chain],
        )
        for chain in _chains(successors)
        if len(chain) >= _LEAST_POINTS
    ]


def _mutual_links(points: RidgePoints) -> NDArray[np.intp]:
    """(N, 2): for each point the next one along its angle and against it, -1 for none.

    A link holds only where each of the two points prefers the other.
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


def _preferred(points: RidgePoints) -> NDArray[np.intp]:
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


def _neighbours(points: RidgePoints) -> NDArray[np.intp]:
    """(N, 24) numbers of the points next to each, -1 where there is none."""
    directions, height, width = points.shape

    def key(cell: NDArray[np.intp]) -> NDArray[np.intp]:
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


def _link_costs(
    points: RidgePoints, neighbour: NDArray[np.intp]
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Cost (N, 24) of going on to each neighbour, infinite where it may not; and which lie ahead.

    Distance plus turn, as in Steger's linking.
    """
    step = points.xy[neighbour] - points.xy[:, None, :]
    along = (
        np.cos(points.angle)[:, None] * step[..., 0] + np.sin(points.angle)[:, None] * step[..., 1]
    )
    distance = np.hypot(step[..., 0], step[..., 1])
    turn = np.abs(_half_turn(points.angle[neighbour] - points.angle[:, None]))
    aside = np.arccos(np.clip(np.abs(along) / np.maximum(distance, 1e-6), 0, 1))
    allowed = (neighbour >= 0) & (turn < _WIDEST_TURN) & (aside < _WIDEST_TURN)
    cost = distance + turn + aside
    return np.where(allowed, cost, np.inf), along > 0


def _half_turn(angle: NDArray[np.float32]) -> NDArray[np.float32]:
    """Angles modulo pi, in -pi/2 .. pi/2."""
    return np.asarray((angle + np.pi / 2) % np.pi - np.pi / 2, np.float32)


def _chains(links: NDArray[np.intp]) -> list[list[int]]:
    """Point numbers in order along each chain of mutual links; a ring is cut open somewhere."""
    neighbours = links.tolist()
    degree = (links >= 0).sum(axis=1)
    seen = np.zeros(len(neighbours), bool)
    starts = [*np.flatnonzero(degree == 1).tolist(), *np.flatnonzero(degree == 2).tolist()]
    chains = []
    for start in starts:
        if not seen[start]:
            chains.append(_walk(start, neighbours, seen))
    return chains


def _walk(start: int, neighbours: list[list[int]], seen: NDArray[np.bool_]) -> list[int]:
    chain, here = [], start
    while here >= 0:
        seen[here] = True
        chain.append(here)
        here = next((n for n in neighbours[here] if n >= 0 and not seen[n]), -1)
    return chain
