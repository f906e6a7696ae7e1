"""Answers about photos, corrections and advice, as the API documents and validates them."""

import json
from collections.abc import Collection, Sequence
from importlib.resources import files
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, RootModel
from pydantic.config import JsonDict

from data.io.jsonl import Json
from data.texts.catalogue import Texts
from model.share.summary import Summary
from serve.advice.advise import Advice, advise
from serve.advice.in_words import InWords, in_words
from serve.advice.measures_in_words import measures_in_words
from serve.advice.questionnaire import Context
from serve.api.language import photo_in_language
from serve.api.openapi import inlined
from serve.saved_photos.corrected import Pool, corrected_summary
from serve.store.correction import CorrectionEvent, CorrectionKind
from serve.store.replay import affected_hairs, corrected_report
from serve.store.saved_photo import SavedPhoto

HairLabel = Literal["telogen", "misshapen", "no_bulb", "anagen", "not_hair", "unsure"]
MissedRootLabel = Literal["telogen", "misshapen", "no_bulb", "anagen", "unsure"]
Timestamp = Annotated[str, Field(json_schema_extra={"format": "date-time"})]
PHOTO_ID = "Unguessable id. Anyone who has it can read and correct this photo."
OVERLAY = "a JPEG `data:` URL of the photo with its hairs drawn in"

PICTURE = "a JPEG `data:` URL of the upright photo, for browsers that cannot show its format"


class PointAnswer(BaseModel):
    """A point in pixels of the upright photo."""

    x: float
    y: float


class MissedRootAnswer(BaseModel):
    """A root that only people marked; ``id`` is its number among the photo's hairs."""

    id: int
    root: PointAnswer
    corrected_label: MissedRootLabel


class _PhotoAdditions(BaseModel):
    """What API answers add to a photo's object of the output format, where it applies."""

    overlay: str = Field("", description=OVERLAY)
    picture: str = Field("", description=PICTURE)
    id: str = Field("", description=f"of a saved photo. {PHOTO_ID}")
    expires_at: Timestamp = Field("", description="when a saved photo is deleted")
    missed_roots: list[MissedRootAnswer] = Field(
        [], description="of a saved photo: the roots that only people marked"
    )


def _format_schema() -> Json:
    """The JSON schema of one photo in the output format, with what API answers add."""
    text = files("model").joinpath("schema/shedlight-1.json").read_text(encoding="utf-8")
    schema = inlined(json.loads(text))
    del schema["$schema"]
    for name, part in inlined(_PhotoAdditions.model_json_schema())["properties"].items():
        schema["properties"][name] = {key: v for key, v in part.items() if key != "default"}
    return schema


def _photo_schema(schema: JsonDict) -> None:
    schema.clear()
    schema.update(_format_schema())


def _summary_schema(schema: JsonDict) -> None:
    schema.clear()
    schema.update(_format_schema()["properties"]["summary"])


class PhotoAnswer(RootModel[Json]):
    """A photo's object of the output format; documented by model/schema/shedlight-1.json."""

    model_config = ConfigDict(json_schema_extra=_photo_schema)


class SummaryAnswer(RootModel[Json]):
    """The ``summary`` object of the output format, over one or several photos."""

    model_config = ConfigDict(json_schema_extra=_summary_schema)


class AdviceAnswer(BaseModel):
    """The summary of all hairs, the same in words, and the advice on it, most urgent first."""

    pool: SummaryAnswer
    in_words: InWords
    measures_in_words: list[str] = Field(
        description="widths and lengths of the hairs; empty without a scale. Never a diagnosis"
    )
    advice: list[Advice]

    @classmethod
    def of(
        cls, summary: Summary, context: Context, texts: Texts, findings: Collection[str] = ()
    ) -> "AdviceAnswer":
        """The answer in the language of ``texts``; ``findings`` are codes of photos' faults."""
        return cls(
            pool=SummaryAnswer(summary.as_json()),
            in_words=in_words(summary, texts, findings),
            measures_in_words=measures_in_words(summary.measures, texts),
            advice=list(advise(summary, context, texts)),
        )


class PhotosAnswer(AdviceAnswer):
    """A report for each photo in the order of the request, and the advice on all together."""

    photos: list[PhotoAnswer]


class EventAnswer(BaseModel):
    """A correction. It does not name its author, since the link may be passed on."""

    number: int = Field(ge=1)
    kind: CorrectionKind
    hair: int | None = Field(ge=0, description="null for an undo")
    place: PointAnswer | None = Field(description="of a missed root")
    root_end: int | None = Field(ge=0)
    undoes: int | None = Field(ge=0, description="the number of an event")
    created_at: Timestamp
    model_version: str

    @classmethod
    def of(
        cls, event: CorrectionEvent, saved: SavedPhoto, events: Sequence[CorrectionEvent]
    ) -> "EventAnswer":
        """One of the ``events`` of a saved photo."""
        correction = event.correction
        place = correction.place
        return cls(
            number=event.number,
            kind=correction.kind,
            hair=affected_hairs(events, saved.hairs)[event.number],
            place=None if place is None else PointAnswer(x=place.x, y=place.y),
            root_end=correction.root_end,
            undoes=correction.undoes,
            created_at=event.created_at.isoformat(),
            model_version=event.model_version,
        )


class SavedPhotoAnswer(BaseModel):
    """The report of a saved photo with its corrections, and when it is deleted."""

    photo: PhotoAnswer
    pool: SummaryAnswer
    events: list[EventAnswer]
    expires_at: Timestamp
    improve: bool

    @classmethod
    def of(
        cls, saved: SavedPhoto, events: Sequence[CorrectionEvent], pool: Pool, texts: Texts
    ) -> "SavedPhotoAnswer":
        """All about a saved photo; ``pool`` is that of the scorer."""
        photo = corrected_report(saved.report, events)
        return cls(
            photo=PhotoAnswer(photo_in_language(photo, texts)),
            pool=SummaryAnswer(corrected_summary(photo, pool)),
            events=[EventAnswer.of(event, saved, events) for event in events],
            expires_at=saved.expires_at.isoformat(),
            improve=saved.improve,
        )


class CorrectionAnswer(BaseModel):
    """The correction that was stored, and the photo after all its corrections."""

    event: EventAnswer
    photo: PhotoAnswer
    pool: SummaryAnswer

    @classmethod
    def of(
        cls,
        event: CorrectionEvent,
        saved: SavedPhoto,
        events: Sequence[CorrectionEvent],
        pool: Pool,
        texts: Texts,
    ) -> "CorrectionAnswer":
        """The answer to ``event``, the last of ``events``; ``pool`` is that of the scorer."""
        photo = corrected_report(saved.report, events)
        return cls(
            event=EventAnswer.of(event, saved, events),
            photo=PhotoAnswer(photo_in_language(photo, texts)),
            pool=SummaryAnswer(corrected_summary(photo, pool)),
        )
