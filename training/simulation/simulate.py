"""How errors fall with the number of labels (``shedlight study simulation POOL TEST OUT``).

POOL and TEST are folders of renders with another look (``shedlight render --look light-table``):
labels are taken from the first, errors counted on the second. OUT/runs.jsonl gets a line for each
run; runs that it has are not repeated.
"""

import json
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import product
from pathlib import Path

from data.io.jsonl import append_line, cut_torn_line, read_lines
from model.version import SHIPPED, ModelVersion, load_version
from training.calibration.calibrate import Calibration
from training.datasets.collect import collect
from training.datasets.examples import Example
from training.datasets.replay import load_frozen, load_replay
from training.export import ExportedNet
from training.labels.folds import Split, split_labels
from training.labels.labelled_strand import LabelledStrand
from training.retrain.cross_validation import CrossValidation
from training.retrain.experiment import ChallengerExperiment
from training.retrain.fit import RetrainPlan, training_set_of
from training.retrain.label_probabilities import calibrate_on_labels
from training.retrain.promotion import decide
from training.retrain.versions import load_network
from training.simulation.annotator import (
    LABEL_OF,
    Errors,
    active_order,
    errors_of,
    label_example,
    label_wrongly,
    random_order,
    shuffled_order,
)

SIZES = (25, 50, 100, 200, 400)
SEEDS = (0, 1, 2, 3, 4)
WRONG_SHARE = 0.2
"""Of the labels in the order ``mistaken``."""
RUNS = "runs.jsonl"


@dataclass(frozen=True, eq=False)
class World:
    """What labels are taken from, what errors are counted on, and the model to start from."""

    pool: Sequence[Example]
    test: Sequence[Example]
    base: ModelVersion

    @property
    def start(self) -> Calibration:
        """The calibration of the base."""
        return Calibration(self.base.manifest.temperature, self.base.manifest.rule)


def run(world: World, order: str, labels: int, seed: int, out: Path) -> dict[str, object]:
    """Retrains with ``labels`` labels as the product does, and counts errors.

    In the order ``mistaken`` a fifth of the labels is wrong.
    """
    hairs = [label_example(world.pool[i]) for i in random_order(world.pool, seed)[:labels]]
    if order == "mistaken":
        hairs = label_wrongly(hairs, WRONG_SHARE, seed)
    experiment = _experiment(world, hairs, seed, out / f"{order}_{labels}_{seed}")
    validation = experiment.cross_validate()
    net = experiment.fit(validation)
    calibration = calibrate_on_labels(validation.logits, world.start)
    evidence = experiment.evaluate(validation, net, calibration, load_frozen())
    decision = decide(evidence)
    errors = errors_of(net, calibration, world.test)
    shutil.rmtree(experiment.run, ignore_errors=True)
    evaluated = [[e.kind, e.group, asdict(e.before), asdict(e.after)] for e in evidence.labels]
    file = out / f"evaluated_{order}_{labels}_{seed}.json"  # for inspection
    file.write_text(json.dumps(evaluated), "utf-8")
    return {
        "order": order,
        "labels": labels,
        "seed": seed,
        "photos": len(experiment.groups),
        "kinds": dict(evidence.counts),
        "verdict": decision.verdict.value,
        "gain": decision.gain,
        "p_value": decision.p_value,
        "forgetting": decision.forgetting,
        "forgetting_se": decision.forgetting_se,
        "temperature": calibration.temperature,
        "errors": asdict(errors),
    }


def run_fit_only(world: World, order: str, labels: int, seed: int, out: Path) -> dict[str, object]:
    """Fits to ``labels`` labels in one of ``FIT_ONLY_ORDERS``, and counts errors: no folds, no
    evidence, the calibration of the base. Orders differ only in the labels.

    Each seed leaves out a different fifth of the photos of the pool, since an active order has no
    randomness.
    """
    photos = sorted({example.photo for example in world.pool})
    left_out = set(photos[seed % 5 :: 5])
    pool = [example for example in world.pool if example.photo not in left_out]
    hairs = [label_example(pool[i]) for i in FIT_ONLY_ORDERS[order](world, pool, seed, labels)]
    experiment = _experiment(world, hairs, seed, out / f"{order}_{labels}_{seed}")
    experiment = replace(experiment, split=Split((tuple(range(labels)),), ()))
    errors = errors_of(experiment.fit(CrossValidation()), world.start, world.test)
    shutil.rmtree(experiment.run, ignore_errors=True)
    return {"order": order, "labels": labels, "seed": seed, "errors": asdict(errors)}


def _experiment(
    world: World, hairs: Sequence[LabelledStrand], seed: int, run: Path
) -> ChallengerExperiment:
    net, plan = load_network(world.base), RetrainPlan(seed=seed)
    groups = {hair.photo: hair.photo for hair in hairs}
    return ChallengerExperiment(
        hairs=hairs,
        split=split_labels(hairs, groups),
        groups=groups,
        training_set=training_set_of(hairs, load_replay(), net, net, plan),
        start=world.start,
        champion=world.base,
        run=run,
        plan=plan,
        progress=lambda step, done: None,
    )


FIT_ONLY_ORDERS: dict[str, Callable[[World, Sequence[Example], int, int], list[int]]] = {
    "shuffled": lambda _, pool, seed, count: random_order(pool, seed)[:count],
    "scattered": lambda _, pool, seed, count: shuffled_order(pool, seed)[:count],
    "active": lambda world, pool, _, count: active_order(
        pool, load_network(world.base), world.start, count
    ),
}
"""Orders, and the first rows of the pool in that order, for a seed and a number of labels."""
ORDERS = {"random": run, "mistaken": run, **dict.fromkeys(FIT_ONLY_ORDERS, run_fit_only)}


def base_errors(world: World) -> Errors:
    """The errors of the model to start from."""
    return errors_of(ExportedNet(world.base), world.start, world.test)


def simulate(
    pool: Path,
    test: Path,
    out: Path,
    orders: Sequence[str],
    seeds: Sequence[int] = SEEDS,
    sizes: Sequence[int] = SIZES,
) -> Iterator[str]:
    """Yields a JSON line for each run that ``out``/runs.jsonl does not hold yet, and adds it there.

    Labels are taken from ``pool``, errors counted on ``test``.
    """
    out.mkdir(parents=True, exist_ok=True)
    of_pool, of_test = (
        [example for example in collect(folder, out) if example.found] for folder in (pool, test)
    )
    labelled = [example for example in of_pool if example.annotated.truth in LABEL_OF]
    world = World(labelled, of_test, load_version(SHIPPED))
    file = out / RUNS
    cut_torn_line(file)
    runs = read_lines(file) if file.exists() else ()
    done = {(run["order"], run["labels"], run["seed"]) for run in runs}
    if ("base", 0, 0) not in done:
        errors = asdict(base_errors(world))
        yield _append(file, {"order": "base", "labels": 0, "seed": 0, "errors": errors})
    for seed, size, order in product(seeds, sizes, orders):
        if (order, size, seed) not in done:
            yield _append(file, ORDERS[order](world, order, size, seed, out))


def _append(file: Path, result: dict[str, object]) -> str:
    append_line(file, result)
    return json.dumps(result)
