"""What share of the hairs is telogen, and how sure that is: docs/how-it-works/share.md.

The posterior lies on a grid of shares under a flat prior. A hair that was labelled counts with
the classifier's own error rates, given that it was labelled at all
(model/share/label_rate.py). How many
are ``unsure`` says nothing by itself: that depends on the photo more than on the hairs.

A hair that shows one bare end and hides the other is either a bare root (anagen) or a tip. Both
readings of all such hairs are kept, half and half; the verdict needs both to agree.

Labels that people gave are taken as faultless, the machine's with its error rates; the likelihoods
of the two are multiplied, as those of different hairs.
"""

from collections.abc import Iterable
from dataclasses import astuple, dataclass, replace

import numpy as np

from model.labelling.hair import EndProbabilities, Hair, Label, Reason, RootType
from model.share.confusion import FAULTLESS, Confusion, ErrorRates
from model.share.label_rate import OVERDISPERSION, Density, telogen_label_rate
from model.share.summary import ShareBounds, ShareInterval, Summary, Verdict

LEVEL = 0.95
CONFIDENT = 0.975
"""How probable "most" has to be for a verdict: as strict as a 95 % Wilson lower bound above one
half (9/10, 15/20, 21/30, 32/50; docs/how-it-works/domain.md)."""
MIN_READABLE = 10
"""Fewer readable roots than this carry no verdict (docs/how-it-works/domain.md, numbers)."""

_CELLS = 2000
_SHARES = (np.arange(_CELLS) + 0.5) / _CELLS
_FAULTLESSLY_CALLED = telogen_label_rate(_SHARES, FAULTLESS)


@dataclass(frozen=True)
class Counts:
    """Hairs by label. ``bare_end_only``: those among ``unsure`` that show one bare end, which
    may be a root or a tip, and hide the other. ``kind_unsaid``: those that a person called anagen
    without saying of which kind."""

    telogen: int = 0
    misshapen: int = 0
    no_bulb: int = 0
    unsure: int = 0
    bare_end_only: int = 0
    kind_unsaid: int = 0

    @property
    def anagen(self) -> int:
        """Anagen of any kind."""
        return self.misshapen + self.no_bulb + self.kind_unsaid

    @property
    def readable(self) -> int:
        """Hairs whose root was read."""
        return self.telogen + self.anagen

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(*map(sum, zip(astuple(self), astuple(other), strict=True)))


def summarise(hairs: Iterable[Hair], confusion: Confusion) -> Summary:
    """The summary of a photo's hairs, or of several photos' together, whoever labelled them."""
    listed = list(hairs)
    by_machine = count(hair for hair in listed if not hair.by_person)
    by_person = count(hair for hair in listed if hair.by_person)
    return summarise_counts(by_machine, confusion, by_person)


def count(hairs: Iterable[Hair]) -> Counts:
    """How many hairs got which label."""
    listed = list(hairs)
    return Counts(
        telogen=sum(hair.label is Label.TELOGEN for hair in listed),
        misshapen=sum(hair.root_type is RootType.MISSHAPEN for hair in listed),
        no_bulb=sum(hair.root_type is RootType.NONE for hair in listed),
        unsure=sum(hair.label is Label.UNSURE for hair in listed),
        bare_end_only=sum(_shows_bare_end_only(hair) for hair in listed),
        kind_unsaid=sum(_is_anagen_of_unsaid_kind(hair) for hair in listed),
    )


