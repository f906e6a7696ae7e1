"""A hair to label, and the order in which to label several."""

from collections.abc import Sequence
from dataclasses import dataclass

from data.strands.strand import EndState, Strand
from model.active_learning import Candidate, select_for_labelling

LOW_UNCERTAINTY = 0.1
"""Below this a hair counts as certain; 95 % telogen and 5 % anagen has 0.1. Our assumption."""


@dataclass(frozen=True)
class QueueItem:
    """A hair of ``photo`` (a name or an id; ``sha256`` is the hash of its bytes).

    Of the strand's path only the ends are stored. ``shown`` is the index of the visible end that is
    most like a root: the label is asked for there. ``number`` is the hair's index in the report of
    a saved photo.
    """

    photo: str
    sha256: str
    strand: Strand
    shown: int
    candidate: Candidate
    number: int | None = None

    @property
    def place(self) -> tuple[float, float]:
        """x, y of the shown end, in pixels of the upright photo."""
        end = self.strand.ends[self.shown]
        return round(end.x, 1), round(end.y, 1)

    @property
    def ends_in_view(self) -> list[int]:
        """Indexes of the visible ends, the shown one first."""
        ends = self.strand.ends
        return [k for k in (self.shown, 1 - self.shown) if ends[k].state is EndState.VISIBLE]

    @property
    def guess(self) -> tuple[str, float]:
        """The most probable label, by its name in tables of labels, and its probability.

        ``unsure`` stands for a root out of view.
        """
        hair, probabilities = self.candidate, self._root_probabilities()
        unsure = max(0.0, 1 - hair.not_hair - sum(probabilities.values()))
        probabilities |= {"unsure": unsure, "not_hair": hair.not_hair}
        return max(probabilities.items(), key=lambda pair: pair[1])

    @property
    def why(self) -> str:
        """The reason to label this hair, in one sentence."""
        hair, probabilities = self.candidate, self._root_probabilities()
        if hair.uncertainty < LOW_UNCERTAINTY:
            return "The model is fairly sure of it: a label shows whether it is right."
        if 2 * min(probabilities.values()) < hair.uncertainty / 2:
            return f"A hair or none? {hair.not_hair:.0%} that it is none."
        telogen, anagen = (f"{probability:.0%}" for probability in probabilities.values())
        return f"Telogen or anagen? {telogen} against {anagen}."

    def _root_probabilities(self) -> dict[str, float]:
        """Probabilities that it is a hair with its root in view, by the kind of root."""
        is_hair = 1 - self.candidate.not_hair
        return {
            "telogen": is_hair * self.candidate.telogen,
            "anagen": is_hair * self.candidate.anagen,
        }


def select_items(
    unlabelled: Sequence[QueueItem], labelled: Sequence[QueueItem], count: int
) -> list[QueueItem]:
    """At most ``count`` of the unlabelled hairs, in the order in which to label them."""
    order = select_for_labelling(
        [item.candidate for item in unlabelled], [item.candidate for item in labelled], count
    )
    return [unlabelled[i] for i in order]
