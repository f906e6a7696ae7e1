"""Finds the strands of a photo: the line network detects lines, then strands are traced in them."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Protocol

import cv2
import numpy as np

from data.arrays import Floats, Pixels
from data.errors import ErrorCode, ShedlightError
from data.images.photo import Photo
from data.no_hair.drop import drop_lookalikes
from data.strands.find import find_strands
from data.strands.line_map import (
    CERTAIN,
    LineDetector,
    LineMap,
    search_copy,
    shows_wide_lines,
)
from data.strands.strand import Strand
from data.strands.width import WidthMeter
from model.inference.root_classifier import onnx_session
from model.inference.width_meter import shipped_width_meter

LINE_NET = Path(__file__).parents[1] / "line_net_weights"
WEIGHTS_FILE = "linenet.onnx"
CELL_PX, MULTIPLE = 2, 32
"""Input pixels along a cell of the output, and the number that the input's sides are multiples
of."""
_WIDTH_AT_ZERO_PX = 4.0
COARSER_LOOKS = (2.0, 4.0)
"""How much smaller the copies are in which wide hairs are looked for again."""


class Finder(Protocol):
    """Finds the strands of photos."""

    def find(self, photo: Photo) -> list[Strand]:
        """Every line in the photo that may be a hair, longest first."""


@dataclass(frozen=True)
class StrandFinder:
    """Finds strands in the line maps of ``detector``, and measures them with ``meter``."""

    detector: LineDetector
    meter: WidthMeter

    def find(self, photo: Photo) -> list[Strand]:
        """Every line in the photo that may be a hair, longest first."""
        return self.strands_in(photo, self.detector.predict(photo))

    def strands_in(self, photo: Photo, lines: LineMap) -> list[Strand]:
        """The strands traced in a photo's line map, without those that are no hair for certain."""
        coarser = list(self._coarser(photo, lines))
        return drop_lookalikes(photo, find_strands(photo, lines, self.meter, coarser))

    def _coarser(self, photo: Photo, lines: LineMap) -> Iterator[LineMap]:
        """Coarser maps of the photo, as long as the last one shows lines too wide for it."""
        for shrink in COARSER_LOOKS:
            if not shows_wide_lines(lines):
                return
            lines = self.detector.predict(photo, shrink)
            yield lines


class OnnxLineDetector:
    """The line network on ONNX Runtime. May be used from several threads at a time."""

    def __init__(self, weights: bytes) -> None:
        """Raises ShedlightError (MODEL_REFUSED) for weights of any other network."""
        try:
            self._session = onnx_session(weights)
            self._run(np.zeros((MULTIPLE, MULTIPLE, 3), np.uint8))
        except Exception as cause:  # ONNX Runtime's own errors share no base class
            raise ShedlightError(ErrorCode.MODEL_REFUSED) from cause

    def predict(self, photo: Photo, shrink: float = 1.0) -> LineMap:
        """The line map of a photo, from a copy of at most SEARCH_PIXELS, ``shrink`` times smaller
        still."""
        pixels = search_copy(photo, shrink)
        scale = photo.width / pixels.shape[1]
        levels, width = self._run(pixels)
        return LineMap(
            by_direction=levels[:-1],
            width_px=np.exp2(width) * np.float32(_WIDTH_AT_ZERO_PX * scale),
            end=levels[-1] / np.float32(CERTAIN),
            cell_px=CELL_PX * scale,
        )

    def _run(self, pixels: Pixels) -> tuple[Pixels, Floats]:
        """Levels (K + 1, h, w), 0-CERTAIN, and widths (h, w) for (H, W, 3) pixels, with those of a
        last odd row or column."""
        height, width = pixels.shape[:2]
        down, right = -height % MULTIPLE, -width % MULTIPLE
        padded = np.asarray(
            cv2.copyMakeBorder(pixels, 0, down, 0, right, cv2.BORDER_REFLECT_101), np.uint8
        )
        levels, widths = self._session.run(["chances", "width"], {"pixels": planes(padded)})
        inside = slice(-(-height // CELL_PX)), slice(-(-width // CELL_PX))
        return levels[0][:, *inside], widths[0, 0][inside]


def planes(pixels: Pixels) -> Pixels:
    """(1, 3, H, W) for (H, W, 3) pixels."""
    return np.asarray(cv2.split(pixels), np.uint8)[None]


def load_line_detector(folder: Path) -> OnnxLineDetector:
    """The line detector with a folder's weights. Raises ShedlightError (MODEL_REFUSED)."""
    try:
        return OnnxLineDetector((folder / WEIGHTS_FILE).read_bytes())
    except OSError as cause:
        raise ShedlightError(ErrorCode.MODEL_REFUSED) from cause


@cache
def shipped_line_detector() -> OnnxLineDetector:
    """The line detector with the shipped weights, loaded once.

    Raises ShedlightError (MODEL_REFUSED).
    """
    return load_line_detector(LINE_NET)


def shipped_finder() -> StrandFinder:
    """The finder with the shipped weights. Raises ShedlightError (MODEL_REFUSED)."""
    return StrandFinder(shipped_line_detector(), shipped_width_meter())
