"""The errors of reading, scoring and labelling photos: a closed set of codes with messages."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, ClassVar, Self

from data.texts.catalogue import Texts, texts_in


class ErrorCode(StrEnum):
    """The codes that a photo's report may hold. The server adds its own (serve.error_codes)."""

    EMPTY_FILE = "empty_file"
    NOT_AN_IMAGE = "not_an_image"
    UNSUPPORTED_TYPE = "unsupported_type"
    HEIC_NOT_INSTALLED = "heic_not_installed"
    HEIC_UNSAFE = "heic_unsafe"
    HEIC_DISABLED = "heic_disabled"
    DAMAGED_IMAGE = "damaged_image"
    ANIMATED_IMAGE = "animated_image"
    FILE_TOO_LARGE = "file_too_large"
    TOO_MANY_PIXELS = "too_many_pixels"
    IMAGE_TOO_SMALL = "image_too_small"
    UNREADABLE_FILE = "unreadable_file"
    MODEL_REFUSED = "model_refused"
    INTERNAL = "internal"


class ShedlightError(Exception):
    """An error with a code of a closed set and a message on what to do: the text ``error.CODE``.

    ``field`` names the part of a request that is wrong, if any. Further keyword arguments fill the
    placeholders of the message, for example a limit.
    """

    internal: ClassVar[frozenset[StrEnum]] = frozenset(
        {ErrorCode.MODEL_REFUSED, ErrorCode.INTERNAL}
    )
    """The codes that are not the file's or the request's fault."""

    def __init__(self, code: StrEnum, field: str | None = None, **details: object) -> None:
        self.code = code
        self.field = field
        self.details = details
        self.message = texts_in()(f"error.{code}", **details)
        super().__init__(self.message)

    def __reduce__(self) -> tuple[object, ...]:
        """Lets an error be copied, and sent from one process to another."""
        return self._rebuilt, (self.code, self.field, self.details)

    @classmethod
    def _rebuilt(cls, code: StrEnum, field: str | None, details: dict[str, object]) -> Self:
        return cls(code, field, **details)

    def as_json(self, texts: Texts | None = None) -> dict[str, str]:
        """The object ``{code, message, field?}`` of results and API answers."""
        message = texts(f"error.{self.code}", **self.details) if texts else self.message
        body = {"code": self.code.value, "message": message}
        return body if self.field is None else body | {"field": self.field}

    @property
    def retry_s(self) -> int | None:
        """Seconds until the same request may succeed, None if waiting does not help."""
        seconds = self.details.get("retry_s")
        return seconds if isinstance(seconds, int) else None

    @property
    def is_internal(self) -> bool:
        """Whether we are at fault (status ``failed``) and not the file (``rejected``)."""
        return self.code in self.internal


def error_of_record(record: Mapping[str, Any], texts: Texts) -> str:
    """The text of an error in a result; its stored message if that is from another version."""
    try:
        return texts(f"error.{record['code']}", **record.get("values", {}))
    except (KeyError, TypeError):
        return str(record["message"])
