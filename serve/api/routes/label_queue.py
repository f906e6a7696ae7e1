"""``GET /v1/labels/next``: which hairs of kept photos to label next."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, ConfigDict, Field, JsonValue

from serve.api.openapi import failures
from serve.error_codes import ServerError, ServerErrorCode
from serve.label_queue.saved_photos import QueuedHair, SavedPhotoCandidates
from serve.loopback import is_of_this_machine
from serve.resources import ResourcesDep

MOST = 200
Count = Annotated[int, Query(ge=1, le=MOST, description="how many hairs at most")]
router = APIRouter(tags=["labels"])

_PHOTO = "/v1/photos/Zk3vQ0yRr1m8aXwBt5LhNg"
_EXAMPLE: dict[str, JsonValue] = {
    "hairs": [
        {
            "photo": "Zk3vQ0yRr1m8aXwBt5LhNg",
            "hair": 3,
            "end": 0,
            "ends": [0, 1],
            "guess": "telogen",
            "chance": 0.53,
            "why": "Telogen or anagen? 53% against 45%.",
            "links": {
                "photo": _PHOTO,
                "crop": f"{_PHOTO}/hairs/3/crop.png?end=0",
                "label": f"{_PHOTO}/hairs/3/label",
            },
        }
    ],
    "open": 41,
    "labelled": 12,
}


class NextLinks(BaseModel):
    """Where the photo and the crop are, and where to send the label."""

    photo: str
    crop: str
    label: str


class NextHair(BaseModel):
    """A hair to label, with the end that is most like a root, all ``ends`` in view, and what the
    model thinks first."""

    photo: str
    hair: int
    end: int
    ends: list[int]
    guess: str
    chance: float
    why: str
    links: NextLinks


class NextAnswer(BaseModel):
    """Hairs in their order; how many are ``open`` in all, and how many people labelled."""

    model_config = ConfigDict(json_schema_extra={"example": _EXAMPLE})

    hairs: list[NextHair]
    open: int = Field(ge=0)
    labelled: int = Field(ge=0)


@router.get("/v1/labels/next", responses=failures(403, 422, 503))
def next_labels(request: Request, shared: ResourcesDep, count: Count = 20) -> NextAnswer:
    """The hairs of kept photos whose labels would teach the model most, in their order.

    Only of photos that may improve the model. It tells the ids of everybody's photos, so it takes
    the server's key; where none is set, it answers this machine alone.
    """
    if shared.settings.api_key is None and not is_of_this_machine(request):
        raise ServerError(ServerErrorCode.LOCAL_ONLY)
    store = shared.keeping.made()
    found = SavedPhotoCandidates.of(store) if store else SavedPhotoCandidates()
    return NextAnswer(
        hairs=[_told(kept) for kept in found.queue(count)],
        open=len(found.open),
        labelled=len(found.labelled),
    )


def _told(kept: QueuedHair) -> NextHair:
    hair, (guess, chance) = kept.hair, kept.hair.guess
    photo = f"/v1/photos/{hair.photo}"
    of_hair = f"{photo}/hairs/{kept.number}"
    return NextHair(
        photo=hair.photo,
        hair=kept.number,
        end=hair.shown,
        ends=hair.ends_in_view,
        guess=guess,
        chance=round(chance, 2),
        why=hair.why,
        links=NextLinks(
            photo=photo, crop=f"{of_hair}/crop.png?end={hair.shown}", label=f"{of_hair}/label"
        ),
    )
