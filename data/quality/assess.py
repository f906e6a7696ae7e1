"""All that is wrong with a photo."""

from collections.abc import Sequence

from data.images.photo import Photo
from data.quality.ends import blur, faint_roots, measure_ends, roots_out
from data.quality.finding import Finding
from data.quality.hairs import NO_HAIRS, few_hairs, tangles, thin_shafts
from data.quality.lighting import Light, glare, too_bright, too_dark
from data.strands.strand import Strand


def assess(
    photo: Photo, strands: Sequence[Strand], root_not_seen: Sequence[bool] | None = None
) -> tuple[Finding, ...]:
    """What makes the photo hard to read, the fault that hides most first; empty for a good one.

    ``strands`` are those that are taken for hairs, and ``root_not_seen`` tells of each whether its
    root was looked for and lies out of sight; of no one, where that is not known.
    """
    found = _of_light(photo, Light.of(photo))
    if strands:
        unseen = [False] * len(strands) if root_not_seen is None else root_not_seen
        found += _of_hairs(photo, strands, unseen)
    else:
        found.append(NO_HAIRS)
    return tuple(finding for finding in found if finding is not None)


def _of_light(photo: Photo, light: Light) -> list[Finding | None]:
    """A photo that is burnt out all over has no glare of its own."""
    return [too_dark(light), too_bright(light) or glare(photo, light)]


def _of_hairs(
    photo: Photo, strands: Sequence[Strand], root_not_seen: Sequence[bool]
) -> list[Finding | None]:
    ends = measure_ends(photo, strands)
    return [
        thin_shafts(strands),
        blur(photo, ends),
        faint_roots(photo, ends),
        tangles(photo, strands),
        roots_out(photo, strands, root_not_seen),
        few_hairs(strands),
    ]
