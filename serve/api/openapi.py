"""Parts of /openapi.json that FastAPI cannot derive: forms that we parse, files, examples."""

import json
from collections.abc import Iterable
from importlib.resources import files
from typing import Any

from fastapi import FastAPI
from pydantic import BaseModel

from data.io.jsonl import Json

DESCRIPTION = (
    "Reads the roots of shed hairs in photos: telogen club, or a growing hair that was torn? "
    "Trained on rendered hairs; accuracy on real roots is unmeasured. Not a diagnosis."
)
_BINARY = {"type": "string", "format": "binary"}
_FILE_SCHEMAS = {"application/json": {"type": "object"}}


def file_response(*media_types: str) -> dict[int | str, Json]:
    """FastAPI's ``responses`` for a file of one of these media types."""
    content = {kind: {"schema": _FILE_SCHEMAS.get(kind, _BINARY)} for kind in media_types}
    return {200: {"description": "The file", "content": content}}


def form_request(options: type[BaseModel], files: str, raw: Iterable[str] = ()) -> Json:
    """FastAPI's ``openapi_extra`` for a form with ``files`` and the options as its other fields.

    With ``raw`` media types, a body may also be one such file, with the options in the query.
    """
    fields = inlined(options.model_json_schema())["properties"]
    for schema in fields.values():
        schema.pop("title", None)
    upload = {"type": "array", "items": _BINARY, "minItems": 1, "description": files}
    form = {"type": "object", "required": ["files"], "properties": {"files": upload} | fields}
    bodies = {"multipart/form-data": {"schema": form}} | {kind: {"schema": _BINARY} for kind in raw}
    request: Json = {"requestBody": {"required": True, "content": bodies}}
    if len(bodies) > 1:
        request["parameters"] = [
            {"name": name, "in": "query", "required": False, "schema": schema}
            for name, schema in fields.items()
        ]
    return request


def inlined(schema: Json) -> Json:
    """A JSON schema with each reference replaced by the definition that it names."""
    definitions = schema.get("$defs", {})

    def expand(node: Any) -> Any:
        if isinstance(node, list):
            return [expand(part) for part in node]
        if not isinstance(node, dict):
            return node
        if "$ref" in node:
            return expand(definitions[node["$ref"].rpartition("/")[2]])
        return {key: expand(part) for key, part in node.items() if key != "$defs"}

    expanded: Json = expand(schema)
    return expanded


def install_examples(app: FastAPI) -> None:
    """Adds the examples of api/examples.json to /openapi.json, by the name of the schema.

    FastAPI's own examples lose every field that is null.
    """
    generate = app.openapi

    def openapi() -> Json:
        if app.openapi_schema is None:
            text = files("serve").joinpath("api/examples.json").read_text(encoding="utf-8")
            schemas = generate()["components"]["schemas"]
            for name, example in json.loads(text).items():
                schemas[name]["example"] = example
        assert app.openapi_schema is not None
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]
