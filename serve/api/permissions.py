"""Who may teach: it changes what everybody on the server gets."""

from fastapi import Depends, Request

from serve.error_codes import ServerError, ServerErrorCode
from serve.loopback import is_of_this_machine
from serve.resources import ResourcesDep
from serve.settings import Settings

_OTHER_SITES = ("cross-site", "same-site")


def require_training(request: Request, settings: Settings) -> bool:
    """Where teaching is allowed: with the key, which was looked at before; where none is set, on
    this machine alone, and not from a page of another site that is open there in a browser."""
    at_home = is_of_this_machine(request) and not _is_of_another_site(request)
    return settings.training_allowed and (settings.api_key is not None or at_home)


def _is_of_another_site(request: Request) -> bool:
    """As browsers say, of themselves, of what a page asks for (Fetch Metadata; RFC 6454)."""
    origin = request.headers.get("origin")
    ours = f"{request.url.scheme}://{request.url.netloc}"
    return request.headers.get("sec-fetch-site") in _OTHER_SITES or origin not in (None, ours)


async def _allowed(request: Request, shared: ResourcesDep) -> None:
    if not shared.settings.training_allowed:
        raise ServerError(ServerErrorCode.TRAINING_DISABLED)
    if not require_training(request, shared.settings):
        raise ServerError(ServerErrorCode.LOCAL_ONLY)


Allowed = Depends(_allowed)
"""Raises TRAINING_DISABLED, LOCAL_ONLY."""
