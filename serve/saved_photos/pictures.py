"""Pictures drawn from a saved photo. Decodes only JPEG files that the server encoded itself."""

import cv2
import numpy as np

from data.images.encode import encode_png
from data.images.photo import Photo
from data.io.jsonl import Json
from data.strands.crop import crop_end
from data.texts.catalogue import Texts
from serve.drawing.overlay import draw_overlay
from serve.error_codes import ServerError, ServerErrorCode
from serve.saved_photos.corrected import apply_corrections, with_label
from serve.store.store import Store


def saved_overlay(store: Store, photo_id: str, texts: Texts) -> bytes:
    """A PNG of the photo with its corrected hairs; raises ShedlightError (PHOTO_NOT_FOUND)."""
    photo, report = decode_saved_photo(store, photo_id), store.corrected(photo_id)
    return encode_png(draw_overlay(photo, apply_corrections(report), texts))


def saved_crop(store: Store, photo_id: str, number: int, end: int | None) -> bytes:
    """A PNG of (144, 240) pixels of a hair's root, or of its ``end`` 0 or 1.

    Raises ShedlightError: PHOTO_NOT_FOUND, or NOT_FOUND for a hair that the model did not list,
    since the shaft at a missed root is not known.
    """
    listed: list[Json] = store.corrected(photo_id)["hairs"]
    if not 0 <= number < len(listed):
        raise ServerError(ServerErrorCode.NOT_FOUND)
    hair = with_label(listed[number])
    shown = (hair.shown_end or 0) if end is None else end
    return encode_png(crop_end(decode_saved_photo(store, photo_id), hair.strand, shown).pixels)


def decode_saved_photo(store: Store, photo_id: str) -> Photo:
    """A saved photo's pixels; raises ShedlightError, STORE_UNAVAILABLE if they are damaged."""
    saved, jpeg = store.get(photo_id), store.picture(photo_id)
    pixels = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR)
    if pixels is None:
        raise ServerError(ServerErrorCode.STORE_UNAVAILABLE)
    return Photo(np.asarray(pixels, np.uint8), saved.sha256)
