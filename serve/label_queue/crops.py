"""Pictures of hairs to label; runs in a worker process."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from data.arrays import Pixels
from data.images.encode import data_url, encode_jpeg
from data.images.photo import Photo, ReadLimits
from data.images.read import read_photo
from data.strands.crop import crop_end
from data.strands.strand import Strand
from serve.inputs.photo_files import NamedPhoto
from serve.label_queue.queue_item import QueueItem
from serve.scoring.interfaces import PhotoScorer

CONTEXT_WIDTHS, CONTEXT_PX = 18.0, 320
"""Half the side of the picture around an end, in shaft widths, and its side in pixels."""
_RING_WIDTHS = 4.0
_JPEG_QUALITY = 85


@dataclass(frozen=True)
class EndPictures:
    """``data:`` URLs of an end: its surroundings with a ring around it, and the network's crop."""

    around: str
    crop: str


def draw_ends(
    _: PhotoScorer, named: NamedPhoto, hairs: Sequence[QueueItem], limits: ReadLimits
) -> list[list[EndPictures]]:
    """The visible ends of each hair of a file, the shown one first; raises ShedlightError."""
    photo = read_photo(named.read(limits), limits)
    return [
        [
            EndPictures(
                around=_url(_draw_around(photo, hair.strand, k)),
                crop=_url(crop_end(photo, hair.strand, k).pixels),
            )
            for k in hair.ends_in_view
        ]
        for hair in hairs
    ]


def _draw_around(photo: Photo, strand: Strand, k: int) -> Pixels:
    """The part of the square around end ``k`` that lies in the photo; sides <= CONTEXT_PX."""
    end, shaft_px = strand.ends[k], strand.shaft_px
    reach = max(8, round(CONTEXT_WIDTHS * shaft_px))
    x, y = round(end.x), round(end.y)
    left, top = max(0, x - reach), max(0, y - reach)
    cut = photo.pixels[top : max(top, y) + reach, left : max(left, x) + reach]
    scale = CONTEXT_PX / (2 * reach)
    interpolation = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    shown = cv2.resize(cut, None, fx=scale, fy=scale, interpolation=interpolation)
    centre = round((end.x - left) * scale), round((end.y - top) * scale)
    radius = round(_RING_WIDTHS * shaft_px * scale)
    for colour, width in ((0, 4), (255, 2)):  # visible on dark and bright backgrounds
        cv2.circle(shown, centre, radius, (colour,) * 3, width, cv2.LINE_AA)
    return np.asarray(shown, np.uint8)


def _url(pixels: Pixels) -> str:
    return data_url(encode_jpeg(pixels, _JPEG_QUALITY), "image/jpeg")
