"""The experiment that compares a challenger with the champion on labels that it had not seen."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from model.networks.root_net import EndNet
from model.version import ModelVersion
from training.calibration.calibrate import Calibration
from training.datasets.examples import Example
from training.export import ExportedNet
from training.labels.folds import Split
from training.labels.groups import Groups
from training.labels.labelled_strand import LabelledStrand
from training.retrain.cross_validation import (
    CrossValidation,
    ReportProgress,
    cross_validate,
    fits_of_folds,
)
from training.retrain.evaluation import EvaluatedLabel, Evidence, frozen_set_losses
from training.retrain.fit import RetrainPlan, TrainingSet, mean_of
from training.retrain.label_probabilities import LabelProbabilities, kind_weights, predict_logits
from training.retrain.learning_curve import SHARES, LearningPoint, curve_point
from training.retrain.parallel_fits import Fit, fit_in_parallel

_FOLDS_WORK, _FINAL_WORK, _CURVE_WORK = 0.5, 0.1, 0.4
"""Shares of the work."""
_PARALLEL_WORK = 0.95
"""That of all fits, if they are done in parallel."""


@dataclass(frozen=True, eq=False)
class ChallengerExperiment:
    """``hairs`` are the N labels, ``split`` their folds, made of whole ``groups``; a challenger is
    fitted to ``training_set``, ``start`` is the calibration of the version that it comes from;
    ``champion`` is the active version. Checkpoints are in ``run``."""

    hairs: Sequence[LabelledStrand]
    split: Split
    groups: Groups
    training_set: TrainingSet
    start: Calibration
    champion: ModelVersion
    run: Path
    plan: RetrainPlan
    progress: ReportProgress
    processes: int | None = None

    def fit_ahead(self, curve: bool) -> None:
        """Does all fits in parallel if there are cores for it, those of the curve if it is wanted.

        The steps below then find their checkpoints; their results are the same.
        """
        shares = (1.0, *SHARES) if curve and self._has_curve else (1.0,)
        of_folds = [fits_of_folds(self.split, self.run, self.plan, share) for share in shares]
        fits = [self._final_fit, *(chain.from_iterable(of_folds) if self._has_folds else ())]
        fit_in_parallel(
            self.training_set,
            sorted(fits, key=lambda fit: -fit.plan.draws),  # the longest first
            lambda done: self.progress(
                f"Fitting, {done} of {len(fits)} done", _PARALLEL_WORK * done / len(fits)
            ),
            self.processes,
        )

    def cross_validate(self) -> CrossValidation:
        """The cross-validation with all labels; empty with fewer than two folds."""
        return self._cross_validate(1.0, 0.0, _FOLDS_WORK)

    def fit(self, validation: CrossValidation) -> EndNet:
        """The challenger: the mean of a network fitted to all labels but those held out, and of
        those of the folds. All start from the same network and end near each other; the mean of
        their weights predicts as well and forgets less (model soups, Wortsman et al. 2022)."""
        self.progress("Fitting to all labels", _FOLDS_WORK)
        fit = self._final_fit
        return mean_of((self.training_set.fit(fit.rows, fit.run, fit.plan), *validation.nets))

    def evaluate(
        self,
        validation: CrossValidation,
        net: EndNet,
        calibration: Calibration,
        frozen: Sequence[Example],
    ) -> Evidence:
        """The evidence on every label that counts, without groups that the champion was fitted to,
        and on the ``frozen`` set.

        Labels held out are predicted by ``net`` with its ``calibration``, the others by their fold.
        """
        held_out = [self.hairs[i] for i in self.split.held_out if self.hairs[i].is_evidence]
        hairs = [logits.hair for logits in validation.logits] + held_out
        after = validation.probabilities(self.start)
        after += [logits.probabilities(calibration) for logits in predict_logits(net, held_out)]
        pictures = set(self.champion.manifest.pictures)
        known_groups = {self.groups[p] for p in pictures if p in self.groups}
        labels = tuple(
            EvaluatedLabel(hair, group, old, new)
            for hair, old, new in zip(hairs, self._before(hairs), after, strict=True)
            if (group := self.groups[hair.photo]) not in known_groups
        )
        before = ExportedNet(self.champion), self.champion.manifest.temperature
        losses = frozen_set_losses(frozen, before, (net, calibration.temperature))
        return Evidence(labels, losses, len(self.hairs) - len(self.split.held_out))

    def learning_curve(self, validation: CrossValidation) -> tuple[LearningPoint, ...]:
        """From no labels to those of all folds, each predicted by networks that had not seen it;
        empty if no kind has enough labels."""
        if not self._has_curve:
            return ()
        folds = self.split.folds
        fitted = round(sum(map(len, folds)) * (len(folds) - 1) / len(folds))  # per fold, on average
        hairs = [logits.hair for logits in validation.logits]
        points = [curve_point(0, [hair.kind for hair in hairs], self._before(hairs))]
        for k, share in enumerate((*SHARES, 1.0)):
            begin = _FOLDS_WORK + _FINAL_WORK + _CURVE_WORK * k / len(SHARES)
            part = (
                self._cross_validate(share, begin, _CURVE_WORK / len(SHARES))
                if share < 1
                else validation
            )
            kinds = [logits.hair.kind for logits in part.logits]
            points.append(curve_point(round(share * fitted), kinds, part.probabilities(self.start)))
        return tuple(points)

    def _cross_validate(self, share: float, begin: float, work: float) -> CrossValidation:
        if not self._has_folds:
            return CrossValidation()
        return cross_validate(
            self.training_set,
            self.hairs,
            self.split,
            self.run,
            self.plan,
            lambda step, done: self.progress(step, begin + work * done),
            share,
        )

    @property
    def _has_folds(self) -> bool:
        return len(self.split.folds) > 1

    @property
    def _has_curve(self) -> bool:
        hairs = [self.hairs[i] for fold in self.split.folds for i in fold]
        kinds = [hair.kind for hair in hairs if hair.is_evidence]
        return self._has_folds and bool(kind_weights(kinds).any())

    @property
    def _final_fit(self) -> Fit:
        """To all labels that are not held out."""
        rows = sorted(chain.from_iterable(self.split.folds))
        return Fit(rows, self.run / "all", self.plan.scaled(len(rows)))

    def _before(self, hairs: Sequence[LabelledStrand]) -> list[LabelProbabilities]:
        """The champion's probabilities."""
        manifest = self.champion.manifest
        calibration = Calibration(manifest.temperature, manifest.rule)
        logits = predict_logits(ExportedNet(self.champion), hairs)
        return [each.probabilities(calibration) for each in logits]
