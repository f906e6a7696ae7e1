"""The closed set of errors that a person or a program can meet."""

from collections.abc import Callable
from enum import StrEnum


class ErrorCode(StrEnum):
    """Every error's code, as it stands in results and in API answers."""

    EMPTY_FILE = "empty_file"
    NOT_AN_IMAGE = "not_an_image"
    UNSUPPORTED_TYPE = "unsupported_type"
    HEIC_NOT_INSTALLED = "heic_not_installed"
    DAMAGED_IMAGE = "damaged_image"
    ANIMATED_IMAGE = "animated_image"
    FILE_TOO_LARGE = "file_too_large"
    TOO_MANY_PIXELS = "too_many_pixels"
    IMAGE_TOO_SMALL = "image_too_small"
    UNREADABLE_FILE = "unreadable_file"
    INVALID_REQUEST = "invalid_request"
    TOO_MANY_FILES = "too_many_files"
    NOT_FOUND = "not_found"
    METHOD_NOT_ALLOWED = "method_not_allowed"
    PHOTO_NOT_FOUND = "photo_not_found"
    BATCH_NOT_FOUND = "batch_not_found"
    BATCH_NOT_DONE = "batch_not_done"
    DAMAGED_ZIP = "damaged_zip"
    TOO_MUCH_IN_ZIP = "too_much_in_zip"
    REFUSED_IN_ZIP = "refused_in_zip"
    TRAINING_DISABLED = "training_disabled"
    TRAINING_CONFLICT = "training_conflict"
    MODEL_REFUSED = "model_refused"
    STORE_UNAVAILABLE = "store_unavailable"
    STORE_TOO_NEW = "store_too_new"
    PHOTO_CRASHED_READER = "photo_crashed_reader"
    TOOK_TOO_LONG = "took_too_long"
    TOO_BUSY = "too_busy"
    NOT_READY = "not_ready"
    KEY_NEEDED = "key_needed"
    LOCAL_ONLY = "local_only"
    TOO_MANY_REQUESTS = "too_many_requests"
    INTERNAL = "internal"


_STATUS = {
    ErrorCode.UNSUPPORTED_TYPE: 415,
    ErrorCode.HEIC_NOT_INSTALLED: 415,
    ErrorCode.NOT_AN_IMAGE: 415,
    ErrorCode.FILE_TOO_LARGE: 413,
    ErrorCode.TOO_MANY_PIXELS: 413,
    ErrorCode.TOO_MANY_FILES: 413,
    ErrorCode.EMPTY_FILE: 400,
    ErrorCode.NOT_FOUND: 404,
    ErrorCode.PHOTO_NOT_FOUND: 404,
    ErrorCode.BATCH_NOT_FOUND: 404,
    ErrorCode.BATCH_NOT_DONE: 409,
    ErrorCode.TOO_MUCH_IN_ZIP: 413,
    ErrorCode.TRAINING_DISABLED: 403,
    ErrorCode.TRAINING_CONFLICT: 409,
    ErrorCode.METHOD_NOT_ALLOWED: 405,
    ErrorCode.MODEL_REFUSED: 500,
    ErrorCode.STORE_UNAVAILABLE: 503,
    ErrorCode.STORE_TOO_NEW: 500,
    ErrorCode.TOO_BUSY: 503,
    ErrorCode.NOT_READY: 503,
    ErrorCode.KEY_NEEDED: 401,
    ErrorCode.LOCAL_ONLY: 403,
    ErrorCode.TOO_MANY_REQUESTS: 429,
    ErrorCode.INTERNAL: 500,
}
_FILE_IS_AT_FAULT = 422

