"""``/v1/photos/{id}/...``: corrections of a saved photo, stored before they are answered."""

from datetime import UTC, datetime
from typing import Annotated, Self

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field, model_validator

from data.errors import ShedlightError
from data.texts.catalogue import Texts
from serve.api.errors import errors
from serve.api.language import TextsDep
from serve.api.permissions import ClientToken
from serve.api.routes.saved_photos import PHOTO, HairNumber, PhotoId
from serve.api.schemas import CorrectionAnswer, HairLabel, MissedRootLabel
from serve.resources import Resources, ResourcesDep
from serve.store.correction import Correction, CorrectionKind, Point, invalid_correction

Pixel = Annotated[float, Field(ge=0, le=1_000_000, allow_inf_nan=False, strict=True)]
_REQUEST_FIELDS = {"place": "x", "undoes": "event"}
"""Fields of a correction that have another name in requests."""
router = APIRouter(tags=["corrections"], responses=errors(400, 404, 413, 422, 503))


class LabelRequest(BaseModel):
    """A hair's label, or which of its two ends is the root."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"label": "telogen"}})

    label: HairLabel | None = None
    root_end: Annotated[int, Field(ge=0, le=1, strict=True)] | None = None

    @model_validator(mode="after")
    def _exactly_one(self) -> Self:
        if (self.label is None) == (self.root_end is None):
            raise ValueError("send either label or root_end")
        return self

    def correction(self, hair: int) -> Correction:
        """The correction of that hair."""
        if self.label is None:
            return Correction(CorrectionKind.ROOT_MOVED, hair=hair, root_end=self.root_end)
        return Correction(CorrectionKind(self.label), hair=hair)


class MissedRootRequest(BaseModel):
    """A root that the model did not list, in pixels of the upright photo."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"example": {"x": 412.0, "y": 118.5, "label": "telogen"}}
    )

    x: Pixel
    y: Pixel
    label: MissedRootLabel


class UndoRequest(BaseModel):
    """The ``number`` of the event to undo; by default the last one that is active."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"event": 3}})

    event: Annotated[int, Field(ge=1, le=1_000_000, strict=True)] | None = None


@router.post(PHOTO + "/hairs/{hair}/label")
def label_hair(
    photo_id: PhotoId,
    hair: HairNumber,
    request: LabelRequest,
    shared: ResourcesDep,
    texts: TextsDep,
    client: ClientToken = None,
) -> CorrectionAnswer:
    """Label a hair, or mark which of its ends is the root."""
    correction = request.correction(hair)
    return _stored(shared, photo_id, correction, client, texts)


@router.post(PHOTO + "/hairs")
def add_missed_root(
    photo_id: PhotoId,
    request: MissedRootRequest,
    shared: ResourcesDep,
    texts: TextsDep,
    client: ClientToken = None,
) -> CorrectionAnswer:
    """Mark a missed root. Its number is `event.hair` of the answer."""
    place = Point(request.x, request.y)
    correction = Correction(CorrectionKind(request.label), place=place)
    return _stored(shared, photo_id, correction, client, texts)


@router.post(PHOTO + "/undo")
def undo_correction(
    photo_id: PhotoId,
    shared: ResourcesDep,
    texts: TextsDep,
    request: UndoRequest = UndoRequest(),
    client: ClientToken = None,
) -> CorrectionAnswer:
    """Undo the last active correction, or a specific one. To redo, undo the undo by its number."""
    event = request.event
    correction = None if event is None else Correction(CorrectionKind.UNDO, undoes=event)
    return _stored(shared, photo_id, correction, client, texts)


def _stored(
    shared: Resources,
    photo_id: str,
    correction: Correction | None,
    client: str | None,
    texts: Texts,
) -> CorrectionAnswer:
    """Stores a correction, or undoes the last one for None."""
    store, now = shared.photo_service.require_store(), datetime.now(UTC)
    try:
        if correction is None:
            event = store.undo_last(photo_id, now, client)
        else:
            event = store.add(photo_id, correction, now, client)
    except ShedlightError as error:
        if error.field in _REQUEST_FIELDS:
            raise invalid_correction(
                _REQUEST_FIELDS[error.field], str(error.details["why"])
            ) from error
        raise
    saved, events = store.history(photo_id)
    return CorrectionAnswer.of(event, saved, events, shared.scorer.pool, texts)
