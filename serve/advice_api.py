"""``POST /v1/advice``: counted labels in, share and advice out."""

from typing import Annotated

from fastapi import APIRouter
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field

from model.share import Counts, summarise_counts
from serve.advice import advise
from serve.context import Context
from serve.openapi import answers

router = APIRouter(tags=["advice"])
HairCount = Annotated[int, Field(ge=0, le=100_000, strict=True)]


class LabelCounts(BaseModel):
    """Hairs by label, as a person counted or corrected them."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"example": {"telogen": 19, "misshapen": 1, "no_bulb": 0, "unsure": 2}},
    )

    telogen: HairCount
    misshapen: HairCount
    no_bulb: HairCount
    unsure: HairCount = 0


class AdviceRequest(BaseModel):
    """What was counted, and the questionnaire."""

    model_config = ConfigDict(extra="forbid")

    counts: LabelCounts
    context: Context = Context()


@router.post("/v1/advice", responses=answers("AdviceAnswer", 413, 422))
def advise_on_counts(request: AdviceRequest) -> JSONResponse:
    """The telogen share of labels that a person counted or corrected, and what to look at next."""
    pool = summarise_counts(Counts(**request.counts.model_dump()))
    advice = advise(pool, request.context)
    return JSONResponse({"pool": pool.as_json(), "advice": [each.as_json() for each in advice]})
