"""Files that are whole or absent, whenever a process is killed, and locks between processes."""

import errno
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from io import TextIOWrapper
from pathlib import Path
from time import monotonic, sleep
from typing import IO, BinaryIO, TextIO

from filelock import lock_descriptor

PART = ".part"
"""Suffix of a file that is being written; one that is left over belongs to a killed process."""
_LOCK = ".lock"
_NO_LOCKS = (errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP)
"""Errors of file systems without locks, as some in networks are."""
KILLED_WAIT_S = 3.0
"""The worker processes of a killed run hold its lock until they notice; a photo takes a second."""

_log = logging.getLogger(__name__)


@contextmanager
def atomic_binary_writer(
    file: Path, *, durable: bool = False, permissions: int = 0o666
) -> Iterator[BinaryIO]:
    """A stream whose content replaces ``file`` in one step when the block ends.

    A process killed before leaves ``file`` as it was. With ``durable`` the content also survives a
    power failure from then on. ``permissions`` are those of a new file before the umask.
    """
    part = file.with_name(file.name + PART)
    with open(part, "wb", opener=lambda path, flags: os.open(path, flags, permissions)) as stream:
        yield stream
        if durable:
            stream.flush()
            os.fsync(stream.fileno())
    part.replace(file)
    if durable:
        sync_folder(file.parent)


@contextmanager
def atomic_writer(file: Path) -> Iterator[TextIO]:
    """``atomic_binary_writer`` for UTF-8 text without newline translation.

    A name that is no text, as a file's may be, is written with backslashes.
    """
    with (
        atomic_binary_writer(file) as stream,
        TextIOWrapper(stream, "utf-8", errors="backslashreplace", newline="") as text,
    ):
        yield text


def replace_file(file: Path, content: str | bytes, permissions: int = 0o666) -> None:
    """Replaces the content of ``file`` in one step; on the disk on return."""
    raw = content.encode() if isinstance(content, str) else content
    with atomic_binary_writer(file, durable=True, permissions=permissions) as stream:
        stream.write(raw)


def sync_file(file: Path) -> None:
    """Writes a file's content through to the disk."""
    with file.open("rb") as stream:
        os.fsync(stream.fileno())


def sync_folder(folder: Path) -> None:
    """Writes the names in a folder through to the disk."""
    if os.name == "nt":  # folders cannot be opened there
        return
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Waits until no other process holds the lock of ``folder``, and holds it for the block."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / _LOCK).open("w") as lock:
        lock_descriptor(lock.fileno())
        yield


def try_lock(file: Path) -> IO[str] | None:
    """Locks ``file``, which is made if need be; None if another process holds the lock.

    The lock is held until the returned file is closed in this process and in every child process
    that inherited it, or these processes have ended, however they ended.
    """
    lock = file.open("a")
    if lock_descriptor(lock.fileno(), blocking=False):
        return lock
    lock.close()
    return None


@contextmanager
def exclusive(folder: Path, lock_file: str = _LOCK) -> Iterator[None]:
    """Makes ``folder`` and holds its lock for the block; a killed holder frees it.

    Raises BlockingIOError if another process holds it for ``KILLED_WAIT_S``, and OSError. On a
    file system without locks there is a warning and no lock.
    """
    file = folder / lock_file
    file.parent.mkdir(parents=True, exist_ok=True)
    last = monotonic() + KILLED_WAIT_S
    try:
        while (lock := try_lock(file)) is None and monotonic() < last:
            sleep(0.1)
    except OSError as error:
        if error.errno not in _NO_LOCKS:
            raise
        _log.warning("%s cannot be locked: run one command at a time on it.", folder)
        yield
        return
    if lock is None:
        message = "another run is using this folder; wait until it ends, or choose another folder"
        raise BlockingIOError(errno.EWOULDBLOCK, message, str(folder))
    with lock:
        yield


def is_locked(file: Path) -> bool:
    """Whether a process holds the lock of ``file``; False if there is no such file.

    Asks with a shared lock, so that two askers do not take each other for the holder. filelock has
    exclusive locks alone, so this uses ``fcntl`` and works on Unix only.
    """
    import fcntl

    try:
        with file.open() as lock:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except FileNotFoundError:
        pass
    return False
