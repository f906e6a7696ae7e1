from dataclasses import replace

import pytest

pytest.importorskip("torch")

from tests.helpers.training.examples import example
from training.datasets.annotations import Attributes
from training.datasets.examples import Example
from training.datasets.splits import balanced


def known(truth: int, seed: int, facts: Attributes, **given: float) -> Example:
    plain = example(truth, seed, **given)
    return replace(plain, labelled=replace(plain.labelled, facts=facts))


def truths(several: list[Example]) -> list[str]:
    return [one.labelled.truth for one in several]


def test_the_rare_come_as_early_as_the_common() -> None:
    given = [example(0, seed) for seed in range(6)] + [example(1), example(1, 1), example(2)]
    order = balanced(given, seed=0)
    assert sorted(truths(order[:3])) == ["bare", "misshapen", "telogen"]
    assert sorted(truths(order[3:5])) == ["misshapen", "telogen"]
    assert truths(order[5:]) == ["telogen"] * 4
    assert sorted(one.photo for one in order) == sorted(one.photo for one in given)


def test_kinds_then_widths_then_shades_take_turns() -> None:
    common = [known(0, seed, Attributes("club", "dark")) for seed in range(9)]
    order = balanced([*common, known(0, 9, Attributes("club_tail", "dark"))], seed=0)
    assert "club_tail" in [one.labelled.facts.kind for one in order[:2]]
    order = balanced([*common, known(0, 9, Attributes("club", "dark"), shaft_px=3.0)], seed=0)
    assert 3.0 in [one.strand.shaft_px for one in order[:2]]
    order = balanced([*common, known(0, 9, Attributes("club", "pale"))], seed=0)
    assert "pale" in [one.labelled.facts.shade for one in order[:2]]


def test_fragments_and_rootless_strands_are_one_class() -> None:
    plain = example(0)
    parts = [replace(plain, labelled=replace(plain.labelled, truth="fragment"))] * 3
    parts += [replace(plain, labelled=replace(plain.labelled, truth="rootless"))] * 3
    order = balanced([*parts, example(0), example(0, 1)], seed=0)
    assert truths(order[:4]).count("telogen") == 2


def test_what_the_finder_proposed_comes_first() -> None:
    given = [example(0, seed, found=seed in (3, 8)) for seed in range(10)]
    assert [one.found for one in balanced(given, seed=0)] == [True, True] + [False] * 8


def test_the_seed_decides_the_rest() -> None:
    given = [example(0, seed) for seed in range(10)]
    photos = [[one.photo for one in balanced(given, seed)] for seed in (0, 0, 1)]
    assert photos[0] == photos[1]
    assert photos[0] != photos[2]


def test_tiers_begin_at_their_lower_width() -> None:
    widths = (3.9, 4.0, 7.9, 8.0)
    tiers = [example(0, shaft_px=width).tier for width in widths]
    assert tiers == ["under4px", "4to8px", "4to8px", "over8px"]
