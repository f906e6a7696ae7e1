"""What a request to score photos holds, as multipart or as one raw image."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from io import BytesIO
from typing import Annotated, Any

from fastapi import Depends, Request
from pydantic import BaseModel, ConfigDict, Json, ValidationError
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException

from data.errors import ErrorCode, ShedlightError
from serve.advice.questionnaire import Context
from serve.api.errors import invalid
from serve.error_codes import ServerError, ServerErrorCode
from serve.inputs.photo_files import NAMELESS, distinct, photo_name
from serve.resources import ResourcesDep
from serve.store.retention import Retention


class PhotoOptions(BaseModel):
    """The answers that come along with photos; form fields win over query parameters."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    context: Json[Context] = Context()
    roots_in_view: bool = False
    overlay: bool = False
    retention: Retention = Retention.NO


@dataclass(frozen=True)
class Submission:
    """The files under names that differ, the options, and whether the sender has gone."""

    files: tuple[tuple[str, UploadFile], ...]
    options: PhotoOptions
    gone: Callable[[], Awaitable[bool]]


async def _submission(request: Request, shared: ResourcesDep) -> AsyncIterator[Submission]:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == "multipart/form-data":
        form = await _form(request, shared.settings.max_files)
        try:
            yield _from_form(form, request)
        finally:
            await form.close()
    elif kind.startswith("image/") or kind == "application/octet-stream":
        files = ((NAMELESS, UploadFile(BytesIO(await request.body()))),)
        options = photo_options(dict(request.query_params))
        yield Submission(files, options, request.is_disconnected)
    else:
        raise ShedlightError(ErrorCode.UNSUPPORTED_TYPE, field="content-type")


Submitted = Annotated[Submission, Depends(_submission)]


async def _form(request: Request, max_files: int) -> FormData:
    try:
        return await request.form(max_files=max_files, max_fields=20)
    except HTTPException as error:
        if error.detail.startswith("Too many files"):
            raise ServerError(
                ServerErrorCode.TOO_MANY_FILES, field="files", limit=max_files
            ) from error
        raise ServerError(
            ServerErrorCode.INVALID_REQUEST, field="body", what=error.detail
        ) from error


def _from_form(form: FormData, request: Request) -> Submission:
    files = [file for file in form.getlist("files") if isinstance(file, UploadFile)]
    if not files or len(files) < len(form.getlist("files")):
        raise ServerError(
            ServerErrorCode.INVALID_REQUEST,
            field="files",
            what="'files' (send photos as files)",
        )
    fields = {name: value for name, value in form.items() if name != "files"}
    names = distinct([photo_name(file.filename) for file in files])
    options = photo_options(dict(request.query_params) | fields)
    return Submission(tuple(zip(names, files, strict=True)), options, request.is_disconnected)


def photo_options(fields: dict[str, Any]) -> PhotoOptions:
    """The options from what was sent as text; raises ShedlightError that names a wrong one."""
    try:
        return PhotoOptions.model_validate(fields)
    except ValidationError as error:
        raise invalid(error.errors()) from error
