"""The network that tells what the end of a strand is.

The whole of it: four halvings of the picture, each but the first with residual convolutions, then
a flattened coarse grid. The grid is not averaged away, because the end always lies at the same
place in a crop: where something is tells a bulb from lint beside it.
"""

import torch
from torch import Tensor, nn

WIDTHS = (16, 32, 64, 112)
"""Channels after each halving, so that every stage costs about the same."""
RESIDUALS = (0, 1, 2, 2)
"""Residual convolutions after each halving: a root is told by its outline, which takes a few."""
FROZEN_STAGES = 2
"""Halvings that people's labels leave as they are: what a line and a corner are stays the same."""
GRID = 6 * 10
"""Cells that are left of a crop of 96 x 160 pixels."""
CLASS_COUNT = 4
FAINT_CONTRAST = 0.04
"""Contrast (standard deviation, of 1) under which a crop is left faint: 10 grey levels."""


class Downsample(nn.Module):
    """A convolution that halves the picture, then residual ones."""

    def __init__(self, before: int, after: int, kernel: int, refined: int) -> None:
        super().__init__()
        self.halve = _convolution(before, after, kernel, stride=2)
        self.refine = nn.ModuleList(_convolution(after, after, 3, stride=1) for _ in range(refined))

    def forward(self, x: Tensor) -> Tensor:
        """(N, before, H, W) to (N, after, H/2, W/2)."""
        x = self.halve(x)
        for refine in self.refine:
            x = x + refine(x)
        return x


class EndNet(nn.Module):
    """A network from crops to logits of club, misshapen, bare, not_hair, by its ``read``.

    A hair and its mirror image are one to it: once fitted, it reads a crop both ways and takes the
    mean. (On 176 held-out photos, with run 6, that took the error of calibration from 0.028 to
    0.023 and the risk of an anagen label from 0.060 to 0.050.)
    """

    def forward(self, pixels: Tensor, shaft_px: Tensor) -> Tensor:
        """Logits (N, 4) from ``pixels`` (N, 3, 96, 160) in 0..255 and ``shaft_px`` (N, 1)."""
        pixels, scale = normalised(pixels), scale_of(shaft_px)
        logits = self.read(pixels, scale)
        return logits if self.training else (logits + self.read(pixels.flip(2), scale)) / 2

    def read(self, pixels: Tensor, scale: Tensor) -> Tensor:
        """Logits (N, 4) of crops as they lie, evened, with their shafts' scale (N, 1)."""
        return self.judge(self.look(pixels), scale)

    def look(self, pixels: Tensor) -> Tensor:
        """What is seen in evened crops (N, 3, 96, 160): the part that people's labels leave as it
        is."""
        return pixels

    def judge(self, seen: Tensor, scale: Tensor) -> Tensor:
        """Logits (N, 4) of what ``look`` saw."""
        raise NotImplementedError


class RootNet(EndNet):
    """The root network that is shipped."""

    def __init__(self) -> None:
        super().__init__()
        befores = (3, *WIDTHS[:-1])
        self.stages = nn.Sequential(
            *(
                Downsample(before, after, 3 if before > 3 else 5, refined)
                for before, after, refined in zip(befores, WIDTHS, RESIDUALS, strict=True)
            )
        )
        self.squeeze = _convolution(WIDTHS[-1], 16, 1, stride=1)
        self.head = nn.Sequential(
            nn.Dropout(0.2), nn.Linear(16 * GRID + 1, 64), nn.ReLU(), nn.Linear(64, CLASS_COUNT)
        )

    def look(self, pixels: Tensor) -> Tensor:
        """As ``EndNet.look``: (N, 32, 24, 40)."""
        seen: Tensor = self.stages[:FROZEN_STAGES](pixels)
        return seen

    def judge(self, seen: Tensor, scale: Tensor) -> Tensor:
        """As ``EndNet.judge``."""
        shape = self.squeeze(self.stages[FROZEN_STAGES:](seen)).flatten(1)
        logits: Tensor = self.head(torch.cat([shape, scale], dim=1))
        return logits


def normalised(pixels: Tensor) -> Tensor:
    """Crops (N, 3, H, W) in 0..255 without their own mean, so that the colour of the ground matters
    less, and without most of their contrast, so that a root on a dark ground is seen as well as
    one on a bright one."""
    pixels = pixels / 255
    pixels = pixels - pixels.mean(dim=(2, 3), keepdim=True)
    spread = (pixels**2).mean(dim=(1, 2, 3), keepdim=True).sqrt()
    return pixels / (spread + FAINT_CONTRAST)


def scale_of(shaft_px: Tensor) -> Tensor:
    """Widths of shafts in doublings of 8 px, where docs/how-it-works/domain.md has the full shape
    begin to show;
    from -3 to 3."""
    return torch.log2(shaft_px.clamp(1, 64)) - 3


def _convolution(before: int, after: int, kernel: int, stride: int) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(before, after, kernel, stride, padding=kernel // 2, bias=False),
        nn.BatchNorm2d(after),
        nn.ReLU(inplace=True),
    )
