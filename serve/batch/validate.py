"""Checks a file of results against format ``shedlight/1`` and locates what breaks it."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from jsonschema import Draft202012Validator, ValidationError
from jsonschema.exceptions import best_match

from data.io.jsonl import Json

_MAX_MESSAGE = 200


@dataclass(frozen=True)
class FormatProblem:
    """What is wrong in a line (the first is 1), and at which field: a path such as
    ``hairs[0].label``, "" for the whole line."""

    line: int
    field: str
    message: str

    def __str__(self) -> str:
        where = f"line {self.line}, {self.field}" if self.field else f"line {self.line}"
        return f"{where}: {self.message}"


def format_problems(file: Path) -> Iterator[FormatProblem]:
    """All places where a file is not in format ``shedlight/1``, in order; raises OSError.

    Beyond the schema: no photo comes twice, a duplicate points at an earlier photo, and a photo's
    counts are those of its hairs.
    """
    schema = json.loads(files("model").joinpath("schema/shedlight-1.json").read_text("utf-8"))
    validator, names = Draft202012Validator(schema), set[str]()
    with file.open("rb") as lines:
        for number, line in enumerate(lines, 1):
            for field, message in _problems(line, validator, names):
                yield FormatProblem(number, field, message)


def _problems(
    line: bytes, validator: Draft202012Validator, names: set[str]
) -> Iterator[tuple[str, str]]:
    """Fields and messages. ``names`` are those of the photos before; this photo's is added."""
    if not line.endswith(b"\n"):
        yield "", "is cut short: there is no line break at its end"
    try:
        record = json.loads(line, parse_constant=_refuse_constant)
    except ValueError as error:
        yield "", f"is not JSON: {error}"
        return
    errors = list(validator.iter_errors(record))
    yield from map(_in_words, errors)
    if not errors:
        yield from _order_problems(record, names)
        yield from _count_problems(record)
    if isinstance(record, dict):
        names.add(str(record.get("photo")))


def _refuse_constant(name: str) -> None:
    """For NaN and Infinity, which Python reads but JSON does not have."""
    raise ValueError(f"{name} is not a number")


def _in_words(error: ValidationError) -> tuple[str, str]:
    """The field and message of an error; of alternatives, those of the one that fits best."""
    best = best_match([error]) or error
    message = best.message
    if len(message) > _MAX_MESSAGE:
        message = f"{message[: _MAX_MESSAGE // 2]} ... {message[-_MAX_MESSAGE // 2 :]}"
    return best.json_path.removeprefix("$").removeprefix("."), message


def _order_problems(record: Json, names: set[str]) -> Iterator[tuple[str, str]]:
    name = record["photo"]
    if name in names:
        yield "photo", f"{name!r} is listed before"
    for field in ("duplicate_of", "near_duplicate_of"):
        first = record.get(field)
        if first is not None and first not in names:
            yield field, f"{first!r} is not listed before"


def _count_problems(record: Json) -> Iterator[tuple[str, str]]:
    """The labels of the model are counted; a photo with corrected labels is not checked."""
    hairs = record["hairs"]
    if any("corrected_label" in hair for hair in hairs):
        return
    labels = [hair["label"] for hair in hairs]
    counts = {label: labels.count(label) for label in ("telogen", "anagen", "unsure")}
    for name, count in {"hairs": len(hairs), **counts}.items():
        if record["summary"][name] != count:
            yield f"summary.{name}", f"is {record['summary'][name]}, but there are {count}"
    for index, hair in enumerate(hairs):
        if hair["id"] != index:
            yield f"hairs[{index}].id", f"is {hair['id']}, but the hair's index is {index}"
