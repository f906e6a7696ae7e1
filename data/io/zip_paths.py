"""The paths of a zip's members, as the program that made the zip meant them."""

import re
import zipfile

_UTF8_FLAG = 0x800
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
    """The name; without the flag, ``zipfile`` reads UTF-8 as code page 437."""
    if info.flag_bits & _UTF8_FLAG:
        return info.filename
    try:
        return info.filename.encode("cp437").decode("utf-8")
    except UnicodeError:
        return info.filename
