"""Changes of strips that leave the shaft's edges where they are: gloss, shadows, blur, colours.

Renders show few kinds of light. Here the true edges are known, so a transparent core, a gloss or a
shadow beside the shaft can be laid on exactly.
"""

import torch
from torch import Tensor

from data.strands.strips import COLUMNS, COLUMNS_PER_WIDTH

_BACKGROUND_WIDTHS = (0.8, 1.8)
"""Distances from the shaft's middle at which the background's colour is taken."""
_EDGE_STEEPNESS = 12.0


def augmented(
    pixels: Tensor, offset: Tensor, log_width: Tensor, guess_px: Tensor, random: torch.Generator
) -> Tensor:
    """Levels (N, R, C, 3), 0..255, changed at random; ``offset`` (N, R), ``log_width`` (N,) and
    ``guess_px`` (N,) are those of WidthExamples."""
    draw = _Draw(len(pixels), random)
    column = (torch.arange(COLUMNS) + 0.5 - COLUMNS / 2) / COLUMNS_PER_WIDTH
    across = (column - offset[..., None]) / torch.exp(log_width)[:, None, None]
    inside = torch.sigmoid((0.5 - across.abs()) * _EDGE_STEEPNESS)
    pixels = _transparent(pixels, across, inside, draw)
    pixels = _glossy(pixels, across, inside, draw)
    pixels = _shaded(pixels, across, inside, draw)
    pixels = _softened(pixels, log_width, guess_px, draw)
    return _recoloured(pixels, draw).clamp(0, 255)


class _Draw:
    """Random numbers for N strips, shaped to be spread over their rows and columns."""

    def __init__(self, count: int, random: torch.Generator) -> None:
        self.count, self.random = count, random

    def uniform(self, low: float, high: float, *shape: int) -> Tensor:
        """(N, 1, 1), or (N, *shape), between ``low`` and ``high``."""
        size = (self.count, *(shape or (1, 1)))
        return torch.rand(size, generator=self.random) * (high - low) + low

    def normal(self, *shape: int) -> Tensor:
        """(N, *shape) of mean 0 and deviation 1."""
        return torch.randn((self.count, *shape), generator=self.random)

    def some(self, share: float) -> Tensor:
        """(N, 1, 1) 1 for about a ``share`` of the strips, else 0."""
        return (self.uniform(0, 1) < share).float()


def _transparent(pixels: Tensor, across: Tensor, inside: Tensor, draw: _Draw) -> Tensor:
    """Some shafts let the background through, between two dark or bright rims."""
    near, far = _BACKGROUND_WIDTHS
    beside = ((across.abs() > near) & (across.abs() < far)).float()[..., None]
    background = (pixels * beside).sum(2) / beside.sum(2).clamp(min=1)
    background = background[:, :, None]
    clear = draw.some(0.25) * draw.uniform(0.4, 1.0) * inside
    rim = torch.exp(-(((across.abs() - 0.43) / draw.uniform(0.04, 0.12)) ** 2))
    left = (1 - clear * (1 - 0.8 * rim))[..., None]
    return (
        background + (pixels - background) * left - (clear * rim * draw.uniform(-5, 50))[..., None]
    )


def _glossy(pixels: Tensor, across: Tensor, inside: Tensor, draw: _Draw) -> Tensor:
    """Some shafts have a bright line, or a dark core, that comes and goes along them."""
    knots = draw.uniform(-0.3, 1.0, 1, 5)
    along = torch.nn.functional.interpolate(knots, size=pixels.shape[1], mode="linear")
    middle, width = draw.uniform(-0.3, 0.3), draw.uniform(0.05, 0.25)
    line = torch.exp(-(((across - middle) / width) ** 2)) * along.clamp(0, 1)[:, 0, :, None]
    return pixels + (draw.some(0.35) * draw.uniform(-50, 110) * line * inside)[..., None]


def _shaded(pixels: Tensor, across: Tensor, inside: Tensor, draw: _Draw) -> Tensor:
    """Some grounds have a shadow beside the shaft, or get darker towards it."""
    beside = across * torch.sign(draw.uniform(-1, 1))
    start = draw.some(0.4) * draw.uniform(0.3, 1.6)
    steep, end = 1 / draw.uniform(0.03, 0.5), start + draw.uniform(0.2, 1.5)
    band = torch.sigmoid((beside - start) * steep) * torch.sigmoid((end - beside) * steep)
    cast = draw.some(0.35) * draw.uniform(0.1, 0.6) * band
    fade = torch.exp(-(across.abs() - 0.5).clamp(min=0) / draw.uniform(0.1, 0.8))
    contact = draw.some(0.2) * draw.uniform(0.1, 0.5) * fade
    return pixels * ((1 - cast * (1 - inside)) * (1 - contact * (1 - inside)))[..., None]


def _softened(pixels: Tensor, log_width: Tensor, guess_px: Tensor, draw: _Draw) -> Tensor:
    """Some photos are blurred, by a share of a pixel or of the shaft, and some sharpened."""
    columns_per_px = COLUMNS_PER_WIDTH / guess_px[:, None, None]
    width_px = (guess_px * torch.exp(log_width))[:, None, None]
    lens = draw.some(0.3) * draw.uniform(0.05, 0.3) * width_px
    sensor = -0.5 * torch.log(draw.uniform(0.05, 1.0))
    blur = torch.where(draw.some(0.5) > 0, sensor, lens) * columns_per_px
    radius = draw.uniform(0.6, 2.0) * columns_per_px
    amount = draw.some(0.4) * draw.uniform(0.3, 2.0)
    frequency = torch.fft.rfftfreq(2 * COLUMNS)[None, None]
    filtered = _gaussian(frequency, blur) * (1 + amount * (1 - _gaussian(frequency, radius)))
    mirrored = torch.cat([pixels, pixels.flip(2)], 2)
    spectrum = torch.fft.rfft(mirrored, dim=2) * filtered[..., None]
    softened: Tensor = torch.fft.irfft(spectrum, n=2 * COLUMNS, dim=2)
    return softened[:, :, :COLUMNS]


def _gaussian(frequency: Tensor, sigma: Tensor) -> Tensor:
    """What a Gaussian blur of ``sigma`` columns leaves of each frequency."""
    return torch.exp(-2 * (torch.pi * frequency * sigma) ** 2)


def _recoloured(pixels: Tensor, draw: _Draw) -> Tensor:
    """Another exposure, tint and noise; now and then inverted or grey."""
    gain = torch.exp(0.25 * draw.normal(1, 1, 1) + 0.1 * draw.normal(1, 1, 3))
    pixels = (pixels - 128) * gain + 128 + 18 * draw.normal(1, 1, 1)
    pixels = torch.where(draw.some(0.1)[..., None] > 0, 255 - pixels, pixels)
    grey = pixels.mean(dim=3, keepdim=True).expand_as(pixels)
    pixels = torch.where(draw.some(0.15)[..., None] > 0, grey, pixels)
    noise = torch.randn(pixels.shape, generator=draw.random)
    return pixels + 3 * draw.normal(1, 1, 1).abs() * noise
