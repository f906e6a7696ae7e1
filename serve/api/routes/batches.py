"""``/v1/batches``: many photos at once, scored in the background."""

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Annotated

from anyio import CancelScope, to_thread
from fastapi import APIRouter, Depends, Path, Request
from fastapi.responses import FileResponse, Response, StreamingResponse
from fastapi.sse import ServerSentEvent
from pydantic import BaseModel, ConfigDict

from data.errors import ShedlightError
from model.share.summary import Summary
from serve.advice.questionnaire import Context
from serve.api.errors import errors
from serve.api.job_schemas import BATCH, BATCH_ID, BATCHES, BatchAnswer
from serve.api.language import TextsDep, requested_texts
from serve.api.openapi import file_response, form_request
from serve.api.schemas import AdviceAnswer
from serve.api.sse import EventStream, state_events
from serve.api.uploads import ScoringOptions, parse_options
from serve.jobs.batches.job import BatchJob
from serve.jobs.batches.multipart import receive_form
from serve.jobs.batches.queue import BatchQueueDep
from serve.jobs.batches.storage import MEDIA_TYPES, BatchFolder, ResultFile, results_zip
from serve.jobs.batches.unpack import unpack
from serve.jobs.batches.zip_files import UnpackQuota
from serve.jobs.state import BatchStage, BatchState
from serve.resources import Resources, ResourcesDep

ZIP = "application/zip"
upload_router = APIRouter(tags=["batches"])
"""The route that takes large bodies."""
router = APIRouter(tags=["batches"])


class ContextRequest(BaseModel):
    """The questionnaire."""

    model_config = ConfigDict(extra="forbid")

    context: Context = Context()


async def get_batch_folder(
    batch_id: Annotated[str, Path(description=BATCH_ID)], batches: BatchQueueDep
) -> BatchFolder:
    """The folder of the batch in the address. Raises BATCH_NOT_FOUND."""
    return await to_thread.run_sync(batches.store.find, batch_id)


BatchFolderDep = Annotated[BatchFolder, Depends(get_batch_folder)]


def get_batch_state(folder: BatchFolderDep) -> BatchState:
    """The state of the batch in the address."""
    return folder.state()


BatchStateDep = Annotated[BatchState, Depends(get_batch_state)]


@upload_router.post(
    BATCHES,
    status_code=202,
    responses=errors(400, 413, 415, 422, 503),
    openapi_extra=form_request(ScoringOptions, files="photos, and ZIP files of photos"),
)
async def send_batch(request: Request, batches: BatchQueueDep, shared: ResourcesDep) -> BatchAnswer:
    """Upload many photos, or ZIP files of photos, to score them in the background.

    The batch is deleted an hour after it is done, or when the server stops.
    """
    with batches.admit():
        folder = await to_thread.run_sync(batches.store.new)
        try:
            job = await _received(request, folder, shared)
            state = job.initial_state()
            await to_thread.run_sync(folder.put, state)
        except BaseException:
            with CancelScope(shield=True):
                await to_thread.run_sync(folder.delete)
            raise
        batches.start(job)
    return BatchAnswer.of(folder.id, state, shared.settings.root_path)


@router.get(BATCH, responses=errors(404, 422))
def show_batch(folder: BatchFolderDep, state: BatchStateDep, shared: ResourcesDep) -> BatchAnswer:
    """The state of a batch and, once it is done, the share and advice for all photos together."""
    return BatchAnswer.of(folder.id, state, shared.settings.root_path)


@router.post(BATCH + "/advice", responses=errors(400, 404, 409, 413, 422))
def advise_on_batch(
    folder: BatchFolderDep, request: ContextRequest, texts: TextsDep
) -> AdviceAnswer:
    """The advice on a finished batch for other answers to the questionnaire."""
    answer = folder.answer()
    summary = Summary.of_json(answer["pool"])
    return AdviceAnswer.of(summary, request.context, texts, answer["common_findings"])


@router.delete(BATCH, status_code=204, response_class=Response, responses=errors(404, 422))
def delete_batch(folder: BatchFolderDep, batches: BatchQueueDep) -> None:
    """Stop a batch and permanently delete its photos and results."""
    batches.delete(folder)


@router.get(BATCH + "/events", response_class=EventStream, responses=errors(404, 422))
async def watch_batch(
    folder: BatchFolderDep, first: BatchStateDep, batches: BatchQueueDep, shared: ResourcesDep
) -> AsyncIterator[ServerSentEvent]:
    """Server-sent events: `progress` after every change, and `done` at the end.

    The data of each event is the same as that of `GET /v1/batches/{batch_id}`.
    """
    last = first

    def state() -> BatchState:
        nonlocal last
        try:
            last = folder.state()
        except ShedlightError:  # deleted meanwhile
            last = replace(last, stage=BatchStage.STOPPED)
        return last

    async for event, now in state_events(state, lambda: batches.stopping):
        data = BatchAnswer.of(folder.id, now, shared.settings.root_path)
        yield ServerSentEvent(data=data, event=event, id=str(now.done))


@router.get(
    BATCH + "/results",
    response_class=StreamingResponse,
    responses=file_response(ZIP) | errors(404, 409, 422),
)
def fetch_results(folder: BatchFolderDep) -> StreamingResponse:
    """All results of a finished batch as a ZIP file."""
    headers = {"Content-Disposition": 'attachment; filename="shedlight-results.zip"'}
    return StreamingResponse(results_zip(folder.results()), media_type=ZIP, headers=headers)


@router.get(
    BATCH + "/results/{name}",
    response_class=FileResponse,
    responses=file_response(*MEDIA_TYPES.values()) | errors(404, 409, 422),
)
def fetch_result(name: ResultFile, folder: BatchFolderDep) -> FileResponse:
    """One file of the results, as `shedlight score` writes it."""
    return FileResponse(folder.results() / name, media_type=MEDIA_TYPES[name], filename=name)


async def _received(request: Request, folder: BatchFolder, shared: Resources) -> BatchJob:
    """Raises ShedlightError, OSError, ClientDisconnect."""
    settings = shared.settings
    form = await receive_form(request, folder.photos, settings.max_batch_photos)
    options = parse_options(ScoringOptions, form.fields)
    quota = UnpackQuota(settings.max_batch_photos, settings.max_batch_unpacked_bytes)
    batch = await to_thread.run_sync(unpack, form.files, folder.photos, quota, shared.limits)
    language = requested_texts(request).language
    return BatchJob(
        folder,
        batch,
        options.roots_in_view,
        options.scale_request,
        options.context,
        language,
    )
