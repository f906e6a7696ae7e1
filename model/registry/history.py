"""The history of a registry: when and why each version was added, promoted or rolled back to."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from enum import StrEnum


class EventKind(StrEnum):
    """What happened to a version."""

    ADDED = "added"
    PROMOTED = "promoted"
    ROLLED_BACK = "rolled_back"


@dataclass(frozen=True)
class RegistryEvent:
    """At ``at`` (ISO 8601, UTC) the version ``name`` was added, promoted, or rolled back to."""

    at: str
    kind: EventKind
    name: str
    reason: str

    @classmethod
    def now(cls, kind: EventKind, name: str, reason: str) -> "RegistryEvent":
        """An event at the current time."""
        return cls(datetime.now(UTC).isoformat(), kind, name, reason)

    @classmethod
    def parse(cls, line: str) -> "RegistryEvent | None":
        """The event in a line of JSON; None for a line that is truncated or malformed."""
        try:
            raw = json.loads(line)
            texts = {key: raw[key] for key in ("at", "name", "reason")}
            if not all(isinstance(value, str) for value in texts.values()):
                return None
            return cls(kind=EventKind(raw["kind"]), **texts)
        except (ValueError, KeyError, TypeError):
            return None

    def as_line(self) -> str:
        """The event as one line of JSON."""
        return json.dumps(asdict(self))


def active_history(events: Iterable[RegistryEvent], shipped: str) -> list[str]:
    """The versions that a rollback can return to, ``shipped`` first, the active one last.

    A rollback removes all later versions; from the first there is nothing to roll back to.
    """
    names = [shipped]
    for event in events:
        if event.kind is EventKind.PROMOTED and event.name != names[-1]:
            names.append(event.name)
        while event.kind is EventKind.ROLLED_BACK and len(names) > 1 and names[-1] != event.name:
            names.pop()
    return names
