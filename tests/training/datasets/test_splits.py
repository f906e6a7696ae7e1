from dataclasses import replace

import pytest

pytest.importorskip("torch")

from tests.helpers.training.examples import example, examples
from training.datasets.annotations import Attributes
from training.datasets.examples import Example
from training.datasets.splits import (
    balanced,
    evaluation_examples,
    first_by_hash,
    halves,
    is_held_out_photo,
    rows_by_photo,
    split_held_out,
)


def known(truth: int, seed: int, attributes: Attributes, **given: float) -> Example:
    plain = example(truth, seed, **given)
    return replace(plain, annotated=replace(plain.annotated, attributes=attributes))


def truths(several: list[Example]) -> list[str]:
    return [one.annotated.truth for one in several]


def test_rare_truths_come_as_early_as_common_ones() -> None:
    given = [example(0, seed) for seed in range(6)] + [example(1), example(1, 1), example(2)]
    order = balanced(given, seed=0)
    assert sorted(truths(order[:3])) == ["bare", "misshapen", "telogen"]
    assert sorted(truths(order[3:5])) == ["misshapen", "telogen"]
    assert truths(order[5:]) == ["telogen"] * 4
    assert sorted(one.photo for one in order) == sorted(one.photo for one in given)


def test_kinds_then_widths_then_shades_alternate() -> None:
    common = [known(0, seed, Attributes("club", "dark")) for seed in range(9)]
    order = balanced([*common, known(0, 9, Attributes("club_tail", "dark"))], seed=0)
    assert "club_tail" in [one.annotated.attributes.kind for one in order[:2]]
    order = balanced([*common, known(0, 9, Attributes("club", "dark"), shaft_px=3.0)], seed=0)
    assert 3.0 in [one.strand.shaft_px for one in order[:2]]
    order = balanced([*common, known(0, 9, Attributes("club", "pale"))], seed=0)
    assert "pale" in [one.annotated.attributes.shade for one in order[:2]]


def test_fragments_and_rootless_strands_are_one_class() -> None:
    plain = example(0)
    parts = [replace(plain, annotated=replace(plain.annotated, truth="fragment"))] * 3
    parts += [replace(plain, annotated=replace(plain.annotated, truth="rootless"))] * 3
    order = balanced([*parts, example(0), example(0, 1)], seed=0)
    assert truths(order[:4]).count("telogen") == 2


def test_found_strands_come_first() -> None:
    given = [example(0, seed, found=seed in (3, 8)) for seed in range(10)]
    assert [one.found for one in balanced(given, seed=0)] == [True, True] + [False] * 8


def test_the_seed_decides_the_remaining_order() -> None:
    given = [example(0, seed) for seed in range(10)]
    photos = [[one.photo for one in balanced(given, seed)] for seed in (0, 0, 1)]
    assert photos[0] == photos[1]
    assert photos[0] != photos[2]


def test_width_bins_begin_at_their_lower_width() -> None:
    widths = (3.9, 4.0, 7.9, 8.0)
    bins = [example(0, shaft_px=width).width_bin for width in widths]
    assert bins == ["under4px", "4to8px", "4to8px", "over8px"]


def test_all_examples_of_a_photo_are_held_out_together() -> None:
    given = examples(50)
    fit_on, held_out = split_held_out(given)
    assert len(fit_on) + len(held_out) == len(given)
    assert {e.photo for e in fit_on}.isdisjoint({e.photo for e in held_out})
    assert 0 < len(held_out) < 0.5 * len(given)
    assert is_held_out_photo("photo_3.jpg") == is_held_out_photo("photo_3.jpg")


def test_evaluation_uses_found_strands_if_there_are_enough() -> None:
    synthetic = [example(0, seed, found=False) for seed in range(5)]
    found = examples(40)
    assert evaluation_examples(synthetic + found) == found
    assert evaluation_examples(synthetic + found[:8]) == synthetic + found[:8]


def test_halves_share_no_photo_and_lose_no_example() -> None:
    given = examples(200)
    one, other = halves(given)
    assert not {e.photo for e in one} & {e.photo for e in other}
    assert len(one) + len(other) == len(given)
    assert 80 < len(one) / 4 < 120


def test_held_out_photos_lie_in_both_halves() -> None:
    held_out = [e for e in examples(200) if is_held_out_photo(e.photo)]
    one, other = halves(held_out)
    assert min(len(one), len(other)) > len(held_out) / 4


def test_rows_are_grouped_by_photo() -> None:
    given = examples(3)  # four of each photo
    mixed = given[::2] + given[1::2]
    rows = rows_by_photo(mixed)
    assert sorted(i for row in rows for i in row) == list(range(12))
    assert [{mixed[i].photo for i in row} for row in rows] == [{f"photo_{k}.jpg"} for k in range(3)]


def test_held_out_photos_come_first() -> None:
    photos = [f"{k}.jpg" for k in range(60)]
    held_out = set(filter(is_held_out_photo, photos))
    some = first_by_hash(photos, len(held_out))
    assert some == held_out
    more = first_by_hash(reversed(photos), len(held_out) + 3)
    assert some < more
    assert len(more) == len(held_out) + 3
    assert first_by_hash(photos, 99) == set(photos)
