from tests.helpers.training.examples import examples
from training.datasets.splits import by_photo, halves, is_held_out


def test_halves_share_no_photo_and_lose_none() -> None:
    given = examples(200)
    one, other = halves(given)
    assert not {e.photo for e in one} & {e.photo for e in other}
    assert len(one) + len(other) == len(given)
    assert 80 < len(one) / 4 < 120


def test_photos_that_are_held_out_lie_in_both_halves() -> None:
    held_out = [e for e in examples(200) if is_held_out(e.photo)]
    one, other = halves(held_out)
    assert min(len(one), len(other)) > len(held_out) / 4


def test_examples_are_gathered_by_their_photo() -> None:
    given = examples(3)  # four of each photo
    mixed = given[::2] + given[1::2]
    rows = by_photo(mixed)
    assert sorted(i for row in rows for i in row) == list(range(12))
    assert [{mixed[i].photo for i in row} for row in rows] == [{f"photo_{k}.jpg"} for k in range(3)]
