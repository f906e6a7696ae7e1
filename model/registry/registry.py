"""The versions of the model on a machine, and which of them is active.

    FOLDER/versions/NAME/   a version in the form of ``model.version``, named as in its reports
    FOLDER/champion         the last event: which version is active, since when and why
    FOLDER/history.jsonl    all events, one a line; lines are only appended

Replacing ``champion`` activates a version in one step: before it the old version is active, after
it the new one. The history is written afterwards; if that is interrupted, the next writer completes
it. The version that comes with the package is always present, and active until another is promoted.
"""

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from itertools import groupby, islice
from pathlib import Path

from data.errors import ErrorCode, ShedlightError
from data.io.files import locked, replace_file, sync_file, sync_folder
from data.io.jsonl import append_line
from model.inference.root_classifier import EndClassifier
from model.registry.history import EventKind, RegistryEvent, active_history
from model.version import SHIPPED, VERSION_FILES, Manifest, load_version

VERSIONS, ALIAS, HISTORY = "versions", "champion", "history.jsonl"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_UNFINISHED = ".part"
NO_HOME = Path(os.devnull, "models")
"""Stands for a folder below a home folder that is unknown: it can never exist."""


class RegistryError(Exception):
    """The request cannot be carried out; the message is one sentence for the user."""


@dataclass(frozen=True)
class Champion:
    """The active version. ``instead_of`` names the promoted one if that is missing or damaged."""

    name: str
    folder: Path
    instead_of: str | None = None

    @property
    def problem(self) -> str | None:
        """One sentence for the operator if the promoted version cannot be used, else None."""
        if self.instead_of is None:
            return None
        return f"The version {self.instead_of} is missing or damaged; {self.name} is active."


@dataclass(frozen=True)
class VersionEntry:
    """A version of the registry; ``manifest`` is None for a damaged one.

    ``added`` (ISO 8601, UTC) is None for the shipped version.
    """

    name: str
    folder: Path
    manifest: Manifest | None
    added: str | None
    active: bool


