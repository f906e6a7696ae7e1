"""Reads the edges of shafts in strips, with two small networks on ONNX Runtime."""

from collections.abc import Sequence
from functools import cache
from pathlib import Path

import numpy as np

from data.errors import ErrorCode, ShedlightError
from data.strands.strips import COLUMNS, ROWS, Strip
from data.strands.width import RowWidths
from model.inference.root_classifier import onnx_session

WIDTH_NETS = Path(__file__).parents[1] / "width_net_weights"
COARSE_FILE, FINE_FILE = "coarse.onnx", "fine.onnx"
BATCH = 128
"""Strips at once: limits the memory for a photo with many hairs."""
_MIN_LOG_ERROR, _MAX_LOG_ERROR = -4.0, 1.0


class OnnxWidthMeter:
    """The width networks on ONNX Runtime. May be used from several threads at a time.

    The coarse one is for strips whose scale and path are guesses, the fine one for the next looks.
    """

    def __init__(self, coarse: bytes, fine: bytes) -> None:
        """Raises ShedlightError (MODEL_REFUSED) for weights of any other network."""
        try:
            self._coarse, self._fine = onnx_session(coarse), onnx_session(fine)
            for first in (True, False):
                self._run(np.zeros((1, ROWS, COLUMNS, 3), np.uint8), np.ones(1, np.float32), first)
        except Exception as cause:  # ONNX Runtime's own errors share no base class
            raise ShedlightError(ErrorCode.MODEL_REFUSED) from cause

    def read(self, strips: Sequence[Strip], first: bool) -> list[RowWidths]:
        """What each strip shows."""
        return [
            rows
            for start in range(0, len(strips), BATCH)
            for rows in self._read_batch(strips[start : start + BATCH], first)
        ]

    def _read_batch(self, strips: Sequence[Strip], first: bool) -> list[RowWidths]:
        pixels = np.stack([strip.pixels for strip in strips])
        guess = np.array([strip.guess_px for strip in strips], np.float32)
        out = self._run(pixels, guess, first).astype(np.float64)
        scale = guess[:, None].astype(np.float64)
        offset, width = out[..., 0] * scale, np.exp(out[..., 1]) * scale
        error = np.exp(out[..., 2].clip(_MIN_LOG_ERROR, _MAX_LOG_ERROR))
        shaft = 1 / (1 + np.exp(-out[..., 3]))
        return [RowWidths(*rows) for rows in zip(offset, width, error, shaft, strict=True)]

    def _run(self, pixels: np.ndarray, guess: np.ndarray, first: bool) -> np.ndarray:
        """(N, ROWS, 4): offset in guesses, log of width in guesses, log of its error, and the logit
        of a shaft."""
        session = self._coarse if first else self._fine
        out = session.run(["rows"], {"pixels": pixels, "guess_px": guess})[0]
        return np.asarray(out, np.float32)


def load_width_meter(folder: Path) -> OnnxWidthMeter:
    """The width meter with a folder's weights. Raises ShedlightError (MODEL_REFUSED)."""
    try:
        return OnnxWidthMeter(
            (folder / COARSE_FILE).read_bytes(), (folder / FINE_FILE).read_bytes()
        )
    except OSError as cause:
        raise ShedlightError(ErrorCode.MODEL_REFUSED) from cause


@cache
def shipped_width_meter() -> OnnxWidthMeter:
    """The width meter with the shipped weights, loaded once.

    Raises ShedlightError (MODEL_REFUSED).
    """
    return load_width_meter(WIDTH_NETS)
