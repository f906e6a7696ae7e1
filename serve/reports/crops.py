"""Cuts the roots of scored hairs out of their photos again, to show them."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from data.arrays import Pixels
from data.errors import ShedlightError
from data.images.limits import ReadLimits
from data.images.read import read_photo
from data.strands.crop import crop_at
from data.strands.strand import End, EndState
from model.labelling.hair import Hair
from serve.inputs.photo_files import NamedPhoto

_LIMITS = ReadLimits()


@dataclass(frozen=True)
class HairInPhoto:
    """A hair, the name of its photo, and the hash of that photo's bytes."""

    photo: str
    sha256: str
    hair: Hair


def end_shown(hair: Hair) -> End | None:
    """The root, else the visible end that looks least bare; None if no end is visible."""
    if hair.root_end is not None:
        return hair.strand.ends[hair.root_end]
    visible = [
        (probabilities.bare, end)
        for probabilities, end in zip(hair.ends, hair.strand.ends, strict=True)
        if probabilities is not None and end.state is EndState.VISIBLE
    ]
    return min(visible, key=lambda pair: pair[0])[1] if visible else None


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
            end = end_shown(hair)
            if end is not None and photo.sha256 == hairs[index].sha256:
                crops[index] = crop_at(photo.pixels, end, hair.strand.shaft_px).pixels
    return crops
