"""Whether a file of results is in the format, and where it is not."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from model.schema_check import Problem, SchemaCheck, format_schema


@dataclass(frozen=True)
class BrokenPlace:
    """What is wrong in a line (the first is 1)."""

    line: int
    problem: Problem

    def in_words(self) -> str:
        """One line for a person."""
        field = f", {self.problem.field}" if self.problem.field else ""
        return f"line {self.line}{field}: {self.problem.message}"


def broken_places(file: Path) -> Iterator[BrokenPlace]:
    """All places where a file is not in format ``shedlight/1``, in order; raises OSError.

    Beyond the schema: no photo comes twice, a duplicate points at an earlier photo, and a photo's
    counts are those of its hairs.
    """
    check, names = SchemaCheck(format_schema()), set[str]()
    with file.open("rb") as lines:
        for number, line in enumerate(lines, 1):
            for problem in _problems(line, check, names):
                yield BrokenPlace(number, problem)


def _problems(line: bytes, check: SchemaCheck, names: set[str]) -> Iterator[Problem]:
    if not line.endswith(b"\n"):
        yield Problem("", "is cut short: no line break ends it")
    try:
        record = json.loads(line, parse_constant=_refuse_constant)
    except ValueError as error:
        yield Problem("", f"is no JSON: {error}")
        return
    wrong = list(check.problems(record))
    yield from wrong
    if not wrong:
        yield from _between_lines(record, names)
        yield from _counts(record)
    if isinstance(record, dict):
        names.add(str(record.get("photo")))


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is no number")


def _between_lines(record: dict[str, Any], names: set[str]) -> Iterator[Problem]:
    name, first = record["photo"], record.get("duplicate_of")
    if name in names:
        yield Problem("photo", f"{name!r} came before")
    if first is not None and first not in names:
        yield Problem("duplicate_of", f"{first!r} did not come before")


def _counts(record: dict[str, Any]) -> Iterator[Problem]:
    """Of labels as the machine gave them; corrected ones are counted by whoever keeps them."""
    hairs = record["hairs"]
    if any("corrected_label" in hair for hair in hairs):
        return
    labels = [hair["label"] for hair in hairs]
    found = {label: labels.count(label) for label in ("telogen", "anagen", "unsure")}
    for name, number in {"hairs": len(hairs), **found}.items():
        told = record["summary"][name]
        if told != number:
            yield Problem(f"summary.{name}", f"is {told}, but there are {number}")
    for index, hair in enumerate(hairs):
        if hair["id"] != index:
            yield Problem(f"hairs.{index}.id", f"is {hair['id']}, but the hair's place is {index}")
