"""Bodies that are too large are refused while they arrive, not after.

With a key set, only those who send it use the API.
"""

from collections.abc import Mapping
from hmac import compare_digest

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from data.errors import ErrorCode, ShedlightError
from serve.api.errors import answer
from serve.error_codes import ServerError, ServerErrorCode

SMALL_BODY = 64_000
"""Bytes that any request but an upload may have: answers to a short questionnaire."""
MB = 1_000_000


class BodyLimit:
    """Counts the bytes of each request's body, whatever its Content-Length says.

    ``uploads`` are the paths that may take more than a small body, and how many bytes.
    """

    def __init__(self, app: ASGIApp, uploads: Mapping[str, int]) -> None:
        self.app = app
        self.uploads = uploads

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse the request, or count while it is read."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        limit = self.uploads.get(scope["path"], SMALL_BODY)
        too_large = ShedlightError(ErrorCode.FILE_TOO_LARGE, field="body", limit_mb=limit / MB)
        if _declared(scope) > limit:
            await answer(too_large)(scope, receive, send)
            return
        await self.app(scope, _counted(receive, limit, too_large), send)


def _counted(receive: Receive, limit: int, too_large: ShedlightError) -> Receive:
    seen = 0

    async def counted() -> Message:
        nonlocal seen
        message = await receive()
        seen += len(message.get("body", b""))
        if seen > limit:
            raise too_large
        return message

    return counted


def _declared(scope: Scope) -> int:
    for name, value in scope["headers"]:
        if name == b"content-length" and value.isdigit():
            return int(value[:18])
    return 0


API = "/v1/"
HEADER = "X-API-Key"


class ApiKey:
    """Refuses every request below /v1/ without the key, before any of its body is read."""

    def __init__(self, app: ASGIApp, key: str) -> None:
        self.app = app
        self.key = key.encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or refuse it."""
        guarded = scope["type"] == "http" and scope["path"].startswith(API)
        if guarded and not compare_digest(sent_key(Headers(scope=scope)), self.key):
            refusal = answer(
                ServerError(ServerErrorCode.KEY_NEEDED), headers={"WWW-Authenticate": "Bearer"}
            )
            await refusal(scope, receive, send)
            return
        await self.app(scope, receive, send)


def sent_key(headers: Headers) -> bytes:
    """The key of a request, from X-API-Key or ``Authorization: Bearer KEY``; empty without."""
    kind, _, token = headers.get("authorization", "").partition(" ")
    bearer = token.strip() if kind.lower() == "bearer" else ""
    return headers.get(HEADER, bearer).encode()
