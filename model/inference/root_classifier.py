"""Classifies the ends of hairs: from crops to calibrated probabilities, on ONNX Runtime."""

from collections.abc import Sequence

import numpy as np
import onnxruntime as ort
from numpy.typing import NDArray

from data.errors import ErrorCode, ShedlightError
from data.strands.crop import RootCrop
from model.version import CLASSES, ModelVersion

BATCH = 64
"""Crops at once: limits the memory for a photo with many ends."""


class EndClassifier:
    """Classifies the ends in crops. May be used from several threads at a time."""

    def __init__(self, version: ModelVersion) -> None:
        """Raises ShedlightError (MODEL_REFUSED) for weights of any other network."""
        self._temperature = version.manifest.temperature
        try:
            self._session = onnx_session(version.weights)
            self._logits_of([RootCrop(np.zeros((96, 160, 3), np.uint8), 8.0)])
        except Exception as cause:  # ONNX Runtime's own errors share no base class
            raise ShedlightError(ErrorCode.MODEL_REFUSED) from cause

    def probabilities(self, crops: Sequence[RootCrop]) -> NDArray[np.float64]:
        """Probabilities (N, 4) in the order of ``CLASSES``; each row sums to 1."""
        starts = range(0, len(crops), BATCH)
        batches = [self._logits_of(crops[start : start + BATCH]) for start in starts]
        return softmax(np.concatenate([np.empty((0, len(CLASSES))), *batches]) / self._temperature)

    def logits(
        self, pixels: NDArray[np.float32], shaft_px: NDArray[np.float32]
    ) -> NDArray[np.float32]:
        """Raw outputs (N, 4) for pixels (N, 3, 96, 160) in 0..255 and shaft_px (N, 1)."""
        feed = {"pixels": np.ascontiguousarray(pixels, np.float32), "shaft_px": shaft_px}
        return np.asarray(self._session.run(["logits"], feed)[0], np.float32)

    def _logits_of(self, crops: Sequence[RootCrop]) -> NDArray[np.float32]:
        pixels = np.stack([crop.pixels for crop in crops]).transpose(0, 3, 1, 2)
        return self.logits(
            pixels.astype(np.float32), np.array([[crop.shaft_px] for crop in crops], np.float32)
        )


def softmax(logits: NDArray[np.float64]) -> NDArray[np.float64]:
    """Rows (N, C) of logits as probabilities."""
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True))


def onnx_session(weights: bytes) -> ort.InferenceSession:
    """A session on one thread. Raises ONNX Runtime's own errors for invalid weights."""
    options = ort.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    return ort.InferenceSession(weights, options, providers=["CPUExecutionProvider"])
