"""Paths that people give: local files and folders, zips of photos, and addresses."""

import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from data.images.photo import ReadLimits
from data.images.read import read_bytes
from serve.errors import CommandError
from serve.inputs.remote_files import RemotePath
from serve.inputs.zip_members import is_zip
from serve.inputs.zip_path import ZipPath

AnyPath = Path | RemotePath | ZipPath
"""A file or folder: local, remote or in a zip."""


def parse_path(text: str) -> AnyPath:
    """A path or address as a person wrote it; a local zip counts as a folder.

    Raises CommandError for an unknown protocol and for a zip that cannot be opened.
    """
    if "://" in text:
        return RemotePath.parse(text)
    path = Path(text)
    with suppress(OSError):  # a missing file is named later
        if path.is_file() and is_zip(path, path.name):
            return ZipPath.top(path)
    return path


def require_paths(paths: Iterable[AnyPath]) -> None:
    """Raises CommandError that names the first path at which there is nothing."""
    for path in paths:
        if not (path.exists() if isinstance(path, Path) else path.is_dir() or path.is_file()):
            raise CommandError(f"{path}: there is no such file or folder. Check the path.")


def require_renders(folders: Iterable[Path]) -> None:
    """Raises CommandError that names the first folder that is not from ``shedlight render``."""
    for folder in folders:
        require_paths((folder,))
        if not (folder / "truth.jsonl").is_file():
            raise CommandError(
                f"{folder}: there is no truth.jsonl in it. Give a folder from 'shedlight render'."
            )


def place_of(path: AnyPath) -> str:
    """Identifies a file or folder: its path without links, or its address."""
    return os.path.realpath(path) if isinstance(path, Path) else path.address


def path_record(path: AnyPath) -> str | list[str]:
    """The absolute path as JSON, for a file of the run; links are not resolved.

    A list holds the path of a zip and that of the file in it.
    """
    if isinstance(path, RemotePath):
        return path.address
    if isinstance(path, ZipPath):
        return [os.path.abspath(path.zip), path.member]  # noqa: PTH100  # resolves no links
    return os.path.abspath(path)  # noqa: PTH100  # resolves no links


def path_of_record(record: str | list[str]) -> AnyPath:
    """The path that ``path_record`` stored."""
    if isinstance(record, list):
        return ZipPath(Path(record[0]), record[1])
    return RemotePath(record) if "://" in record else Path(record)


def bytes_at(path: AnyPath, limits: ReadLimits) -> bytes:
    """A file's bytes; raises ShedlightError."""
    return read_bytes(path, limits) if isinstance(path, Path) else path.read(limits)
