"""Versions of the model as text and as JSON."""

from collections.abc import Iterator, Sequence
from typing import Any

from model.registry.history import RegistryEvent
from model.registry.registry import VersionEntry
from model.version import CARD_FILE

_HEADS = ("", "version", "fitted from", "added", "trained on")
_DAMAGED = "damaged: cannot be active"


def version_json(entry: VersionEntry) -> dict[str, Any]:
    """A version as JSON; fields of the manifest are null if the version is damaged."""
    manifest = entry.manifest
    return {
        "name": entry.name,
        "active": entry.active,
        "damaged": manifest is None,
        "added": entry.added,
        "folder": str(entry.folder),
        "parent": manifest and manifest.parent,
        "sha256": manifest and manifest.name.sha256,
        "trained_on": manifest and manifest.name.trained_on,
        "training_data_sha256": manifest and manifest.training_data_sha256,
        "licence": manifest and manifest.licence,
        "metrics": manifest and dict(manifest.metrics),
    }


def version_table(entries: Sequence[VersionEntry]) -> Iterator[str]:
    """A header line and a line for each version."""
    rows = [_HEADS, *map(_row, entries)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        yield "  ".join(cells).rstrip()


def details_of(entry: VersionEntry, moves: Sequence[RegistryEvent]) -> Iterator[str]:
    """Origin, history and figures of a version, line by line."""
    manifest = entry.manifest
    yield f"version      {entry.name}{' (active)' if entry.active else ''}"
    yield f"folder       {entry.folder}"
    for move in moves:
        yield f"{move.kind.replace('_', ' '):<12} {_minute(move.at)}, {move.reason}"
    if manifest is None:
        yield _DAMAGED
        return
    yield f"fitted from  {manifest.parent or '-'}"
    yield f"trained on   {manifest.name.trained_on}"
    yield f"weights      SHA-256 {manifest.name.sha256}"
    yield f"data         SHA-256 {manifest.training_data_sha256}"
    yield f"licence      {manifest.licence}"
    yield f"model card   {entry.folder / CARD_FILE}"
    yield "figures on held-out data"
    for name, value in manifest.metrics.items():
        yield f"  {name:<40} {value:g}"


def _row(entry: VersionEntry) -> tuple[str, ...]:
    manifest = entry.manifest
    parent = (manifest and manifest.parent) or "-"
    trained_on = manifest.name.trained_on if manifest else _DAMAGED
    added = _minute(entry.added) if entry.added else "-"
    return "*" if entry.active else "", entry.name, parent, added, trained_on


def _minute(at: str) -> str:
    """``2026-11-21T22:53:29.123456+00:00`` to the minute."""
    return at[:16].replace("T", " ")
