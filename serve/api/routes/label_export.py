"""``GET /v1/labels/export``: what people said, for whoever runs the server and trains on it."""

from datetime import UTC, datetime

from fastapi import APIRouter, Request
from fastapi.responses import StreamingResponse

from serve.api.openapi import failures, file_answer
from serve.error_codes import ServerError, ServerErrorCode
from serve.loopback import is_of_this_machine
from serve.resources import ResourcesDep
from serve.saved_photos.export import exported_photos, label_archive

_ZIP = "application/zip"
router = APIRouter(tags=["labels"])


@router.get(
    "/v1/labels/export",
    response_class=StreamingResponse,
    responses=file_answer(_ZIP) | failures(403, 503),
)
def export_labels(request: Request, shared: ResourcesDep) -> StreamingResponse:
    """The labels of all photos that may improve the model: photos, crops, reports and a table.

    It hands out everybody's photos, so it takes the server's key; where none is set, it answers
    this machine alone.
    """
    if shared.settings.api_key is None and not is_of_this_machine(request):
        raise ServerError(ServerErrorCode.LOCAL_ONLY)
    store = shared.keeping.made()
    pieces = label_archive(exported_photos(store) if store else (), datetime.now(UTC))
    named = {"Content-Disposition": 'attachment; filename="shedlight-labels.zip"'}
    return StreamingResponse(pieces, media_type=_ZIP, headers=named)
