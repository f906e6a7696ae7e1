"""Crops of hairs that were scored before, cut anew from their photos."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
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
    """A hair, the name of the photo it lies in, and the hash of that photo's bytes."""

    photo: str
    sha256: str
    hair: Hair


def end_shown(hair: Hair) -> End | None:
    """The end that tells most: the root, else the visible one that looks least bare; None where
    none is visible."""
    read = [
        (reading.bare, end)
        for reading, end in zip(hair.ends, hair.strand.ends, strict=True)
        if reading is not None and end.state is EndState.VISIBLE
    ]
    if hair.root_end is not None:
        return hair.strand.ends[hair.root_end]
    return min(read, key=lambda pair: pair[0])[1] if read else None


def cut_crops(wanted: Iterable[HairInPhoto], photos: Iterable[NamedPhoto]) -> Mapping[int, Pixels]:
    """The crop (96, 160, 3), blue green red, of each wanted hair that can be had, by its ``id()``.

    Each photo is decoded once. There is no crop from a file that is gone or holds other bytes than
    it did when it was scored, nor of a hair without an end in view.
    """
    by_photo: defaultdict[str, list[HairInPhoto]] = defaultdict(list)
    for each in wanted:
        by_photo[each.photo].append(each)
    crops: dict[int, Pixels] = {}
    for photo in photos:
        if photo.name in by_photo:
            crops |= _crops_of(photo, by_photo[photo.name])
    return crops


def _crops_of(named: NamedPhoto, hairs: Iterable[HairInPhoto]) -> Iterator[tuple[int, Pixels]]:
    try:
        photo = read_photo(named.read(_LIMITS), _LIMITS)
    except ShedlightError:
        return
    for each in hairs:
        end = end_shown(each.hair)
        if end is not None and photo.sha256 == each.sha256:
            yield id(each), crop_at(photo.pixels, end, each.hair.strand.shaft_px).pixels
