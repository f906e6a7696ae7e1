"""What every request passes: security headers, HEAD, a limit per client, errors of large bodies."""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address, ip_network
from math import ceil
from time import monotonic

from anyio import CancelScope
from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware.body_limit import MAX_BODY_SIZE_SCOPE_KEY
from starlette.requests import Request
from starlette.responses import RedirectResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from serve.api.errors import body_too_large, error_response, is_of_api
from serve.api.language import requested_texts
from serve.error_codes import ServerError, ServerErrorCode

MAX_SMALL_BODY = 64_000
"""Bytes of any request body except uploads of photos: a questionnaire or counts."""
MAX_CLIENTS = 10_000
"""Clients that the rate limit remembers; beyond that it forgets the least recent one."""
_HOME_NETWORK_BITS = 64
"""Bits of an IPv6 address that identify a customer; the customer chooses the rest."""
_PAGE_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' blob: data:",
        "connect-src 'self'",
        "manifest-src 'self'",
        "worker-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    )
)
SECURITY_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Content-Security-Policy": _PAGE_POLICY,
}


class RootPath:
    """Adds the prefix to paths without it: a proxy may keep or remove it.

    The prefix alone is redirected to the page, whose addresses are relative to the last slash.
    """

    def __init__(self, app: ASGIApp, root_path: str) -> None:
        self.app = app
        self.root_path = root_path

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes the request on, or redirects it."""
        if scope["type"] == "http":
            root, path = self.root_path, scope["path"]
            if path == root:
                await RedirectResponse(f"{root}/", 308)(scope, receive, send)
                return
            full = path if path.startswith(f"{root}/") else root + path
            scope = {**scope, "root_path": root, "path": full}
        await self.app(scope, receive, send)


class SecurityHeaders:
    """Adds security headers to every answer, and forbids caches to store answers of the API."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes the request on and adds to the headers of its answer."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        of_api = is_of_api(scope)  # routes change the scope

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in SECURITY_HEADERS.items():
                    headers.setdefault(name, value)  # a route may set its own policy
                if of_api:  # answers are about a person
                    headers["Cache-Control"] = "private, no-store"
            await send(message)

        await self.app(scope, receive, send_with_headers)


class HeadRequests:
    """Answers HEAD as GET: the same status and headers, and no body.

    The route is cancelled once its headers are sent, so that an event stream ends at once.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes the request on as GET."""
        if scope["type"] != "http" or scope["method"] != "HEAD":
            await self.app(scope, receive, send)
            return

        async def send_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                await send(message)
                await send({"type": "http.response.body", "body": b"", "more_body": False})
                route.cancel()

        with CancelScope() as route:
            await self.app({**scope, "method": "GET"}, receive, send_headers)


class BodyLimitErrors:
    """Replaces Starlette's plain-text 413 of a declared body over ``max_body_size`` by our error.

    A body whose length is not declared raises HTTPException instead (serve.api.errors).
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes the request on and replaces its answer where needed."""
        replaced = False

        async def send_error(message: Message) -> None:
            nonlocal replaced
            starts = message["type"] == "http.response.start"
            if (
                starts
                and message["status"] == 413
                and content_type_of(message).startswith("text/plain")
            ):
                replaced = True
                error = body_too_large(scope[MAX_BODY_SIZE_SCOPE_KEY])
                texts = requested_texts(Request(scope))
                await error_response(error, texts=texts)(scope, receive, send)
            elif not replaced:
                await send(message)

        await self.app(scope, receive, send_error)


def content_type_of(start: Message) -> str:
    """The content type of an answer's first message, "" if it has none."""
    return Headers(raw=start["headers"]).get("content-type", "")


@dataclass(frozen=True)
class _Bucket:
    """The tokens that a client had at a time in seconds."""

    tokens: float
    at_s: float


class TokenBuckets:
    """A bucket of tokens per client, refilled evenly: ``per_minute`` requests, and bursts of that.

    Held in this process's memory; several servers behind one address each have their own.
    """

    def __init__(self, per_minute: int, clock: Callable[[], float] = monotonic) -> None:
        self._size, self._clock = per_minute, clock
        self._buckets: OrderedDict[str, _Bucket] = OrderedDict()

    def take(self, client: str) -> int:
        """Takes a token and returns 0, or returns the whole seconds until there is one."""
        now_s = self._clock()
        last = self._buckets.pop(client, _Bucket(self._size, now_s))
        tokens = min(self._size, last.tokens + (now_s - last.at_s) * self._size / 60)
        allowed = tokens >= 1
        self._buckets[client] = _Bucket(tokens - allowed, now_s)
        if len(self._buckets) > MAX_CLIENTS:
            self._buckets.popitem(last=False)
        return 0 if allowed else max(1, ceil((1 - tokens) * 60 / self._size))


class RateLimit:
    """Limits the requests of each client to the API; the page is not limited."""

    def __init__(self, app: ASGIApp, per_minute: int) -> None:
        self.app = app
        self.buckets = TokenBuckets(per_minute)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes the request on, or answers 429."""
        if scope["type"] == "http" and is_of_api(scope):
            wait_s = self.buckets.take(client_of(scope))
            if wait_s:
                error = ServerError(ServerErrorCode.TOO_MANY_REQUESTS, retry_s=wait_s)
                texts = requested_texts(Request(scope))
                await error_response(error, texts=texts)(scope, receive, send)
                return
        await self.app(scope, receive, send)


def client_of(scope: Scope) -> str:
    """The client's address, or network for IPv6. Clients without an address count as one."""
    host = (scope.get("client") or ("",))[0]
    try:
        address = ip_address(host)
    except ValueError:
        return str(host)
    if isinstance(address, IPv6Address):
        return str(ip_network((address, _HOME_NETWORK_BITS), strict=False))
    return str(address)
