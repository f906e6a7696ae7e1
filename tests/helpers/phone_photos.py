"""Small JPEGs with the metadata that phones of ten makers write around a picture."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

from tests.helpers.hostile_files import encoded, oriented, scene

_SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 7: 1, 9: 4}
_FORMATS = {1: "B", 3: "H", 4: "I", 9: "i"}
BYTE, ASCII, SHORT, LONG, RATIONAL, UNDEFINED, SLONG = 1, 2, 3, 4, 5, 7, 9
Tag = tuple[int, int, bytes | int]
"""Number, type and value of an EXIF tag."""


@dataclass(frozen=True)
class Maker:
    """How the phones of a maker write a JPEG.

    ``order``: byte order of the EXIF. ``before``, ``behind``: segments before and behind it.
    ``note``: the maker note. ``trailer``: what follows the picture. ``options``: of the encoder.
    """

    name: str
    order: str
    note: bytes
    orientation_type: int = SHORT
    tags: tuple[Tag, ...] = ()
    before: bytes = b""
    behind: bytes = b""
    trailer: bytes = b""
    thumbnail_orientation: int | None = None
    options: dict[str, object] = field(default_factory=dict)


def segment(marker: int, body: bytes) -> bytes:
    """A segment of a JPEG."""
    return b"\xff" + bytes([marker]) + struct.pack(">H", len(body) + 2) + body


_XMP = b"http://ns.adobe.com/xap/1.0/\0"
_GAIN_MAP = encoded(scene(160, 120).convert("L"))
_MPF = b"MPF\0MM\0*" + struct.pack(">IHI", 8, 0, 0)
_PROFILE = b"ICC_PROFILE\0\1\1" + bytes(536)
_FILM = struct.pack(">I", 24) + b"ftypmp42" + bytes(12) + b"mdat" + bytes(2000)

MAKERS = (
    Maker(
        *("Apple", ">", b"Apple iOS\0\0\1MM" + bytes(300)),
        behind=segment(0xE2, _PROFILE) + segment(0xE2, _MPF),
        trailer=encoded(scene(120, 90)) + _GAIN_MAP,
    ),
    Maker(
        *("samsung", "<", b"\7\0\1\0\7\0\4\0\0\0000100" + bytes(90)),
        tags=((256, LONG, 320), (257, LONG, 240)),
        trailer=b"\0\0\1\n\x0e\0\0\0Image_UTC_Data1731000000000SEFHk\0\0\0SEFT",
        thumbnail_orientation=1,
    ),
    Maker(
        *("Google", "<", b"HDRP\2" + bytes(2000)),
        behind=segment(0xE1, _XMP + b"<x:xmpmeta GCamera:MicroVideo='1'/>") + segment(0xE2, _MPF),
        trailer=_GAIN_MAP + _FILM,
        options={"subsampling": 0},
    ),
    Maker(
        *("Xiaomi", ">", b""),
        tags=((0x9999, ASCII, b'{"mirror":false,"sensor_type":"rear"}\0'), (0x8895, SHORT, 2)),
        before=segment(0xE0, b"JFIF\0\1\1\0\0\1\0\1\0\0"),
    ),
    Maker(
        *("HUAWEI", ">", b"HUAWEI\0\0MM\0*" + bytes(500)),
        trailer=b"\0\0edof" + bytes(3000) + b"edof\0\0",
        thumbnail_orientation=6,
    ),
    Maker(
        *("OPPO", ">", b'{"PiFlag":"0"}'),
        tags=((0x9286, UNDEFINED, b"ASCII\0\0\0oplus_1048864"),),
        orientation_type=LONG,
    ),
    Maker(
        *("Sony", "<", b"SONY MOBILE\0" + bytes(700)),
        behind=segment(0xED, b"Photoshop 3.0\x008BIM" + bytes(40)),
        options={"progressive": True},
    ),
    Maker(
        *("motorola", ">", b"MOT\0" + bytes(60)),
        orientation_type=BYTE,
        before=segment(0xE1, _XMP + b"<x:xmpmeta/>"),
        options={"restart_marker_rows": 1},
    ),
    Maker(
        *("HMD Global", "<", b""),
        orientation_type=SLONG,
        trailer=bytes(16),
        options={"subsampling": 1, "optimize": True},
    ),
    Maker(
        *("LG Electronics", "<", b"LG\0\0" + bytes(120)),
        behind=segment(0xFE, b"LG depth"),
        trailer=b"\xff\xd8\xff\xe1" + bytes(400),
        thumbnail_orientation=3,
    ),
)


def _directory(tags: list[Tag], at: int, order: str, following: int = 0) -> bytes:
    """An IFD at byte ``at`` of the EXIF's TIFF, and the values that do not fit into it."""
    values = at + 2 + 12 * len(tags) + 4
    entries, outside = b"", b""
    for number, kind, value in sorted(tags):
        raw = value if isinstance(value, bytes) else struct.pack(order + _FORMATS[kind], value)
        count = len(raw) // _SIZES[kind]
        entries += struct.pack(f"{order}HHI", number, kind, count)
        if len(raw) <= 4:
            entries += raw.ljust(4, b"\0")
        else:
            entries += struct.pack(f"{order}I", values + len(outside))
            outside += raw + b"\0" * (len(raw) % 2)
    head = struct.pack(f"{order}H", len(tags)) + entries + struct.pack(f"{order}I", following)
    return head + outside


