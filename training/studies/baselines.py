"""Networks side by side: what each gets right on held-out ends, and what it costs.

Peers of the root network: well-known ones, fitted to the same draws of the same examples.

``shedlight study baselines`` fits each in its own folder, and reports in ``OUT/comparison.md`` what
it gets right and costs beside ``RootNet``.
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
from numpy.typing import NDArray
from torch import Tensor, nn
from torchvision.models import mobilenet_v3_small, resnet18

from data.io.markdown import markdown_table
from model.inference.root_classifier import onnx_session, softmax
from model.networks.root_net import CLASS_COUNT, EndNet, RootNet
from model.version import CLASSES
from training.datasets.collect import collect, hash_of
from training.datasets.examples import Ends, trained_ends
from training.datasets.splits import evaluation_examples, split_held_out
from training.evaluation.metrics import WIDTH_RANGES
from training.export import root_net_onnx
from training.fitting.root_net import FitPlan, as_tensors, fit_to_ends

REPEATS = 100
"""Times a batch is read to find how long it takes."""
FEW, MANY = 1, 16
"""Crops at once: a photo with one root in view, and an ordinary one."""

Feed = dict[str, NDArray[np.float32]]


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


def measure(name: str, net: nn.Module, ends: Ends) -> Measured:
    """Measures ``net`` as the product would run it; ``ends`` must not be empty."""
    weights = root_net_onnx(net)
    session = onnx_session(weights)
    chances = softmax(_logits(session, ends))
    return Measured(
        network=name,
        parameters=sum(weight.numel() for weight in net.parameters()),
        onnx_mb=len(weights) / 1e6,
        ms_few=ms_a_crop(session, ends, FEW, REPEATS),
        ms_many=ms_a_crop(session, ends, MANY, REPEATS),
        balanced=balanced_by_tier(chances, ends),
        nll=nll(chances, ends),
    )


def balanced_by_tier(chances: NDArray[np.float64], ends: Ends) -> dict[str, float]:
    """Mean recall of the classes that occur, for each tier in which there are ends."""
    right = chances.argmax(axis=1) == ends.classes
    found = {}
    for tier, (low, high) in WIDTH_RANGES.items():
        inside = (ends.shaft_px >= low) & (ends.shaft_px < high)
        groups = [right[inside & (ends.classes == kind)] for kind in range(len(CLASSES))]
        recalls = [group.mean() for group in groups if len(group)]
        if recalls:
            found[tier] = float(np.mean(recalls))
    return found


def nll(chances: NDArray[np.float64], ends: Ends) -> float:
    """The negative log-likelihood as in ``Measured``."""
    of_truth = chances[np.arange(len(chances)), ends.classes]
    return float(-(ends.balancing_weights() * np.log(of_truth)).sum())


def ms_a_crop(session: ort.InferenceSession, ends: Ends, at_once: int, repeats: int) -> float:
    """Median milliseconds a crop when ``at_once`` are read at a time, after a first reading."""
    feed = _feed(ends, [i % len(ends.crops) for i in range(at_once)])
    session.run(["logits"], feed)
    return 1000 * median(_seconds(session, feed) for _ in range(repeats)) / at_once


def as_markdown(rows: Sequence[Measured]) -> str:
    """A table with a line for each network."""
    heads = ["network", "parameters", "ONNX MB", f"ms a crop, {FEW} at once", f"{MANY} at once"]
    heads += [f"balanced accuracy, {tier}" for tier in WIDTH_RANGES] + ["negative log-likelihood"]
    return markdown_table(heads, map(_cells, rows))


def write_comparison(out: Path, rows: Sequence[Measured], setup: Mapping[str, object]) -> None:
    """Writes comparison.json and comparison.md; ``setup`` says how the networks were fitted."""
    everything = {"setup": dict(setup), "networks": [asdict(row) for row in rows]}
    (out / "comparison.json").write_text(json.dumps(everything, indent=2) + "\n", "utf-8")
    how = ", ".join(f"{name} {value}" for name, value in setup.items())
    text = f"On held-out rendered hairs; on real roots unmeasured. {how}.\n\n{as_markdown(rows)}"
    (out / "comparison.md").write_text(text, "utf-8")


def _cells(row: Measured) -> list[str]:
    balanced = [f"{row.balanced[t]:.3f}" if t in row.balanced else "none" for t in WIDTH_RANGES]
    costs = [f"{row.onnx_mb:.2f}", f"{row.ms_few:.2f}", f"{row.ms_many:.2f}"]
    return [row.network, f"{row.parameters:,}", *costs, *balanced, f"{row.nll:.3f}"]


def _logits(session: ort.InferenceSession, ends: Ends) -> NDArray[np.float64]:
    rows = range(len(ends.crops))
    starts = range(0, len(rows), MANY)
    batches = [session.run(["logits"], _feed(ends, rows[i : i + MANY]))[0] for i in starts]
    return np.concatenate(batches).astype(np.float64)


def _feed(ends: Ends, rows: Sequence[int]) -> Feed:
    pixels, shaft_px = as_tensors([ends.crops[row] for row in rows])
    return {"pixels": pixels.float().numpy(), "shaft_px": shaft_px.numpy()}


def _seconds(session: ort.InferenceSession, feed: Feed) -> float:
    start = perf_counter()
    session.run(["logits"], feed)
    return perf_counter() - start


class Baseline(EndNet):
    """A backbone from pixels (N, 3, H, W) to features (N, F), told the width of the shaft and
    ended as ``RootNet`` is."""

    def __init__(self, backbone: nn.Module, features: int) -> None:
        super().__init__()
        self.backbone = backbone
        self.head = nn.Sequential(
            nn.Dropout(0.2), nn.Linear(features + 1, 64), nn.ReLU(), nn.Linear(64, CLASS_COUNT)
        )

    def judge(self, seen: Tensor, scale: Tensor) -> Tensor:
        """As ``EndNet.judge``."""
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


def compare(rendered: Path, out: Path, plan: FitPlan) -> list[Measured]:
    """Fits all networks to ``rendered`` by the same ``plan``, and fills the folder ``out``.

    What was stopped goes on where it was. Raises OSError when ``rendered`` cannot be read.
    """
    out.mkdir(parents=True, exist_ok=True)
    fit_on, held_out = split_held_out(collect(rendered, out, find=True, seed=plan.seed))
    shown, judged = trained_ends(fit_on), trained_ends(evaluation_examples(held_out))
    nets = {name: _fitted(make, shown, out / name, plan) for name, make in NETWORKS.items()}
    rows = [measure(name, net, judged) for name, net in nets.items()]
    setup = {"epochs": plan.epochs, "draws an epoch": plan.draws, "seed": plan.seed}
    setup |= {"ends fitted on": len(shown.crops), "ends held out": len(judged.crops)}
    digest = hash_of(rendered, True, plan.seed)
    write_comparison(out, rows, setup | {"training data SHA-256": digest})
    return rows


def _fitted(make: Callable[[], nn.Module], ends: Ends, run: Path, plan: FitPlan) -> nn.Module:
    torch.manual_seed(plan.seed)
    net = make()
    fit_to_ends(net, ends, run, plan)
    return net
