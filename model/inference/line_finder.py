"""The line network at work: photos in, line maps out, on ONNX Runtime.

The finder: a photo's line map is read, and strands are traced in it.
"""

from collections.abc import Callable
from functools import cache
from pathlib import Path

import cv2
import numpy as np
import onnxruntime as ort
from numpy.typing import NDArray

from data.arrays import Floats, Pixels
from data.errors import ErrorCode, ShedlightError
from data.images.photo import Photo
from data.strands.find import find_strands
from data.strands.line_map import CERTAIN, LineDetector, LineMap, search_copy
from data.strands.strand import Strand

CELL_PX, MULTIPLE = 2, 32
"""Input pixels along a cell of the output, and what the input's sides are multiples of."""
_WIDTH_AT_ZERO_PX = 4.0


class OnnxLineDetector:
    """Makes line maps. May be used from several threads at a time."""

    def __init__(self, weights: bytes) -> None:
        """Raises ShedlightError (MODEL_REFUSED) when the weights are no line network of ours."""
        try:
            self._session = _session(weights)
            self._run(np.zeros((MULTIPLE, MULTIPLE, 3), np.uint8))
        except Exception as cause:  # ONNX Runtime's own errors share no base class
            raise ShedlightError(ErrorCode.MODEL_REFUSED) from cause

    def read(self, photo: Photo) -> LineMap:
        """The photo's map, from a copy of at most SEARCH_PIXELS."""
        pixels = search_copy(photo)
        scale = photo.width / pixels.shape[1]
        chances, width = self._run(pixels)
        return LineMap(
            toward=chances[:-1],
            width_px=np.exp2(width) * np.float32(_WIDTH_AT_ZERO_PX * scale),
            end=chances[-1] / np.float32(CERTAIN),
            cell_px=CELL_PX * scale,
        )

    def _run(self, pixels: NDArray[np.uint8]) -> tuple[Pixels, Floats]:
        """Chances (K + 1, h, w), 0-SURE, and widths (h, w) for (H, W, 3) pixels, those of a last
        odd row or column included."""
        height, width = pixels.shape[:2]
        down, right = -height % MULTIPLE, -width % MULTIPLE
        padded = np.asarray(
            cv2.copyMakeBorder(pixels, 0, down, 0, right, cv2.BORDER_REFLECT_101), np.uint8
        )
        chances, widths = self._session.run(["chances", "width"], {"pixels": planes(padded)})
        inside = slice(-(-height // CELL_PX)), slice(-(-width // CELL_PX))
        return chances[0][:, *inside], widths[0, 0][inside]


def planes(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """(1, 3, H, W) for (H, W, 3) pixels."""
    return np.asarray(cv2.split(pixels), np.uint8)[None]


def _session(weights: bytes) -> ort.InferenceSession:
    options = ort.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    return ort.InferenceSession(weights, options, providers=["CPUExecutionProvider"])


Finder = Callable[[Photo], list[Strand]]
"""Proposes every strand of a photo, longest first."""
SHIPPED_FINDER = Path(__file__).parents[1] / "line_net_weights"
WEIGHTS_FILE = "linenet.onnx"


def finder(reader: LineDetector) -> Finder:
    """The finder that looks at photos with ``reader``."""
    return lambda photo: find_strands(photo, reader.read(photo))


@cache
def shipped_line_detector() -> OnnxLineDetector:
    """The line reader with the weights that come with the package, loaded once.

    Raises ShedlightError (MODEL_REFUSED).
    """
    return load_line_detector(SHIPPED_FINDER)


def load_line_detector(folder: Path) -> OnnxLineDetector:
    """The line reader of a folder's weights. Raises ShedlightError (MODEL_REFUSED)."""
    try:
        return OnnxLineDetector((folder / WEIGHTS_FILE).read_bytes())
    except OSError as cause:
        raise ShedlightError(ErrorCode.MODEL_REFUSED) from cause


def shipped_finder() -> Finder:
    """The finder that comes with the package."""
    return finder(shipped_line_detector())
