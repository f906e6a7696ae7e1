"""Trains the root network on folders of renders, or recalibrates a trained version."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from model.labelling.joint_rule import JointRule
from model.networks.root_net import EndNet
from model.version import CARD_FILE, load_version, recalibrated, save_version
from training.calibration.calibrate import (
    Calibration,
    calibrate,
    fit_false_end,
    fit_prior_not_hair,
    temperature_ratio,
)
from training.continued import fitted_twice
from training.datasets.collect import collect, collect_file, hash_of
from training.datasets.example_files import (
    load_backgrounds,
    load_ends,
    load_examples,
    photos_by_maker,
)
from training.datasets.examples import Example
from training.datasets.splits import evaluation_examples, first_by_hash, is_held_out_photo
from training.evaluation.held_out import FILE, counts_by_photo, write_counts
from training.evaluation.metrics import Evaluation, evaluate
from training.evaluation.predictions import (
    classifier_of,
    cross_fitted_labels,
    cross_fitted_predictions,
)
from training.export import VERSION, ExportedNet, OnnxNet, export_root_net, root_net_onnx
from training.fitting.apply import HairLogits, hair_logits, hair_logits_by_maker
from training.fitting.early_features import early_features
from training.fitting.root_net_fit import RootFitPlan, starting_net
from training.leave_one_out import fit_with_each_left_out
from training.reports.diagnostics import (
    Diagnostics,
    Provenance,
    diagnose,
    provenance_of_run,
    provenance_on_card,
)
from training.reports.model_card import card_of
from training.reports.run_report import write_report

_PRIOR_SECTION = """
## Prior of no hair
The weights are those of version {}. The prior and the
probability of a false end were fitted again, to what the finder finds in {} rendered photos.
"""
MAX_PHOTOS = 150
"""Of each maker, that the network without it is evaluated on: some 3,000 hairs, in minutes."""


def train_root_net(
    rendered: Sequence[Path],
    out: Path,
    seed: int = 0,
    plan: RootFitPlan = RootFitPlan(),
    find: bool = True,
    start: Path | None = None,
) -> Evaluation:
    """Trains on folders of renders (photos/ and truth.jsonl) and fills the run folder ``out``.

    ``training.export.ship`` copies ``out/version`` into the package. A stopped run continues where
    it was. ``find``: use the finder's strands as well as those from the annotations. With photos of
    several makers, the calibration and the figures are those of networks that had not seen the
    maker of the photo. ``start``: a version's folder, from whose weights the network of all makers
    starts. Raises OSError when a folder of ``rendered`` cannot be read, and ShedlightError
    (MODEL_REFUSED).
    """
    out.mkdir(parents=True, exist_ok=True)
    plan = replace(plan, seed=seed)
    files = [collect_file(folder, out, find, seed) for folder in rendered]
    ends = load_ends(files, _is_fitted_to)
    backgrounds = {
        photo: ground
        for file in files
        for photo, ground in load_backgrounds(file, _is_fitted_to).items()
    }
    early = out / "early_features"
    features = early_features(starting_net(seed), ends, early, plan.views, seed)
    nets = fit_with_each_left_out(features, early, out, plan, start)
    if start:
        nets = replace(nets, net=fitted_twice(start, nets.net, ends, out / "second", plan))
    provenance = replace(
        provenance_of_run(backgrounds, ends, seed, plan.epochs), left_out=tuple(nets.without)
    )
    if start:
        parent = load_version(start).manifest.name.version
        before = f" The fit started from version {parent}, which was trained on other such photos."
        made = provenance.made.replace("shedlight train", "shedlight train --from-shipped")
        provenance = replace(provenance, trained_on=provenance.trained_on + before, made=made)

    photos = photos_by_maker(files)
    unseen = set().union(*(first_by_hash(photos[maker], MAX_PHOTOS) for maker in nets.without))

    def is_evaluated(photo: str, _maker: str, found: bool) -> bool:
        return (found or not find) and (is_held_out_photo(photo) or photo in unseen)

    def is_held_out(photo: str, _maker: str, found: bool) -> bool:
        return (found or not find) and is_held_out_photo(photo)

    examples = [each for file in files for each in load_examples(file, is_evaluated)]
    fast = OnnxNet(root_net_onnx(nets.net))
    without = {maker: OnnxNet(root_net_onnx(each)) for maker, each in nets.without.items()}
    logits = hair_logits_by_maker(without, fast, examples)
    ratio = temperature_ratio(fast, without, load_ends(files, is_held_out))
    calibration, evaluation, diagnostics = _evaluated(
        fast, examples, logits, provenance, out, ratio
    )
    data_sha256 = hash_of(rendered, find, seed)
    export_root_net(nets.net, calibration, evaluation, data_sha256, out / VERSION, diagnostics)
    write_report(out, evaluation, diagnostics)
    return evaluation


def recalibrate(
    version_folder: Path, rendered: Sequence[Path], out: Path, seed: int = 0
) -> Evaluation:
    """Fills ``out``/version with a version's weights and a calibration and metrics on ``rendered``.

    After a change of the finder the shares of false strands and false ends change. Recalibrating
    takes a few minutes, training an hour. The weights must not have been fitted to these photos.
    Raises ShedlightError (MODEL_REFUSED) and OSError.
    """
    version = load_version(version_folder)
    out.mkdir(parents=True, exist_ok=True)
    held_out = [each for folder in rendered for each in collect(folder, out, find=True, seed=seed)]
    examples = evaluation_examples(held_out)
    provenance = provenance_on_card((version_folder / CARD_FILE).read_text("utf-8"))
    net = ExportedNet(version)
    logits = hair_logits(net, examples)
    calibration, evaluation, diagnostics = _evaluated(net, examples, logits, provenance, out)
    manifest = recalibrated(
        version.manifest,
        temperature=round(calibration.temperature, 4),
        rule=calibration.rule,
        confusion=evaluation.confusion,
        metrics={name: round(value, 4) for name, value in evaluation.metrics.items()},
    )
    save_version(out / VERSION, version.weights, manifest, card_of(manifest, diagnostics))
    write_report(out, evaluation, diagnostics)
    return evaluation


def recalibrate_finder(
    version_folder: Path, rendered: Sequence[Path], out: Path, seed: int = 0
) -> JointRule:
    """Fills ``out``/version with a version whose prior of no hair and probability of a false end
    are fitted to ``rendered``.

    Returns the rule. Both depend on the finder alone, so the version's network may have been fitted
    to these photos; all else stays. Raises ShedlightError (MODEL_REFUSED) and OSError.
    """
    version = load_version(version_folder)
    out.mkdir(parents=True, exist_ok=True)
    files = [collect_file(folder, out, find=True, seed=seed) for folder in rendered]
    found = [each for file in files for each in load_examples(file, _is_found)]
    prior, false_end = fit_prior_not_hair(found), fit_false_end(found)
    rule = replace(version.manifest.rule, prior_not_hair=prior, false_end=false_end)
    photos = {each.photo for each in found}
    manifest = recalibrated(version.manifest, rule=rule)
    card = (version_folder / CARD_FILE).read_text("utf-8")
    card = card.replace(version.manifest.name.version, manifest.name.version)
    card += _PRIOR_SECTION.format(version.manifest.name.version, len(photos))
    save_version(out / VERSION, version.weights, manifest, card)
    load_version(out / VERSION)
    return rule


def _is_found(_photo: str, _maker: str, found: bool) -> bool:
    return found


def _is_fitted_to(photo: str, _maker: str, _found: bool) -> bool:
    return not is_held_out_photo(photo)


def _evaluated(
    net: EndNet,
    examples: Sequence[Example],
    logits: Sequence[HairLogits],
    provenance: Provenance,
    out: Path,
    temperature_ratio: float = 1.0,
) -> tuple[Calibration, Evaluation, Diagnostics]:
    """The calibration for ``examples`` with these ``logits``, and a cross-fitted evaluation, whose
    counts by photo go to ``out``. ``temperature_ratio``: of the temperature of ``net`` to that of
    the networks that the logits are of."""
    calibration = calibrate(examples, logits)
    calibration = replace(calibration, temperature=calibration.temperature * temperature_ratio)
    labels = cross_fitted_labels(examples, logits)
    write_counts(out / FILE, counts_by_photo(labels))
    predictions = cross_fitted_predictions(labels)
    diagnostics = diagnose(predictions, classifier_of(net, calibration), provenance)
    return calibration, evaluate(predictions), diagnostics
