"""The errors of the server: codes of requests, photos in workers, the store, batches, training."""

from collections.abc import Mapping
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
    BATCH_NOT_FOUND = "batch_not_found"
    BATCH_NOT_DONE = "batch_not_done"
    DAMAGED_ZIP = "damaged_zip"
    TOO_MUCH_IN_ZIP = "too_much_in_zip"
    REFUSED_IN_ZIP = "refused_in_zip"
    TRAINING_DISABLED = "training_disabled"
    TRAINING_CONFLICT = "training_conflict"
    STORE_UNAVAILABLE = "store_unavailable"
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

    messages: ClassVar[Mapping[StrEnum, str]] = {
        ServerErrorCode.INVALID_REQUEST: "The request is invalid. Check {what}.",
        ServerErrorCode.TOO_MANY_FILES: (
            "The request has too many photos. Send at most {limit} at a time."
        ),
        ServerErrorCode.NOT_FOUND: "There is nothing at this address. See /docs for all addresses.",
        ServerErrorCode.METHOD_NOT_ALLOWED: (
            "This address does not accept this method. See /docs for all addresses."
        ),
        ServerErrorCode.PHOTO_NOT_FOUND: (
            "There is no photo with this id. It was deleted, it expired, or it never existed."
        ),
        ServerErrorCode.BATCH_NOT_FOUND: (
            "There is no batch with this id. It was deleted, it expired, or its server stopped."
        ),
        ServerErrorCode.BATCH_NOT_DONE: (
            "The batch has no results yet. Wait until its state is done."
        ),
        ServerErrorCode.DAMAGED_ZIP: (
            "The ZIP file is damaged or not a ZIP file. Create it again and resend it."
        ),
        ServerErrorCode.TOO_MUCH_IN_ZIP: (
            "The unpacked ZIP file is too large. Send photos that have at most {limit_mb:g} MB "
            "together."
        ),
        ServerErrorCode.REFUSED_IN_ZIP: (
            "This entry of the ZIP file was skipped, because {why}. Send a ZIP file that holds "
            "only photos."
        ),
        ServerErrorCode.TRAINING_DISABLED: (
            "Training is disabled on this server. The operator can enable it with "
            "SHEDLIGHT_TRAINING=1."
        ),
        ServerErrorCode.TRAINING_CONFLICT: "{why}",
        ServerErrorCode.STORE_UNAVAILABLE: (
            "The store of photos and corrections is unavailable. Try again in a moment."
        ),
        ServerErrorCode.STORE_TOO_NEW: (
            "The store was written by a newer version of Shedlight. Install that version or a "
            "later one."
        ),
        ServerErrorCode.PHOTO_CRASHED_READER: (
            "The photo crashed the process that read it. Save it again as a JPEG and send that."
        ),
        ServerErrorCode.TOOK_TOO_LONG: (
            "Scoring the photo took longer than {limit_s:g} s. Send a smaller photo, or fewer "
            "hairs."
        ),
        ServerErrorCode.TOO_BUSY: "The server is busy. Try again in {retry_s} s.",
        ServerErrorCode.NOT_READY: "The server is not ready yet. Try again in {retry_s} s.",
        ServerErrorCode.KEY_NEEDED: (
            "This server needs an API key. Send yours in the header X-API-Key."
        ),
        ServerErrorCode.LOCAL_ONLY: (
            "Without an API key, only the server's own machine may use labels and training. Set "
            "SHEDLIGHT_API_KEY on the server and send it in the header X-API-Key."
        ),
        ServerErrorCode.TOO_MANY_REQUESTS: (
            "There were too many requests from your address. Try again in {retry_s} s."
        ),
    }
    internal: ClassVar[frozenset[StrEnum]] = frozenset(
        {
            ServerErrorCode.STORE_UNAVAILABLE,
            ServerErrorCode.STORE_TOO_NEW,
            ServerErrorCode.TOO_BUSY,
            ServerErrorCode.NOT_READY,
        }
    )
