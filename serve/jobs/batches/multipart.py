"""The body of a request that sends a batch, written to disk while it arrives."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from anyio import fail_after, to_thread
from fastapi import Request
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from data.errors import ErrorCode, ShedlightError
from serve.api.middleware import SMALL_BODY
from serve.error_codes import ServerError, ServerErrorCode
from serve.inputs.photo_files import photo_name
from serve.jobs.batches.unpack import SentFile

if TYPE_CHECKING:  # a type alone, which is not there at run time
    from python_multipart.multipart import MultipartCallbacks

PATIENCE_S = 3600.0
"""Seconds that a body may take: it holds a place that others wait for. Our assumption."""
_FORM, _MOST_FIELDS = b"multipart/form-data", 20


class BatchForm:
    """A multipart body that is taken in pieces; its files lie in ``folder`` under our own names.

    It blocks, and raises ShedlightError for what is no such form, and OSError. Other readers of
    forms keep what is small in memory: of a thousand photos that would be much.
    """

    def __init__(self, content_type: str, folder: Path, most_files: int) -> None:
        kind, options = parse_options_header(content_type)
        if kind != _FORM:
            raise ShedlightError(ErrorCode.UNSUPPORTED_TYPE, field="content-type")
        if not options.get(b"boundary"):
            raise _no_form()
        self.files: list[SentFile] = []
        self.fields: dict[str, str] = {}
        self._folder, self._most_files = folder, most_files
        self._header, self._value, self._field = bytearray(), bytearray(), ""
        self._disposition = b""
        self._writing: BinaryIO | None = None
        self._is_whole = False
        try:
            self._parser = MultipartParser(options[b"boundary"], self._callbacks())
        except FormParserError as error:
            raise _no_form() from error

    def feed(self, piece: bytes) -> None:
        """Takes the next piece of the body."""
        try:
            self._parser.write(piece)
        except FormParserError as error:
            raise _no_form() from error

    def end(self) -> None:
        """The body is over: what is missing now stays missing."""
        if not self._is_whole:
            raise _no_form()
        if not self.files:
            raise _files_needed()

    def close(self) -> None:
        """Lets go of a file that was being written."""
        if self._writing:
            self._writing.close()

    def _callbacks(self) -> "MultipartCallbacks":
        return {
            "on_header_field": self._header_name_comes,
            "on_header_value": self._value_comes,
            "on_header_end": self._header_ended,
            "on_headers_finished": self._part_begins,
            "on_part_data": self._data_comes,
            "on_part_end": self._part_ended,
            "on_end": self._all_ended,
        }

    def _header_name_comes(self, data: bytes, start: int, end: int) -> None:
        self._header += data[start:end]

    def _value_comes(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def _header_ended(self) -> None:
        if self._header.lower() == b"content-disposition":
            self._disposition = bytes(self._value)
        self._header, self._value = bytearray(), bytearray()

    def _part_begins(self) -> None:
        _, options = parse_options_header(self._disposition)
        self._disposition = b""
        self._field = _text(options.get(b"name", b""))
        named = options.get(b"filename")
        if (self._field == "files") != (named is not None):
            raise _files_needed()
        if named is not None:
            self._begin_file(photo_name(_text(named)))

    def _begin_file(self, name: str) -> None:
        if len(self.files) == self._most_files:
            raise ServerError(ServerErrorCode.TOO_MANY_FILES, field="files", limit=self._most_files)
        path = self._folder / f"{len(self.files):06}"
        self._writing = path.open("xb")
        self.files.append(SentFile(path, name))

    def _data_comes(self, data: bytes, start: int, end: int) -> None:
        if self._writing:
            self._writing.write(data[start:end])
            return
        self._value += data[start:end]
        if len(self._value) > SMALL_BODY:
            raise _broken(f"'{self._field[:100]}', which is too long")

    def _part_ended(self) -> None:
        if self._writing:
            self._writing.close()
            self._writing = None
            return
        self.fields[self._field] = _text(self._value)
        self._value = bytearray()
        if len(self.fields) > _MOST_FIELDS:
            raise _broken("the body, which has too many fields")

    def _all_ended(self) -> None:
        self._is_whole = True


async def received(request: Request, folder: Path, most_files: int) -> BatchForm:
    """The form of a request, its files in ``folder``.

    Raises ShedlightError, OSError, and ClientDisconnect when the sender has gone.
    """
    form = BatchForm(request.headers.get("content-type", ""), folder, most_files)
    try:
        with fail_after(PATIENCE_S):
            await _feed(form, request.stream())
    except TimeoutError as error:
        raise _broken("the body, which took too long to arrive") from error
    finally:
        form.close()
    return form


async def _feed(form: BatchForm, body: AsyncIterator[bytes]) -> None:
    async for piece in body:
        await to_thread.run_sync(form.feed, piece)
    form.end()


def _text(raw: bytes | bytearray) -> str:
    return raw.decode("utf-8", "replace")


def _files_needed() -> ShedlightError:
    what = "'files': send each photo as a file"
    return ServerError(ServerErrorCode.INVALID_REQUEST, field="files", what=what)


def _no_form() -> ShedlightError:
    return _broken("the body, which is no whole form")


def _broken(what: str) -> ShedlightError:
    return ServerError(ServerErrorCode.INVALID_REQUEST, field="body", what=what)
