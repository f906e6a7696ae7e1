"""``/v1/labels``: which hairs of saved photos to label next, and the export of all labels."""

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, Field

from serve.api.errors import errors
from serve.api.openapi import file_response
from serve.api.permissions import RequireKeyOrLocal
from serve.label_queue.queue_item import QueueItem
from serve.label_queue.saved_photos import SavedPhotoCandidates
from serve.resources import ResourcesDep
from serve.saved_photos.export import exported_photos, label_archive

ZIP = "application/zip"
MAX_COUNT = 200
Count = Annotated[int, Query(ge=1, le=MAX_COUNT, description="maximum number of hairs")]
router = APIRouter(tags=["labels"], dependencies=[RequireKeyOrLocal])


class QueuedHairLinks(BaseModel):
    """The addresses of the photo and the crop, and where to send the label."""

    photo: str
    crop: str
    label: str


class QueuedHairAnswer(BaseModel):
    """A hair to label."""

    photo: str
    hair: int
    end: int = Field(description="the end in view that looks most like a root")
    ends: list[int] = Field(description="all ends in view")
    guess: str = Field(description="the model's most probable label")
    probability: float = Field(description="the probability of that label")
    why: str
    links: QueuedHairLinks

    @classmethod
    def of(cls, item: QueueItem, root_path: str) -> "QueuedHairAnswer":
        """The answer about a hair of the queue."""
        assert item.number is not None  # every hair of a saved photo has one
        guess, probability = item.guess
        photo = f"{root_path}/v1/photos/{item.photo}"
        address = f"{photo}/hairs/{item.number}"
        crop, label = f"{address}/crop.png?end={item.shown}", f"{address}/label"
        return cls(
            photo=item.photo,
            hair=item.number,
            end=item.shown,
            ends=item.ends_in_view,
            guess=guess,
            probability=round(probability, 2),
            why=item.why,
            links=QueuedHairLinks(photo=photo, crop=crop, label=label),
        )


class QueueAnswer(BaseModel):
    """The next hairs to label, most informative first."""

    hairs: list[QueuedHairAnswer]
    open: int = Field(ge=0, description="hairs without a label in all saved photos")
    labelled: int = Field(ge=0, description="hairs that people labelled")


@router.get("/v1/labels/next", responses=errors(403, 422, 503))
def next_labels(shared: ResourcesDep, count: Count = 20) -> QueueAnswer:
    """The hairs whose labels would improve the model most, from photos saved to improve it.

    The answer holds the ids of all these photos. It needs the server's API key; on a server
    without a key, only the server's own machine gets it.
    """
    store = shared.photo_service.store_if_exists()
    candidates = SavedPhotoCandidates.of(store) if store else SavedPhotoCandidates()
    return QueueAnswer(
        hairs=[
            QueuedHairAnswer.of(item, shared.settings.root_path) for item in candidates.queue(count)
        ],
        open=len(candidates.unlabelled),
        labelled=len(candidates.labelled),
    )


@router.get(
    "/v1/labels/export",
    response_class=StreamingResponse,
    responses=file_response(ZIP) | errors(403, 503),
)
def export_labels(shared: ResourcesDep) -> StreamingResponse:
    """All labels of photos saved to improve the model: photos, crops, reports and a table.

    It needs the server's API key; on a server without a key, only the server's own machine gets
    it.
    """
    store = shared.photo_service.store_if_exists()
    pieces = label_archive(exported_photos(store) if store else (), datetime.now(UTC))
    headers = {"Content-Disposition": 'attachment; filename="shedlight-labels.zip"'}
    return StreamingResponse(pieces, media_type=ZIP, headers=headers)
