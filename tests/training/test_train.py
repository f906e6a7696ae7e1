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
from model.labelling.strand_inputs import INPUTS
from model.networks.root_net import RootNet
from model.version import load_version
from tests.helpers.training.examples import cache_examples, crop, example, examples
from training import leave_one_out
from training.calibration.calibrate import calibrate, fit_false_end
from training.datasets.annotations import Attributes
from training.datasets.examples import BARE, NOT_HAIR, Example
from training.datasets.splits import is_held_out_photo
from training.evaluation.metrics import evaluate
from training.evaluation.predictions import predict
from training.export import export_root_net, ship
from training.fitting.apply import hair_logits, logits_of
from training.fitting.root_net_fit import RootFitPlan
from training.train import recalibrate, recalibrate_finder, train_root_net

CLEAR = RootFitPlan(epochs=6, draws=64, batch=8, views=128, quiet=True)


def crops() -> list[RootCrop]:
    rng = np.random.default_rng(1)
    return [crop(kind, rng, shaft_px) for kind in range(4) for shaft_px in (2.0, 8.0, 40.0)]


def by(maker: str, given: Example) -> Example:
    attributes = Attributes(maker=maker, background="tile")
    annotated = replace(given.annotated, attributes=attributes)
    return replace(given, annotated=annotated, photo=f"{maker}_{given.photo}")


@pytest.fixture
def net() -> RootNet:
    torch.manual_seed(0)
    return RootNet().eval()


def test_a_small_onnx_file_gives_the_same_probabilities(net: RootNet, tmp_path: Path) -> None:
    held_out = examples(1)
    logits = hair_logits(net, held_out)
    calibration = replace(calibrate(held_out, logits), temperature=1.0)
    evaluation = evaluate(predict(held_out, logits, calibration))
    export_root_net(net, calibration, evaluation, "0" * 64, tmp_path)
    version = load_version(tmp_path)
    assert len(version.weights) < 20e6
    assert version.manifest.rule == calibration.rule
    ours = EndClassifier(version).probabilities(crops())
    expected = torch.softmax(torch.from_numpy(logits_of(net, crops())), dim=1)
    assert ours == pytest.approx(expected.numpy(), abs=1e-4)


@pytest.mark.slow
def test_a_network_learns_clear_differences_and_can_be_shipped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two makers are left out in turn; a third shows no roots and is not."""
    monkeypatch.setattr(leave_one_out, "MIN_ROOTS", 4)
    monkeypatch.setattr(leave_one_out, "PROCESSES", 1)
    run = tmp_path / "run"
    photos = {maker: [by(maker, e) for e in examples(6)] for maker in ("luxcore", "painter")}
    photos["mitsuba"] = [by("mitsuba", example(truth)) for truth in (BARE, NOT_HAIR)]
    rendered = [cache_examples(run, given, name=maker) for maker, given in photos.items()]
    evaluation = train_root_net(rendered, run, plan=CLEAR)
    assert (run / "without_luxcore").is_dir()
    assert not (run / "without_mitsuba").exists()
    assert is_held_out_photo(photos["mitsuba"][0].photo) is False
    # All photos of the makers that were left out count, and of the third one those held out.
    assert evaluation.ends.sum() == 2 * 2 * 24
    assert evaluation.metrics["hairs_on_luxcore"] == evaluation.metrics["hairs_on_painter"] == 18
    assert evaluation.metrics["ends_balanced_all"] > 0.5  # by the networks of fewer steps
    assert json.loads((run / "metrics.json").read_text()) == evaluation.metrics
    card = (run / "version" / "model_card.md").read_text()
    assert "made by luxcore, mitsuba, painter" in card
    assert ship(run, tmp_path / "weights") == tmp_path / "weights"
    shipped = EndClassifier(load_version(tmp_path / "weights"))
    found, maps = shipped.read([crop(kind, np.random.default_rng(9)) for kind in range(4)])
    assert found.argmax(axis=1).tolist() == [0, 1, 2, 3]
    assert all(each is not None and each.shape == (5, 36, 60) for each in maps)


def test_recalibrating_keeps_the_weights_and_replaces_the_calibration(
    net: RootNet, tmp_path: Path
) -> None:
    held_out = examples(2)
    logits = hair_logits(net, held_out)
    good = calibrate(held_out, logits)
    old = replace(
        good, temperature=3.0, rule=replace(good.rule, prior_not_hair=LogisticModel.constant(0.55))
    )
    evaluation = evaluate(predict(held_out, logits, old))
    export_root_net(net, old, evaluation, "0" * 64, tmp_path / "old")
    names = ("one", "other")
    rendered = [
        cache_examples(tmp_path / "run", held_out[k::2], name=name) for k, name in enumerate(names)
    ]
    found = recalibrate(tmp_path / "old", rendered, tmp_path / "run")
    assert found.ends.sum() == 2 * len(held_out)
    before, after = load_version(tmp_path / "old"), load_version(tmp_path / "run" / "version")
    assert after.weights == before.weights
    assert after.manifest.name.sha256 == before.manifest.name.sha256
    assert after.manifest.name.version != before.manifest.name.version
    assert after.manifest.rule == good.rule
    assert (tmp_path / "run" / "report.html").is_file()
    card = (tmp_path / "run" / "version" / "model_card.md").read_text()
    assert "## Where it fails" in card
    assert after.manifest.temperature == pytest.approx(good.temperature, rel=0.02)


def test_recalibrating_the_finder_replaces_what_depends_on_it_alone(
    net: RootNet, tmp_path: Path
) -> None:
    given = [each for each in examples(12) if each.found]
    logits = hair_logits(net, given)
    calibration = calibrate(given, logits)
    start = LogisticModel.constant(0.55)
    rule = replace(calibration.rule, prior_not_hair=start, false_end=start)
    old = replace(calibration, rule=rule)
    evaluation = evaluate(predict(given, logits, old))
    export_root_net(net, old, evaluation, "0" * 64, tmp_path / "old")
    rendered = [cache_examples(tmp_path / "run", given)]
    found = recalibrate_finder(tmp_path / "old", rendered, tmp_path / "run")
    before, after = load_version(tmp_path / "old"), load_version(tmp_path / "run" / "version")
    prior, false_end = found.prior_not_hair, found.false_end
    assert len(prior.weights) == INPUTS
    assert start != false_end == fit_false_end(given)
    wanted = replace(before.manifest.rule, prior_not_hair=prior, false_end=false_end)
    assert after.manifest.rule == wanted
    old_manifest = before.manifest
    assert replace(after.manifest, rule=old_manifest.rule, name=old_manifest.name) == old_manifest
    assert after.manifest.name.sha256 == old_manifest.name.sha256
    assert after.manifest.name.version != old_manifest.name.version
    assert after.weights == before.weights
    card = (tmp_path / "run" / "version" / "model_card.md").read_text("utf-8")
    assert "12 rendered photos" in card
