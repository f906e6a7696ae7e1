"""The paths of a zip's members, as the program that made the zip meant them."""

import re
import struct
import zipfile
import zlib
from contextlib import suppress

_UTF8_FLAG = 0x800
_UNICODE_PATH = 0x7075
_DRIVE = re.compile(r"[A-Za-z]:")


def member_path(info: zipfile.ZipInfo) -> str | None:
    """The member's path with "/" between its parts, resolved; None if it leads out of the zip.

    Windows programs write backslashes between the parts, bsdtar "./" before them, and macOS UTF-8
    without the flag for it. A path with ".." may stay inside; one that begins with "/" or a drive
    does not. The path of the zip's top folder is empty.
    """
    path = _name(info).replace("\\", "/")
    if path.startswith("/") or _DRIVE.match(path):
        return None
    parts: list[str] = []
    for part in path.split("/"):
        if part == "..":
            if not parts:
                return None
            parts.pop()
        elif part not in ("", "."):
            parts.append(part)
    return "/".join(parts)


def is_folder(info: zipfile.ZipInfo) -> bool:
    """Whether a member is a folder, for either separator."""
    return info.filename.endswith(("/", "\\"))


def _name(info: zipfile.ZipInfo) -> str:
    """The name; without the flag, ``zipfile`` reads UTF-8 as code page 437.

    Info-ZIP, WinZip and WinRAR then write the true name into an extra field (APPNOTE.TXT 4.6.9).
    """
    if info.flag_bits & _UTF8_FLAG:
        return info.filename
    with suppress(UnicodeError, struct.error):
        if name := _unicode_path(info):
            return name
    try:
        return info.filename.encode("cp437").decode("utf-8")
    except UnicodeError:
        return info.filename


def _unicode_path(info: zipfile.ZipInfo) -> str | None:
    """The name in the extra field "Unicode path", None without one that belongs to this name.

    Raises UnicodeError and struct.error.
    """
    position = 0
    while position + 4 <= len(info.extra):
        kind, size = struct.unpack_from("<HH", info.extra, position)
        body = info.extra[position + 4 : position + 4 + size]
        if kind == _UNICODE_PATH:
            version, checksum = struct.unpack_from("<BI", body)
            if version == 1 and checksum == zlib.crc32(info.orig_filename.encode("cp437")):
                return body[5:].decode("utf-8")
        position += 4 + size
    return None
