"""Trains the root network on a folder of renders, or recalibrates a trained version."""

from dataclasses import replace
from pathlib import Path

from model.networks.root_net import RootNet
from model.version import CARD_FILE, load_version, save_version
from training.calibration.calibrate import Calibration, calibrate
from training.datasets.collect import collect, hash_of
from training.datasets.examples import Example, trained_ends
from training.datasets.splits import evaluation_examples, split_held_out
from training.evaluation.metrics import Evaluation, evaluate
from training.evaluation.predictions import classifier_of, cross_fitted_predictions
from training.export import VERSION, ExportedNet, export_root_net
from training.fitting.root_net import FitPlan, fit
from training.reports.diagnostics import (
    Diagnostics,
    Provenance,
    diagnose,
    provenance_of_run,
    provenance_on_card,
)
from training.reports.model_card import card_of
from training.reports.run_report import write_report


def train_root_net(
    rendered: Path, out: Path, seed: int = 0, epochs: int = FitPlan.epochs, find: bool = True
) -> Evaluation:
    """Trains on ``rendered`` (photos/ and truth.jsonl) and fills the run folder ``out``.

    ``training.export.ship`` copies ``out/version`` into the package. A stopped run continues where
    it was. ``find``: use the finder's strands as well as those from the annotations. Raises OSError
    when ``rendered`` cannot be read.
    """
    out.mkdir(parents=True, exist_ok=True)
    examples = collect(rendered, out, find, seed)
    fit_on, held_out = split_held_out(examples)
    net = fit(trained_ends(fit_on), out, replace(FitPlan(), seed=seed, epochs=epochs))
    provenance = provenance_of_run(fit_on, seed, epochs)
    calibration, evaluation, diagnostics = _evaluated(net, held_out, provenance)
    data_sha256 = hash_of(rendered, find, seed)
    export_root_net(net, calibration, evaluation, data_sha256, out / VERSION, diagnostics)
    write_report(out, evaluation, diagnostics)
    return evaluation


def recalibrate(version_folder: Path, rendered: Path, out: Path, seed: int = 0) -> Evaluation:
    """Fills ``out``/version with a version's weights and a calibration and metrics on ``rendered``.

    After a change of the finder the shares of false strands and false ends change. Recalibrating
    takes a few minutes, training an hour. The weights must not have been fitted to these photos.
    Raises ShedlightError (MODEL_REFUSED) and OSError.
    """
    version = load_version(version_folder)
    out.mkdir(parents=True, exist_ok=True)
    held_out = collect(rendered, out, find=True, seed=seed)
    provenance = provenance_on_card((version_folder / CARD_FILE).read_text("utf-8"))
    calibration, evaluation, diagnostics = _evaluated(ExportedNet(version), held_out, provenance)
    manifest = replace(
        version.manifest,
        temperature=round(calibration.temperature, 4),
        rule=calibration.rule,
        confusion=evaluation.confusion,
        metrics={name: round(value, 4) for name, value in evaluation.metrics.items()},
    )
    save_version(out / VERSION, version.weights, manifest, card_of(manifest, diagnostics))
    write_report(out, evaluation, diagnostics)
    return evaluation


def _evaluated(
    net: RootNet, held_out: list[Example], provenance: Provenance
) -> tuple[Calibration, Evaluation, Diagnostics]:
    """The calibration of ``net`` on held-out examples, and its cross-fitted evaluation."""
    examples = evaluation_examples(held_out)
    calibration = calibrate(net, trained_ends(examples), examples)
    predictions = cross_fitted_predictions(net, examples)
    diagnostics = diagnose(predictions, classifier_of(net, calibration), provenance)
    return calibration, evaluate(predictions), diagnostics
