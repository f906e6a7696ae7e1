"""Measures how well the scale of drawn photos is found, and how often one is invented."""

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np

from data.scale.find import find_scale
from data.scale.scale import ScaleSource
from training.studies.measures.scale_photos import (
    ANYTHING,
    REFERENCES,
    photo_without_scale,
    reference_photo,
)

TILTS_DEG = (0.0, 15.0)
_Z = 1.96


@dataclass(frozen=True)
class ScaleErrors:
    """Results for photos with one kind of reference and one tilt of the camera.

    ``errors`` (N,) are those of millimetres per pixel where the reference lies, as a part of it,
    ``at_centre`` those at the photo's centre; only where a scale was found. ``stated`` are the
    standard deviations that the scale states for the centre.
    """

    source: ScaleSource
    tilt_deg: float
    photos: int
    errors: list[float]
    at_centre: list[float]
    stated: list[float]

    def share_within(self, limit: float) -> float:
        """The share of all photos with a scale, and an error of at most ``limit``."""
        return float(np.mean(np.abs(self.errors) <= limit) * len(self.errors) / self.photos)

    @property
    def covered(self) -> float:
        """The share of scales whose 95 % interval at the centre holds the truth."""
        return float(np.mean(np.abs(self.at_centre) <= _Z * np.array(self.stated)))


def scale_errors(
    source: ScaleSource,
    tilt_deg: float,
    photos: int,
    seed: int = 0,
    size: tuple[int, int] | None = None,
) -> ScaleErrors:
    """Finds the scale of drawn photos; of various sizes unless ``size`` is given."""
    found = ScaleErrors(source, tilt_deg, photos, [], [], [])
    for number in range(photos):
        drawn = reference_photo(source, tilt_deg, seed * 100_000 + number, size)
        scale = find_scale(drawn.photo, drawn.request)
        if scale is None:
            continue
        view = drawn.view
        centre = np.array([[(view.width - 1) / 2, (view.height - 1) / 2]])
        place = cv2.perspectiveTransform(drawn.place_mm[None, None], view.to_px)[0]
        for errors, at in ((found.errors, place), (found.at_centre, centre)):
            errors.append(float(scale.mm_per_px(at)[0] / view.mm_per_px_at(at[0]) - 1))
        found.stated.append(float(scale.relative_error(centre)[0]))
    return found


def all_errors(photos: int, seed: int = 0) -> Iterator[ScaleErrors]:
    """Every kind of reference, flat and tilted."""
    for source in REFERENCES:
        for tilt in TILTS_DEG:
            yield scale_errors(source, tilt, photos, seed)


def invented_scales(photos: int, seed: int = 0) -> Iterator[tuple[str, ScaleSource]]:
    """What lies in photos without a reference that got a scale all the same, and from what."""
    for number in range(photos):
        things, photo = photo_without_scale(seed * 100_000 + number)
        scale = find_scale(photo, ANYTHING)
        if scale is not None:
            yield things, scale.source


def errors_row(result: ScaleErrors) -> tuple[str, ...]:
    """A row of the study's table."""
    typical = float(np.median(np.abs(result.errors))) if result.errors else float("nan")
    return (
        result.source.value,
        f"{result.tilt_deg:g}",
        f"{len(result.errors)} of {result.photos}",
        f"{100 * typical:.2f} %",
        f"{100 * result.share_within(0.02):.0f} %",
        f"{100 * result.share_within(0.05):.0f} %",
        f"{100 * result.covered:.0f} %",
    )


ROW_HEADS = (
    "reference",
    "tilt, degrees",
    "found",
    "median error",
    "within 2 %",
    "within 5 %",
    "95 % interval holds",
)
