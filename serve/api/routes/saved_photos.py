"""``/v1/photos/{id}``: a saved photo, its images, and its deletion."""

import re
from collections.abc import Callable
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query
from fastapi.responses import Response

from serve.api.errors import errors
from serve.api.language import TextsDep, language_headers
from serve.api.openapi import file_response
from serve.api.permissions import ClientToken
from serve.api.schemas import PHOTO_ID, SavedPhotoAnswer
from serve.error_codes import ServerError, ServerErrorCode
from serve.resources import Resources, ResourcesDep
from serve.saved_photos.pictures import saved_crop, saved_overlay
from serve.store.tables import ID_LENGTH

PHOTO = "/v1/photos/{photo_id}"
_ID = re.compile(rf"[A-Za-z0-9_-]{{{ID_LENGTH}}}")
_JPEG, _PNG = "image/jpeg", "image/png"
router = APIRouter(tags=["saved photos"], responses=errors(404, 422, 503))


def checked_photo_id(photo_id: Annotated[str, Path(description=PHOTO_ID)]) -> str:
    """The id from the address. Raises PHOTO_NOT_FOUND for what cannot be one."""
    if not _ID.fullmatch(photo_id):  # before the database is asked
        raise ServerError(ServerErrorCode.PHOTO_NOT_FOUND)
    return photo_id


PhotoId = Annotated[str, Depends(checked_photo_id)]
HairNumber = Annotated[int, Path(ge=0, le=1_000_000, description="the hair's `id` in the report")]
End = Annotated[
    int | None, Query(ge=0, le=1, description="index in the hair's `ends`; by default the root")
]


@router.get(PHOTO)
def show_photo(photo_id: PhotoId, shared: ResourcesDep, texts: TextsDep) -> SavedPhotoAnswer:
    """The report of a saved photo with all corrections, and when it is deleted."""
    saved, events = shared.photo_service.require_store().history(photo_id)
    return SavedPhotoAnswer.of(saved, events, shared.scorer.pool, texts)


@router.delete(PHOTO, status_code=204, response_class=Response, responses=errors(403))
def delete_photo(photo_id: PhotoId, shared: ResourcesDep, client: ClientToken = None) -> None:
    """Permanently delete the photo, its crops and its corrections.

    If the photo was saved with `X-Client`, only the same token deletes it.
    """
    shared.photo_service.require_store().delete(photo_id, client)


@router.get(PHOTO + "/picture.jpg", response_class=Response, responses=file_response(_JPEG))
def show_picture(photo_id: PhotoId, shared: ResourcesDep) -> Response:
    """The saved photo: upright, re-encoded, all metadata removed."""
    return Response(shared.photo_service.require_store().picture(photo_id), media_type=_JPEG)


@router.get(PHOTO + "/overlay.png", response_class=Response, responses=file_response(_PNG))
async def draw_photo(photo_id: PhotoId, shared: ResourcesDep, texts: TextsDep) -> Response:
    """The photo with its hairs drawn in, after all corrections."""
    picture = await _drawn(
        shared, lambda: saved_overlay(shared.photo_service.require_store(), photo_id, texts)
    )
    picture.headers.update(language_headers(texts.language))
    return picture


@router.get(
    PHOTO + "/hairs/{hair}/crop.png", response_class=Response, responses=file_response(_PNG)
)
async def crop_hair(
    photo_id: PhotoId, hair: HairNumber, shared: ResourcesDep, end: End = None
) -> Response:
    """A hair's root, rotated and scaled as for the model: 240 x 144 pixels.

    If the root is unknown, it is the first end in view. Missed roots have no crop.
    """
    crop = partial(saved_crop, photo_id=photo_id, number=hair, end=end)
    return await _drawn(shared, lambda: crop(shared.photo_service.require_store()))


async def _drawn(shared: Resources, draw: Callable[[], bytes]) -> Response:
    """Waits in the queue of scoring requests, since decoding takes time and memory."""
    with shared.limiter.admit():
        png = await shared.limiter.run(draw)
    return Response(png, media_type=_PNG)
