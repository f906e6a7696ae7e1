"""Every error of the server in the one shape ``{error: {code, message, field?}}``."""

from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from data.errors import ErrorCode, ShedlightError
from serve.api.security_headers import SECURITY_HEADERS

_PARTS = ("body", "query", "path", "header")
_BY_STATUS = {404: ErrorCode.NOT_FOUND, 405: ErrorCode.METHOD_NOT_ALLOWED}


def invalid(findings: Sequence[Any]) -> ShedlightError:
    """The error for the first of pydantic's findings; what was sent is not repeated."""
    first = findings[0]
    steps = first["loc"]
    if first["type"] == "json_invalid":  # then the last one is a character's place, and no field
        steps = [step for step in steps if not isinstance(step, int)]
    where = [str(step) for step in steps if step not in _PARTS]
    field = ".".join(where)[:100] or "body"
    return ShedlightError(
        ErrorCode.INVALID_REQUEST, field=field, what=f"'{field}' ({first['msg'][:300]})"
    )


def answer(
    error: ShedlightError, status: int | None = None, headers: Mapping[str, str] | None = None
) -> JSONResponse:
    """The answer that consists of this error alone; it says when to try again where that helps."""
    wait = {} if error.retry_s is None else {"Retry-After": str(error.retry_s)}
    return JSONResponse(error_json(error), status or error.http_status, wait | dict(headers or {}))


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
        return answer(ShedlightError(_BY_STATUS[error.status_code]), headers=error.headers)
    plain = ShedlightError(ErrorCode.INVALID_REQUEST, field="body", what="the body")
    return answer(plain, error.status_code, error.headers)


async def _gone(_request: Request, _error: Exception) -> JSONResponse:
    return answer(ShedlightError(ErrorCode.INVALID_REQUEST, field="body", what="the body"))


async def _internal(_request: Request, _error: Exception) -> JSONResponse:
    # Starlette answers this one outside of all middleware, so the headers are added here.
    return answer(ShedlightError(ErrorCode.INTERNAL), headers=SECURITY_HEADERS)
