"""What stands where several labels are about one hair."""

from collections.abc import Sequence

from training.labels.issues import Issue
from training.labels.label import HairLabel
from training.labels.matching import MatchedLabel

_SHOWN = 6
"""More contradictory labels than this are not all named."""


def resolve_conflicts(mets: Sequence[MatchedLabel]) -> tuple[MatchedLabel | None, Issue | None]:
    """What stands of the labels on one strand, and what there is to tell of them.

    Labels that can all be true give the one that says most. Of contradictory ones the latest
    stands if the times of all are known and one is the latest; else none does. "Unsure" contradicts
    whatever is not.
    """
    most = min(mets, key=_vagueness)
    if all(_is_true_with(most, each) for each in mets):
        return most, None
    latest = _latest(mets)
    outcome = f"the latest ({_named(latest, mets)}) counts" if latest else "none counts"
    return latest, Issue(mets[0].label.where, f"{_clash(mets)}; {outcome}.")


def _vagueness(met: MatchedLabel) -> tuple[int, bool]:
    return len(met.label.said.kinds), met.root_end is None


def _is_true_with(met: MatchedLabel, other: MatchedLabel) -> bool:
    """Whether all that ``met`` allows is right by the ``other``, too."""
    same_place = None in (met.root_end, other.root_end) or met.root_end == other.root_end
    if met.label.said is HairLabel.NOT_HAIR:
        same_place = True
    unsure = (met.label.said is HairLabel.UNSURE) == (other.label.said is HairLabel.UNSURE)
    return unsure and same_place and met.label.said.kinds <= other.label.said.kinds


def _clash(mets: Sequence[MatchedLabel]) -> str:
    shown, more = mets[:_SHOWN], ", ..." if len(mets) > _SHOWN else ""
    if len({each.label.said for each in mets}) > 1:
        said = ", ".join(f"{each.label.said.in_words} ({_named(each, mets)})" for each in shown)
        return f"The labels of one hair contradict each other: {said}{more}"
    places = ", ".join(_named(each, mets) for each in shown)
    return f"The labels lie at both ends of one hair, which has but one root: {places}{more}"


def _named(met: MatchedLabel, mets: Sequence[MatchedLabel]) -> str:
    """Where a label stands; its row alone if all of them are in one table."""
    where = met.label.where
    is_one_table = all(each.label.where.file == where.file for each in mets)
    return f"row {where.row}" if is_one_table and where.row is not None else str(where)


def _latest(mets: Sequence[MatchedLabel]) -> MatchedLabel | None:
    timed = [(each.label.said_at, each) for each in mets if each.label.said_at is not None]
    if len(timed) < len(mets):
        return None
    last = max(time for time, _ in timed)
    at_last = [each for time, each in timed if time == last]
    return at_last[0] if len({each.label.said for each in at_last}) == 1 else None
