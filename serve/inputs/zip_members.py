"""Zip files as they come: which files they are, and which of their members are refused."""

import stat
import zipfile
from enum import StrEnum
from pathlib import Path

_SIGNATURES = (b"PK\x03\x04", b"PK\x05\x06")
_COMPRESSIONS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
"""Others may need gigabytes of memory before the first byte is unpacked."""


class EntryProblem(StrEnum):
    """Why a member is refused, as REFUSED_IN_ZIP words it."""

    PATH = "its path leads out of the ZIP file"
    NO_FILE = "it is a link or not a regular file"
    NESTED_ZIP = "it is a ZIP file itself"
    ENCRYPTED = "it is encrypted"
    COMPRESSION = "its compression method is not supported"
    SAME_PATH = "another file has the same path"


def is_zip(path: Path, name: str) -> bool:
    """Whether a file is meant to be a zip, by its first bytes or its name. Raises OSError."""
    with path.open("rb") as file:
        return file.read(4) in _SIGNATURES or name.lower().endswith(".zip")


def is_regular(info: zipfile.ZipInfo) -> bool:
    """Whether a member is a file, and no link, device or the like."""
    return stat.S_IFMT(info.external_attr >> 16) in (0, stat.S_IFREG)


def problem_of_content(info: zipfile.ZipInfo) -> EntryProblem | None:
    """Why the content of a member cannot be unpacked, None if it can."""
    if info.flag_bits & 1:
        return EntryProblem.ENCRYPTED
    return None if info.compress_type in _COMPRESSIONS else EntryProblem.COMPRESSION
