"""The summary of labelled hairs: the share of telogen hairs and the graded answer.

One rule gives the answer, the interval and the verdict, so that they never contradict each other:
how probable it is that more than half of the hairs are of one kind. That has to show in the labels,
too, so that the answer agrees with what a person counts.

A hair that shows one bare end and hides the other is either a bare root (anagen) or a tip. The
share is the mean of both cases, and the rule takes the case that is worse for the kind
(docs/how-it-works/share.md).
"""

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass, replace

from data.arrays import Array
from model.labelling.hair import Hair, Label
from model.share.confusion import FAULTLESS, Confusion, ErrorRates
from model.share.counts import LabelCounts, count_hairs
from model.share.posterior import above_half, share_grid, share_interval, share_posterior
from model.share.summary import Answer, Grade, ShareBounds, ShareInterval, Summary, Verdict

CONFIDENT = 0.975
"""Probability of "most" needed for the grade ``mostly``: as strict as a 95 % Wilson lower bound
above one half (9/10, 15/20, 21/30, 32/50; docs/how-it-works/domain.md)."""
PROBABLE = 0.8
"""Probability of "most" needed for ``probably_mostly``: four times in five. Our assumption."""
MIN_READABLE = 10
"""Readable roots needed for ``mostly`` (docs/how-it-works/domain.md, numbers)."""
MIN_PROBABLE = 5
"""Readable roots needed for ``probably_mostly``. Our assumption."""
MORE_ROOTS = tuple(range(5, 105, 5))
"""The numbers of further roots that an answer may ask for. Our assumption."""

_GRID, _COARSE_GRID = share_grid(2000), share_grid(200)
"""The coarse one is exact enough for the number of further roots, and ten times as fast."""
_CELL = 1 / len(_GRID)


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
    rule = _Rule(counts, by_machine, confusion, by_person)
    if not counts.readable:
        return replace(summary, answer=rule.answer_without_roots())
    tips, roots = rule.density(), rule.density(anagen=by_machine.bare_end_only)
    answer, density = rule.answer(tips, roots), (tips + roots) / 2
    return replace(
        summary,
        share=_agreeing_interval(density, answer),
        p_most_telogen=round(above_half(density), 4),
        verdict=_verdict(counts, answer),
        answer=answer,
    )


def _worst_case(counts: LabelCounts) -> ShareBounds | None:
    """The share of the labels as they are, with all unsure hairs anagen, and with all telogen."""
    hairs = counts.readable + counts.unsure
    if not hairs:
        return None
    low, high = counts.telogen / hairs, (counts.telogen + counts.unsure) / hairs
    return ShareBounds(round(low, 4), round(high, 4))


@dataclass(frozen=True)
class _Rule:
    """The rule for some counts; ``counts`` are those of model and people together."""

    counts: LabelCounts
    by_machine: LabelCounts
    confusion: Confusion
    by_person: LabelCounts

    def density(self, telogen: float = 0, anagen: float = 0, shares: Array = _GRID) -> Array:
        """The posterior (K,) with further labels of the model."""
        return share_posterior(
            self.by_machine.telogen + telogen,
            self.by_machine.anagen + anagen,
            self.confusion,
            by_person=self.by_person,
            shares=shares,
        )

    def answer_without_roots(self) -> Answer:
        """The answer if no root is readable."""
        return Answer(
            more_roots=self.more_roots(Label.TELOGEN), roots_out_of_view=self._roots_hidden()
        )

    def answer(self, tips: Array, roots: Array) -> Answer:
        """By the posteriors (K,) with single bare ends as tips, which is worse for "most are
        anagen", and as bare roots, which is worse for "most are telogen"."""
        telogen, anagen = above_half(roots), 1 - above_half(tips)
        side = Label.TELOGEN if telogen >= anagen else Label.ANAGEN
        readable = self.counts.readable
        grade = _grade(side, max(telogen, anagen), self.counts.telogen, self.counts.anagen)
        if grade is Grade.MOSTLY:
            return Answer(grade, side)
        stated = side if grade is Grade.PROBABLY_MOSTLY else None
        hidden = self._roots_hidden() if readable < MIN_READABLE else self._roots_decide(roots)
        return Answer(grade, stated, self.more_roots(side), hidden)

    def more_roots(self, side: Label) -> int | None:
        """The fewest further roots, with labels as those so far, that make the grade ``mostly``."""
        counts, readable = self.counts, self.counts.readable
        part = counts.telogen / readable if readable else 1.0
        worse = self.by_machine.bare_end_only if side is Label.TELOGEN else 0

        def settles(more: int) -> bool:
            telogen, anagen = more * part, more * (1 - part)
            p_most = _p_most(side, self.density(telogen, anagen + worse, _COARSE_GRID))
            grade = _grade(side, p_most, counts.telogen + telogen, counts.anagen + anagen)
            return grade is Grade.MOSTLY

        place = bisect_left(MORE_ROOTS, True, key=settles)
        return MORE_ROOTS[place] if place < len(MORE_ROOTS) else None

    def _roots_hidden(self) -> bool:
        """Whether single bare ends are why too few roots are readable."""
        readable, bare_ends = self.counts.readable, self.by_machine.bare_end_only
        return bare_ends > 0 and (bare_ends >= readable or readable + bare_ends >= MIN_READABLE)

    def _roots_decide(self, roots: Array) -> bool:
        """Whether most hairs could be of another kind, by what the hidden roots are."""
        bare_ends = self.by_machine.bare_end_only
        return bare_ends > 0 and _sure_side(roots) is not _sure_side(self.density(bare_ends))


def _grade(side: Label, p_most: float, telogen: float, anagen: float) -> Grade:
    """The grade for the probability that most are of this kind, and the labels."""
    readable = telogen + anagen
    is_majority = 2 * (telogen if side is Label.TELOGEN else anagen) > readable
    if readable >= MIN_READABLE and p_most >= CONFIDENT and is_majority:
        return Grade.MOSTLY
    if readable >= MIN_PROBABLE and p_most >= PROBABLE and is_majority:
        return Grade.PROBABLY_MOSTLY
    return Grade.MIXED if readable >= MIN_READABLE else Grade.TOO_FEW


def _p_most(side: Label, density: Array) -> float:
    above = above_half(density)
    return above if side is Label.TELOGEN else 1 - above


def _sure_side(density: Array) -> Label | None:
    sides = (Label.TELOGEN, Label.ANAGEN)
    return next((side for side in sides if _p_most(side, density) >= CONFIDENT), None)


def _agreeing_interval(density: Array, answer: Answer) -> ShareInterval:
    """The shortest interval that agrees with the answer: on one side of one half if the grade is
    ``mostly``, else on both."""
    if answer.grade is Grade.MOSTLY:
        above = answer.side is Label.TELOGEN
        return share_interval(density, low=0.5 if above else 0.0, high=1.0 if above else 0.5)
    shortest = share_interval(density)
    low, high = min(shortest.low, 0.5 - _CELL), max(shortest.high, 0.5 + _CELL)
    return replace(shortest, low=low, high=high)


def _verdict(counts: LabelCounts, answer: Answer) -> Verdict:
    if answer.grade is Grade.MOSTLY:
        return Verdict.MOSTLY_TELOGEN if answer.side is Label.TELOGEN else Verdict.MOSTLY_ANAGEN
    if counts.readable < MIN_READABLE:
        return Verdict.TOO_FEW
    return Verdict.ROOTS_NOT_SHOWN if answer.roots_out_of_view else Verdict.MIXED
