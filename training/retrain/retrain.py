"""Labels in, a better model out, never a worse one."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch

from model.registry.registry import Registry
from model.version import SHIPPED, ModelVersion, load_version
from training.calibration.calibrate import Calibration
from training.datasets.replay import load_frozen, load_replay
from training.export import ExportedNet
from training.labels.folds import split_labels
from training.labels.groups import Groups
from training.labels.label_set import LabelSet
from training.labels.labelled_strand import LabelledStrand
from training.retrain.cross_validation import ReportProgress
from training.retrain.evaluation import Evidence, frozen_set_losses
from training.retrain.experiment import ChallengerExperiment
from training.retrain.fit import RetrainPlan, TrainingSet, training_set_of
from training.retrain.promotion import ONE_GROUP, Decision, Verdict, decide
from training.retrain.run_state import Outcome, RunState, run_state
from training.retrain.versions import Challenger, net_of, save_challenger
from training.studies.baselines import NETWORKS

VERSION = "version"
ROOTNET = "rootnet"
ANEW_EPOCHS, ANEW_RATE = 40, 3e-3
"""How a network of another make is fitted to what the shipped one says, before it sees labels. Our
choice."""
_NO_LABELS = Decision(Verdict.NO_LABELS, "There is no label that a model could be fitted to.")
_IN_FORCE = Decision(Verdict.IN_FORCE, "What these labels teach is in force already.")


@dataclass(frozen=True)
class RetrainConfig:
    """How to teach: which network (a name of ``NETWORKS``), whether a better one is put in force,
    and whether the learning curve is drawn, which takes two thirds as long again."""

    arch: str = ROOTNET
    promote: bool = True
    seed: int = 0
    curve: bool = True

    @property
    def plan(self) -> RetrainPlan:
        """How to fit."""
        return replace(RetrainPlan(), seed=self.seed)


def retrain(
    labels: LabelSet, registry: Registry, run: Path, order: RetrainConfig, say: ReportProgress
) -> Outcome:
    """Fits a challenger to ``labels``, judges it, and promotes it if it is better for sure.

    ``run`` gets the challenger's version. A run that was stopped goes on where it was. Raises
    ShedlightError (MODEL_REFUSED), RegistryError and OSError; what is in force stays so then.
    """
    hairs = trainable(labels)
    if not hairs:
        return Outcome(labels, None, _NO_LABELS, (), registry.champion().name, None, order.arch)
    say("Preparing", 0.0)
    base = load_version(SHIPPED)
    kept = run_state(run, hairs, base.manifest.name.sha256, order.arch, order.plan)
    champion = load_version(kept.to_beat(registry))
    trial = _trial(hairs, labels.groups, base, champion, kept, order, _never_back(say))
    trial.fit_ahead(order.curve)
    evidence = evidence_of(trial)
    curve = trial.curve() if order.curve else ()
    name = save_challenger(_taught(trial, evidence), base.manifest, order.arch, run / VERSION)
    _add(run / VERSION, registry)
    in_force = champion.manifest.name.version
    decision = _IN_FORCE if name == in_force else _decided(trial, evidence)
    if promoted := decision.promote and order.promote:
        kept.promote(registry, name, in_force, decision.reason)
    return Outcome(labels, evidence, decision, curve, in_force, name, order.arch, promoted)


def trainable(labels: LabelSet) -> list[LabelledStrand]:
    """Those that say something, and have an end in view."""
    return [
        hair for hair in labels.hairs if hair.fits and any(crop is not None for crop in hair.crops)
    ]


def evidence_of(trial: ChallengerExperiment) -> Evidence:
    """What speaks for a challenger and what against it."""
    champion, judged = trial.champion, trial.judged()
    before = ExportedNet(champion), champion.manifest.temperature
    after = trial.net, trial.calibration.temperature
    return Evidence(judged, frozen_set_losses(load_frozen(), before, after), trial.fitted)


def _never_back(say: ReportProgress) -> ReportProgress:
    """Tells a share that is no less than before."""
    furthest = 0.0

    def told(step: str, done: float) -> None:
        nonlocal furthest
        furthest = max(furthest, done)
        say(step, furthest)

    return told


def _trial(
    hairs: Sequence[LabelledStrand],
    groups: Groups,
    base: ModelVersion,
    champion: ModelVersion,
    kept: RunState,
    order: RetrainConfig,
    say: ReportProgress,
) -> ChallengerExperiment:
    """Everything that takes no labels."""
    return ChallengerExperiment(
        hairs=hairs,
        split=split_labels(hairs, groups),
        groups=groups,
        material=_material(hairs, base, kept, order, say),
        start=Calibration(base.manifest.temperature, base.manifest.rule),
        champion=champion,
        run=kept.folder,
        plan=order.plan,
        say=say,
    )


def _material(
    hairs: Sequence[LabelledStrand],
    base: ModelVersion,
    kept: RunState,
    order: RetrainConfig,
    say: ReportProgress,
) -> TrainingSet:
    """A network of another make first learns what the shipped one says of renders."""
    shipped = net_of(base)
    if order.arch == ROOTNET:
        return training_set_of(hairs, load_replay(), shipped, shipped, order.seed)
    torch.manual_seed(order.seed)
    start = NETWORKS[order.arch]()
    material = training_set_of(hairs, load_replay(), start, shipped, order.seed)
    say(f"Making {order.arch} know what the shipped model knows; this takes minutes", 0.0)
    longer = replace(order.plan, epochs=ANEW_EPOCHS, learning_rate=ANEW_RATE)
    material.let_start_know(kept.folder / order.arch, longer)
    return material


def _decided(trial: ChallengerExperiment, evidence: Evidence) -> Decision:
    return ONE_GROUP if len(trial.split.folds) < 2 else decide(evidence)


def _add(version: Path, registry: Registry) -> None:
    """Adds a version. The same network stays as it is, though its figures may be others: it was
    compared with another champion then."""
    sha256 = load_version(version).manifest.name.sha256
    kept = [entry.manifest for entry in registry.versions()]
    if not any(manifest and manifest.name.sha256 == sha256 for manifest in kept):
        registry.add(version)


def _taught(trial: ChallengerExperiment, evidence: Evidence) -> Challenger:
    pictures = tuple(sorted({hair.photo for hair in trial.hairs}))
    return Challenger(trial.net, trial.calibration, trial.rounds.read, _figures(evidence), pictures)


def _figures(evidence: Evidence) -> dict[str, float]:
    """By name: how labels were read before and after."""
    weights, judged = evidence.weights(), evidence.judged
    counts = {f"labels_{kind}": float(count) for kind, count in evidence.counts.items()}
    if not weights.any():
        return counts
    both = {"before": [j.before for j in judged], "after": [j.after for j in judged]}
    figures = {}
    for when, chances in both.items():
        pairs = list(zip(chances, judged, strict=True))
        figures[f"loss_{when}"] = float(weights @ np.array([c.loss(j.kind) for c, j in pairs]))
        right = np.array([c.likeliest == j.kind for c, j in pairs])
        figures[f"right_{when}"] = float(weights @ right)
    return counts | figures
