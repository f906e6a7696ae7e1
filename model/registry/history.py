"""What happened in a registry: which version was added, put in force, or taken back, and why."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from enum import StrEnum


class EventKind(StrEnum):
    """What a move did."""

    ADDED = "added"
    PROMOTED = "promoted"
    ROLLED_BACK = "rolled_back"


@dataclass(frozen=True)
class RegistryEvent:
    """At ``at`` (ISO 8601, UTC) the version ``name`` was added, put in force, or gone back to."""

    at: str
    did: EventKind
    name: str
    reason: str

    @classmethod
    def now(cls, did: EventKind, name: str, reason: str) -> "RegistryEvent":
        """A move of this moment."""
        return cls(datetime.now(UTC).isoformat(), did, name, reason)

    @classmethod
    def parse(cls, line: str) -> "RegistryEvent | None":
        """The move that a line tells of; None for one that was cut short or is none of ours."""
        try:
            raw = json.loads(line)
            told = {key: raw[key] for key in ("at", "name", "reason")}
            if not all(isinstance(value, str) for value in told.values()):
                return None
            return cls(did=EventKind(raw["did"]), **told)
        except (ValueError, KeyError, TypeError):
            return None

    def as_line(self) -> str:
        """The move as JSON, on one line."""
        return json.dumps(asdict(self))


def active_history(moves: Iterable[RegistryEvent], shipped: str) -> list[str]:
    """The versions to go back through, ``shipped`` first, the one that should be in force last.

    Going back takes away all that came after; from the first there is nothing to go back to.
    """
    names = [shipped]
    for move in moves:
        if move.did is EventKind.PROMOTED and move.name != names[-1]:
            names.append(move.name)
        while move.did is EventKind.ROLLED_BACK and len(names) > 1 and names[-1] != move.name:
            names.pop()
    return names
