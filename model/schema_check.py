"""Checks a value against the format's schema and says where it is broken.

Of JSON Schema (draft 2020-12) just the keywords that ``model/schema/shedlight-1.json`` uses, and it
refuses a schema with any other: a library for all of them is not worth a dependency. The tests
compare it with one.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

Schema = Mapping[str, Any]


@dataclass(frozen=True)
class Problem:
    """What is wrong, and at which field: names and numbers joined by dots, "" for the whole."""

    field: str
    message: str


def format_schema() -> Schema:
    """The schema of a photo's object in format ``shedlight/1``."""
    text = files("model").joinpath("schema/shedlight-1.json").read_text(encoding="utf-8")
    schema: Schema = json.loads(text)
    return schema


class SchemaCheck:
    """Checks values against one schema."""

    def __init__(self, schema: Schema) -> None:
        """Raises ValueError for a keyword that is not known here."""
        self._defs: Mapping[str, Schema] = schema.get("$defs", {})
        for each in (schema, *self._defs.values()):
            _refuse_unknown(each)
        self._schema = schema

    def problems(self, value: object) -> Iterator[Problem]:
        """All that is wrong with a value that was JSON; nothing where it fits."""
        yield from self._within(self._schema, value, "")

    def _within(self, schema: Schema, value: object, at: str) -> Iterator[Problem]:
        for keyword, told in schema.items():
            if keyword in _PLAIN:
                message = _PLAIN[keyword](told, value)
                if message is not None:
                    yield Problem(at, message)
            elif keyword in _NESTED:
                yield from _NESTED[keyword](self, schema, value, at)

    def _fits(self, schema: Schema, value: object) -> bool:
        return next(self._within(schema, value, ""), None) is None

    def _ref(self, schema: Schema, value: object, at: str) -> Iterator[Problem]:
        yield from self._within(self._defs[schema["$ref"].removeprefix("#/$defs/")], value, at)

    def _properties(self, schema: Schema, value: object, at: str) -> Iterator[Problem]:
        for name, within in schema["properties"].items():
            if isinstance(value, dict) and name in value:
                yield from self._within(within, value[name], _below(at, name))

    def _items(self, schema: Schema, value: object, at: str) -> Iterator[Problem]:
        for index, item in enumerate(value if isinstance(value, list) else ()):
            yield from self._within(schema["items"], item, _below(at, index))

    def _one_of(self, schema: Schema, value: object, at: str) -> Iterator[Problem]:
        """Where none fits, what is wrong by the one that is for values of this type."""
        branches: list[Schema] = schema["oneOf"]
        fitting = sum(self._fits(branch, value) for branch in branches)
        if fitting > 1:
            yield Problem(at, "has to be of one kind only")
        if fitting:
            return
        meant = (branch for branch in branches if _is_of_type(branch.get("type"), value))
        nearest = next(meant, branches[-1])
        yield from self._within(nearest, value, at)

    def _all_of(self, schema: Schema, value: object, at: str) -> Iterator[Problem]:
        for part in schema["allOf"]:
            yield from self._within(part, value, at)

    def _if(self, schema: Schema, value: object, at: str) -> Iterator[Problem]:
        branch = "then" if self._fits(schema["if"], value) else "else"
        yield from self._within(schema.get(branch, {}), value, at)


def _below(at: str, name: object) -> str:
    return f"{at}.{name}" if at else str(name)


_TYPES: Mapping[str, Callable[[object], bool]] = {
    "null": lambda value: value is None,
    "string": lambda value: isinstance(value, str),
    "array": lambda value: isinstance(value, list),
    "object": lambda value: isinstance(value, dict),
    "number": lambda value: _is_number(value),
    "integer": lambda value: _is_number(value) and value == int(value),  # type: ignore[call-overload]
}


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _is_of_type(told: str | list[str] | None, value: object) -> bool:
    names = [told] if isinstance(told, str) else told or []
    return any(_TYPES[name](value) for name in names)


def _same(one: object, other: object) -> bool:
    """As JSON has it: true is not 1."""
    return one == other and isinstance(one, bool) == isinstance(other, bool)


def _shown(value: object) -> str:
    text = json.dumps(value)
    return text if len(text) <= 40 else f"{text[:37]}..."


def _type(told: Any, value: object) -> str | None:
    names = told if isinstance(told, str) else " or ".join(told)
    return None if _is_of_type(told, value) else f"has to be {names}, not {_shown(value)}"


def _enum(told: Any, value: object) -> str | None:
    if any(_same(each, value) for each in told):
        return None
    return f"has to be one of {', '.join(map(_shown, told))}, not {_shown(value)}"


def _required(told: Any, value: object) -> str | None:
    missing = [name for name in told if isinstance(value, dict) and name not in value]
    return f"lacks {', '.join(missing)}" if missing else None


def _pattern(told: Any, value: object) -> str | None:
    if not isinstance(value, str) or re.search(told, value):
        return None
    return f"has to match {told}, not {_shown(value)}"


def _bound(
    kind: Callable[[object], bool], size: Callable[[Any], float], sign: int, words: str
) -> Callable[[Any, object], str | None]:
    """A check that ``size`` of values of a kind is at least (+1) or at most (-1) what is told."""

    def check(told: Any, value: object) -> str | None:
        if not kind(value) or sign * size(value) >= sign * told:
            return None
        return f"{words} {told}, not {size(value)}"

    return check


def _exclusive_minimum(told: Any, value: Any) -> str | None:
    return f"has to be above {told}" if _is_number(value) and value <= told else None


def _itself(value: Any) -> float:
    number: float = value
    return number


_PLAIN: Mapping[str, Callable[[Any, object], str | None]] = {
    "type": _type,
    "const": lambda told, value: _enum([told], value),
    "enum": _enum,
    "required": _required,
    "pattern": _pattern,
    "minimum": _bound(_is_number, _itself, 1, "has to be at least"),
    "maximum": _bound(_is_number, _itself, -1, "has to be at most"),
    "exclusiveMinimum": _exclusive_minimum,
    "minLength": _bound(_TYPES["string"], len, 1, "its length has to be at least"),
    "minItems": _bound(_TYPES["array"], len, 1, "the number of its items has to be at least"),
    "maxItems": _bound(_TYPES["array"], len, -1, "the number of its items has to be at most"),
}
_NESTED: Mapping[str, Callable[[SchemaCheck, Schema, object, str], Iterator[Problem]]] = {
    "$ref": SchemaCheck._ref,
    "properties": SchemaCheck._properties,
    "items": SchemaCheck._items,
    "oneOf": SchemaCheck._one_of,
    "allOf": SchemaCheck._all_of,
    "if": SchemaCheck._if,
}
_WITH_IF = {"then", "else"}
_SAY_NOTHING = {"$schema", "$defs", "title", "description"}
_KNOWN = _PLAIN.keys() | _NESTED.keys() | _WITH_IF | _SAY_NOTHING


def _refuse_unknown(schema: Schema) -> None:
    unknown = schema.keys() - _KNOWN
    if unknown:
        raise ValueError(f"unknown keywords in the schema: {sorted(unknown)}")
    parts = [schema[name] for name in ("items", "if", *_WITH_IF) if name in schema]
    parts += [*schema.get("properties", {}).values()]
    for part in [*parts, *schema.get("oneOf", ()), *schema.get("allOf", ())]:
        _refuse_unknown(part)
