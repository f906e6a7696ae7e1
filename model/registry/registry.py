"""The versions of the model on a machine, and which of them is in force.

    FOLDER/versions/NAME/   a version in the form of ``model.version``, named as in its reports
    FOLDER/champion         the last move: which version is in force, since when and why
    FOLDER/history.jsonl    every move, one a line; lines are only ever added

A version comes into force when ``champion`` is replaced, which is one step: before it the old one
is in force, after it the new. The history is told afterwards, and by the next who writes if that
was cut short. The version that comes with the package is always there, and in force until another
is promoted.
"""

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


class RegistryError(Exception):
    """What was asked for cannot be done; the message is one sentence for the user."""


@dataclass(frozen=True)
class Champion:
    """The version in force; ``instead_of`` names the one that should be, where that is damaged."""

    name: str
    folder: Path
    instead_of: str | None = None

    @property
    def trouble(self) -> str | None:
        """What is wrong, as one sentence for whoever runs this; None if nothing is."""
        if self.instead_of is None:
            return None
        return f"The version {self.instead_of} is missing or damaged; {self.name} is in force."


@dataclass(frozen=True)
class VersionEntry:
    """A version of the registry; without a ``manifest`` it is damaged.

    ``added`` (ISO 8601, UTC) is None for the shipped version.
    """

    name: str
    folder: Path
    manifest: Manifest | None
    added: str | None
    in_force: bool


