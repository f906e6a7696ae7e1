"""A hair that a person is asked to label."""

from dataclasses import dataclass

from data.strands.strand import EndState, Strand
from model.active_learning import Candidate

SURE = 0.1
"""A doubt below this is small: a hair of 95 % telogen and 5 % anagen has it. Our assumption."""


@dataclass(frozen=True)
class QueueItem:
    """A hair of ``photo`` (its name, and the ``sha256`` of its bytes).

    Of the strand's path only the ends are kept. ``shown`` is the end, 0 or 1, that is most like a
    root of those in view: the place that the label is asked for.
    """

    photo: str
    sha256: str
    strand: Strand
    shown: int
    candidate: Candidate

    @property
    def place(self) -> tuple[float, float]:
        """x, y of the end shown, in pixels of the upright photo."""
        end = self.strand.ends[self.shown]
        return round(end.x, 1), round(end.y, 1)

    @property
    def ends_in_view(self) -> list[int]:
        """The end shown first."""
        ends = self.strand.ends
        return [k for k in (self.shown, 1 - self.shown) if ends[k].state is EndState.VISIBLE]

    @property
    def guess(self) -> tuple[str, float]:
        """What the model thinks first, in the words of labels, and its chance.

        ``unsure`` is a hair whose root is out of view.
        """
        hair, chances = self.candidate, self._chances()
        chances |= {"unsure": max(0.0, 1 - hair.not_hair - sum(chances.values()))}
        chances |= {"not_hair": hair.not_hair}
        return max(chances.items(), key=lambda pair: pair[1])

    @property
    def why(self) -> str:
        """Why it is asked for, in one sentence."""
        hair, chances = self.candidate, self._chances()
        if hair.doubt < SURE:
            return "The model is fairly sure of it: a label shows whether it is right."
        if 2 * min(chances.values()) < hair.doubt / 2:
            return f"A hair or none? {hair.not_hair:.0%} that it is none."
        telogen, anagen = (f"{chance:.0%}" for chance in chances.values())
        return f"Telogen or anagen? {telogen} against {anagen}."

    def _chances(self) -> dict[str, float]:
        """Of a root in view of either kind, and of a hair at all."""
        hair = self.candidate
        real = 1 - hair.not_hair
        return {"telogen": real * hair.telogen, "anagen": real * hair.anagen}
