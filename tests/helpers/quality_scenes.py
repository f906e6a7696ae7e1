"""Level strands on a plain ground, for the tests of findings."""

import cv2
import numpy as np

from data.images.photo import Photo
from data.strands.strand import End, EndState, Strand

V, OUT = EndState.VISIBLE, EndState.OUT_OF_PHOTO


def strand(
    y: float,
    shaft_px: float = 8,
    contrast: float = -100,
    states: tuple[EndState, EndState] = (V, V),
    tangled: bool = False,
) -> Strand:
    """A level strand from x = 100 to 500."""
    path = np.array([[x, y] for x in range(100, 501, 10)], float)
    ends = (End(100, y, np.pi, states[0]), End(500, y, 0.0, states[1]))
    return Strand(path, shaft_px, ends, contrast, tangled)


def photo(strands: list[Strand], ground: int = 170, blur_px: float = 0, height: int = 400) -> Photo:
    """The strands on a plain ground, 600 pixels wide, with a little noise."""
    grey = np.full((height, 600), float(ground))
    for one in strands:
        top, bottom = (
            round(one.ends[0].y - one.shaft_px / 2),
            round(one.ends[0].y + one.shaft_px / 2),
        )
        grey[top:bottom, 100:500] = ground + one.contrast
    if blur_px:
        grey = cv2.GaussianBlur(grey, (0, 0), blur_px)
    grey += np.random.default_rng(1).normal(0, 3, grey.shape)
    return Photo(np.repeat(np.clip(grey, 0, 255).astype(np.uint8)[:, :, None], 3, axis=2), "0" * 64)


ROW = [strand(y) for y in (80, 160, 240, 320)]
