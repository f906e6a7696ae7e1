"""Whether a request comes from the machine that the server runs on."""

from ipaddress import ip_address

from fastapi import Request

_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})
_PASSED_ON = ("forwarded", "via", "x-forwarded-for", "x-forwarded-host", "x-real-ip")


def is_of_this_machine(request: Request) -> bool:
    """Asked over the loopback by one of its names, and not passed on for somebody else.

    The name keeps out a page of another site that lets its own name lead to the loopback (DNS
    rebinding). A proxy on this machine that says nothing of whom it asks for, and sends a name of
    the loopback, cannot be told from a person here: behind one, set a key.
    """
    passed_on = any(name in request.headers for name in _PASSED_ON)
    return not passed_on and _is_loopback(request) and request.url.hostname in _NAMES


def is_loopback_name(host: str) -> bool:
    """Whether who listens at ``host`` hears this machine alone."""
    return host in _NAMES


def _is_loopback(request: Request) -> bool:
    try:
        return ip_address(request.client.host if request.client else "").is_loopback
    except ValueError:
        return False
