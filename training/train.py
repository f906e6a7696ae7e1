"""Training from a folder of renders to a version that can be shipped."""

from dataclasses import replace
from pathlib import Path

from model.networks.root_net import RootNet
from training.calibration.calibrate import calibrate
from training.datasets.collect import collect, hash_of
from training.datasets.examples import trained_ends
from training.datasets.splits import evaluation_examples, split_held_out
from training.evaluation.metrics import Evaluation, evaluate
from training.evaluation.predictions import classifier_of, cross_fitted_predictions
from training.export import export
from training.fitting.root_net import FitPlan, fit
from training.reports.diagnostics import diagnose
from training.reports.provenance import provenance_of_run
from training.reports.run_report import write_report

VERSION = "version"


def train(
    rendered: Path, out: Path, seed: int = 0, epochs: int = FitPlan.epochs, find: bool = True
) -> Evaluation:
    """Trains on ``rendered`` (photos/ and truth.jsonl) and fills the run folder ``out``.

    ``out/version`` is what ``training.export.ship`` copies to model/root_net_weights. A run that
    was
    stopped goes on where it was. ``find``: use the finder's proposals beside the truth's own
    ends. Raises OSError when ``rendered`` cannot be read.
    """
    out.mkdir(parents=True, exist_ok=True)
    examples = collect(rendered, out, find, seed)
    fit_on, held_out = split_held_out(examples)
    net: RootNet = fit(trained_ends(fit_on), out, replace(FitPlan(), seed=seed, epochs=epochs))
    seen = evaluation_examples(held_out)
    calibration = calibrate(net, trained_ends(seen), seen)
    judged = cross_fitted_predictions(net, seen)
    evaluation = evaluate(judged)
    origin = provenance_of_run(fit_on, seed, epochs)
    looked_at = diagnose(judged, classifier_of(net, calibration), origin)
    export(net, calibration, evaluation, hash_of(rendered, find, seed), out / VERSION, looked_at)
    write_report(out, evaluation, looked_at)
    return evaluation
