"""How errors fall with the number of labels (``shedlight study simulation POOL TEST OUT``).

POOL and TEST are folders of renders of another world (``shedlight render --look light-table``):
labels are taken from the first, errors counted on the second. OUT/runs.jsonl gets a line for each
run; runs that are there are not run again.
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
from training.datasets.replay import load_replay
from training.export import ExportedNet
from training.labels.folds import Split, split_labels
from training.labels.labelled_strand import LabelledStrand
from training.retrain.evaluation import Evidence
from training.retrain.experiment import ChallengerExperiment
from training.retrain.fit import RetrainPlan, training_set_of
from training.retrain.promotion import decide
from training.retrain.retrain import evidence_of
from training.retrain.versions import net_of
from training.simulation.annotator import (
    SAID,
    Errors,
    errors_of,
    in_active_order,
    in_random_order,
    labelled,
    mistaken,
    scattered,
)

SIZES = (25, 50, 100, 200, 400)
SEEDS = (0, 1, 2, 3, 4)
WRONG = 0.2
"""Of the labels in the order ``mistaken``."""
RUNS = "runs.jsonl"


@dataclass(frozen=True, eq=False)
class World:
    """What labels are taken from, what errors are counted on, and the model to begin with."""

    pool: Sequence[Example]
    test: Sequence[Example]
    base: ModelVersion

    @property
    def start(self) -> Calibration:
        """The base's own."""
        return Calibration(self.base.manifest.temperature, self.base.manifest.rule)


def run(world: World, order: str, labels: int, seed: int, out: Path) -> dict[str, object]:
    """Teaches with so many labels as the product does, and counts errors. In the order ``mistaken``
    a fifth of the labels is wrong."""
    rows = in_random_order(world.pool, seed)[:labels]
    hairs = [labelled(world.pool[i]) for i in rows]
    if order == "mistaken":
        hairs = mistaken(hairs, WRONG, seed)
    trial = _trial(world, hairs, seed, out / f"{order}_{labels}_{seed}")
    evidence = evidence_of(trial)
    decision = decide(evidence)
    errors = errors_of(trial.net, trial.calibration, world.test)
    shutil.rmtree(trial.run, ignore_errors=True)
    _keep_judged(out / f"judged_{order}_{labels}_{seed}.json", evidence)
    return {
        "order": order,
        "labels": labels,
        "seed": seed,
        "photos": len(trial.groups),
        "kinds": dict(evidence.counts),
        "verdict": decision.verdict.value,
        "gain": decision.gain,
        "p_value": decision.p_value,
        "forgotten": decision.forgotten,
        "noise": decision.noise,
        "temperature": trial.calibration.temperature,
        "errors": asdict(errors),
    }


def run_alone(world: World, order: str, labels: int, seed: int, out: Path) -> dict[str, object]:
    """Fits to so many labels in an order (of ``ALONE``), and counts errors: no rounds, no evidence,
    the base's calibration. What differs between orders is the labels alone.

    All take them from the pool without a fifth of its photos, another one for each seed: an active
    order has no chance of its own.
    """
    pool = _four_fifths(world.pool, seed)
    rows = ALONE[order](world, pool, seed, labels)
    hairs = [labelled(pool[i]) for i in rows]
    trial = _trial(world, hairs, seed, out / f"{order}_{labels}_{seed}")
    trial = replace(trial, split=Split((tuple(range(labels)),), ()))
    errors = errors_of(trial.net, world.start, world.test)
    shutil.rmtree(trial.run, ignore_errors=True)
    return {"order": order, "labels": labels, "seed": seed, "errors": asdict(errors)}


def _trial(
    world: World, hairs: Sequence[LabelledStrand], seed: int, run: Path
) -> ChallengerExperiment:
    net = net_of(world.base)
    groups = {hair.photo: hair.photo for hair in hairs}
    return ChallengerExperiment(
        hairs=hairs,
        split=split_labels(hairs, groups),
        groups=groups,
        material=training_set_of(hairs, load_replay(), net, net, seed),
        start=world.start,
        champion=world.base,
        run=run,
        plan=replace(RetrainPlan(), seed=seed),
        say=lambda step, done: None,
    )


ALONE: dict[str, Callable[[World, Sequence[Example], int, int], list[int]]] = {
    "shuffled": lambda _, pool, seed, count: in_random_order(pool, seed)[:count],
    "scattered": lambda _, pool, seed, count: scattered(pool, seed)[:count],
    "active": lambda world, pool, _, count: in_active_order(
        pool, net_of(world.base), world.start, count
    ),
}
"""Orders, and the rows of the pool in that order: for a seed, so many."""
ORDERS = {"random": run, "mistaken": run, **dict.fromkeys(ALONE, run_alone)}


def _keep_judged(file: Path, evidence: Evidence) -> None:
    """What the decision was made on, label by label, to look into."""
    rows = [[j.kind, j.group, asdict(j.before), asdict(j.after)] for j in evidence.judged]
    file.write_text(json.dumps(rows), "utf-8")


def base_errors(world: World) -> Errors:
    """Those of the model to begin with."""
    return errors_of(ExportedNet(world.base), world.start, world.test)


def _four_fifths(pool: Sequence[Example], seed: int) -> list[Example]:
    photos = sorted({example.photo for example in pool})
    left_out = set(photos[seed % 5 :: 5])
    return [example for example in pool if example.photo not in left_out]


def _examples(rendered: Path, out: Path) -> list[Example]:
    """What the finder proposes."""
    return [example for example in collect(rendered, out) if example.found]


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
    found = [e for e in _examples(pool, out) if e.annotated.truth in SAID]
    world = World(found, _examples(test, out), load_version(SHIPPED))
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
