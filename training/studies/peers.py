"""Peers of the root network: well-known ones, fitted to the same draws of the same examples.

``python -m training.studies.peers RENDERED OUT`` fits each in a folder of its own, and tells in
``OUT/comparison.md`` what it reads and costs beside ``RootNet``.
"""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import torch
import typer
from torch import Tensor, nn
from torchvision.models import mobilenet_v3_small, resnet18

from data.errors import ShedlightError
from model.networks.root_net import CLASS_COUNT, EndNet, RootNet
from training.datasets.collect import collect, hash_of
from training.datasets.ends import Ends, trained_ends
from training.datasets.split import as_the_product_sees, split
from training.fitting.root_net import FitPlan, fit_to_ends
from training.studies.baselines import Measured, measure, write_comparison


class Peer(EndNet):
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


def mobile_net() -> Peer:
    """MobileNetV3-Small (Howard et al. 2019) with random weights."""
    backbone = mobilenet_v3_small(weights=None)
    features = backbone.classifier[0].in_features
    backbone.classifier = nn.Identity()
    return Peer(backbone, features)


def res_net() -> Peer:
    """ResNet-18 (He et al. 2016) with random weights."""
    backbone = resnet18(weights=None)
    features = backbone.fc.in_features
    backbone.fc = nn.Identity()
    return Peer(backbone, features)


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
    fit_on, held_out = split(collect(rendered, out, find=True, seed=plan.seed))
    shown, judged = trained_ends(fit_on), trained_ends(as_the_product_sees(held_out))
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


def main(
    rendered: Annotated[Path, typer.Argument(help="Folder that 'shedlight render' filled.")],
    out: Annotated[Path, typer.Argument(help="Folder for the networks and their comparison.")],
    epochs: Annotated[int, typer.Option(help="Epochs for each.", min=1)] = FitPlan.epochs,
    seed: Annotated[int, typer.Option(help="For the same result again.", min=0)] = 0,
) -> None:
    """Fits well-known networks beside our own and compares them."""
    try:
        compare(rendered, out, replace(FitPlan(), epochs=epochs, seed=seed))
    except (OSError, ShedlightError) as error:
        raise typer.BadParameter(str(error)) from error
    typer.echo(f"Compared. See {out / 'comparison.md'}")


if __name__ == "__main__":
    typer.run(main)
