"""The questionnaire: optional answers about needling, shedding, the scalp and recent months.

``questions.json`` has the questions that a person is asked, in their order; each depends on the
answers before it, and six are asked at most. A program may give further answers.
"""

import json
from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StrictBool


class Setting(StrEnum):
    """Where the needling is done."""

    HOME = "home"
    CLINIC = "clinic"
    NONE = "none"


class Device(StrEnum):
    """The needling device."""

    ROLLER = "roller"
    STAMP = "stamp"
    PEN = "pen"
    OTHER = "other"


class Collected(StrEnum):
    """When the hairs in the photo fell."""

    DURING_SESSION = "during_session"
    SAME_DAY = "same_day"
    DAYS_LATER = "days_later"
    WASH_OR_BRUSH = "wash_or_brush"
    UNKNOWN = "unknown"


class Shedding(StrEnum):
    """How much more hair than usual falls."""

    NOT_MORE = "not_more"
    SLIGHT = "slight"
    MODERATE = "moderate"
    SEVERE = "severe"


class ScalpSign(StrEnum):
    """Signs on the scalp."""

    SPREADING_REDNESS = "spreading_redness"
    PUS = "pus"
    FEVER = "fever"
    SEVERE_PAIN = "severe_pain"
    WOUND_NOT_HEALING = "wound_not_healing"
    SUDDEN_PATCHES = "sudden_patches"
    SMOOTH_BALD_SPOTS = "smooth_bald_spots"
    SCARRING = "scarring"
    BLEEDING = "bleeding"
    DANDRUFF = "dandruff"
    SEBORRHOEA = "seborrhoea"
    PAIN = "pain"
    REDNESS = "redness"
    SWELLING = "swelling"
    ITCHING = "itching"


class LossType(StrEnum):
    """The kind of hair loss, as far as a professional has named it."""

    PATTERN = "pattern"
    TELOGEN_EFFLUVIUM = "telogen_effluvium"
    ALOPECIA_AREATA = "alopecia_areata"
    TRACTION = "traction"
    SCARRING = "scarring"
    DRUG_CAUSED = "drug_caused"
    UNKNOWN = "unknown"


class RecentEvent(StrEnum):
    """What can make hair fall some months later."""

    CHILDBIRTH = "childbirth"
    ILLNESS = "illness"
    SURGERY = "surgery"
    DIET = "diet"
    STRESS = "stress"
    MEDICINE = "medicine"
    CHEMOTHERAPY = "chemotherapy"


class SkinTone(StrEnum):
    """The skin's tone, which changes one risk of needling."""

    LIGHT = "light"
    MEDIUM = "medium"
    DARK = "dark"


class QuestionKind(StrEnum):
    """How a question is answered; one of ``several`` may be that none applies."""

    CHOICE = "choice"
    SEVERAL = "several"
    YES_NO = "yes_no"
    NUMBER = "number"


class Context(BaseModel):
    """The answers. All are optional; a missing answer is None and never guessed.

    Numbers and booleans must have their JSON type: "yes" or "0.25" in quotes is refused. An empty
    ``scalp_signs`` or ``recent_events`` means that there are none.
    """

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        allow_inf_nan=False,
        json_schema_extra={
            "example": {
                "setting": "home",
                "device": "roller",
                "needle_mm": 0.25,
                "weeks_since_start": 6,
                "shedding": "slight",
                "density_loss": False,
                "scalp_signs": [],
            }
        },
    )

    setting: Setting | None = None
    device: Device | None = None
    needle_mm: Annotated[float, Field(ge=0, le=3.5, strict=True)] | None = None
    sessions_per_month: Annotated[float, Field(ge=0, le=60, strict=True)] | None = None
    weeks_since_start: Annotated[float, Field(ge=0, le=2600, strict=True)] | None = None
    collected: Collected | None = None
    shedding: Shedding | None = None
    shedding_over_six_months: StrictBool | None = None
    recent_events: Annotated[tuple[RecentEvent, ...], Field(max_length=len(RecentEvent))] | None = (
        None
    )
    density_loss: StrictBool | None = None
    scalp_signs: Annotated[tuple[ScalpSign, ...], Field(max_length=len(ScalpSign))] | None = None
    signs_tied_to_sessions: StrictBool | None = None
    loss_type: LossType | None = None
    minoxidil: StrictBool | None = None
    finasteride: StrictBool | None = None
    skin_tone: SkinTone | None = None
    under_18: StrictBool | None = None
    new_drug_or_chemotherapy: StrictBool | None = None


class Question(BaseModel):
    """A question to ask a person.

    It is asked if each answer named in ``ask_if`` is one of the values there, and no answer named
    in ``unless`` is. Its texts are ``questions.FIELD.text`` and ``questions.FIELD.options.VALUE``.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    field: str
    kind: QuestionKind
    options: tuple[str, ...] = ()
    ask_if: dict[str, tuple[str, ...]] = {}
    unless: dict[str, tuple[str, ...]] = {}
    min: float | None = None
    max: float | None = None

    def is_asked(self, answers: Mapping[str, Any]) -> bool:
        """Whether it is asked after these answers."""
        fits = all(_is_one_of(answers[name], values) for name, values in self.ask_if.items())
        return fits and not self._is_left_out(answers)

    def may_be_asked(self, answers: Mapping[str, Any]) -> bool:
        """Whether it is asked after these answers, or may be once missing ones are given."""
        conditions = self.ask_if.items()
        fits = all(answers[name] is None or _is_one_of(answers[name], v) for name, v in conditions)
        return fits and not self._is_left_out(answers)

    def _is_left_out(self, answers: Mapping[str, Any]) -> bool:
        return any(_is_one_of(answers[name], values) for name, values in self.unless.items())


def asked_fields(context: Context) -> list[str]:
    """The fields of all questions that a person with these answers is asked, in their order."""
    answers = context.model_dump()
    return [each.field for each in questions() if each.is_asked(answers)]


def open_fields(context: Context) -> list[str]:
    """The fields without an answer whose questions are asked, or may be."""
    answers = context.model_dump()
    asked = [each.field for each in questions() if each.may_be_asked(answers)]
    return [field for field in dict.fromkeys(asked) if answers[field] is None]


@cache
def questions() -> tuple[Question, ...]:
    """All questions, in the order in which they are asked."""
    text = files("serve").joinpath("advice/questions.json").read_text(encoding="utf-8")
    return tuple(Question.model_validate(each) for each in json.loads(text))


def _is_one_of(answer: Any, values: tuple[str, ...]) -> bool:
    answers = answer if isinstance(answer, tuple) else (answer,)
    return any(each in values for each in answers)
