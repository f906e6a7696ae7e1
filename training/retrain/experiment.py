"""The trial of a challenger: fitted round by round, judged by labels that it had not seen."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from pathlib import Path

from model.networks.root_net import EndNet
from model.version import ModelVersion
from training.calibration.calibrate import Calibration
from training.export import ExportedNet
from training.labels.folds import Split
from training.labels.groups import Groups
from training.labels.labelled_strand import LabelledStrand
from training.retrain.cross_validation import (
    CrossValidation,
    ReportProgress,
    cross_validate,
    fits_of_folds,
    read_at,
    scaled_plan,
)
from training.retrain.evaluation import JudgedLabel, counted_kind
from training.retrain.fit import RetrainPlan, TrainingSet, mean_of
from training.retrain.label_probabilities import (
    EvaluatedLabel,
    LabelProbabilities,
    calibrate_on,
    evaluate_labels,
    even_weights,
    kind_of,
)
from training.retrain.learning_curve import SHARES, CurvePoint, curve_point
from training.retrain.parallel_fits import Fit, fit_in_parallel

_OF_ROUNDS, _OF_FINAL, _OF_CURVE = 0.5, 0.1, 0.4
"""Which share of the work is what."""
_AHEAD = 0.95
"""That of all fits, where they are done ahead."""


@dataclass(frozen=True, eq=False)
class ChallengerExperiment:
    """``hairs`` are the N labels, ``split`` how they are divided, by ``groups``; ``material`` is
    what a challenger is fitted to, ``start`` how the version it comes from is calibrated;
    ``champion`` is the version in force. Checkpoints are in ``run``."""

    hairs: Sequence[LabelledStrand]
    split: Split
    groups: Groups
    material: TrainingSet
    start: Calibration
    champion: ModelVersion
    run: Path
    plan: RetrainPlan
    say: ReportProgress

    def fit_ahead(self, curve: bool) -> None:
        """Does all fits where there are cores for several at once, those of the curve among them if
        it is wanted. What is asked for later is the same, but there already."""
        shares = (1.0, *SHARES) if curve and self._has_curve else (1.0,)
        rounds = [fits_of_folds(self.split, self.run, self.plan, share) for share in shares]
        fits = [self._last_fit, *(chain.from_iterable(rounds) if self._has_rounds else ())]
        longest_first = sorted(fits, key=lambda fit: -fit.plan.draws)
        fit_in_parallel(self.material, longest_first, self._told_of(len(fits)))

    @cached_property
    def net(self) -> EndNet:
        """The challenger: the mean of a network fitted to all labels but those that are held out,
        and of those of the rounds. All began with the same one and end near each other; the mean
        of their weights reads as well and forgets less (model soups, Wortsman et al. 2022)."""
        nets = self.rounds.nets
        self.say("Fitting to all labels", _OF_ROUNDS)
        last = self._last_fit
        return mean_of((self.material.fitted(last.rows, last.run, last.plan), *nets))

    @cached_property
    def rounds(self) -> CrossValidation:
        """The rounds of the cross-validation."""
        return self._rounds(1.0, 0.0, _OF_ROUNDS)

    @cached_property
    def calibration(self) -> Calibration:
        """The challenger's, by all labels that were read by networks which had not seen them."""
        return calibrate_on(self.rounds.read, self.start)

    def judged(self) -> tuple[JudgedLabel, ...]:
        """Every label that counts, but those of groups that the champion was fitted to."""
        after, read = self.rounds.chances(self.start), list(self.rounds.read)
        held = read_at(self.net, self.hairs, self.split.held_out)
        after += self._chances(held, self.calibration)
        read += held
        before = self._before([label.hair for label in read])
        rows = zip(read, before, after, strict=True)
        known = self._known_groups()
        return tuple(
            JudgedLabel(label.hair, label.kind, group, was, is_now)
            for label, was, is_now in rows
            if (group := self.groups[label.hair.photo]) not in known
        )

    def curve(self) -> tuple[CurvePoint, ...]:
        """From no labels to all of the folds', each read by networks that had not seen it."""
        if not self._has_curve:
            return ()
        kinds = [label.kind for label in self.rounds.read]
        points = [curve_point(0, kinds, self._before([r.hair for r in self.rounds.read]))]
        for k, share in enumerate((*SHARES, 1.0)):
            begin = _OF_ROUNDS + _OF_FINAL + _OF_CURVE * k / len(SHARES)
            part = self._rounds(share, begin, _OF_CURVE / len(SHARES)) if share < 1 else self.rounds
            labels = round(share * self._fitted_in_a_round)
            kinds = [label.kind for label in part.read]
            points.append(curve_point(labels, kinds, part.chances(self.start)))
        return tuple(points)

    @property
    def fitted(self) -> int:
        """To how many labels the challenger is fitted."""
        return len(self.hairs) - len(self.split.held_out)

    def _rounds(self, share: float, begin: float, part: float) -> CrossValidation:
        if not self._has_rounds:
            return CrossValidation()
        return cross_validate(
            self.material,
            self.hairs,
            self.split,
            self.run,
            self.plan,
            lambda step, done: self.say(step, begin + part * done),
            share,
        )

    @property
    def _has_rounds(self) -> bool:
        return len(self.split.folds) > 1

    @property
    def _has_curve(self) -> bool:
        """Whether any kind has labels enough to tell what they teach."""
        kinds = [counted_kind(self.hairs[i]) for fold in self.split.folds for i in fold]
        return self._has_rounds and bool(even_weights([kind for kind in kinds if kind]).any())

    @property
    def _last_fit(self) -> Fit:
        """To all labels."""
        rows = sorted(chain.from_iterable(self.split.folds))
        return Fit(rows, self.run / "all", scaled_plan(self.plan, len(rows)))

    def _told_of(self, fits: int) -> Callable[[int], None]:
        return lambda done: self.say(f"Fitting, {done} of {fits} done", _AHEAD * done / fits)

    def _before(self, hairs: Sequence[LabelledStrand]) -> list[LabelProbabilities]:
        """What the champion thinks."""
        manifest = self.champion.manifest
        rule = Calibration(manifest.temperature, manifest.rule)
        kinds = [kind_of(hair.label) or "" for hair in hairs]
        return self._chances(evaluate_labels(ExportedNet(self.champion), hairs, kinds), rule)

    @staticmethod
    def _chances(read: Sequence[EvaluatedLabel], rule: Calibration) -> list[LabelProbabilities]:
        return [label.chances(rule.temperature, rule.rule) for label in read]

    def _known_groups(self) -> set[str]:
        """Groups with pictures that the champion was fitted to."""
        known = set(self.champion.manifest.pictures)
        return {group for picture, group in self.groups.items() if picture in known}

    @property
    def _fitted_in_a_round(self) -> int:
        """How many labels a round is fitted to, on average."""
        folds = self.split.folds
        return round(sum(map(len, folds)) * (len(folds) - 1) / len(folds))
