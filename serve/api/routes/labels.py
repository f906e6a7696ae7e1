"""What people say about the hairs of a kept photo: each word is on the disk when it is answered."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Annotated, Literal, Self

from fastapi import APIRouter
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field, model_validator

from data.errors import ShedlightError
from serve.api.client import ClientToken
from serve.api.openapi import answers
from serve.api.routes.saved_photos import PHOTO, HairNumber, PhotoId
from serve.api.schemas import correction_answer
from serve.resources import Resources, ResourcesDep
from serve.store.correction import Correction, CorrectionEvent, CorrectionKind, Point, at_fault
from serve.store.store import Store

HairLabel = Literal["telogen", "misshapen", "no_bulb", "anagen", "not_hair", "unsure"]
MissedLabel = Literal["telogen", "misshapen", "no_bulb", "anagen", "unsure"]
Pixel = Annotated[float, Field(ge=0, le=1_000_000, allow_inf_nan=False, strict=True)]
_SENT_AS = {"place": "x", "undoes": "event"}
"""What the store calls what was sent under another name."""
router = APIRouter(tags=["corrections"])


class HairSaid(BaseModel):
    """A hair's label, or which of its two ``ends`` is the root: one of the two."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"label": "telogen"}})

    label: HairLabel | None = None
    root_end: Annotated[int, Field(ge=0, le=1, strict=True)] | None = None

    @model_validator(mode="after")
    def _one_thing_is_said(self) -> Self:
        if (self.label is None) == (self.root_end is None):
            raise ValueError("send either label or root_end")
        return self

    def of(self, hair: int) -> Correction:
        """It, said of that hair."""
        if self.label is None:
            return Correction(CorrectionKind.ROOT_MOVED, hair=hair, root_end=self.root_end)
        return Correction(CorrectionKind(self.label), hair=hair)


class MissedRoot(BaseModel):
    """A root that the machine did not list, in pixels of the upright photo."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"example": {"x": 412.0, "y": 118.5, "label": "telogen"}}
    )

    x: Pixel
    y: Pixel
    label: MissedLabel


class UndoAsked(BaseModel):
    """Which event is taken back, by its ``number``; the last one in force if it is left out."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"event": 3}})

    event: Annotated[int, Field(ge=1, le=1_000_000, strict=True)] | None = None


_ANSWERS = answers("CorrectionAnswer", 404, 422, 503)
Say = Callable[[Store, datetime], CorrectionEvent]


@router.post(PHOTO + "/hairs/{hair}/label", responses=_ANSWERS)
def label_hair(
    photo_id: PhotoId,
    hair: HairNumber,
    said: HairSaid,
    shared: ResourcesDep,
    client: ClientToken = None,
) -> JSONResponse:
    """Say what a hair is, or which of its ends is the root."""
    correction = said.of(hair)
    return _said(shared, photo_id, lambda store, now: store.add(photo_id, correction, now, client))


@router.post(PHOTO + "/hairs", responses=_ANSWERS)
def add_missed_root(
    photo_id: PhotoId, missed: MissedRoot, shared: ResourcesDep, client: ClientToken = None
) -> JSONResponse:
    """Mark a root that was missed; its number is `event.hair` of the answer."""
    correction = Correction(CorrectionKind(missed.label), place=Point(missed.x, missed.y))
    return _said(shared, photo_id, lambda store, now: store.add(photo_id, correction, now, client))


@router.post(PHOTO + "/undo", responses=_ANSWERS)
def undo_correction(
    photo_id: PhotoId,
    shared: ResourcesDep,
    asked: UndoAsked = UndoAsked(),
    client: ClientToken = None,
) -> JSONResponse:
    """Take back the last word in force, or a certain one; an undo can be undone by its number."""
    if asked.event is None:
        return _said(shared, photo_id, lambda store, now: store.undo_last(photo_id, now, client))
    correction = Correction(CorrectionKind.UNDO, undoes=asked.event)
    return _said(shared, photo_id, lambda store, now: store.add(photo_id, correction, now, client))


def _said(shared: Resources, photo_id: str, say: Say) -> JSONResponse:
    store = shared.keeping.with_photos()
    try:
        event = say(store, datetime.now(UTC))
    except ShedlightError as error:
        if error.field in _SENT_AS:
            raise at_fault(_SENT_AS[error.field], str(error.details["why"])) from error
        raise
    return JSONResponse(correction_answer(shared.scorer.pool, event, *store.history(photo_id)))