def summarise_counts(
    by_machine: Counts, confusion: Confusion = FAULTLESS, by_person: Counts = Counts()
) -> Summary:
    """The summary of counted labels; those that a person gave are taken as faultless.

    ``confusion`` is that of the labels ``by_machine``, and FAULTLESS where people gave all.
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
        kind_unsaid=counts.kind_unsaid,
    )
    if not counts.readable:
        return summary
    tips, roots, clubs = _readings(by_machine, confusion, by_person)
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
    leaning: float = OVERDISPERSION,
    by_person: Counts = Counts(),
) -> Density:
    """Probabilities (2000,) of the telogen share being in each cell of the grid over 0..1, given
    how many hairs the machine gave either label, and how many other hairs a person; ``leaning`` as
    in ``model.share.label_rate``."""
    logs = telogen_label_rate(_SHARES, confusion, leaning).log_likelihood(telogen, anagen)
    if by_person.readable:
        logs = logs + _FAULTLESSLY_CALLED.log_likelihood(by_person.telogen, by_person.anagen)
    density = np.exp(logs - logs.max())
    return np.asarray(density / density.sum())


def share_interval(density: Density) -> ShareInterval:
    """Median of a posterior (2000,), and the shortest interval that holds ``LEVEL`` of it.

    The median, since it errs less than plain counting all over; the mode does not, and the mean
    errs more where shed hairs are, near 1 (docs/how-it-works/share.md).
    """
    low, high = _shortest(density, LEVEL)
    median = _SHARES[int(np.searchsorted(density.cumsum(), 0.5))]
    return ShareInterval(round(float(median), 4), round(low, 4), round(high, 4), LEVEL)


def _shows_bare_end_only(hair: Hair) -> bool:
    return hair.reason is Reason.ROOT_NOT_SEEN and any(map(_is_bare, hair.ends))


def _is_anagen_of_unsaid_kind(hair: Hair) -> bool:
    return hair.label is Label.ANAGEN and hair.root_type is None


def _is_bare(end: EndProbabilities | None) -> bool:
    return end is not None and end.bare >= max(end.club, end.misshapen, end.not_hair)


def _worst_case(counts: Counts) -> ShareBounds | None:
    """The share of the labels as they stand, with every unsure hair anagen, and telogen."""
    hairs = counts.readable + counts.unsure
    if not hairs:
        return None
    low, high = counts.telogen / hairs, (counts.telogen + counts.unsure) / hairs
    return ShareBounds(round(low, 4), round(high, 4))


def _readings(
    by_machine: Counts, confusion: Confusion, by_person: Counts
) -> tuple[Density, Density, Density]:
    """The posterior with every lone bare end read as a tip, as a root without a bulb, and as the
    tip of a hair that has a club out of sight."""
    telogen, anagen, bare = by_machine.telogen, by_machine.anagen, by_machine.bare_end_only
    tips, roots, clubs = (
        share_posterior(telogen + clubs, anagen + sheared, confusion, by_person=by_person)
        for clubs, sheared in ((0, 0), (0, bare), (bare, 0))
    )
    return tips, roots, clubs


def _verdict(counts: Counts, tips: Density, roots: Density, clubs: Density) -> Verdict:
    """Sure of telogen only with all lone bare ends as roots, of anagen only without them."""
    if counts.readable < MIN_READABLE:
        return Verdict.TOO_FEW
    if _most(roots) is Verdict.MOSTLY_TELOGEN:
        return Verdict.MOSTLY_TELOGEN
    if _most(tips) is Verdict.MOSTLY_ANAGEN:
        return Verdict.MOSTLY_ANAGEN
    if _most(roots) is _most(clubs):  # whatever those roots are, it would stay so
        return Verdict.MIXED
    return Verdict.ROOTS_NOT_SHOWN


def _most(density: Density) -> Verdict:
    above = _above_half(density)
    if above >= CONFIDENT:
        return Verdict.MOSTLY_TELOGEN
    return Verdict.MOSTLY_ANAGEN if 1 - above >= CONFIDENT else Verdict.MIXED


def _above_half(density: Density) -> float:
    return float(density[_CELLS // 2 :].sum())


def _shortest(density: Density, level: float) -> tuple[float, float]:
    """The shortest run of cells that holds ``level``: the highest-density interval of a density
    with one peak."""
    below = np.concatenate([[0.0], density.cumsum()])
    ends = np.searchsorted(below, below + level - 1e-12)
    starts = np.flatnonzero(ends <= _CELLS)
    lengths = ends[starts] - starts
    starts = starts[lengths == lengths.min()]
    best = starts[np.argmax(below[ends[starts]] - below[starts])]
    return float(best / _CELLS), float(ends[best] / _CELLS)