class Registry:
    """The versions in a folder, which need not be there yet. May be used by several processes."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder.expanduser()
        self._shipped = load_version(SHIPPED).manifest.name.version

    def versions(self) -> tuple[VersionEntry, ...]:
        """The shipped version and all that were added, the oldest first."""
        moves = self.moves()
        added = {move.name: move.at for move in moves if move.did is EventKind.ADDED}
        kept = {folder.name for folder in self._kept()} - {self._shipped}
        champion = self.champion().name
        names = [self._shipped, *sorted(kept, key=lambda name: (added.get(name, ""), name))]
        return tuple(
            VersionEntry(
                name, self._folder(name), self._read(name), added.get(name), name == champion
            )
            for name in names
        )

    def champion(self) -> Champion:
        """The version in force, which is whole.

        Where the one that should be is missing or damaged, it is the last whole one before it.
        """
        name, wanted = next(self._whole_ones()), self._standing()[-1]
        return Champion(name, self._folder(name), None if name == wanted else wanted)

    def moves(self) -> tuple[RegistryEvent, ...]:
        """All that happened, the oldest first."""
        told = self._told()
        last = self._alias()
        return (*told, last) if last and last not in told else told

    def add(self, version: Path) -> str:
        """Copies the version of a folder in, and returns its name; it is not yet in force.

        Raises ShedlightError (MODEL_REFUSED) for what is no whole version, RegistryError if there
        is another of its name.
        """
        name = _name_of(version)
        with self._writing():
            if self._read(name) is None:
                self._put(name, version)
                self._tell(RegistryEvent.now(EventKind.ADDED, name, f"from {version}"))
            elif not _same(self._folder(name), version):
                raise RegistryError(f"There is another version {name} already; it is kept.")
        return name

    def promote(self, name: str, reason: str) -> None:
        """Puts a version in force.

        Raises RegistryError if there is none of that name, ShedlightError (MODEL_REFUSED) if it is
        damaged: then all stays as it was.
        """
        with self._writing():
            folder = self.find(name)
            if _name_of(folder) != name:
                raise ShedlightError(ErrorCode.MODEL_REFUSED)
            if folder == SHIPPED:
                self._put(name, SHIPPED)  # to stay when the package brings another one
            self._move(RegistryEvent.now(EventKind.PROMOTED, name, reason))

    def rollback(self) -> str:
        """Puts the version in force again that was before this one, and returns its name.

        Further calls go further back. Damaged versions are passed over. Raises RegistryError when
        there is nothing to go back to.
        """
        with self._writing():
            now, earlier, *_ = (*islice(self._whole_ones(), 2), None)
            if earlier is None:
                raise RegistryError("There is no earlier version to go back to.")
            self._move(RegistryEvent.now(EventKind.ROLLED_BACK, earlier, f"from {now}"))
        return earlier

    def find(self, name: str) -> Path:
        """The folder of a version, whole or not; raises RegistryError if there is none."""
        folder = self._folder(name)
        if not _NAME.fullmatch(name) or not folder.is_dir():
            raise RegistryError(f"There is no version {name}; 'shedlight models list' names all.")
        return folder

    def _whole_ones(self) -> Iterator[str]:
        """The versions that may be in force, the latest first, the shipped one last."""
        earlier = reversed(self._standing())
        whole = (name for name in earlier if name == self._shipped or self._read(name))
        return (name for name, _ in groupby(whole))

    def _standing(self) -> list[str]:
        """The versions that were put in force and not taken back, whole or not, the last one last.

        Who deletes the alias has the shipped version again.
        """
        there = (self.folder / ALIAS).exists()
        return active_history(self.moves() if there else (), self._shipped)

    def _alias(self) -> RegistryEvent | None:
        """The last move; None if there was none, or where it cannot be read: the history can."""
        lines = _lines(self.folder / ALIAS)
        return RegistryEvent.parse(lines[0]) if lines else None

    def _told(self) -> tuple[RegistryEvent, ...]:
        moves = map(RegistryEvent.parse, _lines(self.folder / HISTORY))
        return tuple(move for move in moves if move)

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """Alone in the folder, with a history that is complete."""
        with locked(self.folder):
            last = self._alias()
            if last and last not in self._told():
                self._tell(last)
            yield

    def _move(self, move: RegistryEvent) -> None:
        replace_file(self.folder / ALIAS, move.as_line() + "\n")
        self._tell(move)

    def _tell(self, move: RegistryEvent) -> None:
        append_line(self.folder / HISTORY, asdict(move))

    def _folder(self, name: str) -> Path:
        return SHIPPED if name == self._shipped else self.folder / VERSIONS / name

    def _kept(self) -> list[Path]:
        """The folders of what was added, without those that are not finished."""
        folder = self.folder / VERSIONS
        found = folder.iterdir() if folder.is_dir() else ()
        return [each for each in found if _NAME.fullmatch(each.name)]

    def _read(self, name: str) -> Manifest | None:
        """The manifest of a whole version; one that was renamed would give itself another name."""
        try:
            manifest = load_version(self._folder(name)).manifest
        except ShedlightError:
            return None
        fits = _NAME.fullmatch(name) and manifest.name.version == name
        return manifest if fits else None

    def _put(self, name: str, version: Path) -> None:
        """Copies a version in: it is there whole, or not at all."""
        kept = self.folder / VERSIONS / name
        unfinished = kept.with_name(f".{name}{_UNFINISHED}")
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(parents=True)
        for file in VERSION_FILES:
            shutil.copyfile(version / file, unfinished / file)
            sync_file(unfinished / file)
        load_version(unfinished)  # what arrived, not what was looked at before
        sync_folder(unfinished)
        shutil.rmtree(kept, ignore_errors=True)  # a damaged one, or the same
        unfinished.replace(kept)
        sync_folder(kept.parent)


def _name_of(version: Path) -> str:
    """The name of a version whose network runs; raises ShedlightError (MODEL_REFUSED)."""
    loaded = load_version(version)
    EndClassifier(loaded)
    name = loaded.manifest.name.version
    if not _NAME.fullmatch(name):
        raise ShedlightError(ErrorCode.MODEL_REFUSED)
    return name


def _same(one: Path, other: Path) -> bool:
    return all((one / file).read_bytes() == (other / file).read_bytes() for file in VERSION_FILES)


def _lines(file: Path) -> list[str]:
    """The lines of a file, none if it is not there."""
    try:
        return file.read_text("utf-8", errors="replace").splitlines()
    except FileNotFoundError:
        return []
