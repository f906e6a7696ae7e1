"""What /openapi.json says: the format's own JSON schema, and the examples.

The answers about photos are described by ``model/schema/shedlight-1.json`` alone, so that file
and documentation cannot part ways.
"""

import json
from importlib.resources import files

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from data.errors import ErrorCode
from data.io.jsonl import Json
from serve.advice.rules import Strength, Urgency
from serve.api.middleware import API, HEADER
from serve.api.openapi_examples import EXAMPLES
from serve.error_codes import ServerErrorCode
from serve.jobs.state import BatchStage, TrainingStage
from serve.store.correction import CorrectionKind
from serve.store.retention import Retention

_REF = "#/components/schemas/"
JSON_KIND = "application/json"
_WORDS = {
    400: "The file is empty, or the body is broken",
    403: "No key is set, and the request comes from another machine, or it is not allowed at all",
    404: "Nothing is kept under this id (any more), or it has no such hair",
    409: "The batch is not done, or what is asked cannot be done as things are",
    401: "The server has a key set, and the request does not bring it",
    413: "Too many photos, or one that is too large",
    415: "Not a picture that is read",
    422: "The photo or something that was said is at fault; `field` names it",
    429: "This client asked too often",
    503: "Too many photos are waiting, no worker is up yet, or the store cannot be reached",
}
_TRY_AGAIN = {429, 503}
_GUARDS, _BROKEN_BODY = (401, 429), (400,)
"""What any address of the API may answer before its handler; one that takes a body, too."""
DESCRIPTION = (
    "Reads the roots of shed hairs in photos: telogen club, or a growing hair that was torn? "
    "Trained on rendered hairs; accuracy on real roots is unmeasured. Not a diagnosis."
)
_ROOTS_IN_VIEW = "true when all root ends were laid in the picture"
_OVERLAY = "true adds to each photo a JPEG `data:` URL with the hairs drawn in"
_KEEP = (
    "keeps each photo that is read, re-encoded and without its metadata, for a while: for a link "
    "to the result, or to improve the model; `no` keeps nothing"
)


def answers(name: str, *errors: int) -> dict[int | str, Json]:
    """FastAPI's ``responses``: the named answer, and the errors by status."""
    return {200: _answer(name, "The answer")} | failures(*errors)


def failures(*errors: int) -> dict[int | str, Json]:
    """The errors by status; those of keys and limits are told of every address of the API."""
    return {status: _failure(status) for status in errors}


def accepted(name: str) -> dict[int | str, Json]:
    """FastAPI's ``responses``: the named answer to what will be done later."""
    return {202: _answer(name, "Taken in")}


def file_answer(*kinds: str) -> dict[int | str, Json]:
    """FastAPI's ``responses``: a picture or another file, of one of these media types."""
    content = {kind: {"schema": _JSON if kind == JSON_KIND else _BINARY} for kind in kinds}
    return {200: {"description": "The file", "content": content}}


def event_stream(kind: str, name: str, *events: str) -> dict[int | str, Json]:
    """FastAPI's ``responses``: server-sent events, each with the named answer as its data."""
    text = {"type": "string"}
    data = {"contentMediaType": JSON_KIND, "contentSchema": {"$ref": _REF + name}}
    event = _object(event={"enum": list(events)}, id=text, data=text | data)
    return {200: {"description": "One event after another", "content": {kind: {"schema": event}}}}


def install_openapi(app: FastAPI) -> None:
    """Let the app's /openapi.json hold the schemas that are not pydantic's."""

    def openapi() -> Json:
        if app.openapi_schema is None:
            schema = get_openapi(
                title=app.title, version="1", routes=app.routes, description=DESCRIPTION
            )
            schema["components"]["schemas"] |= _schemas()
            _add_guards(schema)
            app.openapi_schema = schema
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]


def _answer(name: str, description: str) -> Json:
    content = {"schema": {"$ref": _REF + name}, "example": EXAMPLES[name]}
    return {"description": description, "content": {JSON_KIND: content}}


def _failure(status: int) -> Json:
    described = _answer("Error", _WORDS[status])
    if status in _TRY_AGAIN:
        seconds = {"schema": {"type": "integer"}, "description": "seconds until another try"}
        described["headers"] = {"Retry-After": seconds}
    return described


def _add_guards(schema: Json) -> None:
    """Tells of the key, which a server may or may not have set, and of the limit per client."""
    schema["components"]["securitySchemes"] = {
        "key": {"type": "apiKey", "in": "header", "name": HEADER},
        "bearer": {"type": "http", "scheme": "bearer"},
    }
    for path, operations in schema["paths"].items():
        for operation in operations.values() if path.startswith(API) else ():
            operation["security"] = [{}, {"key": []}, {"bearer": []}]
            statuses = _GUARDS + (_BROKEN_BODY if "requestBody" in operation else ())
            operation["responses"] |= {str(status): _failure(status) for status in statuses}


