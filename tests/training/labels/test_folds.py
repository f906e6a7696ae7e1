import random
from collections import Counter
from dataclasses import replace

from tests.training.labels.test_labelled_strand import hair
from training.labels import folds
from training.labels.folds import Split, split_labels
from training.labels.label import HairLabel
from training.labels.labelled_strand import LabelledStrand


def hairs(*counts: tuple[str, int, int]) -> list[LabelledStrand]:
    """For each photo its number of telogen hairs and of hairs without a bulb."""
    return [
        replace(hair(label, 0), photo=photo)
        for photo, telogen, no_bulb in counts
        for label in [HairLabel.TELOGEN] * telogen + [HairLabel.NO_BULB] * no_bulb
    ]


def ungrouped(rows: list[LabelledStrand]) -> dict[str, str]:
    """Each photo is one group."""
    return {row.photo: row.photo for row in rows}


def photos_of(rows: list[LabelledStrand], parts: Split) -> list[set[str]]:
    return [{rows[i].photo for i in fold} for fold in parts.folds]


def test_no_group_is_divided_and_every_hair_is_in_one_fold() -> None:
    rows = hairs(*((f"p{i}", i % 4 + 1, i % 3) for i in range(20)))
    groups = {f"p{i}": f"g{i // 2}" for i in range(20)}
    parts = split_labels(rows, groups, 5)
    assert sorted(i for fold in parts.folds for i in fold) == list(range(len(rows)))
    in_folds = [{groups[photo] for photo in photos} for photos in photos_of(rows, parts)]
    assert sum(len(names) for names in in_folds) == 10


def test_labels_are_as_balanced_as_groups_allow() -> None:
    # Two photos have all the rare labels: they go to different folds.
    rows = hairs(("a", 0, 3), ("b", 0, 3), ("c", 4, 0), ("d", 4, 0), ("e", 2, 0), ("f", 2, 0))
    parts = split_labels(rows, ungrouped(rows), 2)
    for fold in parts.folds:
        assert Counter(rows[i].label for i in fold) == {HairLabel.TELOGEN: 6, HairLabel.NO_BULB: 3}


def test_labels_are_balanced_if_all_photos_are_of_one_size() -> None:
    rows = hairs(*((f"a{i}", 4, 0) for i in range(6)), *((f"b{i}", 0, 4) for i in range(6)))
    for fold in split_labels(rows, ungrouped(rows), 2).folds:
        assert Counter(rows[i].label for i in fold) == {
            HairLabel.TELOGEN: 12,
            HairLabel.NO_BULB: 12,
        }


def test_the_split_does_not_depend_on_the_order() -> None:
    rows = hairs(*((f"p{i}", i % 4 + 1, i % 3) for i in range(20)))
    shuffled = random.Random(1).sample(rows, len(rows))
    assert photos_of(rows, split_labels(rows, ungrouped(rows))) == photos_of(
        shuffled, split_labels(shuffled, ungrouped(rows))
    )


def test_few_groups_make_few_folds() -> None:
    rows = hairs(("a", 2, 2), ("b", 1, 0))
    assert len(split_labels(rows, ungrouped(rows)).folds) == 2
    assert len(split_labels(rows, {"a": "anna", "b": "anna"}).folds) == 1
    assert split_labels([], {}) == Split((), ())


def test_the_held_out_part_of_a_large_set_stays_the_same() -> None:
    rows = hairs(*((f"p{i}", 10, 10) for i in range(60)))
    parts = split_labels(rows, ungrouped(rows))
    held = {rows[i].photo for i in parts.held_out}
    assert 3 <= len(held) <= 25
    assert not held & set().union(*photos_of(rows, parts))
    more = rows + hairs(*((f"q{i}", 10, 10) for i in range(60)))
    again = {more[i].photo for i in split_labels(more, ungrouped(more)).held_out}
    assert {photo for photo in again if photo.startswith("p")} == held
    assert split_labels(rows[: folds.MIN_HELD_OUT_LABELS - 1], ungrouped(rows)).held_out == ()
