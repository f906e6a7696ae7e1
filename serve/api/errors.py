"""Every error of the server in the one shape ``{error: {code, message, field?}}``."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from data.errors import ErrorCode, ShedlightError
from serve.api.security_headers import SECURITY_HEADERS
from serve.error_codes import ServerError, ServerErrorCode

HTTP_STATUS: dict[StrEnum, int] = {
    ErrorCode.EMPTY_FILE: 400,
    ErrorCode.FILE_TOO_LARGE: 413,
    ErrorCode.TOO_MANY_PIXELS: 413,
    ErrorCode.UNSUPPORTED_TYPE: 415,
    ErrorCode.HEIC_NOT_INSTALLED: 415,
    ErrorCode.NOT_AN_IMAGE: 415,
    ErrorCode.MODEL_REFUSED: 500,
    ErrorCode.INTERNAL: 500,
    ServerErrorCode.KEY_NEEDED: 401,
    ServerErrorCode.LOCAL_ONLY: 403,
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
    ServerErrorCode.STORE_UNAVAILABLE: 503,
    ServerErrorCode.TOO_BUSY: 503,
    ServerErrorCode.NOT_READY: 503,
}
"""The status of an answer that is this error alone; any other code is 422."""
_PARTS = ("body", "query", "path", "header")
_BY_STATUS = {404: ServerErrorCode.NOT_FOUND, 405: ServerErrorCode.METHOD_NOT_ALLOWED}


def invalid(findings: Sequence[Any]) -> ShedlightError:
    """The error for the first of pydantic's findings; what was sent is not repeated."""
    first = findings[0]
    steps = first["loc"]
    if first["type"] == "json_invalid":  # then the last one is a character's place, and no field
        steps = [step for step in steps if not isinstance(step, int)]
    where = [str(step) for step in steps if step not in _PARTS]
    field = ".".join(where)[:100] or "body"
    return ServerError(
        ServerErrorCode.INVALID_REQUEST, field=field, what=f"'{field}' ({first['msg'][:300]})"
    )


def http_status(error: ShedlightError) -> int:
    """The HTTP status of an answer that is this error alone."""
    return HTTP_STATUS.get(error.code, 422)


def answer(
    error: ShedlightError, status: int | None = None, headers: Mapping[str, str] | None = None
) -> JSONResponse:
    """The answer that consists of this error alone; it says when to try again where that helps."""
    wait = {} if error.retry_s is None else {"Retry-After": str(error.retry_s)}
    return JSONResponse(error_json(error), status or http_status(error), wait | dict(headers or {}))


def error_json(error: ShedlightError) -> dict[str, dict[str, str]]:
    """The one shape of all errors."""
    body = {"code": error.code.value, "message": error.message}
    return {"error": body if error.field is None else body | {"field": error.field}}


def install_error_handlers(app: FastAPI) -> None:
    """Let the app answer every error in the one shape."""
    app.add_exception_handler(ShedlightError, _ours)
    app.add_exception_handler(RequestValidationError, _validation)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(ClientDisconnect, _gone)
    app.add_exception_handler(Exception, _internal)


async def _ours(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, ShedlightError)
    return answer(error)


async def _validation(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    return answer(invalid(error.errors()))


async def _http(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    if isinstance(error.__cause__, ShedlightError):  # FastAPI wraps what stops it reading a body
        return answer(error.__cause__)
    if error.status_code in _BY_STATUS:
        return answer(ServerError(_BY_STATUS[error.status_code]), headers=error.headers)
    plain = ServerError(ServerErrorCode.INVALID_REQUEST, field="body", what="the body")
    return answer(plain, error.status_code, error.headers)


async def _gone(_request: Request, _error: Exception) -> JSONResponse:
    return answer(ServerError(ServerErrorCode.INVALID_REQUEST, field="body", what="the body"))


async def _internal(_request: Request, _error: Exception) -> JSONResponse:
    # Starlette answers this one outside of all middleware, so the headers are added here.
    return answer(ShedlightError(ErrorCode.INTERNAL), headers=SECURITY_HEADERS)
