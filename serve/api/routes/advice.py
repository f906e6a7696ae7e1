"""``POST /v1/advice``: the telogen share and advice for counted labels."""

from collections import Counter
from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationInfo, field_validator

from model.labelling.hair import width_bin
from model.measures.measure import HairMeasures
from model.measures.shedding import MeasureCounts, Shedding
from model.share.answer import summarise_counts
from model.share.counts import HairCounts, LabelCounts
from model.share.summary import Summary
from serve.advice.questionnaire import Context
from serve.api.errors import errors
from serve.api.language import TextsDep
from serve.api.schemas import AdviceAnswer
from serve.resources import ResourcesDep
from serve.scoring.interfaces import PhotoScorer

router = APIRouter(tags=["advice"])


def whole_number(value: object) -> object:
    """JSON has one kind of number, so 451.0 is an integer, too."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


HairCount = Annotated[int, Field(ge=0, le=100_000, strict=True), BeforeValidator(whole_number)]
ShaftPx = Annotated[float, Field(gt=0, strict=True, allow_inf_nan=False)]


class CountsByPerson(BaseModel):
    """Hairs by the label that a person gave or confirmed; taken as correct."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"example": {"telogen": 19, "misshapen": 1, "no_bulb": 0, "unsure": 2}},
    )

    telogen: HairCount
    misshapen: HairCount
    no_bulb: HairCount
    unsure: HairCount = 0


class CountsByModel(CountsByPerson):
    """Hairs by the model's label, uncorrected; the share allows for the model's errors."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "telogen": 2,
                "misshapen": 1,
                "no_bulb": 0,
                "unsure": 1,
                "bare_end_only": 1,
                "shafts_px": [6.2, 7.94, 5.4],
            }
        },
    )

    bare_end_only: Annotated[
        HairCount,
        Field(description="Of the unsure: hairs with one bare end in view and the other hidden"),
    ] = 0
    shafts_px: Annotated[
        tuple[ShaftPx, ...],
        Field(
            description="Shaft widths in pixels of all these hairs, except those with the reason "
            "root_not_seen: the model errs more on thin hairs. If empty, its error rates are "
            "those of hairs of all widths"
        ),
    ] = ()

    @field_validator("bare_end_only")
    @classmethod
    def _at_most_unsure(cls, value: int, info: ValidationInfo) -> int:
        if value > info.data.get("unsure", value):
            raise ValueError("must not exceed unsure")
        return value

    def with_person(self, by_person: LabelCounts) -> HairCounts:
        """The counts of these hairs and of those that a person labelled."""
        by_model = LabelCounts(**self.model_dump(exclude={"shafts_px"}))
        return HairCounts(by_model, by_person, Counter(map(width_bin, self.shafts_px)))


class MeasuredHair(BaseModel):
    """``measures`` of a hair of a photo with a scale."""

    model_config = ConfigDict(extra="ignore")

    width_um: Annotated[float, Field(ge=15, le=200, allow_inf_nan=False)] | None = None
    visible_mm: Annotated[float, Field(ge=0, le=10_000, allow_inf_nan=False)]
    whole: bool
    scale_error: Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]


class AdviceRequest(BaseModel):
    """Counts and the questionnaire. A hair is in at most one of the two counts."""

    model_config = ConfigDict(extra="forbid")

    counts: CountsByPerson
    by_machine: CountsByModel | None = None
    context: Context = Context()
    findings: Annotated[
        tuple[Annotated[str, Field(max_length=40)], ...],
        Field(
            max_length=40,
            description="codes of what is wrong with most of the photos, for `in_words.next`",
        ),
    ] = ()

    measures: Annotated[
        tuple[MeasuredHair, ...],
        Field(max_length=100_000, description="of the hairs of photos with a scale"),
    ] = ()

    def summary(self, scorer: PhotoScorer) -> Summary:
        """The summary of all hairs, with the error rates of the ``scorer``."""
        by_person = LabelCounts(**self.counts.model_dump())
        if self.by_machine is None:
            summary = summarise_counts(by_person)
        else:
            summary = scorer.summary_of(self.by_machine.with_person(by_person))
        hairs = [HairMeasures(width_um_error=None, **each.model_dump()) for each in self.measures]
        return replace(summary, measures=Shedding.of(MeasureCounts.of(hairs)))


@router.post("/v1/advice", responses=errors(400, 413, 422))
def advise_on_counts(request: AdviceRequest, shared: ResourcesDep, texts: TextsDep) -> AdviceAnswer:
    """The telogen share and advice for labels counted by a person, by the model, or both."""
    summary = request.summary(shared.scorer)
    return AdviceAnswer.of(summary, request.context, texts, request.findings)
