"""The posterior of the share of telogen hairs, and the verdict: docs/how-it-works/share.md.

The posterior lies on a grid of shares, with a flat prior. A labelled hair counts with the
classifier's error rates, given that it was labelled at all (model/share/confusion.py). The number
of ``unsure`` hairs is not used: it depends on the photo more than on the hairs.

A hair that shows one bare end and hides the other is either a bare root (anagen) or a tip. The
posterior is the mean of both cases; the verdict needs both to agree.

People's labels count as faultless, the model's with its error rates. The likelihoods of the two are
multiplied, since they are of different hairs.
"""

from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from data.arrays import Array
from model.labelling.hair import Hair
from model.share.confusion import (
    FAULTLESS,
    OVERDISPERSION,
    Confusion,
    ErrorRates,
    telogen_label_rate,
)
from model.share.counts import LabelCounts, count_hairs
from model.share.summary import ShareBounds, ShareInterval, Summary, Verdict

LEVEL = 0.95
CONFIDENT = 0.975
"""Probability of "most" needed for a verdict: as strict as a 95 % Wilson lower bound above one
half (9/10, 15/20, 21/30, 32/50; docs/how-it-works/domain.md)."""
MIN_READABLE = 10
"""Readable roots needed for a verdict (docs/how-it-works/domain.md, numbers)."""

_CELLS = 2000
_SHARES = (np.arange(_CELLS) + 0.5) / _CELLS
_FAULTLESS_RATE = telogen_label_rate(_SHARES, FAULTLESS)


def summarise(hairs: Iterable[Hair], confusion: Confusion) -> Summary:
    """The summary of the hairs of one photo or more, labelled by the model or by people."""
    listed = list(hairs)
    by_machine = count_hairs(hair for hair in listed if not hair.by_person)
    by_person = count_hairs(hair for hair in listed if hair.by_person)
    return summarise_counts(by_machine, confusion, by_person)


def summarise_counts(
    by_machine: LabelCounts,
    confusion: Confusion = FAULTLESS,
    by_person: LabelCounts = LabelCounts(),
) -> Summary:
    """The summary of counted labels; those ``by_person`` count as faultless.

    ``confusion`` is the error matrix of the labels ``by_machine``: FAULTLESS if people gave all.
    """
    counts = by_machine + by_person
    only_people = by_person.readable > 0 and not by_machine.readable
    summary = Summary(
        counts.telogen,
        counts.misshapen,
        counts.no_bulb,
        counts.unsure,
        worst_case=_worst_case(counts),
        error_rates=ErrorRates.NONE if only_people else confusion.source,
        unspecified_anagen=counts.unspecified_anagen,
    )
    if not counts.readable:
        return summary
    tips, roots, clubs = _posteriors(by_machine, confusion, by_person)
    density = (tips + roots) / 2
    return replace(
        summary,
        share=share_interval(density),
        p_most_telogen=round(_above_half(density), 4),
        verdict=_verdict(counts, tips, roots, clubs),
    )


def share_posterior(
    telogen: int,
    anagen: int,
    confusion: Confusion = FAULTLESS,
    overdispersion: float = OVERDISPERSION,
    by_person: LabelCounts = LabelCounts(),
) -> Array:
    """Probabilities (2000,) of the telogen share in each cell of a grid over 0..1.

    ``telogen`` and ``anagen`` count the model's labels, ``by_person`` the labels that people gave
    to other hairs; ``overdispersion`` as in ``model.share.confusion``.
    """
    logs = telogen_label_rate(_SHARES, confusion, overdispersion).log_likelihood(telogen, anagen)
    if by_person.readable:
        logs = logs + _FAULTLESS_RATE.log_likelihood(by_person.telogen, by_person.anagen)
    density = np.exp(logs - logs.max())
    return np.asarray(density / density.sum())


def share_interval(density: Array) -> ShareInterval:
    """Median of a posterior (2000,), and the shortest interval that holds ``LEVEL`` of it.

    The median errs less than plain counting at all shares. The mode does not, and the mean errs
    more near 1, where shed hairs usually are (docs/how-it-works/share.md).
    """
    low, high = _shortest(density, LEVEL)
    median = _SHARES[int(np.searchsorted(density.cumsum(), 0.5))]
    return ShareInterval(round(float(median), 4), round(low, 4), round(high, 4), LEVEL)


def _worst_case(counts: LabelCounts) -> ShareBounds | None:
    """The share of the labels as they are, with all unsure hairs anagen, and with all telogen."""
    hairs = counts.readable + counts.unsure
    if not hairs:
        return None
    low, high = counts.telogen / hairs, (counts.telogen + counts.unsure) / hairs
    return ShareBounds(round(low, 4), round(high, 4))


def _posteriors(
    by_machine: LabelCounts, confusion: Confusion, by_person: LabelCounts
) -> tuple[Array, Array, Array]:
    """The posterior with every single bare end as a tip, as a root without a bulb, and as the tip
    of a hair with a club out of view."""
    telogen, anagen, bare = by_machine.telogen, by_machine.anagen, by_machine.bare_end_only
    tips, roots, clubs = (
        share_posterior(telogen + clubs, anagen + sheared, confusion, by_person=by_person)
        for clubs, sheared in ((0, 0), (0, bare), (bare, 0))
    )
    return tips, roots, clubs


def _verdict(counts: LabelCounts, tips: Array, roots: Array, clubs: Array) -> Verdict:
    """Mostly telogen only with all single bare ends as roots, mostly anagen only without them."""
    if counts.readable < MIN_READABLE:
        return Verdict.TOO_FEW
    if _most(roots) is Verdict.MOSTLY_TELOGEN:
        return Verdict.MOSTLY_TELOGEN
    if _most(tips) is Verdict.MOSTLY_ANAGEN:
        return Verdict.MOSTLY_ANAGEN
    if _most(roots) is _most(clubs):  # the same for any kind of those roots
        return Verdict.MIXED
    return Verdict.ROOTS_NOT_SHOWN


def _most(density: Array) -> Verdict:
    above = _above_half(density)
    if above >= CONFIDENT:
        return Verdict.MOSTLY_TELOGEN
    return Verdict.MOSTLY_ANAGEN if 1 - above >= CONFIDENT else Verdict.MIXED


def _above_half(density: Array) -> float:
    return float(density[_CELLS // 2 :].sum())


def _shortest(density: Array, level: float) -> tuple[float, float]:
    """The shortest run of cells that holds ``level``: the highest-density interval if there is one
    peak."""
    below = np.concatenate([[0.0], density.cumsum()])
    ends = np.searchsorted(below, below + level - 1e-12)
    starts = np.flatnonzero(ends <= _CELLS)
    lengths = ends[starts] - starts
    starts = starts[lengths == lengths.min()]
    best = starts[np.argmax(below[ends[starts]] - below[starts])]
    return float(best / _CELLS), float(ends[best] / _CELLS)
