"""Requests to score photos: a form with files and options, or one raw image."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import aclosing
from dataclasses import dataclass
from io import BytesIO
from typing import Annotated, Any, TypeVar

from fastapi import Depends, Request
from pydantic import BaseModel, ConfigDict, Field, Json, ValidationError, field_validator
from starlette.datastructures import FormData, UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser

from data.errors import ErrorCode, ShedlightError
from data.scale.request import SCALE_HELP, SCALE_PATTERN, ScaleRequest
from serve.advice.questionnaire import Context
from serve.api.errors import invalid_request
from serve.api.schemas import OVERLAY, PICTURE
from serve.error_codes import ServerError, ServerErrorCode
from serve.inputs.photo_files import NAMELESS, distinct, photo_name
from serve.inputs.request_body import plain_disposition, with_sniffed_type
from serve.resources import ResourcesDep
from serve.store.saved_photo import Retention


class ScoringOptions(BaseModel):
    """The options of a batch, as fields of its form."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    context: Json[Context] = Field(
        Context(),
        description="the questionnaire as JSON",
        examples=['{"setting": "home", "shedding": "slight", "weeks_since_start": 6}'],
    )
    roots_in_view: bool = Field(False, description="true if all root ends are in the picture")
    scale: str = Field(
        "auto",
        description=f"where millimetres come from: {SCALE_HELP}",
        pattern=SCALE_PATTERN,
        examples=["coin=eur_1"],
    )

    @field_validator("scale")
    @classmethod
    def _understood(cls, value: str) -> str:
        ScaleRequest.parse(value)
        return value

    @property
    def scale_request(self) -> ScaleRequest:
        """What ``scale`` asks for."""
        return ScaleRequest.parse(self.scale)


class PhotoOptions(ScoringOptions):
    """The options of a request with photos. Form fields override query parameters."""

    overlay: bool = Field(False, description=f"true adds to each photo {OVERLAY}")
    picture: bool = Field(False, description=f"true adds to each photo {PICTURE}")
    retention: Retention = Field(
        Retention.NO,
        description="saves each decoded photo, re-encoded and without metadata, for a limited "
        "time: `link` to share the result, `improve` also to train on; `no` saves nothing",
    )


@dataclass(frozen=True)
class Submission:
    """The files under distinct names, the options, and whether the client has disconnected."""

    files: tuple[tuple[str, UploadFile], ...]
    options: PhotoOptions
    disconnected: Callable[[], Awaitable[bool]]


async def _submission(request: Request, shared: ResourcesDep) -> AsyncIterator[Submission]:
    request = await with_sniffed_type(request)
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    query = dict(request.query_params)
    if kind == "multipart/form-data":
        form = await _form(request, shared.settings.max_files)
        try:
            fields = {name: value for name, value in form.items() if name != "files"}
            files = _files(form)
            options = parse_options(PhotoOptions, query | fields)
            yield Submission(files, options, request.is_disconnected)
        finally:
            await form.close()
    elif kind.startswith("image/") or kind == "application/octet-stream":
        files = ((NAMELESS, UploadFile(BytesIO(await request.body()))),)
        yield Submission(files, parse_options(PhotoOptions, query), request.is_disconnected)
    else:
        raise ShedlightError(ErrorCode.UNSUPPORTED_TYPE, field="content-type")


SubmissionDep = Annotated[Submission, Depends(_submission)]


class _FormParser(MultiPartParser):
    """Starlette's parser of forms, with ``filename*``."""

    def on_headers_finished(self) -> None:
        part = self._current_part
        part.content_disposition = plain_disposition(part.content_disposition or b"")
        super().on_headers_finished()


async def _form(request: Request, max_files: int) -> FormData:
    try:
        async with aclosing(request.stream()) as stream:
            parser = _FormParser(request.headers, stream, max_files=max_files, max_fields=20)
            return await parser.parse()
    except MultiPartException as error:
        if error.message.startswith("Too many files"):
            raise ServerError(
                ServerErrorCode.TOO_MANY_FILES, field="files", limit=max_files
            ) from error
        raise ServerError(
            ServerErrorCode.INVALID_REQUEST, field="body", what=error.message
        ) from error


def _files(form: FormData) -> tuple[tuple[str, UploadFile], ...]:
    sent = form.getlist("files")
    files = [file for file in sent if isinstance(file, UploadFile)]
    if not files or len(files) < len(sent):
        what = "'files' (send photos as files)"
        raise ServerError(ServerErrorCode.INVALID_REQUEST, field="files", what=what)
    names = distinct([photo_name(file.filename) for file in files])
    return tuple(zip(names, files, strict=True))


Options = TypeVar("Options", bound=BaseModel)


def parse_options(model: type[Options], fields: Mapping[str, Any]) -> Options:
    """The options from text fields; raises ShedlightError that names an invalid one."""
    try:
        return model.model_validate(fields)
    except ValidationError as error:
        raise invalid_request(error.errors()) from error
