from datetime import UTC, datetime

from tests.helpers.training.label_folders import given
from training.labels.label import HairLabel
from training.labels.labelled_strand import Extent
from training.labels.matching import MatchedLabel, resolve_conflicts


def met(
    said: HairLabel, row: int, hour: int | None = None, root_end: int | None = 0
) -> MatchedLabel:
    time = None if hour is None else datetime(2026, 1, 1, hour, tzinfo=UTC)
    return MatchedLabel(given(said, row=row, said_at=time), 0, root_end, Extent.HAIR)


def test_labels_that_can_all_be_true_give_the_one_that_says_most() -> None:
    wide, narrow = met(HairLabel.ANAGEN, 2), met(HairLabel.NO_BULB, 3)
    assert resolve_conflicts([wide, narrow, wide]) == (narrow, None)
    open_, known = met(HairLabel.TELOGEN, 2, root_end=None), met(HairLabel.TELOGEN, 3, root_end=1)
    assert resolve_conflicts([open_, known]) == (known, None)


def test_of_contradictory_labels_none_counts_without_times() -> None:
    stands, remark = resolve_conflicts([met(HairLabel.TELOGEN, 2), met(HairLabel.ANAGEN, 5, 8)])
    assert stands is None
    assert str(remark) == (
        "labels.csv, row 2: The labels of one hair contradict each other: "
        "telogen (row 2), anagen (row 5); none counts."
    )


def test_with_times_the_latest_counts_and_it_is_told() -> None:
    late = met(HairLabel.NO_BULB, 3, 9)
    stands, remark = resolve_conflicts(
        [met(HairLabel.TELOGEN, 2, 8), late, met(HairLabel.MISSHAPEN, 4, 7)]
    )
    assert stands == late
    assert str(remark).endswith("; the latest (row 3) counts.")
    stands, _ = resolve_conflicts([met(HairLabel.TELOGEN, 2, 8), met(HairLabel.MISSHAPEN, 3, 8)])
    assert stands is None


def test_a_hair_has_one_root() -> None:
    both_ends = [met(HairLabel.TELOGEN, 2, root_end=0), met(HairLabel.TELOGEN, 3, root_end=1)]
    stands, remark = resolve_conflicts(both_ends)
    assert stands is None
    assert "at both ends of one hair, which has but one root: row 2, row 3; none" in str(remark)
    nothing = [met(HairLabel.NOT_HAIR, 2, root_end=0), met(HairLabel.NOT_HAIR, 3, root_end=1)]
    assert resolve_conflicts(nothing) == (nothing[0], None)


def test_unsure_contradicts_whatever_is_not() -> None:
    unsure = met(HairLabel.UNSURE, 2)
    assert resolve_conflicts([unsure, unsure]) == (unsure, None)
    assert resolve_conflicts([unsure, met(HairLabel.TELOGEN, 3)])[0] is None
