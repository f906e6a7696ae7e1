"""What stands where several labels are about one hair."""

from collections.abc import Sequence

from training.labels.meeting import Met
from training.labels.remark import Remark
from training.labels.said import Said


def agree(mets: Sequence[Met]) -> tuple[Met | None, Remark | None]:
    """What stands of the labels on one strand, and what there is to tell of them.

    Labels that can all be true give the one that says most. Of contradictory ones the latest
    stands if the times of all are known and one is the latest; else none does. "Unsure" contradicts
    whatever is not.
    """
    most = min(mets, key=_vagueness)
    if all(_is_true_with(most, each) for each in mets):
        return most, None
    latest = _latest(mets)
    said = ", ".join(f"{each.label.said.in_words} ({each.label.where})" for each in mets)
    outcome = f"the latest, {latest.label.where}, counts" if latest else "none counts"
    sentence = f"The labels of one hair contradict each other: {said}; {outcome}."
    return latest, Remark(mets[0].label.where, sentence)


def _vagueness(met: Met) -> tuple[int, bool]:
    return len(met.label.said.kinds), met.root_end is None


def _is_true_with(met: Met, other: Met) -> bool:
    """Whether all that ``met`` allows is right by the ``other``, too."""
    same_place = None in (met.root_end, other.root_end) or met.root_end == other.root_end
    if met.label.said is Said.NOT_HAIR:
        same_place = True
    unsure = (met.label.said is Said.UNSURE) == (other.label.said is Said.UNSURE)
    return unsure and same_place and met.label.said.kinds <= other.label.said.kinds


def _latest(mets: Sequence[Met]) -> Met | None:
    timed = [(each.label.said_at, each) for each in mets if each.label.said_at is not None]
    if len(timed) < len(mets):
        return None
    last = max(time for time, _ in timed)
    at_last = [each for time, each in timed if time == last]
    return at_last[0] if len({each.label.said for each in at_last}) == 1 else None
