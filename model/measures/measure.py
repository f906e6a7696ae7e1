"""Width in micrometres and length in millimetres of hairs, by the scale of their photo."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from data.arrays import Array
from data.quality.finding import Finding
from data.scale.scale import Scale
from data.strands.strand import EndState, Strand
from data.strands.width import UNMEASURED_ERROR

MIN_HAIR_UM, MAX_HAIR_UM = 15.0, 200.0
"""Widths of human hairs: the extremes reported are 17 and 181 micrometres
(docs/how-it-works/domain.md, sizes)."""

SHARED_WIDTH_ERROR = 0.1
"""Relative standard deviation of widths that the hairs of a photo share and the width network does
not state: that of the photos' median errors on renders it never saw
(docs/how-it-works/measures.md, how true widths are)."""


@dataclass(frozen=True)
class HairMeasures:
    """The measures of a hair.

    ``width_um``: typical width of the shaft, and its standard deviation ``width_um_error``, with
    SHARED_WIDTH_ERROR and that of the scale; both None where the photo shows no shaft to measure,
    or no hair's width.
    ``visible_mm``: length of what is in the photo; ``whole``: both ends are. ``scale_error``: the
    relative standard deviation of the scale, which all hairs of a photo share.
    """

    width_um: float | None
    width_um_error: float | None
    visible_mm: float
    whole: bool
    scale_error: float

    @property
    def length_mm(self) -> float | None:
        """The hair's length; None unless both ends are in view."""
        return self.visible_mm if self.whole else None


def measure_strand(strand: Strand, scale: Scale) -> HairMeasures:
    """The measures of one strand.

    The length follows the traced path and reaches to the ends' tips. The hair is taken to lie flat
    on the plane of the scale. ``shaft_px_error`` is a mean absolute error, learned as the scale of
    a Laplace distribution, whose standard deviation is the square root of two times that.
    """
    ends = [np.array([[end.x, end.y]]) for end in strand.ends]
    path = strand.path
    scale_error = float(np.median(scale.relative_error(path)))
    width_um = _um_per_px(strand, scale) * strand.shaft_px
    measured = _is_measured(strand) and MIN_HAIR_UM <= width_um <= MAX_HAIR_UM
    own_error = np.sqrt(2) * (strand.shaft_px_error or 0.0) / strand.shaft_px
    error = float(np.linalg.norm([own_error, scale_error, SHARED_WIDTH_ERROR]))
    return HairMeasures(
        width_um=round(width_um, 1) if measured else None,
        width_um_error=round(width_um * error, 1) if measured else None,
        visible_mm=round(scale.length_mm(np.vstack([ends[0], path, ends[1]])), 1),
        whole=all(end.state is EndState.VISIBLE for end in strand.ends),
        scale_error=round(scale_error, 4),
    )


def measure_strands(
    strands: Sequence[Strand], scale: Scale
) -> tuple[list[HairMeasures], Finding | None]:
    """The measures of the hairs of a photo; none, and a finding, if the scale cannot be true.

    A wrong scale is worse than none: the median of the hairs' widths has to be that of a hair.
    """
    widths = [_um_per_px(each, scale) * each.shaft_px for each in strands if _is_measured(each)]
    if widths and not MIN_HAIR_UM <= (middle := float(np.median(widths))) <= MAX_HAIR_UM:
        return [], Finding(
            "scale_implausible",
            {"width_um": round(middle), "low_um": MIN_HAIR_UM, "high_um": MAX_HAIR_UM},
        )
    return [measure_strand(strand, scale) for strand in strands], None


def _is_measured(strand: Strand) -> bool:
    error = strand.shaft_px_error
    return error is not None and error < UNMEASURED_ERROR * strand.shaft_px


def _um_per_px(strand: Strand, scale: Scale) -> float:
    """Micrometres per pixel across the strand: the median along it."""
    along: Array = np.gradient(strand.path, axis=0)
    moving = np.linalg.norm(along, axis=1) > 0
    if not moving.any():
        return float(1000 * scale.mm_per_px(strand.path)[0])
    across = scale.mm_per_px_across(strand.path[moving], along[moving])
    return float(1000 * np.median(across))
