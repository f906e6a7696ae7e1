"""The posterior of the share of telogen hairs: docs/how-it-works/share.md.

It lies on a grid of shares, with a flat prior. A labelled hair counts with the classifier's error
rates, given that it was labelled at all (model/share/confusion.py). The number of ``unsure`` hairs
is not used: it depends on the photo more than on the hairs.

People's labels count as faultless, the model's with its error rates. The likelihoods of the two are
multiplied, since they are of different hairs.
"""

import numpy as np

from data.arrays import Array
from model.share.confusion import FAULTLESS, OVERDISPERSION, Confusion, telogen_label_rate
from model.share.counts import LabelCounts
from model.share.summary import ShareInterval

LEVEL = 0.95
_CELLS = 2000


def share_grid(cells: int) -> Array:
    """The shares (cells,) in the middle of equal cells over 0..1."""
    return (np.arange(cells) + 0.5) / cells


_SHARES = share_grid(_CELLS)


def share_posterior(
    telogen: float,
    anagen: float,
    confusion: Confusion = FAULTLESS,
    overdispersion: float = OVERDISPERSION,
    by_person: LabelCounts = LabelCounts(),
    shares: Array = _SHARES,
) -> Array:
    """Probabilities (K,) of the telogen share in each cell of a grid over 0..1.

    ``telogen`` and ``anagen`` count the model's labels, ``by_person`` the labels that people gave
    to other hairs; ``overdispersion`` as in ``model.share.confusion``. ``shares`` (K,): the grid.
    """
    logs = telogen_label_rate(shares, confusion, overdispersion).log_likelihood(telogen, anagen)
    if by_person.readable:
        faultless = telogen_label_rate(shares, FAULTLESS)
        logs = logs + faultless.log_likelihood(by_person.telogen, by_person.anagen)
    density = np.exp(logs - logs.max())
    return np.asarray(density / density.sum())


def above_half(density: Array) -> float:
    """The probability that the share is above one half; the grid has an even number of cells."""
    return float(density[len(density) // 2 :].sum())


def share_interval(density: Array, low: float = 0.0, high: float = 1.0) -> ShareInterval:
    """Median of a posterior (K,), and the shortest interval that holds ``LEVEL`` of it.

    The interval lies within ``low`` and ``high``, between which there has to be that much.

    The median errs less than plain counting at all shares. The mode does not, and the mean errs
    more near 1, where shed hairs usually are (docs/how-it-works/share.md).
    """
    cells = len(density)
    first, last = round(low * cells), round(high * cells)
    start, end = _shortest(density[first:last], LEVEL)
    median = share_grid(cells)[int(np.searchsorted(density.cumsum(), 0.5))]
    low, high = round((first + start) / cells, 4), round((first + end) / cells, 4)
    return ShareInterval(round(float(median), 4), low, high, LEVEL)


def _shortest(density: Array, level: float) -> tuple[int, int]:
    """The shortest run of cells that holds ``level``: the highest-density interval if there is one
    peak."""
    below = np.concatenate([[0.0], density.cumsum()])
    ends = np.searchsorted(below, below + level - 1e-12)
    starts = np.flatnonzero(ends <= len(density))
    lengths = ends[starts] - starts
    starts = starts[lengths == lengths.min()]
    best = starts[np.argmax(below[ends[starts]] - below[starts])]
    return int(best), int(ends[best])
