"""``POST /v1/photos``: photos in, hairs and advice out."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from anyio import CancelScope, create_task_group, sleep, to_thread
from fastapi import APIRouter
from fastapi.responses import JSONResponse
from starlette.datastructures import UploadFile
from starlette.requests import ClientDisconnect

from data.errors import ShedlightError
from model.report import PhotoReport
from serve.advice.advise import advise
from serve.api.client import ClientToken, IdempotencyKey
from serve.api.errors import answer
from serve.api.openapi import PHOTOS_REQUEST, answers
from serve.api.save_photos import SavePhotos
from serve.api.uploads import Submission, Submitted
from serve.resources import Resources, ResourcesDep
from serve.scoring.score_file import (
    Duplicates,
    ScoredPhoto,
    ScoreOptions,
    failed,
    overlay_url,
    score_file,
)
from serve.store.retention import Retention
from serve.store.saved_photo import SavedPhoto

PHOTOS = "/v1/photos"
LOOK_S = 0.2
"""Seconds between two looks whether a sender who waits is still there."""
router = APIRouter(tags=["photos"])


@dataclass(frozen=True)
class _Answered:
    scored: ScoredPhoto
    saved: SavedPhoto | None = None


@router.post(
    PHOTOS,
    responses=answers("PhotosAnswer", 400, 413, 415, 422, 503),
    openapi_extra=PHOTOS_REQUEST,
)
async def score_photos(
    submitted: Submitted,
    shared: ResourcesDep,
    client: ClientToken = None,
    key: IdempotencyKey = None,
) -> JSONResponse:
    """Read the roots in one photo or several, and say what to look at next.

    Nothing is kept unless `retention` asks for it: then each photo that was read has an `id`.
    """
    duplicates = Duplicates()
    keeper = SavePhotos(shared.keeping, submitted.options, key, client)
    photos = await _score_all(submitted, shared, keeper)
    if len(photos) == 1 and (error := photos[0].scored.error):
        return answer(error)
    reports = [duplicates.mark(each.scored.report) for each in photos]
    pool = shared.scorer.pool(reports)
    advice = advise(pool, submitted.options.context)
    return JSONResponse(
        {
            "photos": [
                _photo_json(report, each) for report, each in zip(reports, photos, strict=True)
            ],
            "pool": pool.as_json(),
            "advice": [each.as_json() for each in advice],
        }
    )


async def _score_all(
    submitted: Submission, shared: Resources, keeper: SavePhotos
) -> list[_Answered]:
    """One photo after the other; other requests take turns in between.

    Raises ShedlightError (TOO_BUSY), and ClientDisconnect when nobody waits for the answer.
    """
    options = submitted.options
    draw = overlay_url if options.overlay else None
    how = ScoreOptions(
        shared.limits, options.roots_in_view, draw, options.retention is not Retention.NO
    )
    photos: list[_Answered] = []
    with shared.limiter.admit():
        async with create_task_group() as tasks:
            tasks.start_soon(_cancel_when_gone, submitted.gone, tasks.cancel_scope)
            for place, (name, file) in enumerate(submitted.files):
                if await submitted.gone():
                    break
                save = partial(keeper.save, place=place)
                turn = partial(_score, shared, name, file, how, save)
                photos.append(await shared.limiter.run(turn))
            tasks.cancel_scope.cancel()
    if len(photos) < len(submitted.files) or await submitted.gone():
        await to_thread.run_sync(keeper.take_back)
        raise ClientDisconnect
    return photos


async def _cancel_when_gone(gone: Callable[[], Awaitable[bool]], scope: CancelScope) -> None:
    """Gives the place in the line to others; a photo that a worker has begun is read to its end."""
    while not await gone():
        await sleep(LOOK_S)
    scope.cancel()


def _score(
    shared: Resources,
    name: str,
    file: UploadFile,
    how: ScoreOptions,
    save: Callable[[ScoredPhoto], SavedPhoto | None],
) -> _Answered:
    """Scores and saves one file, whatever it does to the worker that reads it.

    A photo that should be saved and cannot be has failed.
    """
    raw = file.file.read()
    try:
        with shared.metrics.timed():
            scored = shared.workers.run(score_file, raw, name, how)
            photo = _Answered(replace(scored, jpeg=None), save(scored))
    except ShedlightError as error:
        photo = _Answered(failed(shared.scorer.model, raw, name, error))
    shared.metrics.count(photo.scored.report.status)
    return photo


def _photo_json(report: PhotoReport, photo: _Answered) -> dict[str, Any]:
    """The photo's object of the output format, with ``overlay`` and what was saved added."""
    record = report.as_json()
    if photo.scored.overlay is not None:
        record["overlay"] = photo.scored.overlay
    if photo.saved is not None:
        record |= {"id": photo.saved.id, "expires_at": photo.saved.expires_at.isoformat()}
    return record
