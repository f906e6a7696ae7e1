"""The errors of reading, scoring and labelling photos: a closed set of codes with messages."""

from collections.abc import Mapping
from enum import StrEnum
from typing import ClassVar, Self


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
    """An error with a code of a closed set and a message on what to do.

    ``field`` names the part of a request that is wrong, if any. Further keyword arguments fill the
    placeholders of the message, for example a limit.
    """

    messages: ClassVar[Mapping[StrEnum, str]] = {
        ErrorCode.EMPTY_FILE: "The file is empty. Choose the photo again or take a new one.",
        ErrorCode.NOT_AN_IMAGE: "The file is not an image. Send a JPEG, PNG or WebP photo.",
        ErrorCode.UNSUPPORTED_TYPE: (
            "This image format is not supported. Send a JPEG, PNG or WebP photo."
        ),
        ErrorCode.HEIC_NOT_INSTALLED: (
            "HEIC photos need an add-on that is not installed. "
            "Install 'shedlight[heic]' or send the photo as JPEG."
        ),
        ErrorCode.HEIC_UNSAFE: (
            "The add-on for HEIC photos is an old version with security holes, so it is not used. "
            "Install 'shedlight[heic]' again or send the photo as JPEG."
        ),
        ErrorCode.HEIC_DISABLED: "HEIC photos are disabled here. Send the photo as JPEG.",
        ErrorCode.DAMAGED_IMAGE: (
            "The image is damaged or incomplete. Send the original file again."
        ),
        ErrorCode.ANIMATED_IMAGE: "The image is animated. Send a single still photo.",
        ErrorCode.FILE_TOO_LARGE: (
            "The file is too large. Send a photo of at most {limit_mb:g} MB."
        ),
        ErrorCode.TOO_MANY_PIXELS: (
            "The image has too many pixels. Send a photo of at most {limit_mp:g} megapixels."
        ),
        ErrorCode.IMAGE_TOO_SMALL: (
            "The image is too small to show a root. Its shorter side needs at least {limit_px} "
            "pixels."
        ),
        ErrorCode.UNREADABLE_FILE: (
            "The file cannot be opened. Check that it exists and that you have permission."
        ),
        ErrorCode.MODEL_REFUSED: "The model's files are damaged. Install Shedlight again.",
        ErrorCode.INTERNAL: "An internal error occurred. Try again.",
    }
    internal: ClassVar[frozenset[StrEnum]] = frozenset(
        {ErrorCode.MODEL_REFUSED, ErrorCode.INTERNAL}
    )
    """The codes that are not the file's or the request's fault."""

    def __init__(self, code: StrEnum, field: str | None = None, **details: object) -> None:
        self.code = code
        self.field = field
        self.details = details
        self.message = self.messages[code].format(**details)
        super().__init__(self.message)

    def __reduce__(self) -> tuple[object, ...]:
        """Lets an error be copied, and sent from one process to another."""
        return self._rebuilt, (self.code, self.field, self.details)

    @classmethod
    def _rebuilt(cls, code: StrEnum, field: str | None, details: dict[str, object]) -> Self:
        return cls(code, field, **details)

    def as_json(self) -> dict[str, str]:
        """The object ``{code, message, field?}`` of results and API answers."""
        body = {"code": self.code.value, "message": self.message}
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
