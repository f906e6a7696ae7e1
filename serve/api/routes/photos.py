"""``POST /v1/photos``: photos in; hairs, share and advice out."""

from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from functools import partial

from anyio import CancelScope, create_task_group, sleep, to_thread
from fastapi import APIRouter
from starlette.datastructures import UploadFile
from starlette.requests import ClientDisconnect

from data.errors import ShedlightError
from data.texts.catalogue import DEFAULT_LANGUAGE, Texts
from model.report import PhotoReport
from serve.advice.in_words import common_findings
from serve.api.errors import errors
from serve.api.language import TextsDep, photo_in_language
from serve.api.openapi import form_request
from serve.api.permissions import ClientToken, IdempotencyKey
from serve.api.save_photos import SavePhotos
from serve.api.schemas import AdviceAnswer, PhotoAnswer, PhotosAnswer
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
    texts: TextsDep,
    client: ClientToken = None,
    key: IdempotencyKey = None,
) -> PhotosAnswer:
    """Label the hair roots in one or more photos, and advise on the result.

    Photos are saved only with `retention`; then each decoded photo has an `id`.
    """
    duplicates = Duplicates()
    saving = SavePhotos(shared.photo_service, submission.options, key, client)
    photos = await score_all(submission, shared, saving, texts.language)
    if len(photos) == 1 and (error := photos[0].error):
        raise error
    reports = [duplicates.mark(photo.report) for photo in photos]
    summary = shared.scorer.pool(reports)
    answers = [
        _photo_answer(report, photo, saving.saved.get(index), texts)
        for index, (report, photo) in enumerate(zip(reports, photos, strict=True))
    ]
    advice = AdviceAnswer.of(summary, submission.options.context, texts, _common_findings(reports))
    return PhotosAnswer(photos=answers, **dict(advice))


async def score_all(
    submission: Submission,
    shared: Resources,
    saving: SavePhotos,
    language: str = DEFAULT_LANGUAGE,
) -> list[ScoredPhoto]:
    """Scores photo after photo; other requests are scored in between.

    Raises ShedlightError (TOO_BUSY), and ClientDisconnect if the client disconnects.
    """
    options = submission.options
    draw = partial(overlay_url, language=language) if options.overlay else None
    how = ScoreOptions(
        shared.limits,
        options.roots_in_view,
        options.scale_request,
        draw,
        options.picture,
        encode=options.retention is not Retention.NO,
    )
    photos: list[ScoredPhoto] = []
    with shared.limiter.admit():
        async with create_task_group() as tasks:
            tasks.start_soon(_cancel_on_disconnect, submission.disconnected, tasks.cancel_scope)
            for index, (name, file) in enumerate(submission.files):
                if await submission.disconnected():
                    break
                save = partial(saving.save, index=index)
                photos.append(
                    await shared.limiter.run(partial(_score, shared, name, file, how, save))
                )
            tasks.cancel_scope.cancel()
    if len(photos) < len(submission.files) or await submission.disconnected():
        await to_thread.run_sync(saving.rollback)
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
    save: Callable[[ScoredPhoto], None],
) -> ScoredPhoto:
    """Scores and saves one file; never raises. A photo that cannot be saved has failed."""
    raw = file.file.read()
    try:
        with shared.metrics.timed():
            scored = shared.workers.run(score_file, raw, name, how)
            save(scored)
    except ShedlightError as error:
        scored = failed(shared.scorer.model, raw, name, error)
    shared.metrics.count(scored.report.status)
    return replace(scored, jpeg=None)  # so that not all pictures are in memory at once


def _common_findings(reports: Sequence[PhotoReport]) -> frozenset[str]:
    counted = [each for each in reports if each.error is None and each.duplicate_of is None]
    codes = Counter(code for each in counted for code in {found.code for found in each.quality})
    return common_findings(codes, len(counted))


def _photo_answer(
    report: PhotoReport, scored: ScoredPhoto, saved: SavedPhoto | None, texts: Texts
) -> PhotoAnswer:
    record = photo_in_language(report.as_json(), texts)
    if scored.overlay is not None:
        record["overlay"] = scored.overlay
    if scored.picture is not None:
        record["picture"] = scored.picture
    if saved is not None:
        record |= {"id": saved.id, "expires_at": saved.expires_at.isoformat()}
    return PhotoAnswer(record)
