from dataclasses import replace
from pathlib import Path

import pytest

pytest.importorskip("torch")
pytest.importorskip("albumentations")

import torch

from model.labelling.probability import LogisticModel
from model.networks.root_net import RootNet
from model.version import load_version
from tests.helpers.training.examples import examples
from training import recalibrate as room
from training.calibration.calibrate import calibrate
from training.datasets.examples import trained_ends
from training.evaluation.metrics import evaluate
from training.evaluation.predictions import predict
from training.export import export


def test_weights_stay_and_what_was_measured_is_measured_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    torch.manual_seed(0)
    net, held_out = RootNet().eval(), examples(12)
    ends = trained_ends(held_out)
    good = calibrate(net, ends, held_out)
    old = replace(
        good, temperature=3.0, rule=replace(good.rule, prior_not_hair=LogisticModel.always(0.55))
    )
    export(net, old, evaluate(predict(net, held_out, old)), "0" * 64, tmp_path / "old")
    monkeypatch.setattr(room, "collect", lambda *_, **__: held_out)
    room.recalibrate(tmp_path / "old", tmp_path, tmp_path / "run")
    before, after = load_version(tmp_path / "old"), load_version(tmp_path / "run" / "version")
    assert after.weights == before.weights
    assert after.manifest.name == before.manifest.name
    assert after.manifest.rule == good.rule
    assert (tmp_path / "run" / "report.html").is_file()
    card = (tmp_path / "run" / "version" / "model_card.md").read_text()
    assert "## Where it fails" in card
    assert after.manifest.temperature == pytest.approx(good.temperature, rel=0.02)
