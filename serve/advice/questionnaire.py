"""The questionnaire: optional answers about needling, shedding and the scalp."""

from enum import StrEnum
from typing import Annotated

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


class SkinTone(StrEnum):
    """The skin's tone, which changes one risk of needling."""

    LIGHT = "light"
    MEDIUM = "medium"
    DARK = "dark"


class Context(BaseModel):
    """The answers. All are optional; a missing answer is None and never guessed.

    Numbers and booleans must have their JSON type: "yes" or "0.25" in quotes is refused. An empty
    ``scalp_signs`` means that there are none.
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
                "loss_type": "unknown",
                "new_drug_or_chemotherapy": False,
                "under_18": False,
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
    density_loss: StrictBool | None = None
    scalp_signs: Annotated[tuple[ScalpSign, ...], Field(max_length=len(ScalpSign))] | None = None
    signs_tied_to_sessions: StrictBool | None = None
    loss_type: LossType | None = None
    minoxidil: StrictBool | None = None
    finasteride: StrictBool | None = None
    skin_tone: SkinTone | None = None
    under_18: StrictBool | None = None
    new_drug_or_chemotherapy: StrictBool | None = None
