"""The errors of the server: codes of requests, photos in workers, the store, batches, training."""

from enum import StrEnum
from typing import ClassVar

from data.errors import ShedlightError


class ServerErrorCode(StrEnum):
    """The codes that API answers may hold beside those of photos (``data.errors.ErrorCode``)."""

    INVALID_REQUEST = "invalid_request"
    TOO_MANY_FILES = "too_many_files"
    NOT_FOUND = "not_found"
    METHOD_NOT_ALLOWED = "method_not_allowed"
    PHOTO_NOT_FOUND = "photo_not_found"
    NOT_YOUR_PHOTO = "not_your_photo"
    BATCH_NOT_FOUND = "batch_not_found"
    BATCH_NOT_DONE = "batch_not_done"
    DAMAGED_ZIP = "damaged_zip"
    TOO_MUCH_IN_ZIP = "too_much_in_zip"
    REFUSED_IN_ZIP = "refused_in_zip"
    TRAINING_DISABLED = "training_disabled"
    TRAINING_CONFLICT = "training_conflict"
    STORE_UNAVAILABLE = "store_unavailable"
    STORE_NOT_WRITABLE = "store_not_writable"
    STORE_TOO_NEW = "store_too_new"
    PHOTO_CRASHED_READER = "photo_crashed_reader"
    TOOK_TOO_LONG = "took_too_long"
    TOO_BUSY = "too_busy"
    NOT_READY = "not_ready"
    KEY_NEEDED = "key_needed"
    LOCAL_ONLY = "local_only"
    TOO_MANY_REQUESTS = "too_many_requests"


class ServerError(ShedlightError):
    """An error of the server, with its code and message. ``retry_s`` fills Retry-After."""

    internal: ClassVar[frozenset[StrEnum]] = frozenset(
        {
            ServerErrorCode.STORE_UNAVAILABLE,
            ServerErrorCode.STORE_NOT_WRITABLE,
            ServerErrorCode.STORE_TOO_NEW,
            ServerErrorCode.TOO_BUSY,
            ServerErrorCode.NOT_READY,
        }
    )
