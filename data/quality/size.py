"""Too few pixels across a shaft."""

from collections.abc import Sequence

import numpy as np

from data.quality.finding import Finding
from data.strands.strand import Strand

LEAST_SHAFT_PX = 4.0
"""Under this a root can hardly be told: measured in docs/retake.md."""
GOOD_SHAFT_PX = 8.0
"""From here on a root shows its full shape (docs/domain.md, sizes)."""


def typical_shaft_px(strands: Sequence[Strand]) -> float:
    """The median width of the strands' shafts, in pixels."""
    return float(np.median([strand.shaft_px for strand in strands]))


def thin_shafts(strands: Sequence[Strand]) -> Finding | None:
    """The hairs are too small in the photo; how much nearer to go, in halves."""
    shaft_px = typical_shaft_px(strands)
    if shaft_px >= LEAST_SHAFT_PX:
        return None
    nearer = max(1.5, round(2 * GOOD_SHAFT_PX / shaft_px) / 2)
    return Finding(
        "hairs_too_small",
        f"The hairs are only about {shaft_px:.0f} pixels wide, too thin to show their roots; "
        f"move about {nearer:g} times nearer, with the macro lens if there is one.",
    )