def _schemas() -> Json:
    text = files("model").joinpath("schema/shedlight-1.json").read_text(encoding="utf-8")
    for_openapi = json.loads(text.replace("#/$defs/", _REF))
    parts: Json = for_openapi.pop("$defs")
    for_openapi.pop("$schema")
    for_openapi["properties"] |= _ADDED
    pool = {"$ref": _REF + "summary"}
    advice = {"type": "array", "items": {"$ref": _REF + "Advice"}}
    photo = {"$ref": _REF + "Photo"}
    photos = {"type": "array", "items": photo}
    return parts | {
        "Photo": for_openapi,
        "Advice": _object(
            id={"type": "string"},
            urgency={"enum": [each.value for each in Urgency]},
            text={"type": "string"},
            sources={"type": "array", "items": {"type": "string"}},
            strength={"enum": [each.value for each in Strength]},
        ),
        "PhotosAnswer": _object(photos=photos, pool=pool, advice=advice),
        "AdviceAnswer": _object(pool=pool, advice=advice),
        "Error": _object(error=_error()),
        "Event": _event(),
        "KeptPhotoAnswer": _object(
            photo=photo,
            pool=pool,
            events={"type": "array", "items": {"$ref": _REF + "Event"}},
            expires_at=_TIME,
            improve={"type": "boolean"},
        ),
        "BatchAnswer": _batch(pool, advice),
        "TrainingProgress": _training(),
        "CorrectionAnswer": _object(event={"$ref": _REF + "Event"}, photo=photo, pool=pool),
    }


def _error() -> Json:
    text = {"type": "string"}
    codes = [code.value for code in (*ErrorCode, *ServerErrorCode)]
    schema = _object(code={"enum": codes}, message=text)
    schema["properties"]["field"] = text | {"description": "what of the request is at fault"}
    return schema


def _batch(pool: Json, advice: Json) -> Json:
    number, text, nothing = {"type": "integer", "minimum": 0}, {"type": "string"}, {"type": "null"}
    finding = _object(code=text, photos=number, message=text)
    retake = {"type": "array", "items": finding, "description": "of how many photos it is said"}
    answer = _object(pool=pool, advice=advice, retake=retake)
    return _object(
        id={"type": "string", "description": "who knows it, may"},
        state={"enum": [stage.value for stage in BatchStage]},
        photos=number | {"description": "that get a line in the results"},
        skipped=number | {"description": "files of zips that are no pictures by their names"},
        done=number,
        rejected=number | {"description": "of those done"},
        failed=number | {"description": "of those done"},
        expires_at={"oneOf": [_TIME, nothing], "description": "when it is deleted, once it ended"},
        error={"oneOf": [_object(code=text, message=text), nothing]},
        answer={"oneOf": [answer, nothing], "description": "there once the batch is done"},
        links=_object(self=text, events=text, results=text),
    )


def _training() -> Json:
    text, nothing = {"type": "string"}, {"type": "null"}
    return _object(
        state={"enum": [stage.value for stage in TrainingStage]},
        step=text | {"description": "what it is at, in words"},
        done={"type": "number", "minimum": 0, "maximum": 1},
        message={"oneOf": [text, nothing], "description": "why it failed"},
    )


def _event() -> Json:
    number, nothing = {"type": "integer", "minimum": 0}, {"type": "null"}
    return _object(
        number={"type": "integer", "minimum": 1},
        said={"enum": [said.value for said in CorrectionKind]},
        hair={"oneOf": [number, nothing], "description": "null for an undo"},
        place={"oneOf": [_PLACE, nothing], "description": "of a root that was missed"},
        root_end={"oneOf": [number, nothing]},
        undoes={"oneOf": [number, nothing], "description": "the number of an event"},
        said_at=_TIME,
        model_version={"type": "string"},
    )


def _object(**properties: Json) -> Json:
    return {"type": "object", "required": list(properties), "properties": properties}


_BINARY, _JSON = {"type": "string", "format": "binary"}, {"type": "object"}
_TIME = {"type": "string", "format": "date-time"}
_COORDINATE = {"type": "number"}
_PLACE = _object(x=_COORDINATE, y=_COORDINATE)
_MISSED = _object(
    id={"type": "integer"},
    root=_PLACE,
    corrected_label={"enum": [said.value for said in CorrectionKind if said.is_label]},
)
_ADDED: dict[str, Json] = {
    "overlay": {"type": "string", "description": _OVERLAY},
    "id": {"type": "string", "description": "of a photo that was kept; who knows it, may"},
    "expires_at": _TIME | {"description": "when a photo that was kept is deleted"},
    "missed_roots": {
        "type": "array",
        "items": _MISSED,
        "description": "of a kept photo: the roots that only people saw",
    },
}
"""What answers add to a photo's object of the output format."""
_ASKED: dict[str, Json] = {
    "context": {
        "type": "string",
        "contentMediaType": JSON_KIND,
        "contentSchema": {"$ref": _REF + "Context"},
        "description": "the questionnaire as JSON",
        "example": '{"setting": "home", "shedding": "slight", "weeks_since_start": 6}',
    },
    "roots_in_view": {"type": "boolean", "default": False, "description": _ROOTS_IN_VIEW},
    "overlay": {"type": "boolean", "default": False, "description": _OVERLAY},
    "retention": {
        "enum": [keep.value for keep in Retention],
        "default": Retention.NO.value,
        "description": _KEEP,
    },
}
_FORM = {"files": {"type": "array", "items": _BINARY, "minItems": 1}} | _ASKED
PHOTOS_REQUEST: Json = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {"type": "object", "required": ["files"], "properties": _FORM}
            },
            "image/*": {"schema": _BINARY},
            "application/octet-stream": {"schema": _BINARY},
        },
    },
    "parameters": [
        {"name": name, "in": "query", "required": False, "schema": schema}
        for name, schema in _ASKED.items()
    ],
}
"""How ``POST /v1/photos`` is described: multipart, or one raw image with query parameters."""
BATCH_REQUEST: Json = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["files"],
                    "properties": {
                        "files": _FORM["files"] | {"description": "photos, and zips of photos"},
                        "context": _ASKED["context"],
                        "roots_in_view": _ASKED["roots_in_view"],
                    },
                }
            }
        },
    }
}
"""How ``POST /v1/batches`` is described."""
