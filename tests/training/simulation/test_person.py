from collections import Counter
from dataclasses import replace

import pytest

from model.version import SHIPPED, load_version
from tests.helpers.training.examples import example
from training.calibration.calibrate import Calibration
from training.export import ExportedNet
from training.labels.label import HairLabel
from training.simulation.annotator import (
    in_active_order,
    in_random_order,
    labelled,
    mistaken,
    scattered,
)


def test_the_truth_is_said_at_the_root() -> None:
    said = [labelled(example(truth)) for truth in range(4)]
    assert [hair.label for hair in said] == [
        HairLabel.TELOGEN,
        HairLabel.MISSHAPEN,
        HairLabel.NO_BULB,
        HairLabel.NOT_HAIR,
    ]
    assert [hair.root_end for hair in said] == [0, 0, None, None]
    assert said[0].photo == "photo_0.jpg"


def test_who_errs_takes_one_kind_for_the_other() -> None:
    said = [labelled(example(truth)) for truth in range(4)]
    swapped = [HairLabel.MISSHAPEN, HairLabel.TELOGEN, HairLabel.TELOGEN, HairLabel.NOT_HAIR]
    assert [hair.label for hair in mistaken(said, 1.0, seed=0)] == swapped
    assert mistaken(said, 0.0, seed=0) == said
    many = said[:1] * 1000
    wrong = mistaken(many, 0.2, seed=0)
    assert 150 < sum(hair.label is HairLabel.MISSHAPEN for hair in wrong) < 250
    club, torn = said[0], mistaken(said, 1.0, seed=0)[0]
    assert set(club.fits).isdisjoint(torn.fits), "it is fitted to what is said"


def test_of_a_piece_of_a_hair_nobody_says_anything() -> None:
    whole = example(0)
    piece = replace(whole, annotated=replace(whole.annotated, truth="fragment"))
    with pytest.raises(KeyError):
        labelled(piece)


def test_a_photo_gives_ten_hairs_before_it_comes_again() -> None:
    hairs = [example(k % 4, seed) for seed in range(3) for k in range(14)]
    rows = in_random_order(hairs, 5)
    assert sorted(rows) == list(range(42))
    assert [len({hairs[i].photo for i in rows[k : k + 10]}) for k in (0, 10, 20)] == [1, 1, 1]
    assert Counter(hairs[i].photo for i in rows[:30]) == {f"photo_{k}.jpg": 10 for k in range(3)}
    assert rows == in_random_order(hairs, 5) != in_random_order(hairs, 6)


def test_scattered_hairs_are_of_all_photos_at_once() -> None:
    hairs = [example(k % 4, seed) for seed in range(3) for k in range(14)]
    rows = scattered(hairs, 5)
    assert sorted(rows) == list(range(42))
    assert len({hairs[i].photo for i in rows[:10]}) == 3
    assert rows == scattered(hairs, 5) != scattered(hairs, 6)


def test_the_active_order_is_the_product_s() -> None:
    version = load_version(SHIPPED)
    start = Calibration(version.manifest.temperature, version.manifest.rule)
    hairs = [example(truth, seed) for seed in range(4) for truth in range(4)]
    rows = in_active_order(hairs, ExportedNet(version), start, 6)
    assert len(set(rows)) == 6
    assert rows == in_active_order(hairs, ExportedNet(version), start, 16)[:6]
