"""``/v1/batches``: many photos at a time, in the background."""

from functools import partial
from typing import Annotated

from anyio import CancelScope, to_thread
from fastapi import APIRouter, Depends, Path, Request
from fastapi.responses import FileResponse, JSONResponse, Response, StreamingResponse
from pydantic import BaseModel, ConfigDict, Json, ValidationError

from serve.advice.advise import advise
from serve.advice.questionnaire import Context
from serve.api.answer import BATCH, BATCHES, batch_json, pool_of
from serve.api.errors import invalid
from serve.api.openapi import BATCH_REQUEST, accepted, answers, event_stream, failures, file_answer
from serve.api.routes.events import EVENTS, events
from serve.jobs.batches.job import BatchJob
from serve.jobs.batches.multipart import receive_form
from serve.jobs.batches.queue import BatchQueueDep
from serve.jobs.batches.storage import MEDIA_TYPES, BatchFolder, ResultFile, results_zip
from serve.jobs.batches.unpack import UploadedBatch, unpack
from serve.jobs.batches.zip_files import UnpackQuota
from serve.resources import Resources, ResourcesDep

ZIP = "application/zip"
router = APIRouter(tags=["batches"])


class BatchOptions(BaseModel):
    """The answers that come along with a batch, as fields of its form."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    context: Json[Context] = Context()
    roots_in_view: bool = False


class ContextRequest(BaseModel):
    """The questionnaire alone."""

    model_config = ConfigDict(extra="forbid")

    context: Context = Context()


async def _folder(
    batch_id: Annotated[str, Path(description="who knows it, may")], batches: BatchQueueDep
) -> BatchFolder:
    return await to_thread.run_sync(batches.store.find, batch_id)


Folder = Annotated[BatchFolder, Depends(_folder)]


@router.post(
    BATCHES,
    status_code=202,
    responses=accepted("BatchAnswer") | failures(413, 415, 422, 503),
    openapi_extra=BATCH_REQUEST,
)
async def send_batch(
    request: Request, batches: BatchQueueDep, shared: ResourcesDep
) -> JSONResponse:
    """Take in many photos, or zips of photos, to score them in the background.

    All of it is deleted an hour after the batch is done, or when the server stops.
    """
    with batches.admit():
        folder = await to_thread.run_sync(batches.store.new)
        try:
            job = await _receive_batch(request, folder, shared)
            state = job.initial_state()
            await to_thread.run_sync(folder.put, state)
        except BaseException:
            with CancelScope(shield=True):
                await to_thread.run_sync(folder.delete)
            raise
        batches.start(job)
    return JSONResponse(batch_json(folder.id, state), 202)


@router.get(BATCH, responses=answers("BatchAnswer", 404))
def show_batch(folder: Folder) -> JSONResponse:
    """How far a batch is; once it is done, the share and the advice of all photos together."""
    return JSONResponse(batch_json(folder.id, folder.state()))


@router.post(BATCH + "/advice", responses=answers("AdviceAnswer", 404, 409, 413, 422))
def advise_on_batch(folder: Folder, request: ContextRequest) -> JSONResponse:
    """The advice on a batch that is done, with other answers of the questionnaire."""
    pool = pool_of(folder.answer()["pool"])
    advice = [each.as_json() for each in advise(pool, request.context)]
    return JSONResponse({"pool": pool.as_json(), "advice": advice})


@router.delete(BATCH, status_code=204, response_class=Response, responses=failures(404))
def delete_batch(folder: Folder, batches: BatchQueueDep) -> None:
    """Stop a batch, and delete its photos and results, at once and for good."""
    batches.delete(folder)


@router.get(
    BATCH + "/events",
    response_class=StreamingResponse,
    responses=event_stream(EVENTS, "BatchAnswer", "progress", "done") | failures(404),
)
async def watch_batch(folder: Folder, batches: BatchQueueDep) -> StreamingResponse:
    """How a batch goes on: `progress` whenever something changes, and in the end `done`."""
    await to_thread.run_sync(folder.state)
    told = events(folder, partial(batch_json, folder.id), lambda: batches.stopping)
    return StreamingResponse(told, media_type=EVENTS, headers={"X-Accel-Buffering": "no"})


@router.get(
    BATCH + "/results",
    response_class=StreamingResponse,
    responses=file_answer(ZIP) | failures(404, 409),
)
def fetch_results(folder: Folder) -> StreamingResponse:
    """All results of a batch that is done, as a zip."""
    named = {"Content-Disposition": 'attachment; filename="shedlight-results.zip"'}
    return StreamingResponse(results_zip(folder.results()), media_type=ZIP, headers=named)


@router.get(
    BATCH + "/results/{name}",
    response_class=FileResponse,
    responses=file_answer(*MEDIA_TYPES.values()) | failures(404, 409, 422),
)
def fetch_result(name: ResultFile, folder: Folder) -> FileResponse:
    """One file of the results, as `shedlight score` writes it."""
    return FileResponse(folder.results() / name, media_type=MEDIA_TYPES[name], filename=name)


async def _receive_batch(request: Request, folder: BatchFolder, shared: Resources) -> BatchJob:
    """Raises ShedlightError, OSError, ClientDisconnect."""
    settings = shared.settings
    form = await receive_form(request, folder.photos, settings.max_batch_photos)
    options = _options(form.fields)
    quota = UnpackQuota(settings.max_batch_photos, settings.max_batch_unpacked_bytes)
    upload: UploadedBatch = await to_thread.run_sync(
        unpack, form.files, folder.photos, quota, shared.limits
    )
    return BatchJob(folder, upload, options.roots_in_view, options.context)


def _options(fields: dict[str, str]) -> BatchOptions:
    """Raises ShedlightError that names a wrong one."""
    try:
        return BatchOptions.model_validate(fields)
    except ValidationError as error:
        raise invalid(error.errors()) from error