def exif_of(maker: Maker, orientation: int | None) -> bytes:
    """The EXIF segment's body: the main directory, the camera's, the place, and a thumbnail."""
    order = maker.order
    camera: list[Tag] = [
        (0x829A, RATIONAL, struct.pack(f"{order}II", 1, 50)),
        (0x9000, UNDEFINED, b"0232"),
        (0xA002, LONG, 320),
    ]
    camera += [(0x927C, UNDEFINED, maker.note)] if maker.note else []
    place: list[Tag] = [
        (1, ASCII, b"N\0"),
        (2, RATIONAL, struct.pack(f"{order}6I", 52, 1, 31, 1, 12, 1)),
    ]
    thumbnail = encoded(scene(64, 48))
    small: list[Tag] = [(259, SHORT, 6), (513, LONG, 0), (514, LONG, len(thumbnail))]
    if maker.thumbnail_orientation:
        small.append((274, SHORT, maker.thumbnail_orientation))
    main: list[Tag] = [
        (271, ASCII, maker.name.encode() + b"\0"),
        (306, ASCII, b"2026:11:20 18:05:00\0"),
        (0x8769, LONG, 0),
        (0x8825, LONG, 0),
        *maker.tags,
    ]
    if orientation is not None:
        main.append((274, maker.orientation_type, orientation))
    start = 8
    camera_at = start + len(_directory(main, start, order))
    place_at = camera_at + len(_directory(camera, camera_at, order))
    small_at = place_at + len(_directory(place, place_at, order))
    thumbnail_at = small_at + len(_directory(small, small_at, order))
    pointers = {0x8769: camera_at, 0x8825: place_at, 513: thumbnail_at}
    main, small = (
        [(number, kind, pointers.get(number, value)) for number, kind, value in tags]
        for tags in (main, small)
    )
    mark = b"II*\0" if order == "<" else b"MM\0*"
    return (
        b"Exif\0\0"
        + mark
        + struct.pack(f"{order}I", start)
        + _directory(main, start, order, small_at)
        + _directory(camera, camera_at, order)
        + _directory(place, place_at, order)
        + _directory(small, small_at, order)
        + thumbnail
    )


def phone_photo(maker: Maker, orientation: int | None) -> bytes:
    """The photo of ``scene()`` as a phone held in that way stores it."""
    stored, _ = oriented(scene(), orientation or 1)
    raw = encoded(stored, quality=92, **maker.options)
    around = maker.before + segment(0xE1, exif_of(maker, orientation)) + maker.behind
    return raw[:2] + around + raw[2:] + maker.trailer


def phone_photos() -> Iterator[tuple[str, bytes]]:
    """94 photos by name: of each maker in all orientations and without one, and four odd ones."""
    for maker in MAKERS:
        for orientation in (*range(1, 9), None):
            yield f"{maker.name} {orientation}", phone_photo(maker, orientation)
    apple = MAKERS[0]
    yield "orientation 0", phone_photo(apple, 0)
    yield "orientation 9", phone_photo(apple, 9)
    raw = phone_photo(apple, 1)
    at = raw.index(b"Exif\0\0MM") + 8
    yield "directory out of the EXIF", raw[:at] + b"\0*\xff\xff\xff\xff" + raw[at + 6 :]
    yield "directory in a circle", raw[: at + 2] + b"\0\0\0\x08" + raw[at + 6 :]
