"""Retrains the shipped model on labels, and promotes the result only if it is better."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import torch

from model.registry.registry import Registry
from model.version import SHIPPED, ModelVersion, load_version
from training.calibration.calibrate import Calibration
from training.datasets.replay import load_frozen, load_replay
from training.labels.folds import split_labels
from training.labels.label_set import LabelSet
from training.labels.labelled_strand import LabelledStrand
from training.retrain.cross_validation import ReportProgress
from training.retrain.experiment import ChallengerExperiment
from training.retrain.fit import RetrainPlan, TrainingSet, training_set_of
from training.retrain.label_probabilities import calibrate_on_labels
from training.retrain.promotion import ONE_GROUP, Decision, PromotionVerdict, decide
from training.retrain.run_state import Outcome, RunState, run_state
from training.retrain.versions import Challenger, load_network, save_challenger
from training.studies.baselines import NETWORKS

VERSION = "version"
ROOTNET = "rootnet"
_NO_LABELS = Decision(PromotionVerdict.NO_LABELS, "There is no label to train on.")
_ALREADY_ACTIVE = Decision(
    PromotionVerdict.ALREADY_ACTIVE, "The version that these labels give is already active."
)


@dataclass(frozen=True)
class RetrainConfig:
    """``arch`` is the network (a name of ``NETWORKS``), ``promote`` whether a better one is
    promoted, ``curve`` whether the learning curve is measured, which takes two thirds as long
    again. ``processes`` fit at a time, by default as many as there are cores, at most two."""

    arch: str = ROOTNET
    promote: bool = True
    seed: int = 0
    curve: bool = True
    plan: RetrainPlan = field(default_factory=RetrainPlan)
    processes: int | None = None


def retrain(
    labels: LabelSet,
    registry: Registry,
    run: Path,
    config: RetrainConfig,
    progress: ReportProgress,
) -> Outcome:
    """Fits a challenger to ``labels``, evaluates it, and promotes it if it is significantly better.

    Writes the challenger's version into ``run``; a stopped run is resumed. Raises ShedlightError
    (MODEL_REFUSED), RegistryError and OSError; the active version then stays active.
    """
    hairs = trainable(labels)
    if not hairs:
        champion_name = registry.champion().name
        return Outcome(labels, None, _NO_LABELS, (), champion_name, None, config.arch)
    progress("Preparing", 0.0)
    # With another number, which an earlier fit in this process may have left, the last digits of
    # sums differ, and with them the version.
    torch.set_num_threads(config.plan.threads)
    plan = replace(config.plan, seed=config.seed)
    base = load_version(SHIPPED)
    state = run_state(run, hairs, base.manifest.name.sha256, config.arch, plan)
    champion = load_version(state.champion_folder(registry))
    experiment = ChallengerExperiment(
        hairs=hairs,
        split=split_labels(hairs, labels.groups),
        groups=labels.groups,
        training_set=_training_set(hairs, base, state, config.arch, plan, progress),
        start=Calibration(base.manifest.temperature, base.manifest.rule),
        champion=champion,
        run=state.folder,
        plan=plan,
        progress=_monotonic(progress),
        processes=config.processes,
    )
    experiment.fit_ahead(config.curve)
    validation = experiment.cross_validate()
    net = experiment.fit(validation)
    calibration = calibrate_on_labels(validation.logits, experiment.start)
    evidence = experiment.evaluate(validation, net, calibration, load_frozen())
    curve = experiment.learning_curve(validation) if config.curve else ()
    pictures = tuple(sorted({hair.photo for hair in hairs}))
    challenger = Challenger(net, calibration, validation.logits, evidence.metrics(), pictures)
    name = save_challenger(challenger, base.manifest, config.arch, run / VERSION)
    _register(run / VERSION, registry)
    active = champion.manifest.name.version
    if name == active:
        decision = _ALREADY_ACTIVE
    else:
        decision = ONE_GROUP if len(experiment.split.folds) < 2 else decide(evidence)
    if promoted := decision.promote and config.promote:
        state.promote(registry, name, active, decision.reason)
    return Outcome(labels, evidence, decision, curve, active, name, config.arch, promoted)


def trainable(labels: LabelSet) -> list[LabelledStrand]:
    """The labelled strands whose label fits a class, with a visible end."""
    return [
        hair for hair in labels.hairs if hair.fits and any(crop is not None for crop in hair.crops)
    ]


def _training_set(
    hairs: Sequence[LabelledStrand],
    base: ModelVersion,
    state: RunState,
    arch: str,
    plan: RetrainPlan,
    progress: ReportProgress,
) -> TrainingSet:
    """The network to start from and what to fit it to; another architecture first learns the
    predictions of the shipped one on renders."""
    shipped = load_network(base)
    if arch == ROOTNET:
        return training_set_of(hairs, load_replay(), shipped, shipped, plan)
    torch.manual_seed(plan.seed)
    training_set = training_set_of(hairs, load_replay(), NETWORKS[arch](), shipped, plan)
    progress(f"Fitting {arch} to the shipped model, which takes minutes", 0.0)
    epochs, rate = plan.distillation_epochs, plan.distillation_rate
    training_set.distill_start(
        state.folder / arch, replace(plan, epochs=epochs, learning_rate=rate)
    )
    return training_set


def _monotonic(progress: ReportProgress) -> ReportProgress:
    """Reports a share that never decreases."""
    furthest = 0.0

    def report(step: str, done: float) -> None:
        nonlocal furthest
        furthest = max(furthest, done)
        progress(step, furthest)

    return report


def _register(version: Path, registry: Registry) -> None:
    """Adds a version, unless the registry has the same network.

    That entry stays as it is, though its metrics may differ: it was compared with another champion.
    """
    sha256 = load_version(version).manifest.name.sha256
    manifests = [entry.manifest for entry in registry.versions()]
    if not any(manifest and manifest.name.sha256 == sha256 for manifest in manifests):
        registry.add(version)
