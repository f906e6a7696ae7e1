"""Finds the scale of a photo: from what lies in it, from what a person states, or from its file."""

from data.images.photo import Photo
from data.scale.bank_card import find_bank_card
from data.scale.card import find_card
from data.scale.coin import find_coin
from data.scale.grey import GreyPhoto
from data.scale.request import AUTO, ScaleRequest
from data.scale.ruler import find_ruler
from data.scale.scale import Scale, ScaleSource, uniform_scale

TYPED_ERROR, FILE_ERROR = 0.01, 0.02
"""Relative standard deviations. Our assumptions."""


def find_scale(photo: Photo, wanted: ScaleRequest = AUTO) -> Scale | None:
    """The scale of a photo, or None: it is never guessed.

    Unless a source is named, our card comes first, then the resolution that a microscope or scanner
    wrote into the file. Bank cards and rulers are searched for only if they are named, or anything
    is wanted: the search takes 0.1 to 0.3 s, and other things look alike. A coin is used only if it
    is named: a round thing alone has no known size.
    """
    if wanted.never:
        return None
    if wanted.source is ScaleSource.TYPED:
        return uniform_scale(ScaleSource.TYPED, wanted.size, TYPED_ERROR)
    grey = GreyPhoto.of(photo)
    if wanted.source is ScaleSource.COIN:
        return find_coin(grey, wanted.size)
    if wanted.source is ScaleSource.CARD:
        return find_card(grey, wanted.size)
    if wanted.source is ScaleSource.BANK_CARD:
        return find_bank_card(grey)
    if wanted.source is ScaleSource.RULER:
        return find_ruler(grey)
    found = find_card(grey)
    if found is None and wanted.any_thing:
        found = find_bank_card(grey) or find_ruler(grey)
    return found or _from_file(photo)


def _from_file(photo: Photo) -> Scale | None:
    """The resolution that the file states, if it is one of those that can be true."""
    if photo.mm_per_px is None:
        return None
    return uniform_scale(ScaleSource.FILE, photo.mm_per_px, FILE_ERROR)
