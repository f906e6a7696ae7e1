"""How often one client may ask."""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address, ip_network
from math import ceil
from time import monotonic

from starlette.types import ASGIApp, Receive, Scope, Send

from serve.api.errors import answer
from serve.api.middleware import API
from serve.error_codes import ServerError, ServerErrorCode

MAX_CLIENTS = 10_000
"""Clients that are remembered; beyond that the one that asked longest ago is forgotten."""
_HOME_NETWORK = 64
"""Bits of an IPv6 address that tell one customer from another: the rest is theirs to choose."""


@dataclass(frozen=True)
class _Bucket:
    """The tokens that a client had at a time in seconds."""

    tokens: float
    at_s: float


class TokenBuckets:
    """A bucket of ``per_minute`` tokens for each client, refilled evenly over a minute."""

    def __init__(self, per_minute: int, clock: Callable[[], float] = monotonic) -> None:
        self._size, self._clock = per_minute, clock
        self._buckets: OrderedDict[str, _Bucket] = OrderedDict()

    def take(self, client: str) -> int:
        """Takes a token: 0, or the whole seconds until there is one."""
        now_s = self._clock()
        last = self._buckets.pop(client, _Bucket(self._size, now_s))
        tokens = min(self._size, last.tokens + (now_s - last.at_s) * self._size / 60)
        allowed = tokens >= 1
        self._buckets[client] = _Bucket(tokens - allowed, now_s)
        if len(self._buckets) > MAX_CLIENTS:
            self._buckets.popitem(last=False)
        return 0 if allowed else max(1, ceil((1 - tokens) * 60 / self._size))


class RateLimit:
    """Refuses what a client asks of the API beyond its share; the page itself is free."""

    def __init__(self, app: ASGIApp, per_minute: int) -> None:
        self.app = app
        self.buckets = TokenBuckets(per_minute)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or refuse it."""
        if scope["type"] == "http" and scope["path"].startswith(API):
            wait_s = self.buckets.take(client_of(scope))
            if wait_s:
                refusal = answer(ServerError(ServerErrorCode.TOO_MANY_REQUESTS, retry_s=wait_s))
                await refusal(scope, receive, send)
                return
        await self.app(scope, receive, send)


def client_of(scope: Scope) -> str:
    """The client's address, of an IPv6 one the network; all without one count as one."""
    host = (scope.get("client") or ("",))[0]
    try:
        address = ip_address(host)
    except ValueError:
        return str(host)
    if isinstance(address, IPv6Address):
        return str(ip_network((address, _HOME_NETWORK), strict=False))
    return str(address)
