"""Request bodies with a missing or wrong Content-Type, and file names in multipart forms."""

import re
from collections.abc import Mapping
from urllib.parse import unquote_to_bytes

from python_multipart.multipart import parse_options_header
from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.types import Message

from data.errors import ErrorCode, ShedlightError
from data.images.sniff import sniff

FORM = b"multipart/form-data"
PEEK_BYTES = 512
"""First bytes of a body that decide what it is: a boundary has at most 70."""
_FORM_START = re.compile(
    rb'(?:\r\n)*--([^\r\n"\\]{1,70}?)[ \t]*\r\n'
    rb"(?:[\w-]+:[^\r\n]*\r\n)*?Content-Disposition:[ \t]*form-data",
    re.IGNORECASE,
)
_PARAMETER = re.compile(rb';[ \t]*([^=;\s]+)[ \t]*=[ \t]*("(?:[^"\\]|\\.)*"|[^;]*)')
_CHARSETS = frozenset({"utf-8", "iso-8859-1", "us-ascii"})
"""Encodings of extended file names; the first two are those of RFC 5987."""


async def with_sniffed_type(request: Request) -> Request:
    """The request with the Content-Type that its first bytes show, if they show one.

    Use the request that is returned: the body of the one given has begun to be received.
    """
    messages: list[Message] = []
    start = b""
    while len(start) < PEEK_BYTES:
        message = await request.receive()
        messages.append(message)
        start += message.get("body", b"")
        if not message.get("more_body", False):
            break

    async def receive() -> Message:
        return messages.pop(0) if messages else await request.receive()

    scope = {**request.scope, "headers": list(request.scope["headers"])}
    declared = request.headers.get("content-type", "")
    MutableHeaders(scope=scope)["content-type"] = sniffed_type(declared, start[:PEEK_BYTES])
    return Request(scope, receive)


def sniffed_type(declared: str, start: bytes) -> str:
    """The Content-Type of a body that starts with these bytes, or else the ``declared`` one."""
    if _is_image(start):
        return "application/octet-stream"
    form = _FORM_START.match(start)
    if form is None:
        return declared
    kind, options = parse_options_header(declared)
    if kind == FORM and options.get(b"boundary") == form[1]:
        return declared
    return f'multipart/form-data; boundary="{form[1].decode("latin-1")}"'


def plain_disposition(header: bytes) -> bytes:
    """A Content-Disposition with ``filename*`` (RFC 5987, 8187, 2231) as a plain ``filename``.

    ``filename*`` replaces a plain ``filename``, unless it cannot be decoded. The parsers of
    multipart forms ignore ``filename*``, since RFC 7578 forbids it, yet clients send it.
    """
    if b"filename*" not in header.lower():
        return header
    parameters = {name.lower(): value.strip() for name, value in _PARAMETER.findall(header)}
    name = _extended_name(parameters)
    if name is None:
        return header
    others = {key: value for key, value in parameters.items() if not key.startswith(b"filename")}
    quoted = name.replace("\\", "\\\\").replace('"', '\\"').encode()
    pairs = [*others.items(), (b"filename", b'"%s"' % quoted)]
    return b"; ".join([header.partition(b";")[0], *(b"%s=%s" % pair for pair in pairs)])


def _extended_name(parameters: Mapping[bytes, bytes]) -> str | None:
    """The name in ``filename*``, or in ``filename*0*``, ``filename*1`` and so on."""
    if b"filename*" in parameters:
        pieces = [(b"*", parameters[b"filename*"])]
    else:
        pieces = []
        while piece := next(
            (
                (star, parameters[key])
                for star in (b"*", b"")
                if (key := b"filename*%d%s" % (len(pieces), star)) in parameters
            ),
            None,
        ):
            pieces.append(piece)
    if not pieces:
        return None
    charset, first = b"utf-8", pieces[0][1].strip(b'"')
    if pieces[0][0]:
        charset, _, rest = first.partition(b"'")
        first = rest.partition(b"'")[2]
    values = [first, *(value.strip(b'"') for _, value in pieces[1:])]
    stars = (star for star, _ in pieces)
    raw = b"".join(
        unquote_to_bytes(value) if star else value
        for star, value in zip(stars, values, strict=True)
    )
    encoding = charset.decode("latin-1").lower()
    try:
        return raw.decode(encoding if encoding in _CHARSETS else "utf-8") or None
    except UnicodeDecodeError:
        return None


def _is_image(start: bytes) -> bool:
    """Whether a file starts as an image does, supported or not."""
    try:
        sniff(start)
    except ShedlightError as error:
        return error.code is ErrorCode.UNSUPPORTED_TYPE
    return True
