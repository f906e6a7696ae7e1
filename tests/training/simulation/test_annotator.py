"""The simulated person, and the errors that a model makes."""

from collections import Counter
from dataclasses import replace

import pytest

from model.labelling.hair import Hair, Label, Reason, RootType
from model.version import SHIPPED, load_version
from tests.helpers.training.examples import example
from training.calibration.calibrate import Calibration
from training.datasets.examples import Example
from training.export import ExportedNet
from training.labels.label import HairLabel
from training.simulation import annotator
from training.simulation.annotator import (
    active_order,
    errors_of,
    label_example,
    label_wrongly,
    random_order,
    shuffled_order,
)

VERSION = load_version(SHIPPED)
START = Calibration(VERSION.manifest.temperature, VERSION.manifest.rule)


def test_the_label_is_the_truth_at_the_root() -> None:
    labelled = [label_example(example(truth)) for truth in range(4)]
    assert [hair.label for hair in labelled] == [
        HairLabel.TELOGEN,
        HairLabel.MISSHAPEN,
        HairLabel.NO_BULB,
        HairLabel.NOT_HAIR,
    ]
    assert [hair.root_end for hair in labelled] == [0, 0, None, None]
    assert labelled[0].photo == "photo_0.jpg"


def test_a_wrong_label_is_of_the_other_kind() -> None:
    labelled = [label_example(example(truth)) for truth in range(4)]
    swapped = [HairLabel.MISSHAPEN, HairLabel.TELOGEN, HairLabel.TELOGEN, HairLabel.NOT_HAIR]
    assert [hair.label for hair in label_wrongly(labelled, 1.0, seed=0)] == swapped
    assert label_wrongly(labelled, 0.0, seed=0) == labelled
    many = labelled[:1] * 1000
    wrong = label_wrongly(many, 0.2, seed=0)
    assert 150 < sum(hair.label is HairLabel.MISSHAPEN for hair in wrong) < 250
    club, torn = labelled[0], label_wrongly(labelled, 1.0, seed=0)[0]
    assert set(club.fits).isdisjoint(torn.fits), "it is fitted to the label"


def test_a_piece_of_a_hair_cannot_be_label_example() -> None:
    whole = example(0)
    piece = replace(whole, annotated=replace(whole.annotated, truth="fragment"))
    with pytest.raises(KeyError):
        label_example(piece)


def test_a_photo_gives_ten_hairs_before_it_comes_again() -> None:
    hairs = [example(k % 4, seed) for seed in range(3) for k in range(14)]
    rows = random_order(hairs, 5)
    assert sorted(rows) == list(range(42))
    assert [len({hairs[i].photo for i in rows[k : k + 10]}) for k in (0, 10, 20)] == [1, 1, 1]
    assert Counter(hairs[i].photo for i in rows[:30]) == {f"photo_{k}.jpg": 10 for k in range(3)}
    assert rows == random_order(hairs, 5) != random_order(hairs, 6)


def test_a_shuffled_order_takes_hairs_of_all_photos() -> None:
    hairs = [example(k % 4, seed) for seed in range(3) for k in range(14)]
    rows = shuffled_order(hairs, 5)
    assert sorted(rows) == list(range(42))
    assert len({hairs[i].photo for i in rows[:10]}) == 3
    assert rows == shuffled_order(hairs, 5) != shuffled_order(hairs, 6)


def test_the_active_order_is_the_product_s() -> None:
    hairs = [example(truth, seed) for seed in range(4) for truth in range(4)]
    rows = active_order(hairs, ExportedNet(VERSION), START, 6)
    assert len(set(rows)) == 6
    assert rows == active_order(hairs, ExportedNet(VERSION), START, 16)[:6]


def answer(of: Example, telogen: float, label: Label) -> Hair:
    return Hair(
        strand=of.strand,
        ends=(None, None),
        label=label,
        reason=Reason.AMBIGUOUS if label is Label.UNSURE else None,
        p_telogen=telogen,
        p_anagen=1 - telogen,
        root_type=RootType.CLUB,
        root_end=0,
    )


def test_unsure_hairs_count_by_the_more_likely_label_and_unlisted_hairs_are_wrong(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Telogen: right, right though unsure, not listed, wrong. Anagen: right, wrong; and no hair."""
    hairs = [example(0, k) for k in range(4)] + [example(1, 0), example(2, 0), example(3, 0)]
    answers = [
        answer(hairs[0], 0.9, Label.TELOGEN),
        answer(hairs[1], 0.6, Label.UNSURE),
        None,
        answer(hairs[3], 0.1, Label.ANAGEN),
        answer(hairs[4], 0.2, Label.ANAGEN),
        answer(hairs[5], 0.8, Label.UNSURE),
        answer(hairs[6], 0.2, Label.ANAGEN),
    ]
    monkeypatch.setattr(annotator, "label_examples", lambda *_: answers)
    found = errors_of(ExportedNet(VERSION), START, hairs)
    assert found.balanced == pytest.approx((2 / 4 + 1 / 2) / 2)
    assert found.noise == pytest.approx(((0.25 / 4 + 0.25 / 2) / 4) ** 0.5)
    assert found.covered == pytest.approx(3 / 6)
    assert found.right == pytest.approx((1 / 2 + 1 / 1) / 2)


def test_pieces_of_hairs_do_not_count() -> None:
    whole = example(2, 1)
    piece = replace(whole, annotated=replace(whole.annotated, truth="fragment"))
    hairs = [example(0), example(1)]
    assert errors_of(ExportedNet(VERSION), START, hairs) == errors_of(
        ExportedNet(VERSION), START, [*hairs, replace(piece, photo="other.jpg")]
    )
