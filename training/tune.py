"""Tunes the shipped root network on more renders: a short fit from its weights.

The temperature, the joint rule and the error rates stay. They are those of networks that had not
seen the maker of a photo, and no such network can be made from weights that saw every maker.
"""

import copy
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from rich.progress import track

from data.io.text import markdown_table
from model.inference.root_classifier import softmax
from model.networks.root_net import EndNet, RootNet
from model.report import ModelName
from model.version import CARD_FILE, CLASSES, SHIPPED, load_version, save_version, sha256
from training.datasets.collect import collect_file, hash_of
from training.datasets.example_files import load_ends
from training.datasets.examples import Ends
from training.datasets.splits import is_held_out_photo
from training.export import VERSION, OnnxNet, root_net_onnx
from training.fitting.apply import logits_of
from training.fitting.early_features import EarlyFeatures, early_features
from training.fitting.root_net_fit import (
    RootFitPlan,
    fit_root_net,
    freeze_early_stages,
    starting_net,
)
from training.retrain.versions import load_network

TUNING = RootFitPlan(epochs=5, draws=4_000, learning_rate=2e-4, views=24_000, averaged=0.0)
"""A short fit. Our choice."""
INTERPOLATION = 0.8
"""Share of the way from the shipped weights to the fitted ones, as in retraining."""
MAX_HELD_OUT = 3_000
"""Ends held out that both versions read: some minutes."""
_CONFIDENT = 0.9
_SECTION = """
## Tuned
From version {parent}, whose figures are above, on {ends} ends of rendered photos. Temperature,
joint rule and error rates are that version's. Ends of photos that neither version was fitted to, by
themselves:

{table}
"""


@dataclass(frozen=True)
class Misread:
    """Of ``ends`` of one class, how many another class is likelier for, and how many with at least
    ``_CONFIDENT``."""

    ends: int
    wrong: int
    confidently: int


def tune_root_net(
    rendered: Sequence[Path],
    out: Path,
    seed: int = 0,
    plan: RootFitPlan = TUNING,
    find: bool = True,
    workers: int = 2,
) -> dict[str, tuple[Misread, Misread]]:
    """Tunes the shipped network on folders of renders and fills the run folder ``out``.

    Returns what is misread before and after, by class, on photos held out. A stopped run continues
    where it was. ``find``: use the finder's strands as well as those from the annotations.
    ``workers`` processes make the views. Raises OSError when a folder of ``rendered`` cannot be
    read, and ShedlightError (MODEL_REFUSED).
    """
    out.mkdir(parents=True, exist_ok=True)
    plan = replace(plan, seed=seed)
    base = load_version(SHIPPED)
    files = [collect_file(folder, out, find, seed) for folder in rendered]
    ends = load_ends(files, lambda photo, *_: not is_held_out_photo(photo))
    held_out = _some(load_ends(files, lambda photo, *_: is_held_out_photo(photo)), seed)
    folder = out / "early_features"
    features = early_features(starting_net(seed), ends, folder, plan.views, seed, workers)
    net = tuned(load_network(base), features, np.arange(len(features.classes)), out, plan)
    weights = root_net_onnx(net)
    each_net = track((base.weights, weights), "Ends misread before and after")
    before, after = (misread(OnnxNet(each), held_out) for each in each_net)
    found = {name: (before[name], after[name]) for name in CLASSES}
    digest, parent = sha256(weights), base.manifest.name
    manifest = replace(
        base.manifest,
        name=ModelName(parent.name, digest[:8], digest, parent.trained_on),
        training_data_sha256=hash_of(rendered, find, seed),
    )
    card = (SHIPPED / CARD_FILE).read_text("utf-8").replace(parent.version, digest[:8])
    section = _SECTION.format(parent=parent.version, ends=len(ends.classes), table=_table(found))
    save_version(out / VERSION, weights, manifest, card + section)
    load_version(out / VERSION)
    return found


def tuned(
    start: RootNet, features: EarlyFeatures, rows: NDArray[np.int64], run: Path, plan: RootFitPlan
) -> RootNet:
    """A network between ``start`` and one fitted to ``rows`` of the features."""
    net = copy.deepcopy(start)
    freeze_early_stages(net)
    fit_root_net(features, rows, run, plan, net)
    with torch.no_grad():
        for old, new in zip(start.parameters(), net.parameters(), strict=True):
            new.copy_(torch.lerp(old, new, INTERPOLATION))
    return net


def _some(ends: Ends, seed: int) -> Ends:
    """At most ``MAX_HELD_OUT`` of the ends, at random."""
    count = len(ends.classes)
    rows = np.random.default_rng(seed).permutation(count)[:MAX_HELD_OUT]
    return Ends([ends.crops[i] for i in rows], ends.classes[rows], ends.found[rows])


def misread(net: EndNet, ends: Ends) -> dict[str, Misread]:
    """What a network misreads, by class."""
    probabilities = softmax(logits_of(net, ends.crops))
    likeliest = probabilities.argmax(axis=1)
    found = {}
    for index, name in enumerate(CLASSES):
        here = ends.classes == index
        wrong = here & (likeliest != index)
        confident = wrong & (probabilities.max(axis=1) >= _CONFIDENT)
        found[name] = Misread(int(here.sum()), int(wrong.sum()), int(confident.sum()))
    return found


def _table(found: Mapping[str, tuple[Misread, Misread]]) -> str:
    heads = ("ends", "of how many", "misread before, after", f"with {_CONFIDENT:.0%} or more")
    rows = (
        (name, before.ends, f"{before.wrong}, {after.wrong}",
         f"{before.confidently}, {after.confidently}")
        for name, (before, after) in found.items()
    )  # fmt: skip
    return markdown_table(heads, ([str(cell) for cell in row] for row in rows))
