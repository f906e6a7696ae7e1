"""Width meters for tests without a network."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from data.strands.strips import ROWS, Strip
from data.strands.width import RowWidths


class NoShaft:
    """Sees no shaft in any strip, so that strands keep their guessed widths."""

    def read(self, strips: Sequence[Strip], first: bool) -> list[RowWidths]:
        """Rows without a shaft."""
        del first
        return [
            RowWidths(np.zeros(ROWS), np.ones(ROWS), np.ones(ROWS), np.zeros(ROWS)) for _ in strips
        ]


@dataclass(frozen=True)
class Reads:
    """Reads the same width everywhere, and the shaft's middle ``offset_px`` beside the path."""

    width_px: float
    offset_px: float = 0.0

    def read(self, strips: Sequence[Strip], first: bool) -> list[RowWidths]:
        """Rows with that shaft."""
        offset = self.offset_px if first else 0.0
        return [
            RowWidths(
                np.full(ROWS, offset),
                np.full(ROWS, self.width_px),
                np.full(ROWS, 0.05),
                np.ones(ROWS),
            )
            for _ in strips
        ]
