"""Files that are whole or not there, whenever the process that writes them is killed.

Files that are there whole or not at all.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

_LOCK = ".lock"
_UNFINISHED = ".part"


def replace_file(file: Path, text: str) -> None:
    """Puts ``text`` in the place of what ``file`` held, in one step; on the disk on return."""
    unfinished = file.with_name(f".{file.name}{_UNFINISHED}")
    with unfinished.open("w", encoding="utf-8") as stream:
        stream.write(text)
        stream.flush()
        os.fsync(stream.fileno())
    unfinished.replace(file)
    sync_folder(file.parent)


def append_line(file: Path, line: str) -> None:
    """Adds a line; one that was cut short before it is ended first. On the disk on return."""
    with file.open("ab+") as stream:
        if stream.tell():
            stream.seek(-1, os.SEEK_END)
            line = line if stream.read() == b"\n" else "\n" + line
        stream.write(f"{line}\n".encode())
        stream.flush()
        os.fsync(stream.fileno())


def sync_file(file: Path) -> None:
    """Puts what was written to a file on the disk."""
    with file.open("rb") as stream:
        os.fsync(stream.fileno())


def sync_folder(folder: Path) -> None:
    """Puts the names in a folder on the disk."""
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """One process at a time writes into ``folder``, the others wait; a killed one lets go."""
    import fcntl  # not on Windows, where versions can be used all the same

    folder.mkdir(parents=True, exist_ok=True)
    with (folder / _LOCK).open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@contextmanager
def atomic_writer(file: Path) -> Iterator[TextIO]:
    """A text file to write in ``file``'s stead, which takes its place once it is whole.

    Whoever is killed on the way leaves ``file`` as it was. A name that is no text, as a file's may
    be, is written with backslashes.
    """
    part = file.with_name(f"{file.name}.part")
    with part.open("w", encoding="utf-8", errors="backslashreplace", newline="") as writing:
        yield writing
    os.replace(part, file)  # noqa: PTH105  # over one that is there, on every system
