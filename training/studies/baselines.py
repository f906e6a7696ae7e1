"""Compares the root network with well-known ones: accuracy on held-out ends, size and speed.

``shedlight study baselines`` fits each network to the same draws of the same examples, in its own
folder, and writes the comparison to ``OUT/comparison.md``.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from time import perf_counter

import numpy as np
import onnxruntime as ort
import torch
from torch import Tensor, nn
from torchvision.models import mobilenet_v3_small, resnet18

from data.arrays import Array, Floats
from data.io.text import markdown_table
from model.inference.root_classifier import onnx_session, softmax
from model.networks.root_net import CLASS_COUNT, EndNet, RootNet
from model.version import CLASSES
from training.datasets.collect import collect, hash_of
from training.datasets.examples import Ends, trained_ends
from training.datasets.splits import evaluation_examples, split_held_out
from training.evaluation.metrics import WIDTH_RANGES
from training.export import root_net_onnx
from training.fitting.apply import as_tensors
from training.fitting.root_net import FitPlan, fit_to_ends

REPEATS = 100
"""Number of timed runs of a batch."""
FEW, MANY = 1, 16
"""Batch sizes that are timed: a photo with one root in view, and a typical one."""

Feed = dict[str, Floats]


@dataclass(frozen=True)
class Measured:
    """A network's results and costs on ends that it was not fitted to.

    ``balanced``: balanced accuracy by range of ``WIDTH_RANGES``; ``nll``: mean negative
    log-likelihood (nats) of the true class, uncalibrated, every class weighing the same;
    ``onnx_mb``: megabytes; ``ms_few`` and ``ms_many``: milliseconds per crop, ``FEW`` or ``MANY``
    at once, on one thread of ONNX Runtime.
    """

    network: str
    parameters: int
    onnx_mb: float
    ms_few: float
    ms_many: float
    balanced: Mapping[str, float]
    nll: float


def measure_network(name: str, net: nn.Module, ends: Ends, repeats: int = REPEATS) -> Measured:
    """Measures ``net`` as the product would run it; ``ends`` must not be empty."""
    weights = root_net_onnx(net)
    session = onnx_session(weights)
    probabilities = softmax(_logits(session, ends))
    return Measured(
        network=name,
        parameters=sum(weight.numel() for weight in net.parameters()),
        onnx_mb=len(weights) / 1e6,
        ms_few=ms_per_crop(session, ends, FEW, repeats),
        ms_many=ms_per_crop(session, ends, MANY, repeats),
        balanced=balanced_accuracy(probabilities, ends),
        nll=mean_nll(probabilities, ends),
    )


def balanced_accuracy(probabilities: Array, ends: Ends) -> dict[str, float]:
    """Mean recall of the classes that occur, for each width range with any ends."""
    right = probabilities.argmax(axis=1) == ends.classes
    found = {}
    for width, (low, high) in WIDTH_RANGES.items():
        inside = (ends.shaft_px >= low) & (ends.shaft_px < high)
        groups = [right[inside & (ends.classes == kind)] for kind in range(len(CLASSES))]
        recalls = [group.mean() for group in groups if len(group)]
        if recalls:
            found[width] = float(np.mean(recalls))
    return found


def mean_nll(probabilities: Array, ends: Ends) -> float:
    """The negative log-likelihood as in ``Measured``."""
    of_truth = probabilities[np.arange(len(probabilities)), ends.classes]
    return float(-(ends.balancing_weights() * np.log(of_truth)).sum())


def ms_per_crop(
    session: ort.InferenceSession,
    ends: Ends,
    batch: int,
    repeats: int,
    clock: Callable[[], float] = perf_counter,
) -> float:
    """Median milliseconds per crop in batches of ``batch`` crops, after one run to warm up."""
    feed = _feed(ends, [i % len(ends.crops) for i in range(batch)])
    session.run(["logits"], feed)
    seconds = []
    for _ in range(repeats):
        start = clock()
        session.run(["logits"], feed)
        seconds.append(clock() - start)
    return 1000 * median(seconds) / batch


def comparison_table(rows: Sequence[Measured]) -> str:
    """A Markdown table with a row for each network."""
    heads = ["network", "parameters", "ONNX MB", f"ms per crop, {FEW} at once", f"{MANY} at once"]
    heads += [f"balanced accuracy, {width}" for width in WIDTH_RANGES] + ["negative log-likelihood"]
    cells = [
        [
            row.network,
            f"{row.parameters:,}",
            *(f"{cost:.2f}" for cost in (row.onnx_mb, row.ms_few, row.ms_many)),
            *(f"{row.balanced[w]:.3f}" if w in row.balanced else "none" for w in WIDTH_RANGES),
            f"{row.nll:.3f}",
        ]
        for row in rows
    ]
    return markdown_table(heads, cells)


def write_comparison(out: Path, rows: Sequence[Measured], setup: Mapping[str, object]) -> None:
    """Writes comparison.json and comparison.md; ``setup`` has the settings of the fit."""
    contents = {"setup": dict(setup), "networks": [asdict(row) for row in rows]}
    (out / "comparison.json").write_text(json.dumps(contents, indent=2) + "\n", "utf-8")
    settings = ", ".join(f"{name} {value}" for name, value in setup.items())
    scope = "On held-out rendered hairs; not measured on real roots."
    text = f"{scope} {settings}.\n\n{comparison_table(rows)}"
    (out / "comparison.md").write_text(text, "utf-8")


def _logits(session: ort.InferenceSession, ends: Ends) -> Array:
    rows = range(len(ends.crops))
    starts = range(0, len(rows), MANY)
    batches = [session.run(["logits"], _feed(ends, rows[i : i + MANY]))[0] for i in starts]
    return np.concatenate(batches).astype(np.float64)


def _feed(ends: Ends, rows: Sequence[int]) -> Feed:
    pixels, shaft_px = as_tensors([ends.crops[row] for row in rows])
    return {"pixels": pixels.float().numpy(), "shaft_px": shaft_px.numpy()}


class Baseline(EndNet):
    """A backbone from pixels (N, 3, H, W) to features (N, F), with the shaft's width as one more
    feature and a head as that of ``RootNet``."""

    def __init__(self, backbone: nn.Module, features: int) -> None:
        super().__init__()
        self.backbone = backbone
        self.head = nn.Sequential(
            nn.Dropout(0.2), nn.Linear(features + 1, 64), nn.ReLU(), nn.Linear(64, CLASS_COUNT)
        )

    def classify(self, seen: Tensor, scale: Tensor) -> Tensor:
        """As ``EndNet.classify``."""
        logits: Tensor = self.head(torch.cat([self.backbone(seen), scale], dim=1))
        return logits


def mobile_net() -> Baseline:
    """MobileNetV3-Small (Howard et al. 2019) with random weights."""
    backbone = mobilenet_v3_small(weights=None)
    features = backbone.classifier[0].in_features
    backbone.classifier = nn.Identity()
    return Baseline(backbone, features)


def res_net() -> Baseline:
    """ResNet-18 (He et al. 2016) with random weights."""
    backbone = resnet18(weights=None)
    features = backbone.fc.in_features
    backbone.fc = nn.Identity()
    return Baseline(backbone, features)


NETWORKS: dict[str, Callable[[], EndNet]] = {
    "rootnet": RootNet,
    "mobilenet_v3_small": mobile_net,
    "resnet18": res_net,
}


def compare_networks(
    rendered: Path,
    out: Path,
    plan: FitPlan,
    networks: Mapping[str, Callable[[], EndNet]] = NETWORKS,
    repeats: int = REPEATS,
) -> list[Measured]:
    """Fits ``networks`` to ``rendered`` by the same ``plan``, and fills the folder ``out``.

    A stopped run continues where it was. Raises OSError when ``rendered`` cannot be read.
    """
    out.mkdir(parents=True, exist_ok=True)
    fit_on, held_out = split_held_out(collect(rendered, out, find=True, seed=plan.seed))
    fit_ends = trained_ends(fit_on)
    held_out_ends = trained_ends(evaluation_examples(held_out))
    nets = {name: _fitted(make, fit_ends, out / name, plan) for name, make in networks.items()}
    rows = [measure_network(name, net, held_out_ends, repeats) for name, net in nets.items()]
    setup = {"epochs": plan.epochs, "draws per epoch": plan.draws, "seed": plan.seed}
    setup |= {"ends fitted on": len(fit_ends.crops), "ends held out": len(held_out_ends.crops)}
    digest = hash_of([rendered], True, plan.seed)
    write_comparison(out, rows, setup | {"training data SHA-256": digest})
    return rows


def _fitted(make: Callable[[], nn.Module], ends: Ends, run: Path, plan: FitPlan) -> nn.Module:
    torch.manual_seed(plan.seed)
    net = make()
    fit_to_ends(net, ends, run, plan)
    return net
