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
from model.networks.root_net import RootNet
from model.version import load_version
from tests.helpers.training.examples import crop, examples
from training.calibration.calibrate import calibrate
from training.datasets.examples import trained_ends
from training.evaluation.metrics import evaluate
from training.evaluation.predictions import classifier_of, predict
from training.export import export, root_net_onnx, ship
from training.fitting.root_net import FitPlan, fit, logits_of
from training.reports.diagnostics import diagnose
from training.reports.provenance import provenance_of_run
from training.reports.run_report import write_report

TINY = FitPlan(epochs=2, draws=24, workers=0, threads=1)


def weights_of(net: RootNet) -> list[torch.Tensor]:
    return [value.clone() for value in net.state_dict().values()]


def crops() -> list[RootCrop]:
    rng = np.random.default_rng(1)
    return [crop(kind, rng, shaft_px) for kind in range(4) for shaft_px in (2.0, 8.0, 40.0)]


def test_onnx_runtime_gives_the_network_s_own_numbers(tmp_path: Path) -> None:
    torch.manual_seed(0)
    net, held_out = RootNet().eval(), examples(12)
    ends = trained_ends(held_out)
    calibration = replace(calibrate(net, ends, held_out), temperature=1.0)
    export(net, calibration, evaluate(predict(net, held_out, calibration)), "0" * 64, tmp_path)
    version = load_version(tmp_path)
    assert version.manifest.rule == calibration.rule
    ours = EndClassifier(version).probabilities(crops())
    logits = torch.from_numpy(logits_of(net, crops()))
    assert ours == pytest.approx(torch.softmax(logits, dim=1).numpy(), abs=1e-4)


def test_a_run_that_was_stopped_ends_as_if_it_had_not_been(tmp_path: Path) -> None:
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
def test_a_network_learns_what_is_plain_to_see_and_can_be_shipped(tmp_path: Path) -> None:
    fit_on, held_out = examples(20), examples(40)[80:]
    run = tmp_path / "run"
    run.mkdir()
    net = fit(trained_ends(fit_on), run, FitPlan(epochs=6, draws=960, workers=0, threads=1))
    ends = trained_ends(held_out)
    calibration = calibrate(net, ends, held_out)
    evaluation = evaluate(predict(net, held_out, calibration))
    assert evaluation.metrics["ends_balanced_all"] > 0.9
    assert evaluation.ends.sum() == len(ends.crops)
    export(net, calibration, evaluation, "0" * 64, run / "version")
    origin = provenance_of_run(fit_on, seed=0, epochs=6)
    looked_at = diagnose(
        predict(net, held_out, calibration), classifier_of(net, calibration), origin
    )
    write_report(run, evaluation, looked_at)
    assert json.loads((run / "metrics.json").read_text()) == evaluation.metrics
    ship(run, tmp_path / "weights")
    shipped = EndClassifier(load_version(tmp_path / "weights"))
    found = shipped.probabilities([crop(kind, np.random.default_rng(9)) for kind in range(4)])
    assert found.argmax(axis=1).tolist() == [0, 1, 2, 3]


def test_the_onnx_file_is_small() -> None:
    assert len(root_net_onnx(RootNet())) < 3e6
