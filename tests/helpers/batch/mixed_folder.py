"""A folder as people have them: photos of every kind, and everything else that lies among them."""

import os
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from PIL import Image

from data.errors import ErrorCode
from tests.helpers import heic_files
from tests.helpers.hostile_files import animation, encoded, scene
from tests.helpers.phone_photos import MAKERS, phone_photo

KINDS = 20


@dataclass
class Expected:
    """What a run on the folder must report."""

    photos: int = 0
    scored: int = 0
    errors: Counter[str] = field(default_factory=Counter)
    duplicates: int = 0
    skipped: int = 0
    left_out: Counter[str] = field(default_factory=Counter)
    linked_folders: int = 0


def picture(number: int) -> Image.Image:
    """A small picture, another one for each number."""
    return scene(240 + number % 97, 200 + number // 97 % 89)


def still(kind: str, **options: object) -> Callable[[int], bytes]:
    """Makes files of one kind."""
    return lambda number: encoded(picture(number), kind, **options)


def _pages(number: int) -> bytes:
    return encoded(picture(number), "TIFF", save_all=True, append_images=[scene()])


def _heic(number: int) -> bytes:
    """A box that is ignored makes it another file."""
    return heic_files.ORIENTATION_6 + b"\0\0\0\x10free" + number.to_bytes(8, "big")


def _phone(number: int) -> bytes:
    photo = phone_photo(MAKERS[number // KINDS % 10], 1 + number // (10 * KINDS) % 8)
    return photo + number.to_bytes(4, "big")


GOOD: tuple[tuple[str, Callable[[int], bytes]], ...] = (
    ("jpg", still("JPEG")),
    ("jpeg", _phone),
    ("png", still("PNG")),
    ("webp", still("WEBP")),
    ("avif", still("AVIF", speed=10)),
    ("bmp", still("BMP")),
    ("gif", still("GIF")),
    ("tif", still("TIFF", compression="tiff_lzw")),
    ("tiff", _pages),
    ("heic", _heic),
    ("png", lambda number: encoded(picture(number).convert("P"), "PNG")),
)
"""Suffixes and makers of photos that are scored."""
BAD: tuple[tuple[str, Callable[[int], bytes], ErrorCode], ...] = (
    ("gif", lambda number: animation("GIF") + bytes([number % 251]), ErrorCode.ANIMATED_IMAGE),
    ("jpg", lambda number: encoded(picture(number))[:-200], ErrorCode.DAMAGED_IMAGE),
    ("jpg", lambda number: b"", ErrorCode.EMPTY_FILE),
    ("png", lambda number: b"a page, number %d" % number, ErrorCode.NOT_AN_IMAGE),
    (
        "jpg",
        lambda number: encoded(picture(number), "JPEG2000"),
        ErrorCode.UNSUPPORTED_TYPE,
    ),
    ("jpg", lambda number: encoded(scene(400 + number % 999, 90)), ErrorCode.IMAGE_TOO_SMALL),
)
"""Suffixes and makers of files that are rejected, and why."""
SKIPPED = ("{}.txt", "{}.MOV", "{}.zip", ".hidden {}.jpg", "._{}.jpg", "{} Thumbs.db")
LEFT_OUT = (
    ("@eaDir/a.jpg/SYNOPHOTO_THUMB_XL.jpg", "system_folders"),
    ("$RECYCLE.BIN/a.jpg", "system_folders"),
    (".picasaoriginals/a.jpg", "hidden_folders"),
    ("labels.png", "earlier_results"),
    ("overlays/a.jpg.jpg", "earlier_results"),
)
"""Files that are left out, and why."""
_ODD_NAMES = (
    "=1+1",
    "e\u0301t\u00e9 \U0001f600",
    "a;b,c",
    "-rf",
    "\u043f\u0440\u0438\u0432\u0435\u0442",
)


def make_mixed_folder(folder: Path, count: int) -> Expected:
    """Makes ``count`` files in ``folder`` and beside it, a twentieth of each of 20 kinds."""
    expected = Expected()
    for number, (name, raw) in enumerate(_files(count, expected)):
        # Forty folders, one of them outside and linked.
        place = folder / f"visit {number % 40:02}"
        if number % 40 == 39:
            place = folder.parent / f"{folder.name} elsewhere"
        file = place / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(raw)
    elsewhere = folder.parent / f"{folder.name} elsewhere"
    if elsewhere.exists():
        (folder / "linked").symlink_to(elsewhere, target_is_directory=True)
        expected.linked_folders = 1
    return expected


def _files(count: int, expected: Expected) -> Iterator[tuple[str, bytes]]:
    first = encoded(picture(0)) + b"copied"
    for number in range(count):
        kind, odd = number % KINDS, _ODD_NAMES[number % len(_ODD_NAMES)]
        name = f"{odd} {number}"
        if kind < len(GOOD):
            suffix, make = GOOD[kind]
            expected.photos += 1
            expected.scored += 1
            yield f"{name}.{suffix}", make(number)
        elif (bad := kind - len(GOOD)) < len(BAD):
            suffix, make, code = BAD[bad]
            expected.photos += 1
            expected.errors[code] += 1
            yield f"{name}.{suffix.upper()}", make(number)
        elif kind == KINDS - 3:
            expected.duplicates += number >= KINDS  # all but the first
            expected.photos += 1
            expected.scored += 1
            yield f"{name}.jpg", first
        elif kind == KINDS - 2:
            expected.skipped += 1
            yield SKIPPED[number // KINDS % len(SKIPPED)].format(number), b"not a photo"
        else:
            place, reason = LEFT_OUT[number // KINDS % len(LEFT_OUT)]
            expected.left_out[reason] += 1
            yield f"{number}/{place}", encoded(scene())


def files_in(folder: Path) -> int:
    """The number of files below a folder, linked ones included."""
    return sum(len(files) for _, _, files in os.walk(folder, followlinks=True))
