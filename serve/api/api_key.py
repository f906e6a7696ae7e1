"""With a key set, only those who send it use the API."""

from hmac import compare_digest

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from data.errors import ErrorCode, ShedlightError
from serve.api.errors import answer

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
                ShedlightError(ErrorCode.KEY_NEEDED), headers={"WWW-Authenticate": "Bearer"}
            )
            await refusal(scope, receive, send)
            return
        await self.app(scope, receive, send)


def sent_key(headers: Headers) -> bytes:
    """The key of a request, from X-API-Key or ``Authorization: Bearer KEY``; empty without."""
    kind, _, token = headers.get("authorization", "").partition(" ")
    bearer = token.strip() if kind.lower() == "bearer" else ""
    return headers.get(HEADER, bearer).encode()
