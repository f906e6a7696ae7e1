"""Versions that differ only in name, for the tests of the registry and its users."""

from contextlib import AbstractContextManager
from dataclasses import replace
from itertools import cycle
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path

import model.registry.registry
from model.registry.registry import Champion, Registry
from model.version import SHIPPED, WEIGHTS_FILE, load_version, save_version
from tests.helpers.reporting_process import PROCESSES, reporting_process

PROCESSES.set_forkserver_preload([__name__])
SHIPPED_NAME = load_version(SHIPPED).manifest.name.version
SHIPPED_ACTIVE = Champion(SHIPPED_NAME, SHIPPED)
"""The champion before any promotion."""


def make_version(folder: Path, name: str, parent: str | None = None) -> Path:
    """The shipped version under another name."""
    shipped = load_version(SHIPPED)
    named = replace(shipped.manifest.name, version=name)
    manifest = replace(shipped.manifest, name=named, parent=parent)
    save_version(folder / name, shipped.weights, manifest, f"# {name}")
    return folder / name


def registry_with(folder: Path, *names: str) -> Registry:
    """A registry to which versions of these names were added."""
    registry = Registry(folder / "models")
    for name in names:
        registry.add(make_version(folder / "made", name))
    return registry


def folder_of(registry: Registry, name: str) -> Path:
    """The folder of an added version."""
    return registry.folder / "versions" / name


def damage(registry: Registry, name: str) -> None:
    """Adds a byte to the weights of a version."""
    with (folder_of(registry, name) / WEIGHTS_FILE).open("ab") as weights:
        weights.write(b"!")


def promote_on(folder: Path, names: tuple[str, ...], answers: Connection) -> None:
    """Promotes one version after the other without end, and reports each promotion."""
    # Trying the network takes most of the time of a promotion: here it is writing that should.
    model.registry.registry.EndClassifier = lambda version: None  # type: ignore[assignment,misc]
    registry = Registry(folder)
    for name in cycle(names):
        registry.promote(name, f"the turn of {name}")
        answers.send_bytes(name.encode())


def promoting(folder: Path, *names: str) -> AbstractContextManager[tuple[BaseProcess, Connection]]:
    """A process in ``promote_on`` and the end of a pipe with its answers; killed in the end."""
    return reporting_process(promote_on, folder, names)
