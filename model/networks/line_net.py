"""The network that detects where hairs run.

A small U-Net of residual convolutions: one step down to quarter size, three halvings, and back up.
Each cell is classified by its fine detail and by some hundred pixels around it: a gloss, a shadow
beside a hair and the thread of a cloth differ from a hair only in their surroundings.
"""

from itertools import pairwise

from torch import Tensor, nn
from torch.nn import functional

WIDTHS, DEPTHS = (32, 64, 96, 128), (1, 2, 3, 4)
"""Channels, and residual convolutions, at a quarter, an eighth, a sixteenth and a thirty-second of
the size. The coarse ones cost little and have a large receptive field."""
MULTIPLE = 32
"""Height and width of the input are multiples of this."""
CELL_PX = 2
"""Pixels of the input along a cell of the output."""
DIRECTIONS = 12
"""Lines are separated by direction, in steps of 15 degrees from level clockwise, so that crossing
hairs do not merge."""
OUTPUTS = DIRECTIONS + 1
"""Probabilities: of a centre line in each direction, then of an end."""
_HEAD_WIDTH = 64


class LineNet(nn.Module):
    """A network from pictures to line maps; cells and directions are independent."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = _convolution(3, WIDTHS[0], kernel=6, stride=4, padding=1)
        self.halve = nn.ModuleList(
            _convolution(before, after, kernel=3, stride=2, padding=1)
            for before, after in pairwise(WIDTHS)
        )
        self.down = nn.ModuleList(
            nn.Sequential(*(Residual(width) for _ in range(depth)))
            for width, depth in zip(WIDTHS, DEPTHS, strict=True)
        )
        self.widen = nn.ModuleList(nn.Conv2d(coarse, fine, 1) for fine, coarse in pairwise(WIDTHS))
        self.up = nn.ModuleList(Residual(width) for width in WIDTHS[:-1])
        self.head = _convolution(WIDTHS[0], _HEAD_WIDTH, kernel=1, stride=1, padding=0)
        self.chances = _finest(OUTPUTS)
        self.width = _finest(1)

    def forward(self, pixels: Tensor) -> tuple[Tensor, Tensor]:
        """(N, 3, H, W) BGR of ``centred`` levels to logits of the OUTPUTS (N, 13, H / 2, W / 2)
        and log2 of the width in input pixels over 4 (N, 1, H / 2, W / 2)."""
        x = self.down[0](self.stem(pixels))
        finer = []
        for halve, refine in zip(self.halve, self.down[1:], strict=True):
            finer.append(x)
            x = refine(halve(x))
        for i in reversed(range(len(finer))):
            grown = functional.interpolate(self.widen[i](x), scale_factor=2.0, mode="nearest")
            x = self.up[i](functional.relu(grown + finer[i]))
        x = self.head(x)
        return self.chances(x), self.width(x)


class Residual(nn.Module):
    """A convolution whose result is added to its input."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.change = nn.Sequential(
            nn.Conv2d(width, width, 3, padding=1, bias=False), nn.BatchNorm2d(width)
        )

    def forward(self, x: Tensor) -> Tensor:
        """(N, width, H, W) to the same."""
        out: Tensor = functional.relu(x + self.change(x))
        return out


def _convolution(before: int, after: int, kernel: int, stride: int, padding: int) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(before, after, kernel, stride, padding, bias=False),
        nn.BatchNorm2d(after),
        nn.ReLU(inplace=True),
    )


def _finest(channels: int) -> nn.Sequential:
    """The last step, to cells half as large."""
    return nn.Sequential(nn.Conv2d(_HEAD_WIDTH, channels * CELL_PX**2, 1), nn.PixelShuffle(CELL_PX))


def centred(pixels: Tensor) -> Tensor:
    """Levels 0..255 as -2..2."""
    return (pixels.float() - 128) / 64
