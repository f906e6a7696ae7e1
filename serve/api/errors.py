"""Errors as answers: one body ``{error: {code, message, field?}}``, its statuses and handlers."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException
from starlette.middleware.body_limit import MAX_BODY_SIZE_SCOPE_KEY
from starlette.requests import ClientDisconnect
from starlette.types import Scope

from data.errors import ErrorCode, ShedlightError
from data.io.jsonl import Json
from data.texts.catalogue import Texts
from serve.api.language import requested_texts
from serve.error_codes import ServerError, ServerErrorCode

API = "/v1/"
HTTP_STATUS: dict[StrEnum, int] = {
    ErrorCode.EMPTY_FILE: 400,
    ErrorCode.FILE_TOO_LARGE: 413,
    ErrorCode.TOO_MANY_PIXELS: 413,
    ErrorCode.UNSUPPORTED_TYPE: 415,
    ErrorCode.HEIC_NOT_INSTALLED: 415,
    ErrorCode.HEIC_UNSAFE: 415,
    ErrorCode.HEIC_DISABLED: 415,
    ErrorCode.NOT_AN_IMAGE: 415,
    ErrorCode.MODEL_REFUSED: 500,
    ErrorCode.INTERNAL: 500,
    ServerErrorCode.KEY_NEEDED: 401,
    ServerErrorCode.LOCAL_ONLY: 403,
    ServerErrorCode.NOT_YOUR_PHOTO: 403,
    ServerErrorCode.TRAINING_DISABLED: 403,
    ServerErrorCode.NOT_FOUND: 404,
    ServerErrorCode.PHOTO_NOT_FOUND: 404,
    ServerErrorCode.BATCH_NOT_FOUND: 404,
    ServerErrorCode.METHOD_NOT_ALLOWED: 405,
    ServerErrorCode.BATCH_NOT_DONE: 409,
    ServerErrorCode.TRAINING_CONFLICT: 409,
    ServerErrorCode.TOO_MANY_FILES: 413,
    ServerErrorCode.TOO_MUCH_IN_ZIP: 413,
    ServerErrorCode.TOO_MANY_REQUESTS: 429,
    ServerErrorCode.STORE_TOO_NEW: 500,
    ServerErrorCode.STORE_NOT_WRITABLE: 500,
    ServerErrorCode.STORE_UNAVAILABLE: 503,
    ServerErrorCode.TOO_BUSY: 503,
    ServerErrorCode.NOT_READY: 503,
}
"""The status of an answer that is this error alone; any other code is 422."""
_DESCRIPTIONS = {
    400: "The file is empty, or the body cannot be parsed",
    401: "The server has an API key, and the request does not send it",
    403: "Only the server's own machine may do this without an API key, or it is disabled",
    404: "There is no photo or batch with this id, or it has no such hair",
    409: "The batch is not done, or the training cannot be started or promoted now",
    413: "The body, a file or an image is too large, or there are too many photos",
    415: "The format is not supported",
    422: "The photo or a value is invalid; `field` names it",
    429: "This client sent too many requests",
    503: "The server is busy or not ready, or the store is unavailable",
}
_RETRY_AFTER = {"Retry-After": {"schema": {"type": "integer"}, "description": "in seconds"}}
_LOCATIONS = ("body", "query", "path", "header")


class ErrorBody(BaseModel):
    """What is wrong, and what to do."""

    code: ErrorCode | ServerErrorCode
    message: str
    field: str = Field("", description="the part of the request that is wrong, if any")


class ErrorAnswer(BaseModel):
    """The body of every answer that is an error."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "error": {
                    "code": "invalid_request",
                    "message": "The request is invalid. Check 'context.needle_mm' (Input should "
                    "be greater than or equal to 0).",
                    "field": "context.needle_mm",
                }
            }
        }
    )

    error: ErrorBody


INTERNAL_ERROR: dict[int | str, Json] = {
    500: {"model": ErrorAnswer, "description": "An internal error"}
}
"""FastAPI's ``responses`` of all API routes; it defines the schema that ``errors`` refers to."""


