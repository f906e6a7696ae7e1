"""Thresholds and error matrix of a version set anew, its weights as they are.

After a change of the finder the share of proposals on nothing, and of ends that are none, is
another one; training again takes an hour, this a few minutes (``shedlight models recalibrate``).
"""

from dataclasses import replace
from pathlib import Path

from torch import Tensor, from_numpy

from model.inference.root_classifier import EndClassifier
from model.networks.root_net import RootNet
from model.version import CARD_FILE, ModelVersion, load_version, save_version
from training.calibration.calibrate import calibrate
from training.datasets.collect import collect
from training.datasets.examples import trained_ends
from training.datasets.splits import evaluation_examples
from training.evaluation.metrics import Evaluation, evaluate
from training.evaluation.predictions import classifier_of, cross_fitted_predictions
from training.reports.diagnostics import diagnose
from training.reports.model_card import card_of
from training.reports.provenance import provenance_on_card
from training.reports.run_report import write_report


class FixedNet(RootNet):
    """A version's network, as it was exported."""

    def __init__(self, version: ModelVersion) -> None:
        super().__init__()
        self._classifier = EndClassifier(version)

    def forward(self, pixels: Tensor, shaft_px: Tensor) -> Tensor:
        """Logits as ``RootNet.forward`` gives them."""
        return from_numpy(self._classifier.logits(pixels.numpy(), shaft_px.numpy()))


def recalibrate(version_folder: Path, rendered: Path, out: Path, seed: int = 0) -> Evaluation:
    """Fills ``out``/version with a version's weights and what was measured on ``rendered``.

    The photos must be ones that the weights were not fitted to. Raises ShedlightError
    (MODEL_REFUSED) and OSError.
    """
    version = load_version(version_folder)
    out.mkdir(parents=True, exist_ok=True)
    seen = evaluation_examples(collect(rendered, out, find=True, seed=seed))
    net = FixedNet(version)
    calibration = calibrate(net, trained_ends(seen), seen)
    judged = cross_fitted_predictions(net, seen)
    evaluation = evaluate(judged)
    manifest = replace(
        version.manifest,
        temperature=round(calibration.temperature, 4),
        rule=calibration.rule,
        confusion=evaluation.confusion,
        metrics={name: round(value, 4) for name, value in evaluation.metrics.items()},
    )
    origin = provenance_on_card((version_folder / CARD_FILE).read_text("utf-8"))
    looked_at = diagnose(judged, classifier_of(net, calibration), origin)
    save_version(out / "version", version.weights, manifest, card_of(manifest, looked_at))
    write_report(out, evaluation, looked_at)
    return evaluation