_SENTENCE = {
    ErrorCode.EMPTY_FILE: "The file is empty; choose the photo again or take a new one.",
    ErrorCode.NOT_AN_IMAGE: "The file is not a picture; send a JPEG, PNG or WebP photo.",
    ErrorCode.UNSUPPORTED_TYPE: "This kind of picture is not read; send a JPEG, PNG or WebP photo.",
    ErrorCode.HEIC_NOT_INSTALLED: (
        "HEIC photos need an add-on that is not installed; "
        "install 'shedlight[heic]' or send the photo as JPEG."
    ),
    ErrorCode.DAMAGED_IMAGE: "The picture is damaged or cut short; send the original file again.",
    ErrorCode.ANIMATED_IMAGE: "The picture is animated; send a single still photo.",
    ErrorCode.FILE_TOO_LARGE: "The file is too large; send a photo of at most {limit_mb:g} MB.",
    ErrorCode.TOO_MANY_PIXELS: (
        "The picture has too many pixels; send a photo of at most {limit_mp:g} megapixels."
    ),
    ErrorCode.IMAGE_TOO_SMALL: (
        "The picture is too small to see a root; its shorter side needs {limit_px} pixels or more."
    ),
    ErrorCode.UNREADABLE_FILE: "The file cannot be opened; check that it exists and may be read.",
    ErrorCode.INVALID_REQUEST: "The request could not be understood; check {what}.",
    ErrorCode.TOO_MANY_FILES: "Too many photos in one request; send at most {limit} at a time.",
    ErrorCode.NOT_FOUND: "There is nothing at this address; see /docs for the list of addresses.",
    ErrorCode.METHOD_NOT_ALLOWED: "This address does not take that method; see /docs.",
    ErrorCode.PHOTO_NOT_FOUND: (
        "No photo is kept at this address: it was deleted, its time is up, or it never was here."
    ),
    ErrorCode.BATCH_NOT_FOUND: (
        "No batch is at this address: it was deleted, its time is up, or its server was stopped."
    ),
    ErrorCode.BATCH_NOT_DONE: "The batch has no results yet; wait until its state is done.",
    ErrorCode.DAMAGED_ZIP: "The zip is damaged or no zip at all; make it anew and send it again.",
    ErrorCode.TOO_MUCH_IN_ZIP: (
        "There is too much in the zip; send photos that together have at most {limit_mb:g} MB "
        "when they are unpacked."
    ),
    ErrorCode.REFUSED_IN_ZIP: (
        "This part of the zip was left out, because {why}; make a zip of plain photos."
    ),
    ErrorCode.TRAINING_DISABLED: (
        "This server does not let its model be taught; whoever runs it may set SHEDLIGHT_TRAINING."
    ),
    ErrorCode.TRAINING_CONFLICT: "{why}",
    ErrorCode.MODEL_REFUSED: "The model's files are damaged; install Shedlight again.",
    ErrorCode.STORE_UNAVAILABLE: (
        "Kept photos and corrections cannot be reached just now; please try again in a moment."
    ),
    ErrorCode.STORE_TOO_NEW: (
        "The kept photos were written by a newer Shedlight; install that version or a later one."
    ),
    ErrorCode.PHOTO_CRASHED_READER: (
        "Reading the photo broke the program that reads it; save it anew as a JPEG and send that."
    ),
    ErrorCode.TOOK_TOO_LONG: (
        "Reading the photo took longer than {limit_s:g} s; send a smaller photo, or fewer hairs."
    ),
    ErrorCode.TOO_BUSY: "Too many photos are being read right now; try again in {retry_s} s.",
    ErrorCode.NOT_READY: "The server is still getting ready; try again in {retry_s} s.",
    ErrorCode.KEY_NEEDED: "This server needs a key; send yours in the header X-API-Key.",
    ErrorCode.LOCAL_ONLY: (
        "Without a key, labels and teaching are for the server's own machine alone; set "
        "SHEDLIGHT_API_KEY there and send it in the header X-API-Key."
    ),
    ErrorCode.TOO_MANY_REQUESTS: ("Too many requests from your address; try again in {retry_s} s."),
    ErrorCode.INTERNAL: "Something went wrong on our side; please try again.",
}


class ShedlightError(Exception):
    """An error of the closed set, with its one sentence that tells the user what to do.

    ``field`` names the part of a request that is at fault, where there is one. Further keyword
    arguments fill the sentence (a limit, say); ``retry_s`` is when another try is worth while.
    """

    def __init__(self, code: ErrorCode, field: str | None = None, **details: object) -> None:
        self.code = code
        self.field = field
        self.details = details
        self.message = _SENTENCE[code].format(**details)
        super().__init__(self.message)

    def __reduce__(self) -> tuple[Callable[..., "ShedlightError"], tuple[object, ...]]:
        """How it is copied, and sent from one process to another."""
        return _again, (self.code, self.field, self.details)

    @property
    def retry_s(self) -> int | None:
        """Seconds after which the same request may be answered, where waiting helps."""
        seconds = self.details.get("retry_s")
        return seconds if isinstance(seconds, int) else None

    @property
    def http_status(self) -> int:
        """The status of an API answer that consists of this error alone."""
        return _STATUS.get(self.code, _FILE_IS_AT_FAULT)

    @property
    def is_ours(self) -> bool:
        """Whether we are at fault (status ``failed``) and not the file (``rejected``)."""
        return self.http_status >= 500


def _again(code: ErrorCode, field: str | None, details: dict[str, object]) -> ShedlightError:
    return ShedlightError(code, field, **details)
