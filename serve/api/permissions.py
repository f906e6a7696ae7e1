"""Who may use the API: the key, and what only the server's own machine may do without one."""

from hmac import compare_digest
from ipaddress import ip_address
from typing import Annotated

from fastapi import Depends, Header, Request, Security
from fastapi.security import APIKeyHeader, HTTPAuthorizationCredentials, HTTPBearer

from serve.error_codes import ServerError, ServerErrorCode
from serve.resources import ResourcesDep
from serve.settings import LOOPBACK_NAMES, Settings

API_KEY_HEADER, CLIENT_HEADER, IDEMPOTENCY_HEADER = "X-API-Key", "X-Client", "Idempotency-Key"
_PROXY_HEADERS = ("forwarded", "via", "x-forwarded-for", "x-forwarded-host", "x-real-ip")
_key_header = APIKeyHeader(name=API_KEY_HEADER, scheme_name="key", auto_error=False)
_bearer = HTTPBearer(scheme_name="bearer", auto_error=False)

ClientToken = Annotated[
    str | None,
    Header(
        alias=CLIENT_HEADER,
        pattern="^[A-Za-z0-9_][A-Za-z0-9_-]{0,63}$",
        description="a random token of the client, which groups its corrections in the export",
    ),
]
IdempotencyKey = Annotated[
    str | None,
    Header(
        alias=IDEMPOTENCY_HEADER,
        min_length=1,
        max_length=200,
        description="a random text: the same request sent again with it within a day saves the "
        "photos only once",
    ),
]


async def _require_key(
    request: Request,
    key: Annotated[str | None, Security(_key_header)],
    bearer: Annotated[HTTPAuthorizationCredentials | None, Security(_bearer)],
) -> None:
    settings: Settings = request.app.state.settings
    if settings.api_key is None:
        return
    sent = key if key is not None else bearer.credentials.strip() if bearer else ""
    if not compare_digest(sent.encode(), settings.api_key.get_secret_value().encode()):
        raise ServerError(ServerErrorCode.KEY_NEEDED)


async def require_key_or_local(request: Request, shared: ResourcesDep) -> None:
    """Raises LOCAL_ONLY for other machines if the server has no key."""
    if shared.settings.api_key is None and not is_local(request):
        raise ServerError(ServerErrorCode.LOCAL_ONLY)


async def _require_training(request: Request, shared: ResourcesDep) -> None:
    if not shared.settings.training_allowed:
        raise ServerError(ServerErrorCode.TRAINING_DISABLED)
    if not may_train(request, shared.settings):
        raise ServerError(ServerErrorCode.LOCAL_ONLY)


RequireKey = Depends(_require_key)
"""Raises KEY_NEEDED, if the server has a key."""
RequireKeyOrLocal = Depends(require_key_or_local)
"""Raises LOCAL_ONLY. For what shows all saved photos."""
RequireTraining = Depends(_require_training)
"""Raises TRAINING_DISABLED, LOCAL_ONLY. For what changes the model for all users."""


def may_train(request: Request, settings: Settings) -> bool:
    """Whether the sender may start trainings; a key, if there is one, was checked before.

    Without a key, only this machine may, and not a page of another site in its browser.
    """
    local = is_local(request) and not _is_cross_site(request)
    return settings.training_allowed and (settings.api_key is not None or local)


def is_local(request: Request) -> bool:
    """Whether the request came over the loopback, by one of its names, and not through a proxy.

    Checking the name protects from DNS rebinding. A proxy on this machine that adds no header and
    sends a loopback name looks like a person here: set a key behind one.
    """
    forwarded = any(name in request.headers for name in _PROXY_HEADERS)
    return not forwarded and _is_loopback(request) and request.url.hostname in LOOPBACK_NAMES


def _is_loopback(request: Request) -> bool:
    try:
        return ip_address(request.client.host if request.client else "").is_loopback
    except ValueError:
        return False


def _is_cross_site(request: Request) -> bool:
    """As browsers report of a page's requests (Fetch Metadata; RFC 6454)."""
    origin = request.headers.get("origin")
    own = f"{request.url.scheme}://{request.url.netloc}"
    other_site = request.headers.get("sec-fetch-site") in ("cross-site", "same-site")
    return other_site or origin not in (None, own)
