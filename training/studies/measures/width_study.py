"""Measures how true the widths of hairs in micrometres are, on rendered photos of known scale."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from math import inf
from pathlib import Path

import cv2
import numpy as np

from data.arrays import Array
from data.images.photo import Photo
from data.images.read import read_photo_file
from data.io.jsonl import read_lines
from data.scale.scale import ScaleSource, uniform_scale
from data.strands.strand import Strand
from data.strands.width import WidthMeter, measure_strands
from model.inference.line_finder import Finder
from model.measures.measure import measure_strand
from training.datasets.annotations import AnnotatedHair, distance_to_line, load_annotations
from training.studies.measures.skeleton_widths import skeleton_widths

BLURS = (0.0, 0.25, 0.5)
"""Standard deviation of the blur that is added, over the median width of the photo's shafts."""
WIDTH_BINS = ((0.0, 4.0), (4.0, 6.0), (6.0, 8.0), (8.0, 12.0), (12.0, inf))
"""True widths in pixels."""
Z = 1.96
_MIN_ON_HAIR = 0.8
"""Share of a strand's points that lie on a hair's shaft, for it to be that hair."""


@dataclass(frozen=True)
class Width:
    """One hair: its true width, what was measured with its stated deviation, and by a skeleton.

    ``skeleton_um`` is None where the skeleton misses the hair.
    """

    true_px: float
    blur: float
    true_um: float
    um: float
    stated_um: float
    skeleton_um: float | None


def measured_widths(
    rendered: Path, finder: Finder, meter: WidthMeter, photos: int, with_skeleton: bool = True
) -> Iterator[Width]:
    """The widths of the hairs that are found in the first photos of a folder of renders.

    Hairs are found in the photo as rendered and measured in blurred copies too. The scale is the
    render's, without error. Hairs of a true width outside 15 to 200 um are left out.
    """
    scales = {raw["photo"]: raw.get("px_per_mm") for raw in read_lines(rendered / "truth.jsonl")}
    for truth in [each for each in load_annotations(rendered) if each.hairs][:photos]:
        px_per_mm = scales[truth.name]
        if not px_per_mm:
            continue
        photo = read_photo_file(rendered / "photos" / truth.name)
        pairs = matched(finder.find(photo), truth.hairs)
        if not pairs:
            continue
        typical_px = float(np.median([hair.shaft_px for _, hair in pairs]))
        for blur in BLURS:
            seen = blurred(photo, blur * typical_px)
            strands = measure_strands(seen, [strand for strand, _ in pairs], meter)
            lines = [hair.line for _, hair in pairs]
            others: Sequence[float | None] = (
                skeleton_widths(seen, lines) if with_skeleton else [None] * len(lines)
            )
            for strand, (_, hair), other_px in zip(strands, pairs, others, strict=True):
                scale = uniform_scale(ScaleSource.TYPED, 1 / px_per_mm, 0.0)
                measures, um = measure_strand(strand, scale), 1000 / px_per_mm
                if measures.width_um is None or measures.width_um_error is None:
                    continue
                yield Width(
                    hair.shaft_px,
                    blur,
                    hair.shaft_px * um,
                    measures.width_um,
                    measures.width_um_error,
                    None if other_px is None else other_px * um,
                )


def blurred(photo: Photo, sigma_px: float) -> Photo:
    """The photo out of focus by a Gaussian."""
    if sigma_px <= 0:
        return photo
    return replace(photo, pixels=np.asarray(cv2.GaussianBlur(photo.pixels, (0, 0), sigma_px)))


def matched(
    strands: Sequence[Strand], hairs: Sequence[AnnotatedHair]
) -> list[tuple[Strand, AnnotatedHair]]:
    """Each strand that runs along one hair, with that hair."""
    pairs = []
    for strand in strands:
        points = strand.path[:: max(1, len(strand.path) // 25)]
        shares = [_share_along(points, hair) for hair in hairs]
        best = int(np.argmax(shares))
        if shares[best] >= _MIN_ON_HAIR:
            pairs.append((strand, hairs[best]))
    return pairs


def _share_along(points: Array, hair: AnnotatedHair) -> float:
    near = distance_to_line(points, hair.line) <= max(3.0, 0.7 * hair.shaft_px)
    return float(near.mean())


@dataclass(frozen=True)
class WidthErrors:
    """Errors of the widths in one bin of true widths and one blur.

    ``bias_um`` and ``relative_bias``: medians; ``spread``: half of the central 68 % of relative
    errors; ``covered``: how many of ``hairs`` have the truth within 1.96 stated deviations.
    """

    low_px: float
    high_px: float
    blur: float
    hairs: int
    bias_um: float
    relative_bias: float
    spread: float
    covered: int
    skeleton_hairs: int
    skeleton_bias_um: float
    skeleton_spread: float


def errors_by_bin(widths: Sequence[Width]) -> Iterator[WidthErrors]:
    """The errors in each bin that holds a hair."""
    for blur in BLURS:
        for low, high in WIDTH_BINS:
            some = [w for w in widths if w.blur == blur and low <= w.true_px < high]
            if some:
                yield _errors(low, high, blur, some)


def _errors(low: float, high: float, blur: float, some: Sequence[Width]) -> WidthErrors:
    error = np.array([w.um - w.true_um for w in some])
    true = np.array([w.true_um for w in some])
    stated = np.array([w.stated_um for w in some])
    others = [(w.skeleton_um - w.true_um, w.true_um) for w in some if w.skeleton_um is not None]
    other = np.array(others).reshape(-1, 2)
    return WidthErrors(
        low,
        high,
        blur,
        len(some),
        float(np.median(error)),
        float(np.median(error / true)),
        _spread(error / true),
        int((np.abs(error) <= Z * stated).sum()),
        len(other),
        float(np.median(other[:, 0])) if len(other) else float("nan"),
        _spread(other[:, 0] / other[:, 1]),
    )


def _spread(values: Array) -> float:
    if not len(values):
        return float("nan")
    low, high = np.quantile(values, [0.16, 0.84])
    return float(high - low) / 2


ROW_HEADS = (
    *("width, px", "blur, widths", "hairs", "bias, um", "spread", "95 % holds"),
    *("skeleton: hairs", "bias, um", "spread"),
)


def errors_row(errors: WidthErrors) -> tuple[str, ...]:
    """A row of the study's table."""
    bin_ = f"{errors.low_px:g} to {errors.high_px:g}" if errors.high_px < inf else "12 and more"
    return (
        bin_,
        f"{errors.blur:g}",
        f"{errors.hairs}",
        f"{errors.bias_um:+.1f} ({100 * errors.relative_bias:+.1f} %)",
        f"{100 * errors.spread:.1f} %",
        f"{errors.covered} ({100 * errors.covered / errors.hairs:.0f} %)",
        f"{errors.skeleton_hairs}",
        f"{errors.skeleton_bias_um:+.1f}" if errors.skeleton_hairs else "-",
        f"{100 * errors.skeleton_spread:.1f} %" if errors.skeleton_hairs else "-",
    )
