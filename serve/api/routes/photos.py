"""``POST /v1/photos``: photos in; hairs, share and advice out."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from functools import partial

from anyio import CancelScope, create_task_group, sleep, to_thread
from fastapi import APIRouter
from starlette.datastructures import UploadFile
from starlette.requests import ClientDisconnect

from data.errors import ShedlightError
from model.report import PhotoReport
from serve.advice.advise import advise
from serve.api.errors import errors
from serve.api.openapi import form_request
from serve.api.permissions import ClientToken, IdempotencyKey
from serve.api.save_photos import SavePhotos
from serve.api.schemas import PhotoAnswer, PhotosAnswer, SummaryAnswer
from serve.api.uploads import PhotoOptions, Submission, SubmissionDep
from serve.resources import Resources, ResourcesDep
from serve.scoring.score_file import (
    Duplicates,
    ScoredPhoto,
    ScoreOptions,
    failed,
    overlay_url,
    score_file,
)
from serve.store.saved_photo import Retention, SavedPhoto

DISCONNECT_POLL_S = 0.2
"""Interval of checking whether a client that waits is still connected."""
router = APIRouter(tags=["photos"])


@dataclass(frozen=True)
class _Photo:
    scored: ScoredPhoto
    saved: SavedPhoto | None = None


@router.post(
    "/v1/photos",
    responses=errors(400, 413, 415, 422, 503),
    openapi_extra=form_request(
        PhotoOptions, files="photos", raw=("image/*", "application/octet-stream")
    ),
)
async def score_photos(
    submission: SubmissionDep,
    shared: ResourcesDep,
    client: ClientToken = None,
    key: IdempotencyKey = None,
) -> PhotosAnswer:
    """Label the hair roots in one or more photos, and advise on the result.

    Photos are saved only with `retention`; then each decoded photo has an `id`.
    """
    duplicates = Duplicates()
    save = SavePhotos(shared.keeping, submission.options, key, client)
    photos = await score_all(submission, shared, save)
    if len(photos) == 1 and (error := photos[0].scored.error):
        raise error
    reports = [duplicates.mark(photo.scored.report) for photo in photos]
    summary = shared.scorer.pool(reports)
    return PhotosAnswer(
        photos=[_photo_answer(*pair) for pair in zip(reports, photos, strict=True)],
        pool=SummaryAnswer(summary.as_json()),
        advice=list(advise(summary, submission.options.context)),
    )


async def score_all(
    submission: Submission, shared: Resources, save_photos: SavePhotos
) -> list[_Photo]:
    """Scores photo after photo; other requests are scored in between.

    Raises ShedlightError (TOO_BUSY), and ClientDisconnect if the client disconnects.
    """
    options = submission.options
    draw = overlay_url if options.overlay else None
    how = ScoreOptions(
        shared.limits, options.roots_in_view, draw, options.retention is not Retention.NO
    )
    photos: list[_Photo] = []
    with shared.limiter.admit():
        async with create_task_group() as tasks:
            tasks.start_soon(_cancel_on_disconnect, submission.disconnected, tasks.cancel_scope)
            for index, (name, file) in enumerate(submission.files):
                if await submission.disconnected():
                    break
                save = partial(save_photos.save, index=index)
                photos.append(
                    await shared.limiter.run(partial(_score, shared, name, file, how, save))
                )
            tasks.cancel_scope.cancel()
    if len(photos) < len(submission.files) or await submission.disconnected():
        await to_thread.run_sync(save_photos.rollback)
        raise ClientDisconnect
    return photos


async def _cancel_on_disconnect(
    disconnected: Callable[[], Awaitable[bool]], scope: CancelScope
) -> None:
    """Leaves the queue when the client disconnects. A photo in a worker is scored to the end."""
    while not await disconnected():
        await sleep(DISCONNECT_POLL_S)
    scope.cancel()


def _score(
    shared: Resources,
    name: str,
    file: UploadFile,
    how: ScoreOptions,
    save: Callable[[ScoredPhoto], SavedPhoto | None],
) -> _Photo:
    """Scores and saves one file; never raises. A photo that cannot be saved has failed."""
    raw = file.file.read()
    try:
        with shared.metrics.timed():
            scored = shared.workers.run(score_file, raw, name, how)
            photo = _Photo(replace(scored, jpeg=None), save(scored))
    except ShedlightError as error:
        photo = _Photo(failed(shared.scorer.model, raw, name, error))
    shared.metrics.count(photo.scored.report.status)
    return photo


def _photo_answer(report: PhotoReport, photo: _Photo) -> PhotoAnswer:
    record = report.as_json()
    if photo.scored.overlay is not None:
        record["overlay"] = photo.scored.overlay
    if photo.saved is not None:
        record |= {"id": photo.saved.id, "expires_at": photo.saved.expires_at.isoformat()}
    return PhotoAnswer(record)
