"""Assesses the quality of a photo."""

from collections.abc import Sequence

from data.images.photo import Photo
from data.quality.ends import check_blur, check_contrast, check_framing, measure_ends
from data.quality.finding import Finding
from data.quality.hairs import (
    NO_HAIRS,
    check_hair_count,
    check_nearness,
    check_shaft_width,
    check_tangles,
)
from data.quality.lighting import Exposure, check_brightness, check_darkness, check_glare
from data.quality.skin import HAIRS_IN_SKIN
from data.strands.strand import Strand

PARTLY_DAMAGED = Finding("partly_damaged")

FIRST_PAGE_ONLY = Finding("first_page_only")


def assess(
    photo: Photo,
    strands: Sequence[Strand],
    root_not_seen: Sequence[bool] | None = None,
    in_skin: bool = False,
) -> tuple[Finding, ...]:
    """What makes the photo hard to score, the most harmful first; empty for a good photo.

    ``strands`` are the listed hairs, and ``root_not_seen`` whether each has its root out of view;
    None if that is unknown. ``in_skin``: hairs were found that grow in skin, and none is listed.
    """
    exposure = Exposure.of(photo)
    found = [
        PARTLY_DAMAGED if photo.partly_damaged else None,
        FIRST_PAGE_ONLY if photo.has_more_pages else None,
        check_darkness(exposure),
        # A photo that is overexposed all over is not reported as glare as well.
        check_brightness(exposure) or check_glare(photo, exposure),
    ]
    if strands:
        unseen = [False] * len(strands) if root_not_seen is None else root_not_seen
        found += _check_hairs(photo, strands, unseen)
    else:
        found.append(HAIRS_IN_SKIN if in_skin else NO_HAIRS)
    return tuple(finding for finding in found if finding is not None)


def _check_hairs(
    photo: Photo, strands: Sequence[Strand], root_not_seen: Sequence[bool]
) -> list[Finding | None]:
    ends = measure_ends(photo, strands)
    return [
        check_shaft_width(strands),
        check_nearness(photo, strands),
        check_blur(photo, ends),
        check_contrast(photo, ends),
        check_tangles(photo, strands),
        check_framing(photo, strands, root_not_seen),
        check_hair_count(strands),
    ]
