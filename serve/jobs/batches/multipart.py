"""The multipart body of a request that sends a batch, written to disk while it arrives."""

from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from anyio import fail_after, to_thread
from fastapi import Request
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from data.errors import ErrorCode, ShedlightError
from serve.error_codes import ServerError, ServerErrorCode
from serve.inputs.photo_files import photo_name
from serve.inputs.request_body import FORM, plain_disposition, with_sniffed_type
from serve.jobs.batches.unpack import UploadedFile

if TYPE_CHECKING:  # a type alone, which does not exist at run time
    from python_multipart.multipart import MultipartCallbacks

UPLOAD_LIMIT_S = 3600.0
"""Seconds that a body may take: it occupies a slot that others wait for. Our assumption."""
MAX_FIELDS, MAX_FIELD_BYTES = 20, 64_000


class BatchForm:
    """A multipart body that is parsed in pieces; its files are in ``folder`` under numbers.

    Blocks. Raises OSError, and ShedlightError for a body that is not such a form. Other form
    parsers keep small files in memory, which is much for a thousand photos.
    """

    def __init__(self, content_type: str, folder: Path, max_files: int) -> None:
        kind, options = parse_options_header(content_type)
        if kind != FORM:
            raise ShedlightError(ErrorCode.UNSUPPORTED_TYPE, field="content-type")
        if not options.get(b"boundary"):
            raise _incomplete()
        self.files: list[UploadedFile] = []
        self.fields: dict[str, str] = {}
        self._folder, self._max_files = folder, max_files
        self._header, self._value, self._field = bytearray(), bytearray(), ""
        self._disposition = b""
        self._file: BinaryIO | None = None
        self._is_complete = False
        try:
            self._parser = MultipartParser(options[b"boundary"], self._callbacks())
        except FormParserError as error:
            raise _incomplete() from error

    def feed(self, data: bytes) -> None:
        """Parses the next piece of the body."""
        try:
            self._parser.write(data)
        except FormParserError as error:
            raise _incomplete() from error

    def finish(self) -> None:
        """Checks that the body was complete and held files."""
        if not self._is_complete:
            raise _incomplete()
        if not self.files:
            raise _files_needed()

    def close(self) -> None:
        """Closes a file that was being written."""
        if self._file:
            self._file.close()

    def _callbacks(self) -> "MultipartCallbacks":
        return {
            "on_header_field": self._on_header_field,
            "on_header_value": self._on_header_value,
            "on_header_end": self._on_header_end,
            "on_headers_finished": self._on_headers_finished,
            "on_part_data": self._on_part_data,
            "on_part_end": self._on_part_end,
            "on_end": self._on_end,
        }

    def _on_header_field(self, data: bytes, start: int, end: int) -> None:
        self._header += data[start:end]

    def _on_header_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def _on_header_end(self) -> None:
        if self._header.lower() == b"content-disposition":
            self._disposition = bytes(self._value)
        self._header, self._value = bytearray(), bytearray()

    def _on_headers_finished(self) -> None:
        _, options = parse_options_header(plain_disposition(self._disposition))
        self._disposition = b""
        self._field = _text(options.get(b"name", b""))
        filename = options.get(b"filename")
        if (self._field == "files") != (filename is not None):
            raise _files_needed()
        if filename is not None:
            self._begin_file(photo_name(_text(filename)))

    def _begin_file(self, name: str) -> None:
        if len(self.files) == self._max_files:
            raise ServerError(ServerErrorCode.TOO_MANY_FILES, field="files", limit=self._max_files)
        path = self._folder / f"{len(self.files):06}"
        self._file = path.open("xb")
        self.files.append(UploadedFile(path, name))

    def _on_part_data(self, data: bytes, start: int, end: int) -> None:
        if self._file:
            self._file.write(data[start:end])
            return
        self._value += data[start:end]
        if len(self._value) > MAX_FIELD_BYTES:
            raise _invalid_body(f"'{self._field[:100]}', which is too long")

    def _on_part_end(self) -> None:
        if self._file:
            self._file.close()
            self._file = None
            return
        self.fields[self._field] = _text(self._value)
        self._value = bytearray()
        if len(self.fields) > MAX_FIELDS:
            raise _invalid_body("the body, which has too many fields")

    def _on_end(self) -> None:
        self._is_complete = True


async def receive_form(request: Request, folder: Path, max_files: int) -> BatchForm:
    """The form of a request, its files in ``folder``.

    Raises ShedlightError, OSError, and ClientDisconnect when the client has disconnected.
    """
    request = await with_sniffed_type(request)
    form = BatchForm(request.headers.get("content-type", ""), folder, max_files)
    try:
        with fail_after(UPLOAD_LIMIT_S):
            async for data in request.stream():
                await to_thread.run_sync(form.feed, data)
        form.finish()
    except TimeoutError as error:
        raise _invalid_body("the body, which took too long to arrive") from error
    finally:
        form.close()
    return form


def _text(raw: bytes | bytearray) -> str:
    return raw.decode("utf-8", "replace")


def _files_needed() -> ShedlightError:
    what = "'files': send each photo as a file"
    return ServerError(ServerErrorCode.INVALID_REQUEST, field="files", what=what)


def _incomplete() -> ShedlightError:
    return _invalid_body("the body, which is not a complete form")


def _invalid_body(what: str) -> ShedlightError:
    return ServerError(ServerErrorCode.INVALID_REQUEST, field="body", what=what)
