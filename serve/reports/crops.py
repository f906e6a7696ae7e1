"""Cuts the roots of scored hairs out of their photos again, to show them."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from data.arrays import Pixels
from data.errors import ShedlightError
from data.images.photo import ReadLimits
from data.images.read import read_photo
from data.strands.crop import crop_end
from model.labelling.hair import Hair
from serve.inputs.photo_files import NamedPhoto

_LIMITS = ReadLimits(max_bytes=10_000_000_000, max_pixels=1_000_000_000)
"""The photos were scored before, within the limits of their run."""


@dataclass(frozen=True)
class HairInPhoto:
    """A hair, the name of its photo, and the hash of that photo's bytes."""

    photo: str
    sha256: str
    hair: Hair


def cut_crops(hairs: Sequence[HairInPhoto], photos: Iterable[NamedPhoto]) -> list[Pixels | None]:
    """The crop (96, 160, 3), blue green red, of each hair.

    None for a hair without a visible end, and if the photo's file is gone or has other bytes than
    when it was scored. Each photo is decoded once.
    """
    crops: list[Pixels | None] = [None] * len(hairs)
    by_photo: defaultdict[str, list[int]] = defaultdict(list)
    for index, wanted in enumerate(hairs):
        by_photo[wanted.photo].append(index)
    for named in photos:
        if named.name not in by_photo:
            continue
        try:
            photo = read_photo(named.read(_LIMITS), _LIMITS)
        except ShedlightError:
            continue
        for index in by_photo[named.name]:
            hair = hairs[index].hair
            end = hair.shown_end
            if end is not None and photo.sha256 == hairs[index].sha256:
                crops[index] = crop_end(photo, hair.strand, end).pixels
    return crops
