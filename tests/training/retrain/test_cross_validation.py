from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest

from model.version import SHIPPED, load_version
from tests.helpers.training.labels import taught
from training.calibration.calibrate import Calibration
from training.labels.folds import split_labels
from training.labels.label import HairLabel
from training.labels.labelled_strand import LabelledStrand
from training.retrain.cross_validation import CrossValidation, cross_validate
from training.retrain.fit import RetrainPlan, TrainingSet
from training.retrain.label_probabilities import EvaluatedLabel

SAID = (HairLabel.TELOGEN, HairLabel.NO_BULB)
HAIRS = [taught(SAID[k % 2], f"photo {k % 7}") for k in range(28)]
GROUPS = {f"photo {k}": f"person {k // 2}" for k in range(7)}
MANIFEST = load_version(SHIPPED).manifest
START = Calibration(MANIFEST.temperature, MANIFEST.rule)


@dataclass(frozen=True)
class Net:
    """Knows which labels it was fitted to."""

    rows: frozenset[int]


class Fits:
    """Material of which networks are made at once."""

    def fitted(self, rows: Sequence[int], run: Path, plan: RetrainPlan) -> Net:
        return Net(frozenset(rows))


@pytest.fixture
def seen_by(monkeypatch: pytest.MonkeyPatch) -> dict[int, set[str]]:
    """Whose hairs the network had seen that read a label, by the label's row."""
    seen: dict[int, set[str]] = {}

    def read(
        net: Net, hairs: Sequence[LabelledStrand], kinds: Sequence[str]
    ) -> list[EvaluatedLabel]:
        persons = {GROUPS[HAIRS[row].photo] for row in net.rows}
        for hair in hairs:
            seen[next(k for k, each in enumerate(HAIRS) if each is hair)] = persons
        logits = np.array([1.0, 0.0, 0.0, 0.0])
        pairs = zip(hairs, kinds, strict=True)
        return [EvaluatedLabel(hair, kind, (logits, None), (0.2, 0.2)) for hair, kind in pairs]

    monkeypatch.setattr("training.retrain.cross_validation.evaluate_labels", read)
    return seen


def rounds(tmp_path: Path, share: float = 1.0) -> CrossValidation:
    material = cast(TrainingSet, Fits())
    folds = split_labels(HAIRS, GROUPS)
    assert len(folds.folds) >= 2
    return cross_validate(
        material, HAIRS, folds, tmp_path, RetrainPlan(), lambda step, done: None, share
    )


@pytest.mark.parametrize("share", [1.0, 0.5])
def test_every_label_is_read_once_by_a_network_that_never_saw_its_person(
    seen_by: dict[int, set[str]], tmp_path: Path, share: float
) -> None:
    found = rounds(tmp_path, share)
    held_out = set(split_labels(HAIRS, GROUPS).held_out)
    assert sorted(found.rows) == sorted(set(range(28)) - held_out)
    for row in found.rows:
        assert GROUPS[HAIRS[row].photo] not in seen_by[row]
        assert seen_by[row], "it was fitted to others"
    assert [HAIRS[row] for row in found.rows] == [label.hair for label in found.read]


def test_a_share_of_the_labels_is_part_of_the_next_share(
    seen_by: dict[int, set[str]], tmp_path: Path
) -> None:
    half, whole = rounds(tmp_path, 0.5), rounds(tmp_path)
    for few, all_of_them in zip(half.nets, whole.nets, strict=True):
        some, every = cast(Net, few).rows, cast(Net, all_of_them).rows
        assert some < every
        assert len(some) == pytest.approx(len(every) / 2, abs=1)


def test_labels_are_calibrated_by_those_of_other_folds(
    seen_by: dict[int, set[str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found, used = rounds(tmp_path), []

    def calibrate(labels: Sequence[EvaluatedLabel], start: Calibration) -> Any:
        used.append({id(label) for label in labels})
        return start

    monkeypatch.setattr("training.retrain.cross_validation.calibrate_on", calibrate)
    assert len(found.chances(START)) == len(found.rows)
    parts = [
        {id(label) for label, fold in zip(found.read, found.folds, strict=True) if fold != k}
        for k in set(found.folds)
    ]
    assert used == parts