class Registry:
    """The versions in a folder, which need not exist yet. May be used by several processes.

    ``shipped`` stands in for the folder of the version that comes with the package.
    """

    def __init__(self, folder: Path, shipped: Path | None = None) -> None:
        self.folder = expand_home(folder)
        self._shipped_folder = shipped or SHIPPED
        self._shipped = load_version(self._shipped_folder).manifest.name.version

    def versions(self) -> tuple[VersionEntry, ...]:
        """The shipped version and all that were added, the oldest first."""
        added = {event.name: event.at for event in self.events() if event.kind is EventKind.ADDED}
        versions = self.folder / VERSIONS
        names = {each.name for each in versions.iterdir()} if versions.is_dir() else set()
        others = [name for name in names if _NAME.fullmatch(name) and name != self._shipped]
        champion = self.champion().name
        return tuple(
            VersionEntry(
                name, self._folder(name), self._manifest(name), added.get(name), name == champion
            )
            for name in [
                self._shipped,
                *sorted(others, key=lambda name: (added.get(name, ""), name)),
            ]
        )

    def champion(self) -> Champion:
        """The active version: the promoted one, or the last complete one before it."""
        name, wanted = next(self._complete_versions()), self._promoted()[-1]
        return Champion(name, self._folder(name), None if name == wanted else wanted)

    def events(self) -> tuple[RegistryEvent, ...]:
        """All events, the oldest first."""
        events, last = self._history(), self._last_event()
        return (*events, last) if last and last not in events else events

    def add(self, version: Path) -> str:
        """Copies the version in a folder, and returns its name. It is not activated.

        Raises ShedlightError (MODEL_REFUSED) for an invalid version, RegistryError if there is
        another one of its name.
        """
        name = _name_of(version)
        with self._writing():
            if self._manifest(name) is None:
                self._copy(name, version)
                self._append(RegistryEvent.now(EventKind.ADDED, name, f"from {version}"))
            elif any(
                (self._folder(name) / file).read_bytes() != (version / file).read_bytes()
                for file in VERSION_FILES
            ):
                raise RegistryError(f"Another version {name} exists already; it is left unchanged.")
        return name

    def promote(self, name: str, reason: str) -> None:
        """Activates a version.

        Raises RegistryError if there is none of that name, ShedlightError (MODEL_REFUSED) if it is
        damaged; then nothing changes.
        """
        with self._writing():
            folder = self.find(name)
            if _name_of(folder) != name:
                raise ShedlightError(ErrorCode.MODEL_REFUSED)
            if folder == self._shipped_folder:
                self._copy(name, folder)  # it stays when the package brings another one
            self._activate(RegistryEvent.now(EventKind.PROMOTED, name, reason))

    def rollback(self) -> str:
        """Activates the version before the active one, and returns its name.

        Further calls go further back. Damaged versions are skipped. Raises RegistryError when there
        is no earlier version.
        """
        with self._writing():
            now, earlier, *_ = (*islice(self._complete_versions(), 2), None)
            if earlier is None:
                raise RegistryError("There is no earlier version to go back to.")
            self._activate(RegistryEvent.now(EventKind.ROLLED_BACK, earlier, f"from {now}"))
        return earlier

    def find(self, name: str) -> Path:
        """The folder of a version, valid or not; raises RegistryError if there is none."""
        folder = self._folder(name)
        if not _NAME.fullmatch(name) or not folder.is_dir():
            raise RegistryError(f"There is no version {name}; 'shedlight models list' lists all.")
        return folder

    def _complete_versions(self) -> Iterator[str]:
        """The versions that can be active, the latest first, the shipped one last."""
        complete = (
            name
            for name in reversed(self._promoted())
            if name == self._shipped or self._manifest(name)
        )
        return (name for name, _ in groupby(complete))

    def _promoted(self) -> list[str]:
        """The promoted versions without those rolled back, valid or not, the last one last.

        Deleting the alias activates the shipped version again.
        """
        has_alias = (self.folder / ALIAS).exists()
        return active_history(self.events() if has_alias else (), self._shipped)

    def _last_event(self) -> RegistryEvent | None:
        """The event in the alias; None without one, or if it is unreadable: see the history."""
        lines = _lines(self.folder / ALIAS)
        return RegistryEvent.parse(lines[0]) if lines else None

    def _history(self) -> tuple[RegistryEvent, ...]:
        events = map(RegistryEvent.parse, _lines(self.folder / HISTORY))
        return tuple(event for event in events if event)

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """Locks the folder, and completes the history first."""
        if self.folder == NO_HOME:
            raise RegistryError(
                "There is no home folder. Set SHEDLIGHT_MODELS to a folder for the versions."
            )
        with locked(self.folder):
            last = self._last_event()
            if last and last not in self._history():
                self._append(last)
            yield

    def _activate(self, event: RegistryEvent) -> None:
        replace_file(self.folder / ALIAS, event.as_line() + "\n")
        self._append(event)

    def _append(self, event: RegistryEvent) -> None:
        append_line(self.folder / HISTORY, asdict(event))

    def _folder(self, name: str) -> Path:
        return self._shipped_folder if name == self._shipped else self.folder / VERSIONS / name

    def _manifest(self, name: str) -> Manifest | None:
        """The manifest of a valid version; None for one that was renamed, or is damaged."""
        try:
            manifest = load_version(self._folder(name)).manifest
        except ShedlightError:
            return None
        fits = _NAME.fullmatch(name) and manifest.name.version == name
        return manifest if fits else None

    def _copy(self, name: str, version: Path) -> None:
        """Copies a version into the registry, completely or not at all."""
        target = self.folder / VERSIONS / name
        unfinished = target.with_name(f".{name}{_UNFINISHED}")
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(parents=True)
        for file in VERSION_FILES:
            shutil.copyfile(version / file, unfinished / file)
            sync_file(unfinished / file)
        load_version(unfinished)  # checks the copy, not the original
        sync_folder(unfinished)
        shutil.rmtree(target, ignore_errors=True)  # a damaged one, or the same
        unfinished.replace(target)
        sync_folder(target.parent)


def _name_of(version: Path) -> str:
    """The name of a version whose network runs; raises ShedlightError (MODEL_REFUSED)."""
    loaded = load_version(version)
    EndClassifier(loaded)
    name = loaded.manifest.name.version
    if not _NAME.fullmatch(name):
        raise ShedlightError(ErrorCode.MODEL_REFUSED)
    return name


def expand_home(folder: Path) -> Path:
    """The folder with "~" replaced; ``NO_HOME`` for a user without a home folder."""
    try:
        return folder.expanduser()
    except RuntimeError:
        return NO_HOME


def _lines(file: Path) -> list[str]:
    """The lines of a file, none if it does not exist."""
    try:
        return file.read_text("utf-8", errors="replace").splitlines()
    except (FileNotFoundError, NotADirectoryError):
        return []
