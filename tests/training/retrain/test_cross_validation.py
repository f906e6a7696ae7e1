from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest

from model.version import SHIPPED, load_version
from tests.helpers.training.labels import labelled
from training.calibration.calibrate import Calibration
from training.fitting.apply import EndLogits
from training.labels.folds import split_labels
from training.labels.label import HairLabel
from training.labels.labelled_strand import LabelledStrand
from training.retrain.cross_validation import CrossValidation, cross_validate
from training.retrain.fit import RetrainPlan, TrainingSet
from training.retrain.label_probabilities import StrandLogits

LABELS = (HairLabel.TELOGEN, HairLabel.NO_BULB)
HAIRS = [labelled(LABELS[k % 2], f"photo {k % 7}") for k in range(28)]
GROUPS = {f"photo {k}": f"person {k // 2}" for k in range(7)}
MANIFEST = load_version(SHIPPED).manifest
START = Calibration(MANIFEST.temperature, MANIFEST.rule)


@dataclass(frozen=True)
class FakeNet:
    """Has the rows of the labels that it was fitted to."""

    rows: frozenset[int]


class FakeTrainingSet:
    """Fits at once."""

    def fit(self, rows: Sequence[int], run: Path, plan: RetrainPlan) -> FakeNet:
        return FakeNet(frozenset(rows))


def row_of(logits: StrandLogits) -> int:
    return next(k for k, hair in enumerate(HAIRS) if hair is logits.hair)


@pytest.fixture
def seen(monkeypatch: pytest.MonkeyPatch) -> dict[int, set[str]]:
    """The persons that the network which predicted a label had seen, by the label's row."""
    persons: dict[int, set[str]] = {}

    def predict(net: FakeNet, hairs: Sequence[LabelledStrand]) -> list[StrandLogits]:
        logits = np.array([1.0, 0.0, 0.0, 0.0])
        predicted = [StrandLogits(hair, (EndLogits(logits, 0.2), None)) for hair in hairs]
        for each in predicted:
            persons[row_of(each)] = {GROUPS[HAIRS[row].photo] for row in net.rows}
        return predicted

    monkeypatch.setattr("training.retrain.cross_validation.predict_logits", predict)
    return persons


def validate(tmp_path: Path, share: float = 1.0) -> CrossValidation:
    training_set = cast(TrainingSet, FakeTrainingSet())
    split = split_labels(HAIRS, GROUPS)
    assert len(split.folds) >= 2
    return cross_validate(
        training_set, HAIRS, split, tmp_path, RetrainPlan(), lambda step, done: None, share
    )


@pytest.mark.parametrize("share", [1.0, 0.5])
def test_every_label_is_predicted_once_by_a_network_that_never_saw_its_person(
    seen: dict[int, set[str]], tmp_path: Path, share: float
) -> None:
    found = validate(tmp_path, share)
    held_out = set(split_labels(HAIRS, GROUPS).held_out)
    assert sorted(map(row_of, found.logits)) == sorted(set(range(28)) - held_out)
    for row in map(row_of, found.logits):
        assert GROUPS[HAIRS[row].photo] not in seen[row]
        assert seen[row], "it was fitted to others"


def test_a_share_of_the_labels_is_part_of_a_larger_share(
    seen: dict[int, set[str]], tmp_path: Path
) -> None:
    half, whole = validate(tmp_path, 0.5), validate(tmp_path)
    for net, larger_net in zip(half.nets, whole.nets, strict=True):
        rows, larger = cast(FakeNet, net).rows, cast(FakeNet, larger_net).rows
        assert rows < larger
        assert len(rows) == pytest.approx(len(larger) / 2, abs=1)


def test_labels_are_calibrated_on_those_of_other_folds(
    seen: dict[int, set[str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found, used = validate(tmp_path), []

    def calibrate(labels: Sequence[StrandLogits], start: Calibration) -> Any:
        used.append({id(label) for label in labels})
        return start

    monkeypatch.setattr("training.retrain.cross_validation.calibrate_on_labels", calibrate)
    assert len(found.probabilities(START)) == len(found.logits)
    parts = [
        {id(label) for label, fold in zip(found.logits, found.folds, strict=True) if fold != k}
        for k in set(found.folds)
    ]
    assert used == parts
