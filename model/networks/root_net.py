"""The network that classifies the ends of strands.

Four downsampling stages, all but the first with residual convolutions, then a flattened coarse
grid. The grid is not pooled, because the end always lies at the same position in a crop: the
position distinguishes a bulb from lint beside it.
"""

import torch
from torch import Tensor, nn

WIDTHS = (16, 32, 64, 112)
"""Channels after each stage, such that all stages cost about the same."""
RESIDUALS = (0, 1, 2, 2)
"""Residual convolutions in each stage: the outline of a root needs a few."""
FROZEN_STAGES = 2
"""Stages that retraining leaves unchanged: lines and corners stay the same."""
GRID = 6 * 10
"""Cells of the coarse grid for a crop of 96 x 160 pixels."""
CLASS_COUNT = 4
FAINT_CONTRAST = 0.04
"""Contrast (standard deviation, of 1) below which a crop stays faint: 10 grey levels."""


class Downsample(nn.Module):
    """A convolution that halves the picture, then residual convolutions."""

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
    """A network from crops to logits of club, misshapen, bare, not_hair.

    A hair and its mirror image have the same label: outside training, the logits are the mean over
    both. (On 176 held-out photos, with run 6, that took the error of calibration from 0.028 to
    0.023 and the risk of an anagen label from 0.060 to 0.050.)
    """

    def forward(self, pixels: Tensor, shaft_px: Tensor) -> Tensor:
        """Logits (N, 4) from ``pixels`` (N, 3, 96, 160) in 0..255 and ``shaft_px`` (N, 1)."""
        pixels, scale = normalised(pixels), scale_of(shaft_px)
        logits = self.classify(self.embed(pixels), scale)
        if self.training:
            return logits
        return (logits + self.classify(self.embed(pixels.flip(2)), scale)) / 2

    def embed(self, pixels: Tensor) -> Tensor:
        """Features of normalised crops (N, 3, 96, 160), from the stages that are not retrained."""
        return pixels

    def classify(self, features: Tensor, scale: Tensor) -> Tensor:
        """Logits (N, 4) of the features from ``embed`` and their shafts' scale (N, 1)."""
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

    def embed(self, pixels: Tensor) -> Tensor:
        """As ``EndNet.embed``: (N, 32, 24, 40)."""
        features: Tensor = self.stages[:FROZEN_STAGES](pixels)
        return features

    def classify(self, features: Tensor, scale: Tensor) -> Tensor:
        """As ``EndNet.classify``."""
        shape = self.squeeze(self.stages[FROZEN_STAGES:](features)).flatten(1)
        logits: Tensor = self.head(torch.cat([shape, scale], dim=1))
        return logits


def normalised(pixels: Tensor) -> Tensor:
    """Crops (N, 3, H, W) in 0..255 without their mean and most of their contrast.

    So the colour of the background matters less, and a root on a dark background is as visible as
    one on a bright background.
    """
    pixels = pixels / 255
    pixels = pixels - pixels.mean(dim=(2, 3), keepdim=True)
    spread = (pixels**2).mean(dim=(1, 2, 3), keepdim=True).sqrt()
    return pixels / (spread + FAINT_CONTRAST)


def scale_of(shaft_px: Tensor) -> Tensor:
    """Log2 of shaft widths over 8 px, from which on a root shows its full shape
    (docs/how-it-works/domain.md); from -3 to 3."""
    return torch.log2(shaft_px.clamp(1, 64)) - 3


def _convolution(before: int, after: int, kernel: int, stride: int) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(before, after, kernel, stride, padding=kernel // 2, bias=False),
        nn.BatchNorm2d(after),
        nn.ReLU(inplace=True),
    )
