"""EfficientNet-Lite0 up to its last blocks, as features of a picture.

The architecture is that of Tan and Le (2019, https://arxiv.org/abs/1905.11946) without squeeze and
excitation, with ReLU6 (Lite, Google 2020). The names of the parameters are ours;
``training.fitting.pretrained`` loads the ImageNet weights into them.
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

STEM_CHANNELS = 32
NORM_EPSILON, NORM_MOMENTUM = 1e-3, 0.01
"""Of the published network."""


@dataclass(frozen=True)
class Stage:
    """Blocks of one size: the first has the ``stride``."""

    kernel: int
    stride: int
    expansion: int
    channels: int
    blocks: int


STAGES = (
    Stage(3, 1, 1, 16, 1),
    Stage(3, 2, 6, 24, 2),
    Stage(5, 2, 6, 40, 2),
    Stage(3, 2, 6, 80, 3),
    Stage(5, 1, 6, 112, 3),
    Stage(5, 2, 6, 192, 4),
    Stage(3, 1, 6, 320, 1),
)


class SamePadConv(nn.Conv2d):
    """A convolution padded as TensorFlow does: of two unequal borders the later one is wider."""

    def forward(self, x: Tensor) -> Tensor:
        """(N, C, H, W) to (N, D, H / stride, W / stride), rounded up.

        One channel at a time is filtered in float32 even under autocast: in bfloat16 its gradient
        takes twice as long on processors.
        """
        if self.groups > 1 and torch.is_autocast_enabled(x.device.type):
            with torch.autocast(x.device.type, enabled=False):
                return self.forward(x.float())
        kernel, stride = self.kernel_size[0], self.stride[0]
        down, across = (
            max(0, (-(-size // stride) - 1) * stride + kernel - size) for size in x.shape[2:]
        )
        border = (across // 2, across - across // 2, down // 2, down - down // 2)
        if border[0] == border[1] and border[2] == border[3]:
            pad = (border[2], border[0])
            return functional.conv2d(x, self.weight, self.bias, stride, pad, 1, self.groups)
        x = functional.pad(x, border)
        return functional.conv2d(x, self.weight, self.bias, stride, 0, 1, self.groups)


def conv_norm(
    before: int, after: int, kernel: int, stride: int = 1, groups: int = 1, active: bool = True
) -> nn.Sequential:
    """A convolution without bias, its normalization and, if ``active``, ReLU6."""
    layers: list[nn.Module] = [
        SamePadConv(before, after, kernel, stride, groups=groups, bias=False),
        nn.BatchNorm2d(after, NORM_EPSILON, NORM_MOMENTUM),
    ]
    return nn.Sequential(*layers, *([nn.ReLU6()] if active else []))


class InvertedResidual(nn.Module):
    """Expands the channels, filters each of them, and projects them back."""

    def __init__(self, before: int, stage: Stage, stride: int) -> None:
        super().__init__()
        wide = before * stage.expansion
        self.expand = conv_norm(before, wide, 1) if stage.expansion > 1 else nn.Identity()
        self.filter = conv_norm(wide, wide, stage.kernel, stride, groups=wide)
        self.project = conv_norm(wide, stage.channels, 1, active=False)
        self.keeps_shape = stride == 1 and before == stage.channels

    def forward(self, x: Tensor) -> Tensor:
        """(N, before, H, W) to (N, channels, H / stride, W / stride)."""
        y: Tensor = self.project(self.filter(self.expand(x)))
        return x + y if self.keeps_shape else y


def stem() -> nn.Sequential:
    """(N, 3, H, W), red green blue in -1..1, to (N, 32, H / 2, W / 2)."""
    return conv_norm(3, STEM_CHANNELS, 3, 2)


def stages(count: int) -> nn.ModuleList:
    """The first ``count`` of ``STAGES``, each a sequence of blocks."""
    before, built = STEM_CHANNELS, nn.ModuleList()
    for stage in STAGES[:count]:
        blocks = []
        for index in range(stage.blocks):
            blocks.append(InvertedResidual(before, stage, stage.stride if index == 0 else 1))
            before = stage.channels
        built.append(nn.Sequential(*blocks))
    return built