def errors(*statuses: int) -> dict[int | str, Json]:
    """FastAPI's ``responses`` for these error statuses.

    They refer to the schema instead of naming the model, which would cost 0.1 s at startup.
    """
    schema = {"$ref": f"#/components/schemas/{ErrorAnswer.__name__}"}
    return {
        status: {
            "description": _DESCRIPTIONS[status],
            "content": {"application/json": {"schema": schema}},
            **({"headers": _RETRY_AFTER} if status in (429, 503) else {}),
        }
        for status in statuses
    }


def invalid_request(problems: Sequence[Any]) -> ShedlightError:
    """The error for the first of pydantic's ``problems``; it does not repeat the input."""
    first = problems[0]
    steps = first["loc"]
    if first["type"] == "json_invalid":  # then the last step is a position in the text
        steps = [step for step in steps if not isinstance(step, int)]
    where = [str(step) for step in steps if step not in _LOCATIONS]
    field = ".".join(where)[:100] or "body"
    what = f"'{field}' ({first['msg'][:300]})"
    return ServerError(ServerErrorCode.INVALID_REQUEST, field=field, what=what)


def http_status(error: ShedlightError) -> int:
    """The HTTP status of an answer that is this error alone."""
    return HTTP_STATUS.get(error.code, 422)


def error_response(
    error: ShedlightError,
    status: int | None = None,
    headers: Mapping[str, str] | None = None,
    texts: Texts | None = None,
) -> JSONResponse:
    """The answer that is this error alone, with Retry-After and WWW-Authenticate where they apply.

    ``status`` is that of the error's code if left out; ``texts`` are in the client's language.
    """
    extra = dict(headers or {})
    if error.retry_s is not None:
        extra["Retry-After"] = str(error.retry_s)
    if error.code is ServerErrorCode.KEY_NEEDED:
        extra["WWW-Authenticate"] = "Bearer"
    return JSONResponse({"error": error.as_json(texts)}, status or http_status(error), extra)


def is_of_api(scope: Scope) -> bool:
    """Whether the address is one of the API, and not of a page or its files."""
    path: str = scope["path"]
    return path.removeprefix(scope.get("root_path", "")).startswith(API)


def body_too_large(limit_bytes: int) -> ShedlightError:
    """The error of a request body over the limit."""
    return ShedlightError(ErrorCode.FILE_TOO_LARGE, field="body", limit_mb=limit_bytes / 1e6)


def install_error_handlers(app: FastAPI, headers: Mapping[str, str]) -> None:
    """Makes the app answer every error with the one body.

    ``headers`` are those of an internal error, which Starlette answers outside of all middleware.
    """
    for kind in (ShedlightError, RequestValidationError, HTTPException, ClientDisconnect):
        app.add_exception_handler(kind, _answer_error)

    async def answer_internal_error(request: Request, _error: Exception) -> JSONResponse:
        internal, texts = ShedlightError(ErrorCode.INTERNAL), requested_texts(request)
        return error_response(internal, headers=headers, texts=texts)

    app.add_exception_handler(Exception, answer_internal_error)


async def _answer_error(request: Request, error: Exception) -> JSONResponse:
    status = headers = None
    if isinstance(error, ShedlightError):
        answered = error
    elif isinstance(error, RequestValidationError):
        answered = invalid_request(error.errors())
    elif isinstance(error, HTTPException) and _is_not_found(request, error.status_code):
        answered = ServerError(ServerErrorCode.NOT_FOUND)
    elif isinstance(error, HTTPException) and error.status_code == 405:
        answered, headers = ServerError(ServerErrorCode.METHOD_NOT_ALLOWED), error.headers
    elif isinstance(error, HTTPException) and error.status_code == 413:
        answered = body_too_large(request.scope[MAX_BODY_SIZE_SCOPE_KEY])
    else:
        answered = ServerError(ServerErrorCode.INVALID_REQUEST, field="body", what="the body")
        if isinstance(error, HTTPException):
            status, headers = error.status_code, error.headers
    return error_response(answered, status, headers, requested_texts(request))


def _is_not_found(request: Request, status: int) -> bool:
    """Whether no route takes the request: a body sent to a page was meant for the API."""
    is_body_for_page = request.method == "POST" and not is_of_api(request.scope)
    return status == 404 or (status == 405 and is_body_for_page)
