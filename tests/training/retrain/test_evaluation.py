import numpy as np
import pytest

from tests.helpers.training.labels import taught
from training.labels.label import HairLabel
from training.labels.labelled_strand import Extent
from training.retrain.evaluation import counted_kind
from training.retrain.label_probabilities import even_weights


def test_telogen_and_anagen_count_the_same_and_no_hair_by_its_share() -> None:
    kinds = ["telogen"] * 30 + ["anagen"] * 10 + ["not_hair"] * 10
    weights = even_weights(kinds)
    assert weights[:30].sum() == pytest.approx(0.4)
    assert weights[30:40].sum() == pytest.approx(0.4)
    assert weights[40:].sum() == pytest.approx(0.2)
    assert weights[0] == pytest.approx(0.4 / 30)


def test_no_hair_never_counts_more_than_either_kind_of_hair() -> None:
    weights = even_weights(["telogen"] * 5 + ["anagen"] * 5 + ["not_hair"] * 90)
    assert weights[10:].sum() == pytest.approx(1 / 3)


def test_a_kind_with_few_labels_counts_nothing() -> None:
    weights = even_weights(["telogen"] * 6 + ["anagen"] * 4 + ["not_hair"] * 4)
    assert weights.tolist() == [1 / 6] * 6 + [0.0] * 8
    assert not even_weights(["telogen"] * 4).any()
    assert np.isclose(even_weights(["not_hair"] * 7).sum(), 1)
    assert even_weights([]).tolist() == []


def test_a_photo_of_one_class_is_no_evidence() -> None:
    assert counted_kind(taught(HairLabel.TELOGEN, extent=Extent.PHOTO)) is None
    assert counted_kind(taught(HairLabel.TELOGEN, extent=Extent.END)) == "telogen"
    assert counted_kind(taught(HairLabel.NO_BULB)) == "anagen"
