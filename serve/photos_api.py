"""``POST /v1/photos``: photos in, hairs and advice out."""

from dataclasses import replace

from anyio import to_thread
from fastapi import APIRouter
from fastapi.responses import JSONResponse
from starlette.datastructures import UploadFile
from starlette.requests import ClientDisconnect

from serve.advice import advise
from serve.openapi import PHOTOS_REQUEST, answers
from serve.problem import answer
from serve.resources import Resources, Shared
from serve.scoring import Duplicates, HowToScore, Scored, overlay_url, score_file
from serve.upload import Submission, Submitted

PHOTOS = "/v1/photos"
router = APIRouter(tags=["photos"])


@router.post(
    PHOTOS, responses=answers("PhotosAnswer", 400, 413, 415, 422), openapi_extra=PHOTOS_REQUEST
)
async def score_photos(submitted: Submitted, shared: Shared) -> JSONResponse:
    """Read the roots in one photo or several, and say what to look at next. Nothing is kept."""
    duplicates = Duplicates()
    scored_once = await _score_all(submitted, shared)
    photos = [replace(each, report=duplicates.mark(each.report)) for each in scored_once]
    if len(photos) == 1 and photos[0].error:
        return answer(photos[0].error)
    pool = shared.scorer.pool(scored.report for scored in photos)
    advice = advise(pool, submitted.options.context)
    return JSONResponse(
        {
            "photos": [scored.as_json() for scored in photos],
            "pool": pool.as_json(),
            "advice": [each.as_json() for each in advice],
        }
    )


async def _score_all(submitted: Submission, shared: Resources) -> list[Scored]:
    """One photo after the other, each in a thread; other requests take turns in between."""
    options = submitted.options
    draw = overlay_url if options.overlay else None
    how = HowToScore(shared.limits, options.roots_in_view, draw)

    def score(name: str, file: UploadFile) -> Scored:
        return score_file(shared.scorer, file.file.read(), name, how)

    photos = []
    for name, file in submitted.files:
        if await submitted.gone():  # cancelled: leave the thread to others
            raise ClientDisconnect
        photos.append(await to_thread.run_sync(score, name, file, limiter=shared.threads))
    return photos
