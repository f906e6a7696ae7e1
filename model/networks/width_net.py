"""The networks that read the edges of a shaft in a straightened strip of the photo.

Each row of a strip is a profile across the shaft. A network takes a row's colours, then looks along
the rows: a gloss or a shadow goes on, a speck does not. It gives for each row where the shaft's
middle lies, how wide the shaft is, how far off that may be, and whether there is a shaft.
"""

import torch
from torch import Tensor, nn

from data.strands.strips import COLUMNS

OFFSET, LOG_WIDTH, LOG_ERROR, SHAFT = range(4)
"""The outputs of a row: offset and width (its logarithm) in units of the guessed width, the
logarithm of the expected error of the logarithm of the width, and the logit of a shaft."""
_GLOBALS = 4
_HIDDEN, _FEATURES, _ALONG, _KERNEL = (128, 96), 64, 2, 5
_LEAST_SPREAD = 0.03


class WidthNet(nn.Module):
    """A network from strips to the widths of their rows."""

    def __init__(self) -> None:
        super().__init__()
        first, second = _HIDDEN
        self.across = nn.Sequential(
            nn.Linear(3 * COLUMNS + _GLOBALS, first),
            nn.ReLU(),
            nn.Linear(first, second),
            nn.ReLU(),
            nn.Linear(second, _FEATURES),
            nn.ReLU(),
        )
        self.along = nn.ModuleList(
            nn.Conv1d(_FEATURES, _FEATURES, _KERNEL, padding=_KERNEL // 2) for _ in range(_ALONG)
        )
        self.out = nn.Linear(_FEATURES, 4)

    def forward(self, pixels: Tensor, guess_px: Tensor) -> Tensor:
        """(N, R, C, 3) levels 0..255 and (N,) guessed widths in pixels to (N, R, 4)."""
        x = ((pixels.float() - 128) / 64).flatten(2)
        mean = x.mean(dim=(1, 2), keepdim=True)
        spread = (x - mean).square().mean(dim=(1, 2), keepdim=True).sqrt() + _LEAST_SPREAD
        size = torch.log2(guess_px)[:, None, None] - 3
        known = torch.cat(
            [size, size.square() / 4, 3 / guess_px[:, None, None], torch.log2(spread)], dim=2
        )
        x = torch.cat([(x - mean) / spread, known.expand(-1, x.shape[1], -1)], dim=2)
        x = self.across(x).transpose(1, 2)
        for change in self.along:
            x = torch.relu(x + change(x))
        out: Tensor = self.out(x.transpose(1, 2))
        return out
