"""Classifies the ends of hairs: from crops to calibrated probabilities, on ONNX Runtime."""

from collections.abc import Sequence

import numpy as np
import onnxruntime as ort
from numpy.typing import NDArray

from data.arrays import Floats
from data.errors import ErrorCode, ShedlightError
from data.strands.crop import CROP_HEIGHT, CROP_WIDTH, RootCrop
from model.version import CLASSES, ModelVersion

OUTPUTS = ("logits", "parts")
BATCH = 8
"""Crops at once: limits the memory for a photo with many ends."""


class EndClassifier:
    """Classifies the ends in crops. May be used from several threads at a time."""

    def __init__(self, version: ModelVersion) -> None:
        """Raises ShedlightError (MODEL_REFUSED) for weights of any other network."""
        self._temperature = version.manifest.temperature
        try:
            self._session = onnx_session(version.weights)
            names = [output.name for output in self._session.get_outputs()]
            self._outputs = [name for name in OUTPUTS if name in names]
            self._run([RootCrop(np.zeros((CROP_HEIGHT, CROP_WIDTH, 3), np.uint8), 8.0)])
        except Exception as cause:  # ONNX Runtime's own errors share no base class
            raise ShedlightError(ErrorCode.MODEL_REFUSED) from cause

    def probabilities(self, crops: Sequence[RootCrop]) -> NDArray[np.float64]:
        """Probabilities (N, 4) in the order of ``CLASSES``; each row sums to 1."""
        return self.read(crops)[0]

    def read(self, crops: Sequence[RootCrop]) -> tuple[NDArray[np.float64], list[Floats | None]]:
        """The same, and the map of parts (5, 36, 60) of each crop: the probabilities of ``PARTS``,
        None from a network without such an output."""
        starts = range(0, len(crops), BATCH)
        batches = [self._run(crops[start : start + BATCH]) for start in starts]
        logits = np.concatenate([np.empty((0, len(CLASSES))), *(batch[0] for batch in batches)])
        maps = [each for _, of_batch in batches for each in of_batch]
        return softmax(logits / self._temperature), maps

    def logits(
        self, pixels: NDArray[np.float32], shaft_px: NDArray[np.float32]
    ) -> NDArray[np.float32]:
        """Raw outputs (N, 4) for pixels (N, 3, 144, 240) in 0..255 and shaft_px (N, 1)."""
        feed = {"pixels": np.ascontiguousarray(pixels, np.float32), "shaft_px": shaft_px}
        return np.asarray(self._session.run(["logits"], feed)[0], np.float32)

    def _run(self, crops: Sequence[RootCrop]) -> tuple[Floats, list[Floats | None]]:
        """Logits (N, 4) and maps of parts of at most ``BATCH`` crops."""
        pixels = np.stack([crop.pixels for crop in crops]).transpose(0, 3, 1, 2)
        shaft_px = np.array([[crop.shaft_px] for crop in crops], np.float32)
        feed = {"pixels": np.ascontiguousarray(pixels, np.float32), "shaft_px": shaft_px}
        logits, *maps = self._session.run(self._outputs, feed)
        of_crops = list(np.asarray(maps[0], np.float32)) if maps else [None] * len(crops)
        return np.asarray(logits, np.float32), of_crops


def softmax(logits: NDArray[np.float64]) -> NDArray[np.float64]:
    """Rows (N, C) of logits as probabilities."""
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True))


def onnx_session(weights: bytes) -> ort.InferenceSession:
    """A session on one thread. Raises ONNX Runtime's own errors for invalid weights."""
    options = ort.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    return ort.InferenceSession(weights, options, providers=["CPUExecutionProvider"])
