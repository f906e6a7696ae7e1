"""All that is wrong with a photo."""

from collections.abc import Sequence

from data.images.photo import Photo
from data.quality.ends import check_blur, check_contrast, check_framing, measure_ends
from data.quality.finding import Finding
from data.quality.hairs import NO_HAIRS, check_hair_count, check_shaft_width, check_tangles
from data.quality.lighting import Exposure, check_brightness, check_darkness, check_glare
from data.strands.strand import Strand


def assess(
    photo: Photo, strands: Sequence[Strand], root_not_seen: Sequence[bool] | None = None
) -> tuple[Finding, ...]:
    """What makes the photo hard to read, the fault that hides most first; empty for a good one.

    ``strands`` are those that are taken for hairs, and ``root_not_seen`` tells of each whether its
    root was looked for and lies out of sight; of no one, where that is not known.
    """
    found = _of_light(photo, Exposure.of(photo))
    if strands:
        unseen = [False] * len(strands) if root_not_seen is None else root_not_seen
        found += _of_hairs(photo, strands, unseen)
    else:
        found.append(NO_HAIRS)
    return tuple(finding for finding in found if finding is not None)


def _of_light(photo: Photo, light: Exposure) -> list[Finding | None]:
    """A photo that is burnt out all over has no glare of its own."""
    return [check_darkness(light), check_brightness(light) or check_glare(photo, light)]


def _of_hairs(
    photo: Photo, strands: Sequence[Strand], root_not_seen: Sequence[bool]
) -> list[Finding | None]:
    ends = measure_ends(photo, strands)
    return [
        check_shaft_width(strands),
        check_blur(photo, ends),
        check_contrast(photo, ends),
        check_tangles(photo, strands),
        check_framing(photo, strands, root_not_seen),
        check_hair_count(strands),
    ]
