"""Pictures of hairs that a person is asked to label: the job of a worker."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from data.arrays import Pixels
from data.images.encode import data_url, encode_jpeg
from data.images.limits import ReadLimits
from data.images.photo import Photo
from data.images.read import read_photo
from data.strands.crop import crop_end
from data.strands.strand import End, Strand
from serve.inputs.photo_files import NamedPhoto
from serve.label_queue.queue_item import QueueItem
from serve.scoring.interfaces import PhotoScorer

AROUND_WIDTHS, AROUND_PX = 18.0, 320
"""How far to each side a hair's surroundings are shown, in shaft widths, and how large."""
_RING_WIDTHS = 4.0
_JPEG_QUALITY = 85


@dataclass(frozen=True)
class EndPictures:
    """``data:`` URLs of an end: its surroundings, upright and with a ring about it, and its crop
    as the network reads it."""

    around: str
    crop: str


def pictures_of(
    _: PhotoScorer, named: NamedPhoto, hairs: Sequence[QueueItem], limits: ReadLimits
) -> list[list[EndPictures]]:
    """Of some hairs of a file the ends in view, that shown first; raises ShedlightError."""
    photo = read_photo(named.read(limits), limits)
    return [[_pictures(photo, hair.strand, k) for k in hair.ends_in_view] for hair in hairs]


def _pictures(photo: Photo, strand: Strand, k: int) -> EndPictures:
    around = _around(photo.pixels, strand.ends[k], strand.shaft_px)
    return EndPictures(_url(around), _url(crop_end(photo, strand, k).pixels))


def _around(pixels: Pixels, end: End, shaft_px: float) -> Pixels:
    """What of the square around ``end`` lies in the photo, at most AROUND_PX on a side."""
    reach = max(8, round(AROUND_WIDTHS * shaft_px))
    x, y = round(end.x), round(end.y)
    left, top = max(0, x - reach), max(0, y - reach)
    cut = pixels[top : max(top, y) + reach, left : max(left, x) + reach]
    scale = AROUND_PX / (2 * reach)
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    shown = cv2.resize(cut, None, fx=scale, fy=scale, interpolation=how)
    centre = round((end.x - left) * scale), round((end.y - top) * scale)
    radius = round(_RING_WIDTHS * shaft_px * scale)
    for colour, width in ((0, 4), (255, 2)):  # seen on dark ground and on bright
        cv2.circle(shown, centre, radius, (colour,) * 3, width, cv2.LINE_AA)
    return np.asarray(shown, np.uint8)


def _url(pixels: Pixels) -> str:
    return data_url(encode_jpeg(pixels, _JPEG_QUALITY), "image/jpeg")
