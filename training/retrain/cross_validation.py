"""Rounds of a cross-validation: every label read by a network that never saw its group."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path

import numpy as np

from model.networks.root_net import EndNet
from training.calibration.calibrate import Calibration
from training.labels.folds import Split
from training.labels.labelled_strand import LabelledStrand
from training.retrain.evaluation import counted_kind
from training.retrain.fit import RetrainPlan, TrainingSet, plan_for
from training.retrain.label_probabilities import (
    EvaluatedLabel,
    LabelProbabilities,
    calibrate_on,
    evaluate_labels,
)
from training.retrain.parallel_fits import Fit

LEAST_DRAWS = 400
"""However few the labels of a step of the learning curve are."""

ReportProgress = Callable[[str, float], None]
"""Told of each step, in words, and which share of all is done."""


@dataclass(frozen=True, eq=False)
class CrossValidation:
    """``rows`` (M,) are places in the list of labels, ``read`` what was read of each of them by a
    network that never saw its group, ``folds`` which of ``nets`` that was."""

    rows: tuple[int, ...] = ()
    read: tuple[EvaluatedLabel, ...] = ()
    folds: tuple[int, ...] = ()
    nets: tuple[EndNet, ...] = ()

    def chances(self, start: Calibration) -> list[LabelProbabilities]:
        """What is thought of each label, calibrated on the other folds' labels."""
        found: dict[int, Calibration] = {}
        for fold in set(self.folds):
            others = [r for r, f in zip(self.read, self.folds, strict=True) if f != fold]
            found[fold] = calibrate_on(others, start)
        rules = [found[fold] for fold in self.folds]
        return [
            label.chances(rule.temperature, rule.rule)
            for label, rule in zip(self.read, rules, strict=True)
        ]


def cross_validate(
    material: TrainingSet,
    hairs: Sequence[LabelledStrand],
    split: Split,
    run: Path,
    plan: RetrainPlan,
    say: ReportProgress,
    share: float = 1.0,
) -> CrossValidation:
    """Fits to all folds but one, and reads that one, in turn. ``share``: of the labels to fit to,
    only so many are taken, and the fit is as much shorter."""
    parts: list[tuple[int, list[int], list[EvaluatedLabel]]] = []
    nets = []
    fits = fits_of_folds(split, run, plan, share)
    for k, (fold, fit) in enumerate(zip(split.folds, fits, strict=True)):
        say(_step(k, len(split.folds), share), k / len(split.folds))
        net = material.fitted(fit.rows, fit.run, fit.plan)
        nets.append(net)
        judged = [i for i in fold if counted_kind(hairs[i])]
        parts.append((k, judged, read_at(net, hairs, judged)))
    return CrossValidation(
        rows=tuple(i for _, judged, _ in parts for i in judged),
        read=tuple(label for _, _, read in parts for label in read),
        folds=tuple(k for k, judged, _ in parts for _ in judged),
        nets=tuple(nets),
    )


def fits_of_folds(split: Split, run: Path, plan: RetrainPlan, share: float = 1.0) -> list[Fit]:
    """The fit of each round: to all folds but one, or to a share of their labels."""
    fits = []
    for k, fold in enumerate(split.folds):
        rows = _some(sorted(chain.from_iterable(f for f in split.folds if f is not fold)), share)
        fits.append(Fit(rows, run / f"{share:.2f}_{k}", scaled_plan(plan, len(rows), share)))
    return fits


def read_at(
    net: EndNet, hairs: Sequence[LabelledStrand], rows: Sequence[int]
) -> list[EvaluatedLabel]:
    """What ``net`` reads of the labels in ``rows`` that count."""
    counted = [(hairs[i], kind) for i in rows if (kind := counted_kind(hairs[i]))]
    return evaluate_labels(net, [hair for hair, _ in counted], [kind for _, kind in counted])


def scaled_plan(plan: RetrainPlan, labels: int, share: float = 1.0) -> RetrainPlan:
    """The plan for so many labels."""
    fitting = plan_for(plan, labels)
    return replace(fitting, draws=max(LEAST_DRAWS, int(share * fitting.draws) // 2 * 2))


def _some(rows: Sequence[int], share: float) -> list[int]:
    """A share of the rows, the same ones each time, those of a lesser share among them."""
    order = np.random.default_rng(0).permutation(len(rows))
    return sorted(rows[i] for i in order[: max(1, round(share * len(rows)))])


def _step(k: int, of: int, share: float) -> str:
    part = "" if share == 1 else f" to {share:.0%} of the labels"
    return f"Fitting{part}, round {k + 1} of {of}"
