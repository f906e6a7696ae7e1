import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch")
pytest.importorskip("albumentations")
pytest.importorskip("onnx")

import torch

from data.strands.crop import RootCrop
from model.inference.root_classifier import EndClassifier
from model.labelling.probability import LogisticModel
from model.networks.root_net import RootNet
from model.version import load_version
from tests.helpers.training.examples import cache_examples, crop, examples
from training.calibration.calibrate import calibrate
from training.datasets.examples import trained_ends
from training.evaluation.metrics import evaluate
from training.evaluation.predictions import classifier_of, predict
from training.export import export_root_net, root_net_onnx, ship
from training.fitting.root_net import FitPlan, fit, logits_of
from training.reports.diagnostics import diagnose, provenance_of_run
from training.reports.run_report import write_report
from training.train import recalibrate

TINY = FitPlan(epochs=2, draws=24, workers=0, threads=1)


def weights_of(net: RootNet) -> list[torch.Tensor]:
    return [value.clone() for value in net.state_dict().values()]


def crops() -> list[RootCrop]:
    rng = np.random.default_rng(1)
    return [crop(kind, rng, shaft_px) for kind in range(4) for shaft_px in (2.0, 8.0, 40.0)]


def test_onnx_runtime_gives_the_same_probabilities(tmp_path: Path) -> None:
    torch.manual_seed(0)
    net, held_out = RootNet().eval(), examples(12)
    ends = trained_ends(held_out)
    calibration = replace(calibrate(net, ends, held_out), temperature=1.0)
    export_root_net(
        net, calibration, evaluate(predict(net, held_out, calibration)), "0" * 64, tmp_path
    )
    version = load_version(tmp_path)
    assert version.manifest.rule == calibration.rule
    ours = EndClassifier(version).probabilities(crops())
    logits = torch.from_numpy(logits_of(net, crops()))
    assert ours == pytest.approx(torch.softmax(logits, dim=1).numpy(), abs=1e-4)


def test_a_stopped_run_continues_to_the_same_weights(tmp_path: Path) -> None:
    ends = trained_ends(examples(6))
    (tmp_path / "whole").mkdir()
    (tmp_path / "halved").mkdir()
    whole = fit(ends, tmp_path / "whole", TINY)
    with pytest.raises(KeyboardInterrupt):
        fit(_Interrupting(ends.crops, ends.classes, ends.found), tmp_path / "halved", TINY)
    resumed = fit(ends, tmp_path / "halved", TINY)
    for one, other in zip(weights_of(whole), weights_of(resumed), strict=True):
        assert torch.equal(one, other)


class _Interrupting(type(trained_ends([]))):  # type: ignore[misc]
    """Ends whose second epoch is interrupted."""

    def balancing_weights(self) -> np.ndarray:
        epochs = getattr(self, "epochs", 0)
        object.__setattr__(self, "epochs", epochs + 1)
        if epochs == 1:
            raise KeyboardInterrupt
        return np.asarray(super().balancing_weights())


@pytest.mark.slow
def test_a_network_learns_clear_differences_and_can_be_shipped(tmp_path: Path) -> None:
    fit_on, held_out = examples(20), examples(40)[80:]
    run = tmp_path / "run"
    run.mkdir()
    net = fit(trained_ends(fit_on), run, FitPlan(epochs=6, draws=960, workers=0, threads=1))
    ends = trained_ends(held_out)
    calibration = calibrate(net, ends, held_out)
    evaluation = evaluate(predict(net, held_out, calibration))
    assert evaluation.metrics["ends_balanced_all"] > 0.9
    assert evaluation.ends.sum() == len(ends.crops)
    export_root_net(net, calibration, evaluation, "0" * 64, run / "version")
    origin = provenance_of_run(fit_on, seed=0, epochs=6)
    diagnostics = diagnose(
        predict(net, held_out, calibration), classifier_of(net, calibration), origin
    )
    write_report(run, evaluation, diagnostics)
    assert json.loads((run / "metrics.json").read_text()) == evaluation.metrics
    assert ship(run, tmp_path / "weights") == tmp_path / "weights"
    shipped = EndClassifier(load_version(tmp_path / "weights"))
    found = shipped.probabilities([crop(kind, np.random.default_rng(9)) for kind in range(4)])
    assert found.argmax(axis=1).tolist() == [0, 1, 2, 3]


def test_the_onnx_file_is_small() -> None:
    assert len(root_net_onnx(RootNet())) < 3e6


def test_recalibrating_keeps_the_weights_and_replaces_the_calibration(
    tmp_path: Path,
) -> None:
    torch.manual_seed(0)
    net, held_out = RootNet().eval(), examples(12)
    ends = trained_ends(held_out)
    good = calibrate(net, ends, held_out)
    old = replace(
        good, temperature=3.0, rule=replace(good.rule, prior_not_hair=LogisticModel.constant(0.55))
    )
    export_root_net(net, old, evaluate(predict(net, held_out, old)), "0" * 64, tmp_path / "old")
    rendered = cache_examples(tmp_path / "run", held_out)
    recalibrate(tmp_path / "old", rendered, tmp_path / "run")
    before, after = load_version(tmp_path / "old"), load_version(tmp_path / "run" / "version")
    assert after.weights == before.weights
    assert after.manifest.name == before.manifest.name
    assert after.manifest.rule == good.rule
    assert (tmp_path / "run" / "report.html").is_file()
    card = (tmp_path / "run" / "version" / "model_card.md").read_text()
    assert "## Where it fails" in card
    assert after.manifest.temperature == pytest.approx(good.temperature, rel=0.02)
