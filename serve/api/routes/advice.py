"""``POST /v1/advice``: counted labels in, share and advice out."""

from collections import Counter
from typing import Annotated

from fastapi import APIRouter
from fastapi.responses import JSONResponse
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationInfo, field_validator

from model.labelling.hair import width_bin
from model.share.counts import HairCounts, LabelCounts
from model.share.posterior import summarise_counts
from model.share.summary import Summary
from serve.advice.advise import advise
from serve.advice.questionnaire import Context
from serve.api.openapi import answers
from serve.resources import ResourcesDep
from serve.scoring.interfaces import PhotoScorer

router = APIRouter(tags=["advice"])


def _whole(told: object) -> object:
    """JSON knows one kind of number, so that 451.0 is as whole as 451."""
    return int(told) if isinstance(told, float) and told.is_integer() else told


HairCount = Annotated[int, Field(ge=0, le=100_000, strict=True), BeforeValidator(_whole)]
ShaftPx = Annotated[float, Field(gt=0, strict=True, allow_inf_nan=False)]


class CountsByPerson(BaseModel):
    """Hairs by label, as a person counted or corrected them: taken as right."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"example": {"telogen": 19, "misshapen": 1, "no_bulb": 0, "unsure": 2}},
    )

    telogen: HairCount
    misshapen: HairCount
    no_bulb: HairCount
    unsure: HairCount = 0


class CountsByModel(CountsByPerson):
    """Hairs by the label that the model gave them and nobody corrected: the share allows for its
    mistakes."""

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
        Field(description="Of the unsure: how many show one bare end and hide the other"),
    ] = 0
    shafts_px: Annotated[
        tuple[ShaftPx, ...],
        Field(
            description="Widths of the shafts in the photos, in pixels, of all these hairs but "
            "those with the reason root_not_seen: the model errs more on thin ones. Without any, "
            "its error rates are those of hairs of all widths"
        ),
    ] = ()

    @field_validator("bare_end_only")
    @classmethod
    def _among_the_unsure(cls, told: int, info: ValidationInfo) -> int:
        if told > info.data.get("unsure", told):
            raise ValueError("no more than are unsure")
        return told

    def tally(self, by_person: LabelCounts) -> HairCounts:
        """These hairs, and those ``by_person`` beside them."""
        by_machine = LabelCounts(**self.model_dump(exclude={"shafts_px"}))
        return HairCounts(by_machine, by_person, Counter(map(width_bin, self.shafts_px)))


class AdviceRequest(BaseModel):
    """What was counted, and the questionnaire. No hair is in both counts."""

    model_config = ConfigDict(extra="forbid")

    counts: CountsByPerson
    by_machine: CountsByModel | None = None
    context: Context = Context()

    def pool(self, scorer: PhotoScorer) -> Summary:
        """What the hairs amount to; the ``scorer`` knows how often the machine errs."""
        by_person = LabelCounts(**self.counts.model_dump())
        if self.by_machine is None:
            return summarise_counts(by_person)
        return scorer.summary_of(self.by_machine.tally(by_person))


@router.post("/v1/advice", responses=answers("AdviceAnswer", 413, 422))
def advise_on_counts(request: AdviceRequest, shared: ResourcesDep) -> JSONResponse:
    """The telogen share of labels that a person counted or corrected, with the model's own beside
    them if there are any, and what to look at next."""
    pool = request.pool(shared.scorer)
    advice = advise(pool, request.context)
    return JSONResponse({"pool": pool.as_json(), "advice": [each.as_json() for each in advice]})
