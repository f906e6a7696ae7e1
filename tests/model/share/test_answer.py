import pytest

from model.labelling.hair import Label
from model.share.answer import summarise_counts
from model.share.confusion import Confusion
from model.share.counts import LabelCounts
from model.share.summary import Answer, Grade, ShareInterval

UNEVEN = Confusion((0.7, 0.0, 0.3), (0.05, 0.25, 0.7), hairs=(1000, 1000))


def answer(telogen: int, anagen: int, bare_end_only: int = 0) -> Answer:
    return summarise_counts(LabelCounts(telogen, 0, anagen, bare_end_only, bare_end_only)).answer


def interval(telogen: int, anagen: int) -> ShareInterval:
    share = summarise_counts(LabelCounts(telogen, 0, anagen)).share
    assert share is not None
    return share


@pytest.mark.parametrize(
    ("telogen", "anagen", "grade", "side"),
    [
        (9, 1, Grade.MOSTLY, Label.TELOGEN),
        (1, 9, Grade.MOSTLY, Label.ANAGEN),
        (8, 2, Grade.PROBABLY_MOSTLY, Label.TELOGEN),  # 0.967 above one half
        (9, 0, Grade.PROBABLY_MOSTLY, Label.TELOGEN),
        (4, 1, Grade.PROBABLY_MOSTLY, Label.TELOGEN),  # 1 - 7/64 = 0.891
        (1, 4, Grade.PROBABLY_MOSTLY, Label.ANAGEN),
        (3, 2, Grade.TOO_FEW, None),  # 0.656
        (4, 0, Grade.TOO_FEW, None),
        (0, 0, Grade.TOO_FEW, None),
        (6, 4, Grade.MIXED, None),
    ],
)
def test_the_probability_of_most_decides(
    telogen: int, anagen: int, grade: Grade, side: Label | None
) -> None:
    found = answer(telogen, anagen)
    assert (found.grade, found.side) == (grade, side)


def test_the_interval_reaches_across_one_half_unless_most_is_sure() -> None:
    # The shortest interval of 8 of 10 is 0.516 to 0.96, beyond one half, yet 3.3 % lie below it.
    assert interval(8, 2).low < 0.5 < 0.95 < interval(8, 2).high
    assert interval(2, 8).high > 0.5 > 0.05 > interval(2, 8).low
    assert interval(9, 1).low >= 0.5
    assert interval(1, 9).high <= 0.5


def test_bare_ends_count_against_either_side() -> None:
    assert answer(10, 0, bare_end_only=5).grade is Grade.PROBABLY_MOSTLY
    assert answer(10, 0, bare_end_only=10).grade is Grade.MIXED
    beside = answer(2, 8, bare_end_only=10)  # they could only add to the broken ones
    assert (beside.grade, beside.side) == (Grade.PROBABLY_MOSTLY, Label.ANAGEN)


def test_labels_have_to_show_the_majority_too() -> None:
    # Anagen hairs are labelled so seldom that 10 labels stand for far more of them.
    even = summarise_counts(LabelCounts(10, 10), UNEVEN)
    assert even.p_most_telogen is not None
    assert even.p_most_telogen < 0.2
    assert even.answer.grade is Grade.MIXED
    assert summarise_counts(LabelCounts(9, 11), UNEVEN).answer.side is Label.ANAGEN


def test_how_many_more_roots_would_settle_it() -> None:
    assert answer(5, 0).more_roots == 5  # ten roots are the least
    assert answer(4, 0).more_roots == 10
    assert answer(0, 0).more_roots == 10
    assert answer(3, 1).more_roots == 15  # 14.25 of 19 are three quarters, as 15 of 20
    assert answer(20, 0).more_roots is None
    assert answer(10, 10).more_roots is None


def test_hidden_roots_are_named_as_the_reason() -> None:
    assert answer(2, 0, bare_end_only=8).roots_out_of_view
    assert answer(0, 0, bare_end_only=3).roots_out_of_view
    assert answer(10, 0, bare_end_only=10).roots_out_of_view
    assert not answer(10, 10, bare_end_only=1).roots_out_of_view
    assert not answer(4, 0, bare_end_only=1).roots_out_of_view
