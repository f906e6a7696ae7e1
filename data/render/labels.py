"""Label pictures: what every pixel of a rendered photo shows."""

from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

LabelPicture = NDArray[np.uint8]

BACKGROUND, SHAFT, BULB, SHEATH, TAIL, OTHER, SHEATHED_SHAFT, SHEATHED_BULB = range(8)
LABEL_NAMES = (
    "background",
    "shaft",
    "bulb",
    "sheath",
    "tail",
    "other",
    "sheathed_shaft",
    "sheathed_bulb",
)
"""By pixel value. `sheath` has no shaft or bulb beneath; `other` is clutter or an overlay."""


def write_labels(out: Path, photo: str, labels: LabelPicture) -> str:
    """Writes `out`/masks/NAME.png for a photo and returns its path below `out`."""
    (out / "masks").mkdir(parents=True, exist_ok=True)
    relative = f"masks/{Path(photo).stem}.png"
    ok, raw = cv2.imencode(".png", labels, [cv2.IMWRITE_PNG_COMPRESSION, 9])
    if not ok:
        raise ValueError("the label picture could not be encoded")
    (out / relative).write_bytes(raw.tobytes())
    return relative
