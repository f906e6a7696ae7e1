"""``/v1/photos/{id}``: a photo that was kept, its pictures, and its end."""

import re
from collections.abc import Callable
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query
from fastapi.responses import JSONResponse, Response

from serve.api.openapi import answers, failures, file_answer
from serve.api.schemas import kept_answer
from serve.error_codes import ServerError, ServerErrorCode
from serve.resources import Resources, ResourcesDep
from serve.saved_photos.pictures import kept_crop, kept_overlay
from serve.store.tables import ID_LENGTH

PHOTO = "/v1/photos/{photo_id}"
_ID = re.compile(rf"[A-Za-z0-9_-]{{{ID_LENGTH}}}")
_JPEG, _PNG = "image/jpeg", "image/png"
router = APIRouter(tags=["kept photos"])


def _well_formed(photo_id: Annotated[str, Path(description="who knows it, may")]) -> str:
    """The id, before any database is asked for what cannot be one."""
    if not _ID.fullmatch(photo_id):
        raise ServerError(ServerErrorCode.PHOTO_NOT_FOUND)
    return photo_id


PhotoId = Annotated[str, Depends(_well_formed)]
HairNumber = Annotated[int, Path(ge=0, le=1_000_000, description="the hair's `id` in the report")]
End = Annotated[
    int | None, Query(ge=0, le=1, description="which of its `ends`; the root's if left")
]


@router.get(PHOTO, responses=answers("KeptPhotoAnswer", 404, 503))
def show_photo(photo_id: PhotoId, shared: ResourcesDep) -> JSONResponse:
    """The report of a kept photo with all that people said, and how long it is kept."""
    kept, events = shared.keeping.with_photos().history(photo_id)
    return JSONResponse(kept_answer(shared.scorer.pool, kept, events))


@router.delete(PHOTO, status_code=204, response_class=Response, responses=failures(404, 503))
def delete_photo(photo_id: PhotoId, shared: ResourcesDep) -> None:
    """Delete the picture, its crops and all that was said about it, at once and for good."""
    shared.keeping.with_photos().delete(photo_id)


@router.get(
    PHOTO + "/picture.jpg",
    response_class=Response,
    responses=file_answer(_JPEG) | failures(404, 503),
)
def show_picture(photo_id: PhotoId, shared: ResourcesDep) -> Response:
    """The photo as it was kept: upright, encoded anew, and without a word of the file."""
    return Response(shared.keeping.with_photos().picture(photo_id), media_type=_JPEG)


@router.get(
    PHOTO + "/overlay.png",
    response_class=Response,
    responses=file_answer(_PNG) | failures(404, 503),
)
async def draw_photo(photo_id: PhotoId, shared: ResourcesDep) -> Response:
    """The photo with its hairs drawn in as they stand after all that people said."""
    return await _drawn(shared, lambda: kept_overlay(shared.keeping.with_photos(), photo_id))


@router.get(
    PHOTO + "/hairs/{hair}/crop.png",
    response_class=Response,
    responses=file_answer(_PNG) | failures(404, 422, 503),
)
async def crop_hair(
    photo_id: PhotoId, hair: HairNumber, shared: ResourcesDep, end: End = None
) -> Response:
    """A hair's root, turned and scaled as the model read it: 160 x 96 pixels.

    Where nobody says which end is the root, it is the first in view. There is none of roots that
    the machine missed.
    """
    cut = partial(kept_crop, photo_id=photo_id, number=hair, end=end)
    return await _drawn(shared, lambda: cut(shared.keeping.with_photos()))


async def _drawn(shared: Resources, draw: Callable[[], bytes]) -> Response:
    """Decoding takes time and memory, so who wants a picture waits in line like everyone."""
    with shared.limiter.admit():
        png = await shared.limiter.run(draw)
    return Response(png, media_type=_PNG)
