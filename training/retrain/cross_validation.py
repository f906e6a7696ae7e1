"""Cross-validation: every label is predicted by a network that never saw its group."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import numpy as np

from model.networks.root_net import EndNet
from training.calibration.calibrate import Calibration
from training.labels.folds import Split
from training.labels.labelled_strand import LabelledStrand
from training.retrain.fit import RetrainPlan, TrainingSet
from training.retrain.label_probabilities import (
    LabelProbabilities,
    StrandLogits,
    calibrate_on_labels,
    predict_logits,
)
from training.retrain.parallel_fits import Fit

ReportProgress = Callable[[str, float], None]
"""Receives the description of each step, and the share of all work that is done."""


@dataclass(frozen=True, eq=False)
class CrossValidation:
    """``logits`` (M,) are those of each label that counts, by a network that never saw its group,
    ``folds`` the number of that network in ``nets``."""

    logits: tuple[StrandLogits, ...] = ()
    folds: tuple[int, ...] = ()
    nets: tuple[EndNet, ...] = ()

    def probabilities(self, start: Calibration) -> list[LabelProbabilities]:
        """The probabilities of each label, calibrated on the labels of the other folds."""
        calibrations: dict[int, Calibration] = {}
        for fold in set(self.folds):
            others = [x for x, f in zip(self.logits, self.folds, strict=True) if f != fold]
            calibrations[fold] = calibrate_on_labels(others, start)
        return [
            logits.probabilities(calibrations[fold])
            for logits, fold in zip(self.logits, self.folds, strict=True)
        ]


def cross_validate(
    training_set: TrainingSet,
    hairs: Sequence[LabelledStrand],
    split: Split,
    run: Path,
    plan: RetrainPlan,
    progress: ReportProgress,
    share: float = 1.0,
) -> CrossValidation:
    """Fits to all folds but one and predicts that one, in turn.

    With a ``share`` only a part of the labels is fitted to, and the fits are as much shorter.
    """
    logits: list[StrandLogits] = []
    folds: list[int] = []
    nets: list[EndNet] = []
    part = "" if share == 1 else f" to {share:.0%} of the labels"
    for k, fit in enumerate(fits_of_folds(split, run, plan, share)):
        progress(f"Fitting{part}, fold {k + 1} of {len(split.folds)}", k / len(split.folds))
        nets.append(training_set.fit(fit.rows, fit.run, fit.plan))
        evaluated = [hairs[i] for i in split.folds[k] if hairs[i].is_evidence]
        logits += predict_logits(nets[k], evaluated)
        folds += [k] * len(evaluated)
    return CrossValidation(tuple(logits), tuple(folds), tuple(nets))


def fits_of_folds(split: Split, run: Path, plan: RetrainPlan, share: float = 1.0) -> list[Fit]:
    """The fit of each fold: to all other folds, or to a share of their labels.

    The labels of a share are the same each time, and contain those of a smaller share.
    """
    fits = []
    for k, fold in enumerate(split.folds):
        others = sorted(chain.from_iterable(f for f in split.folds if f is not fold))
        order = np.random.default_rng(0).permutation(len(others))
        rows = sorted(others[i] for i in order[: max(1, round(share * len(others)))])
        fits.append(Fit(rows, run / f"{share:.2f}_{k}", plan.scaled(len(rows), share)))
    return fits
